"""Folders of credentials that a disk or a person has damaged: they are used, mended, or an error says so."""

from __future__ import annotations

import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.broker.credentials import BrokerKind, Credentials, Identity
from simulator.broker.credentials.keys import load_key
from simulator.broker.credentials.provision import Wanted, provision
from simulator.core.credentials import Authentication
from simulator.core.errors import FleetsimError, UsageError

DEVICE = "k0cz0mty6n3w"
WANTED = Wanted(
    [Identity(DEVICE, "wearable", "n0")],
    "fleet/{neighbourhood}/{kind}/{device}/{event}",
    "command",
    BrokerKind.MOSQUITTO,
    {},
)
NOW = datetime(2026, 3, 2, tzinfo=UTC)
USED = (
    "credentials.json",
    "passwords.json",
    "ca.crt",
    "tokens.key",
    f"clients/{DEVICE}.crt",
    f"clients/{DEVICE}.key",
)
MENDED = (*USED, "ca.key", "server.crt", "server.key", "tokens.pub", "revoked.crl")
IN_A_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("credentials") / "good"
    provision(path, WANTED, now=NOW)
    return path


def damaged(good: Path, copy: Path, name: str, content: bytes) -> Path:
    shutil.copytree(good, copy, dirs_exist_ok=True)
    (copy / name).write_bytes(content)
    return copy


def use(folder: Path) -> None:
    """Log in with all that there is."""
    for authentication in Authentication:
        credentials = Credentials.open(folder, authentication)
        credentials.require([DEVICE])
        credentials.login(DEVICE)
        credentials.ssl_context(DEVICE)


def content(data: st.DataObject, file: Path) -> bytes:
    """Draw a damaged file; of PEM also one whose outside is whole and whose inside is not."""
    whole = file.read_bytes()
    inside = mutated(whole)
    if whole.startswith(b"-----BEGIN"):
        begin, *lines, end = whole.splitlines(keepends=True)
        letters = st.sampled_from(b"ABCDwxyz0189+/")
        place = st.integers(0, len(b"".join(lines)) - 2)
        changes = st.lists(st.tuples(place, letters), min_size=1, max_size=3)
        inside |= changes.map(lambda changes: begin + _with_letters(b"".join(lines), changes) + end)
    return data.draw(inside)


def _with_letters(lines: bytes, changes: list[tuple[int, int]]) -> bytes:
    changed = bytearray(lines)
    for place, letter in changes:
        if changed[place] != ord("\n"):
            changed[place] = letter
    return bytes(changed)


@pytest.mark.parametrize("name", USED)
@IN_A_FOLDER
@given(data=st.data())
def test_damaged_credentials_are_used_or_an_error_says_what_to_do(
    name: str, good: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = damaged(good, tmp_path / "copy", name, content(data, good / name))
    with suppress(FleetsimError):
        use(folder)


@pytest.mark.parametrize("name", MENDED)
@settings(IN_A_FOLDER, max_examples=12)
@given(data=st.data())
def test_provisioning_again_mends_a_damaged_folder_or_says_what_is_in_the_way(
    name: str, good: Path, tmp_path: Path, data: st.DataObject
) -> None:
    folder = damaged(good, tmp_path / "copy", name, content(data, good / name))
    try:
        provision(folder, WANTED, now=NOW)
    except FleetsimError:
        assert name == "passwords.json"  # nobody can guess them again
    else:
        use(folder)


def test_an_encrypted_key_is_an_error_and_no_question_on_the_terminal(good: Path, tmp_path: Path) -> None:
    file = good / "clients" / f"{DEVICE}.key"
    key = load_key(file.read_bytes())
    assert key is not None
    encrypted = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"secret"),
    )
    folder = damaged(good, tmp_path / "copy", f"clients/{DEVICE}.key", encrypted)
    with pytest.raises(UsageError, match="cannot be used together"):
        Credentials.open(folder, Authentication.CERTIFICATE).ssl_context(DEVICE)
