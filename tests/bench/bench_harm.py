"""What attacks do to honest neighbours: `python tests/bench/bench_harm.py [KIND...]`.

Some 2,000 sensors send 2,000 messages a second at QoS 1 to a Mosquitto on loopback that is open to anybody.
Each attack is measured against the same run with the same seed without it, made right before, since a machine
is not the same all day; first a run without any attack is, which shows what differs by chance. What honest
devices suffer while the attack goes on is taken from the truth of both runs joined, as the check `harm` does.
A witness subscribes to a tenth of the devices, for the latency from end to end of the whole run.

Attackers share the processor of this machine with broker and fleet. `lag` tells how late the fleet itself was
in sending, which no broker is to blame for.
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
from simulator.truth import RunFolder
from simulator.verify import verify
from simulator.verify.detection.quantile import quantile
from simulator.verify.detection.scene import Scene
from simulator.verify.ground import Ground

SHOPS = 12
SENSORS = 167
BEGIN, LASTS, DURATION = 4, 15, 20
"""Seconds: when the attack begins, how long it lasts, and the run."""


ATTACKS: Mapping[str, Mapping[str, Any]] = {
    "by chance": {},
    "publish_flood": {"kind": "publish_flood", "rate": "2469/s"},
    "publish_flood of 15": {"kind": "publish_flood", "devices": 15, "rate": "5000/s"},
    "topic_enumeration of 20": {"kind": "topic_enumeration", "devices": 20, "every": "200ms"},
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
    """What honest devices had while the attack went on. Seconds.

    Attributes:
        publish: 50th, 95th and 99th percentile of the publish latency.
        lost: messages that did not arrive.
        messages: how many there were.
        end_to_end: 99th percentile, of the whole run.
        lag: likewise.
        verdicts: of the check `harm`, of latency and of loss.
    """

    publish: tuple[float, ...]
    lost: int
    messages: int
    end_to_end: float
    lag: float
    verdicts: Sequence[str] = ()


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


def suffered(folder: Path, summary: Summary, calm: Path) -> Suffered:
    """Return what the honest devices of a run had, in the time in which an attack goes on, or would."""
    kept = RunFolder.open(folder)
    ground = Ground(kept)
    scene = Scene(kept, kept.read_manifest(), ground, Ground(RunFolder.open(calm)))
    begin, end = scene.load(BEGIN), scene.load(BEGIN + LASTS)
    during = scene.honest & (scene.due >= begin) & (scene.due < end)
    latency = ground.latency[during]
    known = latency[~np.isnan(latency)]
    attacked = bool(scene.parts)
    judged = verify(folder, only=["harm"], against=calm, write=False).checks if attacked else ()
    whole = [one for one in judged if one.part in ("latency", "loss")]
    return Suffered(
        publish=tuple(quantile(known, share) for share in (0.5, 0.95, 0.99)),
        lost=int((~ground.delivered[during]).sum()),
        messages=int(during.sum()),
        end_to_end=(summary.latency_ms.end_to_end.p99 or 0.0) / 1000,
        lag=(summary.lag_ms.p99 or 0.0) / 1000,
        verdicts=[str(one.verdict) for one in whole],
    )


def row(name: str, one: Suffered, calm: Suffered) -> str:
    """Return a row of the table; the ratio is that of the 95th percentiles."""
    p50, p95, p99 = (1000 * value for value in one.publish)
    return (
        f"{name:29}{1000 * calm.publish[1]:9.2f}{p50:9.2f}{p95:9.2f}{p99:9.2f}"
        f"{one.publish[1] / calm.publish[1]:8.1f}{1000 * calm.end_to_end:10.2f}{1000 * one.end_to_end:9.2f}"
        f"{1000 * one.lag:9.2f}{one.lost:7,} of {one.messages:,}  {', '.join(one.verdicts)}"
    )


HEAD = (
    f"{'p95':>38}{'p50':>9}{'p95':>9}{'p99':>9}{'ratio':>8}{'end p99':>10}{'end p99':>9}{'lag p99':>9}"
    f"{'lost':>17}  harm\n{'without':>38}{'with the attack':>27}{'':8}{'without':>10}{'with':>9}{'with':>9}"
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
                without, suffers = suffered(calm, before, calm), suffered(attacked, summary, calm)
                print(row(name, suffers, without), flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
