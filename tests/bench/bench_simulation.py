"""What the model side costs: `python tests/bench/bench_simulation.py`.

The first table grows one town from 1,000 to 100,000 devices, each size in a process of its own: the same
two hours of an evening, with what it takes to build the town, to live through the day before them, and to
make their messages. The second one says what a message costs with ever more done to it, in turns. With
`--against COMMIT` the model of that commit and this one grow the same town in turns. All times are processor
time, since the machine may have other things to do; nothing is sent anywhere.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from enum import Enum
from itertools import islice, product
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from prometheus_client import generate_latest

from simulator.bench.static_source import StaticSource
from simulator.core.actions import Publish
from simulator.core.calendar import Calendar
from simulator.core.process import collector_paused, peak_rss_bytes
from simulator.core.records import Delivered, Outcome
from simulator.core.shard import Shard
from simulator.core.steps import Step
from simulator.fleet import Fleet
from simulator.generator import JsonLines
from simulator.metrics import Collector, Snapshot, Tally, Truths
from simulator.scenario import Scenario
from simulator.truth import RunFolder, TruthWriter

T = TypeVar("T")

SIZES = (1_000, 10_000, 100_000)
DEVICES_PER_HOUSEHOLD = 1.642
"""Of the town below: a tenth of the people, 0.45 speakers a household, a hundred sensors for each hundred."""

COMPARED = 10_000
"""Devices of the second table."""

STATIC_BYTES = 256


def town(devices: int, hours: float) -> Scenario:
    """Return a town with about so many devices of the three families."""
    return Scenario.model_validate(
        {
            "name": "bench",
            "duration": f"{hours:g}h",
            "world": {"households": round(devices / DEVICES_PER_HOUSEHOLD)},
            "devices": [
                {"kind": "wearable", "owners": 0.1},
                {"kind": "smart_speaker", "per_household": 0.45},
                {"kind": "inventory_sensor", "per_shop": 100},
            ],
        }
    )


@dataclass(frozen=True)
class Grown:
    """A town of some size.

    Attributes:
        build: seconds to build it.
        day: seconds to live through the world's day before the scenario starts.
        live: seconds to live through the scenario and make its messages.
        events: SimPy events in the scenario.
        grown: bytes by which the process has grown.
    """

    devices: int
    build: float
    day: float
    live: float
    events: int
    messages: int
    grown: int


@collector_paused()
def grow(devices: int, hours: float) -> Grown:
    """Build a town of a size and live through it."""
    for _ in Fleet(town(100, 0.1)).stream():
        pass  # imports and caches are no device's
    before = peak_rss_bytes()
    begin = time.process_time()
    fleet = Fleet(town(devices, hours))
    built = time.process_time()
    steps = to_first_message(fleet.stream())
    events = fleet.events
    lived = time.process_time()
    messages = sum(truth is not None for _, truth in steps)
    end = time.process_time()
    return Grown(
        len(fleet.devices),
        built - begin,
        lived - built,
        end - lived,
        fleet.events - events,
        messages,
        peak_rss_bytes() - before,
    )


def to_first_message(steps: Iterator[Step]) -> Iterator[Step]:
    """Go through the sessions and on to the first message; return what follows."""
    next(step for step in steps if step[1] is not None)
    return steps


class Contestant(Enum):
    """How much is done to a message."""

    STATIC = "the same bytes from every device, nothing simulated"
    REALISTIC = "simulated, and its payload encoded"
    COUNTED = "and counted for the metrics"
    TRUTH = "and its truth written"
    LINES = "and itself written, as generate does"


@collector_paused()
def cost(contestant: Contestant, devices: int, hours: float) -> float:
    """Return the microseconds of a message with so much done to it."""
    scenario = town(devices, hours)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        truth = stack.enter_context(TruthWriter(RunFolder.create(folder / "run")))
        lines = JsonLines(stack.enter_context((folder / "stream.jsonl").open("wb")))
        stack.callback(lines.close)
        if contestant is Contestant.STATIC:
            source = StaticSource(scenario, Shard(), devices=devices, payload_bytes=STATIC_BYTES)
            steps: Iterator[Step] = islice(source.stream(lambda: False), devices, 100 * devices)
            timestamp = Calendar(scenario.start, scenario.zone).timestamp
        else:
            fleet = Fleet(scenario)
            steps = to_first_message(fleet.stream())
            timestamp = fleet.calendar.timestamp
        counts = contestant in (Contestant.COUNTED, Contestant.TRUTH, Contestant.LINES)
        writes_truth = contestant in (Contestant.TRUTH, Contestant.LINES)
        writes_lines = contestant is Contestant.LINES
        messages = 0
        tally, truths = Tally(), Truths()
        begin = time.process_time()
        for action, about in steps:
            messages += 1
            if counts and isinstance(action, Publish):
                tally.due(action, 0.0)
                tally.finished(action, Delivered(action.id, 0.0, 0.001, 0.002, Outcome.ACKNOWLEDGED))
                if about is not None:
                    truths.due(about)
                    if truths.open:
                        truths.finished(action.id, Outcome.ACKNOWLEDGED)
            if writes_truth and about is not None:
                truth.message(about)
            if writes_lines:
                lines.write(action, timestamp(action.at))
        return (time.process_time() - begin) / messages * 1e6


def scrape_ms(times: int = 100) -> float:
    """Return the milliseconds of a scrape: a copy of the counts, and the text that Prometheus reads."""
    collector, tally = Collector("0"), Tally()
    for kind, event, qos in product(("wearable", "smart_speaker", "inventory_sensor"), "abcde", (0, 1)):
        publish = Publish(0.0, "device", "id", kind, event, "topic", b"", qos)
        tally.due(publish, 0.0)
        tally.finished(publish, Delivered("id", 0.0, 0.001, 0.002, Outcome.ACKNOWLEDGED))
    begin = time.process_time()
    for _ in range(times):
        collector.update(Snapshot(tally))
        generate_latest(collector.registry)
    return (time.process_time() - begin) / times * 1e3


def alone(work: Callable[..., T], *arguments: Any) -> T:
    """Return what comes of some work in a process of its own."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(work, *arguments).result()


