"""Metrics pushed to a real Pushgateway, and what keeps them from being pushed anywhere else."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.request import urlopen

import pytest
from fleetsim_process import fleetsim, wait_for
from prometheus_server import PrometheusServer, labels
from shipped_files import stack

from simulator.broker.credentials.authority import Authority
from simulator.core.errors import RunFailedError
from simulator.metrics import Collector, Gateway, Judged, Snapshot


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def listens(port: int) -> bool:
    with socket.socket() as trial:
        return trial.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture
def pushgateway(tmp_path: Path) -> Iterator[int]:
    """The port of a real Pushgateway."""
    program = shutil.which("prometheus-pushgateway")
    if program is None:
        pytest.fail("this test needs the Pushgateway: apt-get install prometheus-pushgateway")
    port = free_port()
    # Debian's keeps what it was given, unless told not to.
    command = [program, f"--web.listen-address=127.0.0.1:{port}", "--persistence.file="]
    with (tmp_path / "pushgateway.log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: listens(port), "the Pushgateway")
        yield port
    finally:
        process.kill()
        process.wait()


def pushed(port: int) -> list[str]:
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return [line for line in answer.read().decode().splitlines() if line.startswith("fleetsim_")]


def test_a_short_run_leaves_its_metrics_and_how_it_ended(
    pushgateway: int, evening: Path, tmp_path: Path
) -> None:
    url = f"http://127.0.0.1:{pushgateway}"
    fleetsim("run", evening, "--duration", "10m", "--speed", "max", "--push-to", url, "-o", tmp_path / "run")
    found = pushed(pushgateway)
    assert any(line.startswith("fleetsim_run_status{") and 'status="passed"' in line for line in found)
    assert all('job="fleetsim"' in line and 'instance="' in line for line in found)


def test_a_later_run_replaces_an_earlier_one(pushgateway: int) -> None:
    gateway = Gateway(f"http://localhost:{pushgateway}", "127.0.0.1", pushgateway)
    for connections in ({"connected": 5}, {"idle": 6}):
        collector = Collector("1", "home")
        collector.update(Snapshot(connections=connections))
        gateway.push(collector.registry, "home")
    shown = [line for line in pushed(pushgateway) if line.startswith("fleetsim_connections{")]
    assert shown == ['fleetsim_connections{instance="home",job="fleetsim",state="idle"} 6']


def test_a_gateway_that_is_away_is_told_of_before_the_run(evening: Path, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    _, err = fleetsim("run", evening, "--push-to", url, "-o", tmp_path / "run", code=1)
    assert f"no Pushgateway at {url}: Connection refused" in err
    assert not (tmp_path / "run").exists()


def test_metrics_stay_on_this_machine_unless_another_host_is_named(evening: Path, tmp_path: Path) -> None:
    _, err = fleetsim("run", evening, "--push-to", "http://192.0.2.1:9091", "-o", tmp_path / "run", code=5)
    assert "192.0.2.1 is not on this machine" in err
    assert "--allow-target 192.0.2.1" in err


class Answering(BaseHTTPRequestHandler):
    """Sends everybody on to another place, unless told to take what comes."""

    status = 307
    taken: ClassVar[list[tuple[str | None, str, bytes]]] = []

    def do_PUT(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.headers["Host"], self.path, body))
        self.send_response(self.status)
        self.send_header("Location", "http://192.0.2.1:9091/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_neither_redirects_nor_proxies_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    server = HTTPServer(("127.0.0.1", 0), Answering)
    thread = Thread(target=server.handle_request)
    thread.start()
    port = server.server_port
    with pytest.raises(RunFailedError, match=r"could not be pushed to .*: it answered 307"):
        Gateway(f"http://127.0.0.1:{port}/", "127.0.0.1", port).push(Collector("1").registry, "home")
    thread.join()
    server.server_close()


@pytest.fixture
def encrypted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """The port of a gateway that takes what comes, encrypted with a certificate for localhost."""
    authority = Authority.new(datetime.now(UTC))
    issued = authority.issue("localhost", now=datetime.now(UTC), hosts=["localhost"])
    files = {"authority": authority.files.certificate, "own": issued.certificate + issued.key}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.setattr(Answering, "status", 202)
    monkeypatch.setattr(Answering, "taken", [])
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "own")
    server = HTTPServer(("127.0.0.1", 0), Answering)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = Thread(target=server.handle_request)
    thread.start()
    yield server.server_port
    thread.join()
    server.server_close()


def test_an_encrypted_gateway_is_known_by_the_name_that_was_given(encrypted: int) -> None:
    gateway = Gateway(f"https://localhost:{encrypted}/push", "127.0.0.1", encrypted)
    gateway.push(Collector("1").registry, "home")
    [(host, path, body)] = Answering.taken
    assert (host, path) == (f"localhost:{encrypted}", "/push/metrics/job/fleetsim/instance/home")
    assert b"fleetsim_build_info" in body


def test_a_gateway_with_the_certificate_of_another_gets_nothing(encrypted: int) -> None:
    gateway = Gateway(f"https://other.example:{encrypted}", "127.0.0.1", encrypted)
    with pytest.raises(RunFailedError, match="certificate verify failed"):
        gateway.push(Collector("1").registry, "home")
    assert Answering.taken == []


def test_prometheus_scrapes_what_was_pushed_once_the_shipped_lines_are_in_force(
    pushgateway: int, tmp_path: Path
) -> None:
    collector = Collector("1", "home")
    collector.judge(Judged(status="passed"))
    Gateway(f"http://127.0.0.1:{pushgateway}", "127.0.0.1", pushgateway).push(collector.registry, "home")
    shipped = stack()["prometheus/prometheus.yml"].replace("127.0.0.1:9091", f"127.0.0.1:{pushgateway}")
    config = tmp_path / "prometheus.yml"
    config.write_text(re.sub(r"(?m)^  # (- |  )", r"  \1", shipped))
    assert config.read_text().count("job_name") == 2
    with PrometheusServer(tmp_path, config) as prometheus:
        found = prometheus.wait_for('fleetsim_run_status{job="fleetsim", instance="home"}')
    assert found == {labels(status="passed"): 1}
