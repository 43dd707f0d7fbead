"""Tokens, judged by PyJWT."""

from __future__ import annotations

from typing import Any

import jwt
import pytest

from simulator.broker.credentials.keys import new_key, private_pem, public_pem
from simulator.broker.credentials.tokens import TokenIssuer
from simulator.core.errors import UsageError

NOW = 1_800_000_000.0
KEY = new_key()


@pytest.fixture
def issuer() -> TokenIssuer:
    return TokenIssuer(private_pem(KEY), lifetime=100.0)


def claims(token: str, key: bytes = public_pem(KEY)) -> dict[str, Any]:
    return jwt.decode(token, key, ["ES256"], options={"verify_exp": False, "verify_iat": False})


def test_a_token_says_who_and_until_when_and_is_signed(issuer: TokenIssuer) -> None:
    token = issuer.token("d1", NOW)
    assert claims(token) == {"sub": "d1", "iat": NOW - 5, "exp": NOW + 100}
    assert jwt.get_unverified_header(token) == {"alg": "ES256", "typ": "JWT"}


def test_nobody_elses_key_and_no_change_will_do(issuer: TokenIssuer) -> None:
    token = issuer.token("d1", NOW)
    head, body, signature = token.split(".")
    other = issuer.token("d2", NOW).split(".")[1]
    for forged in (f"{head}.{other}.{signature}", f"{head}.{body}.{signature[::-1]}", f"{head}.{body}."):
        with pytest.raises(jwt.InvalidTokenError):
            claims(forged)
    with pytest.raises(jwt.InvalidSignatureError):
        claims(token, public_pem(new_key()))


def test_the_same_token_serves_until_it_is_old_and_never_until_its_end(issuer: TokenIssuer) -> None:
    first = issuer.token("d1", NOW)
    fresh = issuer.renew_after("d1", NOW)
    assert issuer.token("d1", NOW + fresh - 1.1) == first
    later = issuer.token("d1", NOW + fresh)
    assert later != first
    assert claims(later)["exp"] == int(NOW + fresh + 100)
    assert issuer.token("d2", NOW) != first


def test_how_long_a_device_may_keep_its_token(issuer: TokenIssuer) -> None:
    issuer.token("d1", NOW)
    fresh = issuer.renew_after("d1", NOW)
    assert issuer.renew_after("d1", NOW + 30.0) == pytest.approx(fresh - 30.0)
    assert issuer.renew_after("d1", NOW + 300.0) == 0.0


def test_devices_renew_their_tokens_in_time_and_not_all_at_once(issuer: TokenIssuer) -> None:
    times = [issuer.renew_after(f"d{number}", NOW) for number in range(1000)]
    assert 60.0 <= min(times) < 61.0
    assert 79.0 < max(times) <= 80.0
    assert len({round(time) for time in times}) == 21


def test_a_timer_that_is_a_little_early_gets_a_new_token_all_the_same(issuer: TokenIssuer) -> None:
    first = issuer.token("d1", NOW)
    assert issuer.token("d1", NOW + issuer.renew_after("d1", NOW) - 0.5) != first


def test_a_clock_that_is_set_back_gets_a_new_token(issuer: TokenIssuer) -> None:
    issuer.token("d1", NOW)
    assert claims(issuer.token("d1", NOW - 50.0))["exp"] == NOW + 50


def test_nothing_secret_is_printed_and_a_bad_key_is_an_error(issuer: TokenIssuer) -> None:
    assert repr(issuer) == "TokenIssuer(tokens for 100 s)"
    with pytest.raises(UsageError, match="cannot be read; provision"):
        TokenIssuer(b"-----BEGIN PRIVATE KEY-----\nnonsense\n-----END PRIVATE KEY-----\n")


def test_further_claims_are_in_every_token_and_may_name_the_device() -> None:
    issuer = TokenIssuer(private_pem(KEY), claims={"aud": "fleet", "scope": "write:{device}"})
    body = jwt.decode(issuer.token("d7", NOW), options={"verify_signature": False})
    assert (body["aud"], body["scope"], body["sub"]) == ("fleet", "write:d7", "d7")
