"""The target guard. No test here can reach a network: resolver and connect are stand-ins."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.broker.target import (
    PUBLIC_ADDRESSES,
    PUBLIC_BROKERS,
    check_reachable,
    normal_host,
    parse_url,
    resolve_target,
)
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import ExitCode, FleetsimError, RunFailedError, TargetRefusedError, UsageError


class Names:
    """A resolver that knows some names, and literal addresses as every resolver does."""

    def __init__(self, **known: str | list[str]) -> None:
        self.known = {name.replace("_", "."): found for name, found in known.items()}
        self.asked: list[str] = []
        self.canonical = ""

    def __call__(self, host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        self.asked.append(host)
        found = self.known.get(host, host)
        addresses = [found] if isinstance(found, str) else found
        for address in addresses:
            try:
                ipaddress.ip_address(address)
            except ValueError:
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
        return [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, self.canonical, (address, port, 0, 0))
            if ":" in address
            else (socket.AF_INET, socket.SOCK_STREAM, 6, self.canonical, (address, port))
            for address in addresses
        ]


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whatever a test forgets to replace fails instead of sending a packet."""

    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a test of the target guard touched the network")

    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", refuse)
        patch.setattr(socket, "create_connection", refuse)
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket.socket, "connect_ex", refuse)
        yield


def resolve(url: str, names: Names | None = None, allow: tuple[str, ...] = ()) -> Endpoint:
    return resolve_target(url, allow, names or Names(localhost=["::1", "127.0.0.1"]))


# What passes


@pytest.mark.parametrize(
    ("url", "host", "address", "port"),
    [
        ("mqtt://127.0.0.1", "127.0.0.1", "127.0.0.1", 1883),
        ("mqtt://127.8.9.1:2000", "127.8.9.1", "127.8.9.1", 2000),
        ("mqtt://localhost:1884/", "localhost", "127.0.0.1", 1884),
        ("MQTT://LocalHost.:1884", "localhost", "127.0.0.1", 1884),
        ("mqtt://[::1]:1884", "::1", "::1", 1884),
        ("mqtt://[::ffff:127.0.0.1]", "::ffff:7f00:1", "127.0.0.1", 1883),
        ("mqtt://[::1%lo]:1884", "::1", "::1", 1884),
        ("mqtt://[::1%25lo]", "::1", "::1", 1883),
        ("mqtt://2130706433", "127.0.0.1", "127.0.0.1", 1883),
        ("mqtt://0x7f.1:1884", "127.0.0.1", "127.0.0.1", 1884),
        ("mqtt://0177.0.0.1", "127.0.0.1", "127.0.0.1", 1883),
        ("mqtt://127.1.", "127.0.0.1", "127.0.0.1", 1883),
        ("mqtt://\N{FULLWIDTH DIGIT ONE}27.0.0\N{IDEOGRAPHIC FULL STOP}1", "127.0.0.1", "127.0.0.1", 1883),
        ("mqtt://127\N{ONE DOT LEADER}0.0.1", "127.0.0.1", "127.0.0.1", 1883),
    ],
)
def test_loopback_passes_in_every_form(url: str, host: str, address: str, port: int) -> None:
    found = resolve(url)
    assert (found.host, found.address, found.port) == (host, address, port)


def test_tls_has_a_scheme_and_a_port_of_its_own_and_the_same_guard() -> None:
    assert not resolve("mqtt://localhost").tls
    found = resolve("mqtts://localhost")
    assert (found.tls, found.port) == (True, 8883)
    assert resolve("mqtts://localhost:1883").port == 1883
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve("mqtts://test.mosquitto.org:8886", allow=("test.mosquitto.org",))


def test_credentials_are_decoded_and_shown_nowhere() -> None:
    found = resolve("mqtt://us%40er:p%2Fw%23d@127.0.0.1")
    assert (found.username, found.password) == ("us@er", "p/w#d")
    assert "us@er" not in repr(found)
    assert "p/w" not in repr(found)


def test_a_host_that_the_user_has_named_passes() -> None:
    names = Names(broker_lab=["10.1.2.3"])
    assert resolve("mqtt://broker.lab", names, ("Broker.Lab.",)).address == "10.1.2.3"
    assert resolve("mqtt://10.1.2.3", names, ("10.1.2.3",)).address == "10.1.2.3"
    assert resolve("mqtt://[2001:db8::1]", names, ("[2001:DB8:0::1]",)).address == "2001:db8::1"


def test_every_address_of_a_name_is_pinned_and_none_beyond_this_machine_is_cleared_by_being_named() -> None:
    endpoint = resolve("mqtt://broker.lab", Names(broker_lab=["10.1.2.3", "10.1.2.4"]), ("broker.lab",))
    assert endpoint.pinned == ("10.1.2.3", "10.1.2.4")
    assert endpoint.beyond_loopback
    for address in endpoint.pinned:
        with pytest.raises(TargetRefusedError, match="not proven to be yours"):
            endpoint.check(address)
    with pytest.raises(TargetRefusedError):
        check_reachable(endpoint)


