"""A folder with what commands of the documentation are given: a scenario, runs, outputs of controls."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow
from pyarrow import parquet

SCENARIO = """\
name: home
duration: 1h
speed: max
world: {households: 8, shops: 1}
devices: [{kind: wearable, owners: 1}, {kind: smart_speaker, per_household: 1}]
privacy: {hazards: {payload_identifier: 0.5}}
attacks: [{kind: topic_enumeration, at: 10m, for: 10m}]
controls: [{name: redactor, checks: [leak, redaction]}, {name: guard, checks: [detection]}]
taps:
  - {name: redactor, topics: ["fleet/#"], settle: 200ms}
  - {name: guard, topics: ["alerts/#"], settle: 200ms}
"""

RUNS = (
    "truth",
    "RUN",
    "runs/home",
    "runs/home-before",
    "runs/yesterday",
    "runs/home-without-one",
    "runs/home-20260302-170000",
    "runs/drill",
    "runs/drill-without-attacks",
    "runs/privacy-drill",
    "runs/presidio",
)
"""What the documentation calls a run that has been."""


def lay_out(folder: Path, run: Callable[..., object]) -> None:
    """Fill a folder.

    Args:
        folder: an empty one, in which this process is.
        run: runs ``fleetsim`` with some arguments.
    """
    run("init", "home")
    for name in ("mine.yaml", "scenario.yaml"):
        (folder / name).write_text(SCENARIO)
    run("run", "scenario.yaml", "--quiet", "-o", "run")
    for name in RUNS:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).symlink_to(folder / "run")
    run("provision", "quickstart", "--for", "mosquitto", "-o", "credentials", "--quiet")
    egress = folder / "run" / "egress" / "redactor.jsonl"
    shutil.copy(egress, folder / "out.jsonl")
    rows = [json.loads(line) for line in egress.read_text().splitlines()]
    table = pyarrow.table({"payload": [row["payload"] for row in rows]})
    (folder / "out").mkdir()
    for name in ("counts.parquet", "out/redacted.parquet"):
        parquet.write_table(table, folder / name)
    (folder / "eve.json").write_text('{"event_type": "alert", "timestamp": "2026-03-02T06:40:00.0+0000"}\n')