def compare(commit: str, devices: int, hours: float, rounds: int) -> None:
    """Grow one town by the model of a commit and by this one, in turns, and print both with their ratios."""
    repository = Path(__file__).parents[2]
    with TemporaryDirectory() as folder:
        archive = subprocess.run(
            ["git", "archive", commit, "simulator", "scenarios"],
            cwd=repository,
            stdout=subprocess.PIPE,
            check=True,
        )
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        trees = {commit: Path(folder), "now": repository}
        grown: dict[str, list[Grown]] = {tree: [] for tree in trees}
        for _, (name, tree) in product(range(rounds), trees.items()):
            town_of = subprocess.run(
                [sys.executable, __file__, "--raw", "--sizes", str(devices), "--hours", str(hours)],
                env=os.environ | {"PYTHONPATH": str(tree)},
                stdout=subprocess.PIPE,
                check=True,
            )
            grown[name].append(Grown(**json.loads(town_of.stdout)))
    figures: dict[str, Callable[[Grown], float]] = {
        "events/s": lambda town: town.events / town.live,
        "events/s, the day before among them": lambda town: town.events / (town.day + town.live),
        "messages/s": lambda town: town.messages / town.live,
        "bytes a device": lambda town: town.grown / town.devices,
    }
    print(f"{grown['now'][0].devices:,} devices, {hours:g} h, median of {rounds} rounds in turns\n")
    print(f"{commit:>12} {'now':>12}  ratio  what")
    for what, figure in figures.items():
        before, now = (median(map(figure, grown[name])) for name in trees)
        print(f"{before:>12,.0f} {now:>12,.0f} {before / now:>6.2f}  {what}")


def main() -> None:
    """Measure and print two tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="devices, about")
    parser.add_argument("--hours", type=float, default=2.0, help="simulated, of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="of the second table and of a comparison")
    parser.add_argument("--against", metavar="COMMIT", help="compare with the model of a commit, and end")
    parser.add_argument("--raw", action="store_true", help="print one town as JSON, and end")
    asked = parser.parse_args()
    if asked.raw:
        print(json.dumps(asdict(grow(asked.sizes[0], asked.hours))))
        return
    if asked.against:
        compare(asked.against, asked.sizes[0], asked.hours, asked.rounds)
        return
    print(f"{asked.hours:g} h from 17:00, one process, processor time\n")
    print("devices  build s  day before s  messages  messages/s  events/s  bytes a device")
    for size in asked.sizes:
        town_of = alone(grow, size, asked.hours)
        print(
            f"{town_of.devices:>7,} {town_of.build:>8.2f} {town_of.day:>13.2f} {town_of.messages:>9,} "
            f"{town_of.messages / town_of.live:>11,.0f} {town_of.events / town_of.live:>9,.0f} "
            f"{town_of.grown / town_of.devices:>15,.0f}"
        )
    print(f"\na message of {COMPARED:,} devices, median of {asked.rounds} rounds\nCPU us  of realistic  what")
    costs: dict[Contestant, list[float]] = {contestant: [] for contestant in Contestant}
    for _, contestant in product(range(asked.rounds), Contestant):
        costs[contestant].append(alone(cost, contestant, COMPARED, asked.hours))
    realistic = median(costs[Contestant.REALISTIC])
    for contestant, of in costs.items():
        print(f"{median(of):>6.2f} {median(of) / realistic:>13.2f}  {contestant.value}")
    print(f"\na scrape of the metrics takes {alone(scrape_ms):.1f} ms")


if __name__ == "__main__":
    main()
