"""Metrics pushed to a real Pushgateway, and what keeps them from being pushed anywhere else."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.request import urlopen

import pytest
from fleetsim_process import fleetsim, wait_for

from simulator.core.errors import RunFailedError
from simulator.metrics import Collector, Gateway, Snapshot


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
    with (tmp_path / "pushgateway.log").open("wb") as log:
        process = subprocess.Popen(
            [program, f"--web.listen-address=127.0.0.1:{port}"], stdout=log, stderr=subprocess.STDOUT
        )
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


class Elsewhere(BaseHTTPRequestHandler):
    """Sends everybody on to another place."""

    def do_PUT(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(307)
        self.send_header("Location", "http://192.0.2.1:9091/")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def test_neither_redirects_nor_proxies_are_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://192.0.2.1:3128")
    server = HTTPServer(("127.0.0.1", 0), Elsewhere)
    thread = Thread(target=server.handle_request)
    thread.start()
    port = server.server_port
    with pytest.raises(RunFailedError, match=r"could not be pushed to .*: it answered 307"):
        Gateway(f"http://127.0.0.1:{port}/", "127.0.0.1", port).push(Collector("1").registry, "home")
    thread.join()
    server.server_close()
