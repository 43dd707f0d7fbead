"""What attacks do to honest neighbours: `python tests/bench/bench_harm.py [KIND...]`.

Some 2,000 sensors send 2,000 messages a second at QoS 1 to a Mosquitto on loopback that is open to anybody.
Each attack is measured against the same run with the same seed without it, made right before, since a machine
is not the same all day; first a run without any attack is, which shows what differs by chance. What honest
devices suffer while the attack goes on is taken from the truth of both runs joined, as the check `harm` does.
A witness subscribes to a tenth of the devices, for the latency from end to end of the whole run.

Attackers share the processor of this machine with broker and fleet, and the process of the fleet. `publish`
counts from the time at which a message was due, and so holds what the fleet itself was late; `answer` counts
from the time at which it was sent until the answer was read.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from simulator.core.descriptors import require_descriptors
from simulator.report import Summary
from simulator.runner import RunSettings, run
from simulator.scenario import Scenario
from simulator.truth import RunFolder, read_delivered, read_messages
from simulator.verify import verify
from simulator.verify.detection.quantile import quantile

SHOPS = 12
SENSORS = 167
BEGIN, LASTS, DURATION = 4, 15, 20
"""Seconds: when the attack begins, how long it lasts, and the run."""


ATTACKS: Mapping[str, Mapping[str, Any]] = {
    "by chance": {},
    "publish_flood": {"kind": "publish_flood", "rate": "2469/s"},
    "publish_flood of 15": {"kind": "publish_flood", "devices": 15, "rate": "5000/s"},
    "topic_enumeration of 20": {"kind": "topic_enumeration", "devices": 20, "every": "200ms"},
    "topic_enumeration of 50": {"kind": "topic_enumeration", "devices": 50, "every": "200ms"},
    "slow_subscriber of 5": {"kind": "slow_subscriber", "devices": 5},
    "subscription_exhaustion of 3": {
        "kind": "subscription_exhaustion",
        "devices": 3,
        "filters": 5_000,
        "rate": "1000/s",
    },
    "slow_dos of 900": {"kind": "slow_dos", "devices": 900},
    "qos2_half_open of 20": {"kind": "qos2_half_open", "devices": 20, "rate": "100/s", "messages": 1_000},
    "id_takeover of 20": {"kind": "id_takeover", "devices": 20, "rate": "2/s"},
    "malformed": {"kind": "malformed", "rate": "50/s"},
}


@dataclass(frozen=True)
class Suffered:
    """What honest devices had while the attack went on, or would have. Seconds.

    Attributes:
        publish: 50th, 95th and 99th percentile of the latency from due to acknowledged.
        answer: 95th percentile of the time from sent to acknowledged.
        end_to_end: 99th percentile of the latency from due to a subscriber, of the whole run.
        lost: messages that did not arrive.
        messages: how many there were.
    """

    publish: tuple[float, ...]
    answer: float
    end_to_end: float
    lost: int
    messages: int


def scenario(attack: Mapping[str, Any]) -> Scenario:
    """Return the load, with an attack if one is given."""
    attacks = [{**attack, "at": f"{BEGIN}s", "for": f"{LASTS}s"}] if attack else []
    return Scenario.model_validate(
        {
            "name": "neighbours",
            "duration": f"{DURATION}s",
            "speed": 1,
            "world": {"households": SHOPS, "shops": SHOPS, "households_per_neighbourhood": 1},
            "devices": [
                {
                    "kind": "inventory_sensor",
                    "per_shop": SENSORS,
                    "report_interval": "1s",
                    "rfid_interval": "1s",
                }
            ],
            "mqtt": {"broker": "mosquitto", "qos": 1},
            "witness": 0.1,
            "attacks": attacks,
        }
    )


def suffered(folder: Path, summary: Summary) -> Suffered:
    """Return what the honest devices of a run had in the time of the attack."""
    kept = RunFolder.open(folder)
    honest = {row.id for row in read_messages(kept) if row.attack is None}
    begin = min(row.due for row in read_delivered(kept) if row.id in honest) + BEGIN
    rows = [r for r in read_delivered(kept) if r.id in honest and begin <= r.due < begin + LASTS]
    publish = np.asarray([row.acked - row.due for row in rows if row.acked is not None])
    answers = [row.acked - row.sent for row in rows if row.acked is not None and row.sent is not None]
    return Suffered(
        publish=tuple(quantile(publish, share) for share in (0.5, 0.95, 0.99)),
        answer=quantile(np.asarray(answers), 0.95),
        end_to_end=(summary.latency_ms.end_to_end.p99 or 0.0) / 1000,
        lost=sum(not row.outcome.delivered for row in rows),
        messages=len(rows),
    )


def verdicts(folder: Path, calm: Path) -> str:
    """Return what the check `harm` says of latency and of loss."""
    parts = {one.part: one.verdict for one in verify(folder, only=["harm"], against=calm, write=False).checks}
    return ", ".join(str(parts[part]) for part in ("latency", "loss") if part in parts)


def line(name: str, calm: Suffered, one: Suffered, verdict: str) -> str:
    """Return a row of the table; the ratio is that of the 95th percentiles from due to acknowledged."""
    p50, p95, p99 = (1000 * value for value in one.publish)
    return (
        f"{name:29}{1000 * calm.publish[1]:9.2f}{p50:9.2f}{p95:9.2f}{p99:9.2f}"
        f"{one.publish[1] / calm.publish[1]:8.1f}{1000 * calm.answer:9.2f}{1000 * one.answer:9.2f}"
        f"{1000 * calm.end_to_end:9.2f}{1000 * one.end_to_end:9.2f}{one.lost:7,} of {one.messages:,}"
        f"  {verdict}"
    )


HEAD = (
    f"{'publish':>38}{'publish with the attack':>27}{'':8}{'answer p95':>18}{'end to end p99':>18}\n"
    f"{'p95':>38}{'p50':>9}{'p95':>9}{'p99':>9}{'ratio':>8}{'without':>9}{'with':>9}{'without':>9}{'with':>9}"
    f"{'lost':>17}  harm"
)


def main(wanted: Sequence[str]) -> None:
    """Print the table, row by row."""
    require_descriptors(SHOPS * SENSORS + 1_000)
    print(f"{SHOPS * SENSORS:,} sensors, QoS 1; milliseconds of honest messages from due to acknowledged")
    print(HEAD, flush=True)
    for name, attack in ATTACKS.items():
        if not wanted or any(name.startswith(kind) for kind in wanted):
            with tempfile.TemporaryDirectory() as place:
                calm, attacked = Path(place) / "calm", Path(place) / "attacked"
                before = run(scenario({}), RunSettings(calm))
                summary = run(scenario(attack), RunSettings(attacked))
                verdict = verdicts(attacked, calm) if attack else ""
                print(line(name, suffered(calm, before), suffered(attacked, summary), verdict), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
