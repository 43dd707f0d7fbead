from __future__ import annotations

import socket
from typing import Any

import pytest

from simulator.broker import resolve_gateway
from simulator.core.errors import FleetsimError, RunFailedError, TargetRefusedError, UsageError


def resolver(*addresses: str) -> Any:
    def resolve(_host: str, port: int, **_options: Any) -> list[tuple[Any, ...]]:
        families = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, port))
            for family, address in zip(families, addresses, strict=True)
        ]

    return resolve


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:9091", ("127.0.0.1", 9091)),
        ("http://[::1]:9091/", ("::1", 9091)),
        ("https://127.0.0.1/push", ("127.0.0.1", 443)),
        ("http://2130706433", ("127.0.0.1", 80)),
        ("http://[::ffff:127.0.0.1]:1", ("127.0.0.1", 1)),
    ],
)
def test_this_machine_is_free(url: str, place: tuple[str, int]) -> None:
    assert resolve_gateway(url) == place


def test_a_name_is_looked_up_once_and_the_older_protocol_preferred() -> None:
    assert resolve_gateway("http://localhost:9091", resolver=resolver("::1", "127.0.0.1")) == (
        "127.0.0.1",
        9091,
    )


def test_a_host_that_is_named_is_allowed() -> None:
    named = resolve_gateway("http://push.example:9091", {"Push.Example."}, resolver("192.0.2.7"))
    assert named == ("192.0.2.7", 9091)


@pytest.mark.parametrize(
    ("url", "error", "told"),
    [
        ("http://192.0.2.1:9091", TargetRefusedError, "--allow-target 192.0.2.1"),
        ("http://0.0.0.0:9091", TargetRefusedError, "not the address of one host"),
        ("http://[64:ff9b::1]:9091", TargetRefusedError, "not the address of one host"),
        ("http://user:secret@127.0.0.1:9091", UsageError, "asks for a password"),
        ("ftp://127.0.0.1", UsageError, "takes the URL of a Pushgateway"),
        ("127.0.0.1:9091", UsageError, "takes the URL of a Pushgateway"),
        ("http://127.0.0.1:99999", UsageError, "no valid host and port"),
        ("http://127.0.0.1:9091/?x=1", UsageError, "takes the URL of a Pushgateway"),
        ("http://127.0.0.1:9091/a b", UsageError, "a space"),
    ],
)
def test_what_is_refused(url: str, error: type[FleetsimError], told: str) -> None:
    with pytest.raises(error, match=told) as raised:
        resolve_gateway(url)
    assert "secret" not in str(raised.value)


def test_one_address_beyond_this_machine_is_enough_to_refuse_a_name() -> None:
    with pytest.raises(TargetRefusedError, match="not on this machine"):
        resolve_gateway("http://push.example", resolver=resolver("127.0.0.1", "192.0.2.1"))


def test_a_name_that_nobody_knows() -> None:
    def unknown(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    with pytest.raises(RunFailedError, match=r"push\.example cannot be resolved: Name or service not known"):
        resolve_gateway("http://push.example", resolver=unknown)
