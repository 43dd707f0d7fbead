"""The HTTP sink takes what is posted to it on loopback, within bounds, and keeps no header."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from fleetsim_process import rows

from simulator.core.errors import RunFailedError
from simulator.taps.http_sink import LARGEST_BODY, HttpSink
from simulator.taps.tape import Tape


@pytest.fixture
def tape(tmp_path: Path) -> Iterator[Tape]:
    with Tape(tmp_path / "tape.jsonl", clock=lambda: 2.0) as made:
        yield made


@pytest.fixture
def sink(tape: Tape) -> Iterator[HttpSink]:
    made = HttpSink(0, tape)
    yield made
    made.close()


def connection(sink: HttpSink) -> HTTPConnection:
    return HTTPConnection("127.0.0.1", sink.port, timeout=10)


def test_bodies_are_recorded_with_their_path_and_without_headers(
    sink: HttpSink, tape: Tape, tmp_path: Path
) -> None:
    client = connection(sink)
    for method, body in (("POST", b"one"), ("PUT", "zwei".encode("utf-16")), ("PATCH", b"")):
        client.request(method, "/hook?who=me", body, {"Authorization": "Bearer secret"})
        assert client.getresponse().read() == b""
    client.request("POST", "/chunks", iter([b"in ", b"pieces"]), encode_chunked=True)
    assert client.getresponse().status == 204
    client.close()
    tape.flush()
    assert "secret" not in (tmp_path / "tape.jsonl").read_text()
    recorded = [(row["topic"], row["payload"]) for row in rows(tmp_path / "tape.jsonl")]
    assert recorded == [
        ("/hook?who=me", "one"),
        ("/hook?who=me", {"base64": "//56AHcAZQBpAA=="}),
        ("/hook?who=me", ""),
        ("/chunks", "in pieces"),
    ]


@pytest.mark.parametrize("encode_chunked", [False, True])
def test_a_body_that_is_too_large_is_refused(encode_chunked: bool, sink: HttpSink, tape: Tape) -> None:
    client = connection(sink)
    client.putrequest("POST", "/")
    if encode_chunked:
        client.putheader("Transfer-Encoding", "chunked")
        client.endheaders()
        client.send(f"{LARGEST_BODY + 1:x}\r\n".encode())
    else:
        client.putheader("Content-Length", str(LARGEST_BODY + 1))
        client.endheaders()
    assert client.getresponse().status == 413
    client.close()
    assert tape.rows == 0


@pytest.mark.parametrize("headers", [{"Content-Length": "-1"}, {"Content-Length": "x"}])
def test_what_is_no_request_is_refused(headers: dict[str, str], sink: HttpSink, tape: Tape) -> None:
    client = connection(sink)
    client.request("POST", "/", headers=headers)
    assert client.getresponse().status == 400
    client.close()
    assert tape.rows == 0


def test_nothing_is_to_be_had_from_it(sink: HttpSink) -> None:
    client = connection(sink)
    client.request("GET", "/")
    assert client.getresponse().status == 501
    client.close()


def test_it_listens_on_loopback_alone(sink: HttpSink, tape: Tape) -> None:
    with socket.socket() as elsewhere:
        elsewhere.bind(("127.0.0.2", sink.port))  # would be in use if it listened everywhere
    with pytest.raises(RunFailedError, match="choose another port for the tap"):
        HttpSink(sink.port, tape)