def test_an_endpoint_is_cleared_for_the_address_that_was_proven_and_no_other() -> None:
    names = Names(broker_lab=["10.1.2.3", "10.1.2.4"])
    endpoint = resolve("mqtt://broker.lab", names, ("broker.lab",)).at("10.1.2.4")
    endpoint.check("10.1.2.4")
    endpoint.check("127.0.0.1")
    for address in ("10.1.2.3", "203.0.113.9", "::ffff:10.1.2.4"):
        with pytest.raises(TargetRefusedError):
            endpoint.check(address)
    through_a_proxy = replace(endpoint, address="127.0.0.1", port=20_000)
    assert through_a_proxy.beyond_loopback


def test_the_address_that_was_checked_is_the_one_to_connect_to() -> None:
    names = Names(localhost=["127.0.0.1"])
    endpoint = resolve("mqtt://localhost", names)
    names.known["localhost"] = "203.0.113.9"  # a name server that changes its mind
    connected: list[tuple[str, int]] = []
    ours, theirs = socket.socketpair()

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        return ours

    with theirs:
        check_reachable(endpoint, connect)
    assert connected == [("127.0.0.1", 1883)]
    assert names.asked == ["localhost"]


# What is refused


@pytest.mark.parametrize(
    "url",
    [
        "mqtt://203.0.113.9",
        "mqtt://10.0.0.1",
        "mqtt://169.254.169.254",
        "mqtt://[2001:db8::1]",
        "mqtt://[::ffff:8.8.8.8]",
        "mqtt://[fe80::1]",
        "mqtt://[fe80::1%25eth0]",
        "mqtt://134744072",
        "mqtt://0x8.8.8.8",
        "mqtt://8.8.2056",
        "mqtt://010.8.8.8",
        "mqtt://8.8.8.8.",
        "mqtt://\N{CIRCLED DIGIT EIGHT}.8.8.8",
    ],
)
def test_other_machines_are_refused_unless_named(url: str) -> None:
    with pytest.raises(TargetRefusedError, match="--allow-target") as refused:
        resolve(url)
    assert refused.value.exit_code is ExitCode.TARGET_REFUSED


def test_a_number_is_named_by_any_of_its_spellings() -> None:
    assert resolve("mqtt://167903235", allow=("10.2.0.3",)).address == "10.2.0.3"
    assert resolve("mqtt://10.2.0.3", allow=("0xa.0x2.3",)).address == "10.2.0.3"


@pytest.mark.parametrize("allow", [(), ("mixed.lab",)])
@pytest.mark.parametrize("foreign", ["203.0.113.9", "2001:db8::1", "10.0.0.1"])
def test_a_name_for_this_machine_and_another_at_once_is_refused_even_when_named(
    foreign: str, allow: tuple[str, ...]
) -> None:
    for addresses in (["127.0.0.1", "::1", foreign], [foreign, "127.0.0.1"]):
        with pytest.raises(TargetRefusedError, match=f"this machine and {foreign} at once"):
            resolve("mqtt://mixed.lab", Names(mixed_lab=addresses), allow)


def test_one_address_that_nobody_may_load_among_several_is_enough_to_refuse() -> None:
    names = Names(broker_lab=["10.1.2.3", "5.196.78.28"])
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve("mqtt://broker.lab", names, ("broker.lab",))


def test_naming_one_host_allows_no_other() -> None:
    with pytest.raises(TargetRefusedError):
        resolve("mqtt://other.lab", Names(other_lab="10.1.2.3"), ("broker.lab", "lab"))


@pytest.mark.parametrize(
    "address",
    ["0.0.0.0", "0.1.2.3", "224.0.0.1", "239.1.1.1", "255.255.255.255", "240.0.0.1", "127.255.255.255"],
)
def test_what_is_no_single_host_is_refused_even_when_named(address: str) -> None:
    with pytest.raises(TargetRefusedError, match="not the address of one host"):
        resolve(f"mqtt://{address}", allow=(address,))


@pytest.mark.parametrize("address", ["::", "ff02::1", "::ffff:0.0.0.0", "::ffff:224.0.0.1"])
def test_the_same_in_ipv6(address: str) -> None:
    with pytest.raises(TargetRefusedError, match="not the address of one host"):
        resolve(f"mqtt://[{address}]", allow=(address,))


