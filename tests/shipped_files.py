"""What `fleetsim dashboard` writes, taken apart: every question that is asked of Prometheus, and by whom."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from simulator.report.dashboards import BOARDS, stack_files

RATE_INTERVAL = "10s"
"""What Grafana puts for ``$__rate_interval``: four scrapes at least, more where a panel is narrow."""


@dataclass(frozen=True)
class Asked:
    """A question.

    Attributes:
        by: who asks, such as ``load: Publish latency``.
        expr: in PromQL, for all runs.
    """

    by: str
    expr: str


def dashboards() -> dict[str, dict[str, Any]]:
    """Return every dashboard as JSON has it."""
    from json import loads

    from grafana_foundation_sdk.cog.encoder import JSONEncoder

    return {name: loads(JSONEncoder().encode(board())) for name, board in BOARDS.items()}


def panels(dashboard: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the panels of a dashboard, without the headlines."""
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def of_panels() -> Iterator[Asked]:
    """Yield what panels and windows ask."""
    for name, dashboard in dashboards().items():
        for panel in panels(dashboard):
            for target in panel["targets"]:
                by = f"{name}: {panel['title']} {target['refId']}"
                yield Asked(by, _filled(target["expr"]))
        for window in dashboard["annotations"]["list"]:
            yield Asked(f"{name}: window {window['name']}", _filled(window["target"]["expr"]))


def of_rules() -> Iterator[Asked]:
    """Yield what rules record and what alerts compare, without what they compare it with."""
    for path, text in stack_files():
        if path.name.endswith("_rules.yml"):
            for group in yaml.safe_load(text)["groups"]:
                for rule in group["rules"]:
                    if "record" in rule:
                        yield Asked(f"recorded: {rule['record']}", rule["record"])
                    else:
                        yield Asked(f"alert: {rule['alert']}", compared(rule["expr"]))


def compared(expr: str) -> str:
    """Return what an alert compares with a number."""
    found = re.fullmatch(r"(.+) [<>] [0-9.]+", expr)
    assert found is not None, f"an alert compares one expression with one number, and not: {expr}"
    return found[1]


def stack() -> dict[str, str]:
    """Return the files around the dashboards by path."""
    return {str(path): text for path, text in stack_files()}


def write_stack(folder: Path, target: int) -> Path:
    """Write Prometheus' files as they are shipped, but for the port of the run; return the configuration."""
    for path, text in stack_files():
        if path.parts[0] == "prometheus":
            (folder / path.name).write_text(text)
    config = folder / "prometheus.yml"
    shipped = config.read_text()
    assert shipped.count('targets: ["127.0.0.1:9464"]') == 1
    config.write_text(shipped.replace("127.0.0.1:9464", f"127.0.0.1:{target}"))
    return config


def _filled(expr: str) -> str:
    filled = expr.replace("$__rate_interval", RATE_INTERVAL).replace("$instance", ".*")
    assert "$" not in filled
    return filled
