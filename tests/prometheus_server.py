"""A real Prometheus for tests, on a free loopback port with a configuration and a data folder of its own."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

SCRAPE_INTERVAL = 0.2
"""Seconds."""

PATIENCE = 30.0
"""Seconds to wait for Prometheus to start, or to scrape what a test expects, before the test fails."""

Labels = frozenset[tuple[str, str]]


def scraping(folder: Path, target: int) -> Path:
    """Write a configuration that scrapes one port of 127.0.0.1, and return its file."""
    config = folder / "prometheus.yml"
    interval = f"{SCRAPE_INTERVAL * 1000:.0f}ms"
    config.write_text(
        f"global: {{scrape_interval: {interval}, scrape_timeout: {interval}}}\n"
        f"scrape_configs:\n"
        f"  - {{job_name: fleetsim, static_configs: [{{targets: ['127.0.0.1:{target}']}}]}}\n"
    )
    return config


class PrometheusServer:
    """Does what a configuration says, and answers PromQL. Use it in a ``with``; leaving it ends the process.

    Args:
        folder: for its data and its log.
        config: what it reads.
        features: what it has to be told to do.
    """

    def __init__(self, folder: Path, config: Path, *features: str) -> None:
        program = shutil.which("prometheus")
        if program is None:
            pytest.fail("this test needs Prometheus: apt-get install prometheus")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._url = f"http://127.0.0.1:{free.getsockname()[1]}"
        self._log = folder / "prometheus.log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [
                    program,
                    f"--config.file={config}",
                    f"--storage.tsdb.path={folder / 'data'}",
                    f"--web.listen-address={self._url.removeprefix('http://')}",
                    *(f"--enable-feature={feature}" for feature in features),
                ],
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def query(self, expression: str) -> dict[Labels, float]:
        """Return what an instant query finds now: a value for each set of labels, without name and target."""
        found = self._ask("query", query=expression)["result"]
        return {_labels(row["metric"]): float(row["value"][1]) for row in found}

    def course(self, expression: str, start: float, end: float) -> dict[Labels, list[float]]:
        """Return what a query finds in each second between two, seconds since 1970; the same likewise."""
        found = self._ask("query_range", query=expression, start=start, end=end, step=1)["result"]
        return {_labels(row["metric"]): [float(value) for _, value in row["values"]] for row in found}

    def examples(self, metric: str, start: float, end: float) -> list[dict[str, str]]:
        """Return the labels of the examples that were scraped with a histogram."""
        series = self._ask("query_exemplars", query=metric, start=start, end=end)
        return [example["labels"] for one in series for example in one["exemplars"]]

    def _ask(self, what: str, **parameters: object) -> Any:
        with urlopen(f"{self._url}/api/v1/{what}?{urlencode(parameters)}", timeout=30) as answer:
            return json.load(answer)["data"]

    def wait_for(self, expression: str) -> dict[Labels, float]:
        """Return what a query finds, as soon as it finds anything; ``messages > 10`` waits for ten."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                pytest.fail(f"Prometheus ended:\n{self._log.read_text()}")
            try:
                if found := self.query(expression):
                    return found
            except (URLError, ConnectionError):
                pass  # it is still starting
            time.sleep(SCRAPE_INTERVAL / 2)
        pytest.fail(
            f"Prometheus found nothing for {expression} in {PATIENCE:.0f} s:\n{self._log.read_text()}"
        )

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def labels(**pairs: str) -> Labels:
    """Return labels as the keys of an answer hold them."""
    return _labels(pairs)


def _labels(pairs: Mapping[str, str]) -> Labels:
    return frozenset(
        (name, value) for name, value in pairs.items() if name not in {"__name__", "instance", "job"}
    )