@pytest.mark.parametrize(
    ("address", "way"),
    [
        ("2002:808:808::1", "6to4"),
        ("2002:7f00:1::", "6to4"),
        ("64:ff9b::8.8.8.8", "NAT64"),
        ("64:ff9b::7f00:1", "NAT64"),
        ("64:ff9b:1::808:808", "NAT64"),
        ("2001:0:53aa:64c::1", "Teredo"),
        ("::ffff:0:8.8.8.8", "SIIT"),
        ("::8.8.8.8", "IPv4-compatible"),
        ("::127.0.0.1", "IPv4-compatible"),
    ],
)
def test_addresses_that_a_router_translates_are_refused_even_when_named(address: str, way: str) -> None:
    with pytest.raises(TargetRefusedError, match=way):
        resolve(f"mqtt://[{address}]", allow=(address,))


@pytest.mark.parametrize("address", sorted(map(str, PUBLIC_ADDRESSES)))
def test_public_brokers_are_refused_by_address_even_when_named(address: str) -> None:
    shown = f"[{address}]" if ":" in address else address
    names = Names(mine_lab=address)
    for url in (f"mqtt://{shown}:1883", "mqtt://mine.lab"):
        with pytest.raises(TargetRefusedError, match="public broker"):
            resolve(url, names, (address, "mine.lab"))


def test_a_public_address_is_known_in_every_spelling() -> None:
    for spelling in ("[::ffff:5.196.78.28]", "96751132", "5.0xc4.19996", "05.0304.78.28", "5.196.78.28."):
        with pytest.raises(TargetRefusedError, match="public broker"):
            resolve(f"mqtt://{spelling}", allow=("5.196.78.28",))


@pytest.mark.parametrize("public", sorted(PUBLIC_BROKERS))
def test_public_brokers_are_refused_by_name_even_when_named_and_before_anybody_is_asked(public: str) -> None:
    names = Names()
    for name in (public, public.upper(), f"{public}.", f"eu.{public}", f"a.b.{public}."):
        with pytest.raises(TargetRefusedError, match="public broker"):
            resolve(f"mqtt://{name}:1883", names, (public, f"eu.{public}"))
    assert names.asked == []


@pytest.mark.parametrize(
    "name",
    [
        "test\N{IDEOGRAPHIC FULL STOP}mosquitto\N{IDEOGRAPHIC FULL STOP}org",
        "\N{FULLWIDTH LATIN SMALL LETTER T}est.mosquitto.org",
        "TEST\N{FULLWIDTH FULL STOP}MOSQUITTO.ORG",
        "test\N{HALFWIDTH IDEOGRAPHIC FULL STOP}mosquitto\N{ONE DOT LEADER}org",
    ],
)
def test_public_brokers_are_known_in_full_width_too(name: str) -> None:
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve(f"mqtt://{name}", allow=("test.mosquitto.org",))


def test_an_alias_of_a_public_broker_is_refused() -> None:
    names = Names(mine_lab="127.0.0.1")
    names.canonical = "Broker.HiveMQ.com."
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve("mqtt://mine.lab", names, ("mine.lab",))


def test_a_public_broker_cannot_hide_behind_a_user_name() -> None:
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve("mqtt://127.0.0.1@test.mosquitto.org")
    with pytest.raises(TargetRefusedError, match="public broker"):
        resolve("mqtt://localhost:1883@test.mosquitto.org:1883")


def test_a_name_that_only_looks_like_a_public_broker_is_judged_by_its_address() -> None:
    name = "nottest.mosquitto.org.lab"
    assert resolve(f"mqtt://{name}", Names(**{name.replace(".", "_"): "127.0.0.1"})).address == "127.0.0.1"


@given(st.ip_addresses())
def test_every_address_is_either_on_this_machine_or_refused(address: Any) -> None:
    shown = f"[{address}]" if address.version == 6 else str(address)
    try:
        endpoint = resolve(f"mqtt://{shown}")
    except TargetRefusedError:
        return
    meant = getattr(address, "ipv4_mapped", None) or address
    assert meant.is_loopback
    assert endpoint.address == str(meant)


# What is no URL of a broker


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost",
        "localhost:1883",
        "mqtt:localhost",
        "mqtt:/localhost",
        "mqtt://",
        "mqtt://:1883",
        "mqtt://localhost:port",
        "mqtt://localhost:0",
        "mqtt://localhost:70000",
        "mqtt://localhost:-1",
        "mqtt://localhost:65536",
        "mqtt://localhost:\N{FULLWIDTH DIGIT ONE}",
        "mqtt://localhost:1883:1884",
        "mqtt://[::1",
        "mqtt://[::1]x",
        "mqtt://x[::1]",
        "mqtt://[127.0.0.1]",
        "mqtt://[localhost]",
        "mqtt://localhost\N{ZERO WIDTH SPACE}",
        "mqtt://localhost\N{ONE DOT LEADER}\N{ONE DOT LEADER}lab",
        "mqtt://test.mosquitto.org..",
        "mqtt://localhost/topic",
        "mqtt://localhost?x=1",
        "mqtt://localhost#@test.mosquitto.org",
        "mqtt://local host",
        "mqtt://localhost\t",
        "mqtt://localhost\n",
        "mqtt://localhost\\@test.mosquitto.org",
        "mqtt://%6cocalhost",
        "mqtt://a..b",
        "mqtt://:secret@localhost",
        "mqtt://@localhost",
        "mqtt://localhost@evil.example@127.0.0.1",
        "http://localhost",
        "tcp://localhost",
    ],
)
def test_what_is_no_broker_url_is_a_usage_error(url: str) -> None:
    with pytest.raises(UsageError) as refused:
        resolve(url)
    assert refused.value.exit_code is ExitCode.USAGE


