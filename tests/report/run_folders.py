"""Folders of runs with known contents, for the tests of the reports that are made of them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from summaries import THRESHOLDS, UNREACHED, summary
from verifications import verification

from simulator.core.campaigns import CampaignTruth, Control, Credential, MemberTruth, Role
from simulator.core.records import FaultTruth
from simulator.report import (
    Spread,
    Stretch,
    Summary,
    VerdictResult,
    summarize_drill,
    write_drill,
    write_summary,
)
from simulator.truth import Manifest, RunFolder
from simulator.verify import Verification, encode_verification
from simulator.verify.verification import FILE

SCENARIO = {
    "name": "smart-home-evening",
    "description": "An evening with <everything> & everybody.",
    "seed": 7,
    "start": "2026-03-02T17:00:00+10:30",
    "duration": 21_600.0,
    "speed": 360.0,
    "rate": None,
    "world": {"households": 200, "shops": 2},
    "mqtt": {"broker": "mqtt://fleet:hunter2@broker.example"},
}

FAULTS = (
    *(FaultTruth("power_cut-0", "power_cut", f"d{n}", 7_200.0, 9_000.0 + n) for n in range(5)),
    FaultTruth("battery_death-1", "battery_death", "d1", 3_600.0, 4_000.0),
    FaultTruth("battery_death-1", "battery_death", "d2", 18_000.0, None),
    FaultTruth("network_latency-2", "network_latency", None, 10_000.0, 12_000.0),
)
ATTACKS = (
    CampaignTruth(
        "topic_enumeration-0", "topic_enumeration", False, 14_400.0, 16_000.0, (),
        tuple(MemberTruth(name, Role.OUTSIDER, Credential.NONE) for name in ("o1", "o2")),
        victims=("d1",), control=Control.ACCESS_CONTROL,
    ),
    CampaignTruth("power_cut-0", "power_cut", True, 7_200.0, 9_000.0, (), ()),
)  # fmt: skip
VERDICTS = (
    VerdictResult("right", "leak", "held", "held", True, "none of 2,410 came out"),
    VerdictResult("forgetful", "leak", "failed", "held", False, "5 pieces of personal data came out"),
)


def stretches(seconds: int = 60, busy: float = 200.0) -> list[Stretch]:
    """Return a minute at speed 360 with a cut in the middle."""
    found = []
    for second in range(1, seconds + 1):
        cut = 20 < second <= 25
        due = int(busy) + second % 7 * 9
        slow = 40.0 if cut else 1.0
        found.append(
            Stretch(
                at=float(second), seconds=1.0, simulated=second * 360.0, due=due, sent=due,
                delivered=due // 2 if cut else due, lost=3 if cut else 0, late=11 if cut else 0,
                kinds={"wearable": due // 2, "smart_speaker": due // 4},
                connections={"connected": 20 if cut else 40, "backing off": 20 if cut else 0},
                broken=20 if second == 21 else 0, reconnected=20 if second == 26 else 0,
                queue=30 if cut else 0, lag=Spread(0.4, 0.6, 0.9, 1.1),
                publish=Spread(1.2 * slow, 2.0 * slow, 4.5 * slow, 12.0 * slow),
            )
        )  # fmt: skip
    return found


def usual() -> Summary:
    """Return the summary of a run with thresholds and verdicts that were not kept."""
    result = summary(thresholds=THRESHOLDS, connections=UNREACHED)
    return msgspec.structs.replace(result, verdicts=VERDICTS, egress={"right": 12_000})


def run_folder(
    path: Path,
    result: Summary | None = None,
    course: list[Stretch] | None = None,
    judged: Verification | None = None,
    *,
    complete: bool = True,
    **changed: Any,
) -> RunFolder:
    """Return a new folder with what it is given; fields of the manifest's scenario may be changed."""
    folder = RunFolder.create(path)
    scenario = SCENARIO | changed
    folder.write_manifest(
        Manifest(
            scenario=scenario,
            seed=scenario["seed"],
            versions={"fleetsim": "0.1.0", "python": "3.11.7"},
            started=datetime(2026, 3, 2, 6, 30, tzinfo=UTC),
            complete=complete,
        )
    )
    rows = {folder.timeline: course or [], folder.faults: FAULTS, folder.campaigns: ATTACKS}
    for file, content in rows.items():
        file.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in content))
    if result is not None:
        write_summary(folder, result)
    if judged is not None:
        (folder.path / FILE).write_bytes(encode_verification(judged))
    return folder


def whole(path: Path) -> RunFolder:
    """Return the folder of a run that has everything."""
    return run_folder(path, usual(), stretches(), verification())


def drill(path: Path, *names: str) -> RunFolder:
    """Return the folder of a drill with two brokers, with runs against those that are named."""
    folder = RunFolder.create(path, truth=False)
    brokers = [{"name": name} for name in ("well", "badly")]
    scenario = SCENARIO | {"name": "my-drill", "brokers": brokers}
    started = datetime(2026, 3, 2, 6, 30, tzinfo=UTC)
    folder.write_manifest(Manifest(scenario=scenario, seed=7, versions={}, started=started))
    runs = {}
    for name in names:
        found = "held" if name == "well" else "untrusted"
        verdicts = (VerdictResult("broker", "access_control", found, "held", found == "held", "who knows"),)
        runs[name] = msgspec.structs.replace(summary(), verdicts=verdicts)
        run_folder(path / name, runs[name], stretches())
    if len(names) == len(brokers):
        write_drill(folder, summarize_drill("my-drill", 7, runs, interrupted=False, seconds=60.0))
    return folder


def killed(path: Path) -> RunFolder:
    """Return what a run leaves that was killed after half a minute."""
    return run_folder(path, None, stretches(30), complete=False)