@pytest.mark.parametrize(
    ("url", "port", "tls", "path"),
    [
        ("ws://127.0.0.1", 80, False, "/mqtt"),
        ("wss://127.0.0.1", 443, True, "/mqtt"),
        ("ws://127.0.0.1:8083/", 8083, False, "/"),
        ("WSS://me:secret@127.0.0.1:8084/a/ws%20x", 8084, True, "/a/ws%20x"),
        ("mqtts://127.0.0.1/", 8883, True, None),
    ],
)
def test_a_websocket_has_a_path(url: str, port: int, tls: bool, path: str | None) -> None:
    endpoint = resolve(url)
    assert (endpoint.port, endpoint.tls, endpoint.websocket) == (port, tls, path)


@pytest.mark.parametrize("scheme", ["ws", "wss"])
@pytest.mark.parametrize(
    "rest", ["localhost/mqtt?token=1", "localhost/mqtt#there", "localhost/%zz", "localhost/a|b"]
)
def test_a_path_is_all_that_may_follow_the_port(scheme: str, rest: str) -> None:
    with pytest.raises(UsageError):
        resolve(f"{scheme}://{rest}")


@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_the_guard_holds_for_websockets_too(scheme: str) -> None:
    with pytest.raises(TargetRefusedError, match="is not on this machine"):
        resolve(f"{scheme}://203.0.113.9/mqtt")
    with pytest.raises(TargetRefusedError, match="is a public broker"):
        resolve(f"{scheme}://broker.emqx.io:8083/mqtt", allow=["broker.emqx.io"])


@given(
    tail=st.text(min_size=1, max_size=12, alphabet=st.characters(codec="ascii", exclude_characters="@")),
    form=st.sampled_from(["mqtt://u:hunter2@{}", "mqtt://u:hunter2{}@203.0.113.9", "{}://u:hunter2@h"]),
)
def test_no_error_repeats_a_password(tail: str, form: str) -> None:
    said = ""
    try:
        resolve(form.format(tail))
    except FleetsimError as error:
        said = str(error)
    assert "hunter2" not in said


def test_an_unknown_name_fails_the_run() -> None:
    with pytest.raises(RunFailedError, match=r"nowhere\.lab cannot be resolved"):
        resolve("mqtt://nowhere.lab")


def test_an_unreachable_broker_fails_the_run_and_says_where() -> None:
    endpoint = Endpoint("localhost", "127.0.0.1", 1883, Protocol.MQTT_5, "u", "hunter2")

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    with pytest.raises(
        RunFailedError, match=r"no broker at localhost:1883 \(127\.0\.0\.1\): Connection refused"
    ) as failed:
        check_reachable(endpoint, connect)
    assert "hunter2" not in str(failed.value)


# Whatever somebody writes


@given(st.text(max_size=40))
def test_any_text_is_a_broker_url_or_a_usage_error(text: str) -> None:
    for url in (text, f"mqtt://{text}"):
        try:
            found = parse_url(url)
        except UsageError:
            continue
        assert found.host.isascii()
        assert found.host == normal_host(found.host)
        assert 0 < found.port < 65_536


@given(
    labels=st.lists(st.sampled_from(["test", "TEST", "mosquitto", "org", "eu", "x"]), min_size=1, max_size=5),
    dots=st.lists(
        st.sampled_from(".\N{IDEOGRAPHIC FULL STOP}\N{FULLWIDTH FULL STOP}"), min_size=5, max_size=5
    ),
    end=st.sampled_from(["", "."]),
)
def test_no_dress_lets_a_public_broker_pass(labels: list[str], dots: list[str], end: str) -> None:
    host = "".join(label + dot for label, dot in zip(labels, dots, strict=False))[:-1] + end
    public = [label.lower() for label in labels[-3:]] == ["test", "mosquitto", "org"]
    names = Names()
    try:
        resolve(f"mqtt://{host}", names, (host,))
    except TargetRefusedError:
        assert public
    except RunFailedError:
        assert not public
    assert bool(names.asked) != public
