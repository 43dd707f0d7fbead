"""What the leak scanner costs: `python tests/bench/bench_scan.py`.

It enters the canaries of ever more people, in a process of its own each, and then scans kinds of text that
hold none, and one that holds some in every tenth record. Processor time, one core; a scan that finds anything
in the texts without canaries says so and fails.
"""

from __future__ import annotations

import argparse
import base64
import random
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from simulator.core.process import peak_rss_bytes
from simulator.privacy import Canaries, Subject, run_key
from simulator.verify import Catalogue, Record, Scanner

SIZES = (1_000, 10_000, 100_000)
WORDS = [
    *("the", "of", "and", "to", "in", "is", "that", "for", "it", "was", "on", "are", "as", "with", "his"),
    *("have", "or", "by", "one", "had", "not", "but", "what", "all", "were", "when", "we", "there", "can"),
    *("your", "which", "their", "said", "if", "do", "will", "each", "about", "how", "temperature", "home"),
    *("battery", "sensor", "reading", "kitchen", "living", "room", "timer", "shopping", "list", "milk"),
]


def telemetry(generator: random.Random, row: int) -> dict[str, bytes]:
    """Return the fields of a message as the fleet sends them."""
    second = row // 40
    return {
        "id": b"%016x" % generator.getrandbits(64),
        "device": b"%012x" % generator.randrange(5_000),
        "sequence": b"%d" % (row // 100),
        "time": b"2026-03-02T06:%02d:%02d.%03dZ"
        % (second // 60 % 60, second % 60, generator.randrange(1000)),
        "event": generator.choice((b"heart_rate", b"steps", b"utterance")),
        "topic": b"fleet/n0/wearable/%012x/heart_rate" % generator.randrange(5_000),
        "bpm": b"%d" % generator.randrange(50, 150),
        "text": " ".join(generator.choices(WORDS, k=12)).encode(),
    }


def prose(generator: random.Random, _row: int) -> dict[str, bytes]:
    """Return a line of words."""
    return {"text": " ".join(generator.choices(WORDS, k=45)).encode()}


def numbers(generator: random.Random, _row: int) -> dict[str, bytes]:
    """Return a line of numbers: more digits than any telemetry has."""
    return {"values": b" ".join(b"%d" % generator.getrandbits(50) for _ in range(16))}


def blobs(generator: random.Random, _row: int) -> dict[str, bytes]:
    """Return noise in base 64 and in hex: what costs most."""
    return {
        "image": base64.b64encode(generator.randbytes(110)),
        "key": generator.randbytes(64).hex().encode(),
    }


KINDS: dict[str, Callable[[random.Random, int], dict[str, bytes]]] = {
    "messages": telemetry,
    "prose": prose,
    "numbers": numbers,
    "base64 and hex": blobs,
}


@dataclass(frozen=True)
class Cost:
    """What one size costs.

    Attributes:
        enter: seconds to enter all canaries.
        grown: bytes by which that made the process grow.
        speed: MB/s by kind of text.
        leaky: MB/s of messages of which every tenth has a canary.
        leaks: found in them.
        alarms: found where there is nothing.
    """

    enter: float
    grown: int
    speed: dict[str, float]
    leaky: float
    leaks: int
    alarms: int


def people(count: int) -> Iterator[Subject]:
    """Yield invented people, two and a half to a home."""
    for i in range(count):
        yield Subject(
            f"n{i // 250}-h{i * 2 // 5}-p{i}", f"n{i // 250}-h{i * 2 // 5}", bool(i % 2), 1930 + i % 90
        )


def measure(count: int, megabytes: float) -> Cost:
    """Return what scanning for the canaries of so many people costs."""
    before = peak_rss_bytes()
    canaries = Canaries(run_key(5))
    begin = time.process_time()
    scanner = Scanner(Catalogue(canaries, people(count)))
    enter = time.process_time() - begin
    grown = peak_rss_bytes() - before
    speed, alarms = {}, 0
    for name, kind in KINDS.items():
        mb_per_second, found = scan(scanner, kind, megabytes)
        speed[name] = mb_per_second
        alarms += found
    leakers = [one for subject in people(min(count, 500)) for one in canaries.of(subject)]

    def leaky(generator: random.Random, row: int) -> dict[str, bytes]:
        fields = telemetry(generator, row)
        if row % 10 == 0:
            fields["text"] += b" " + generator.choice(leakers).value.encode()
        return fields

    leaky_speed, leaks = scan(scanner, leaky, megabytes)
    return Cost(enter, grown, speed, leaky_speed, leaks, alarms)


def scan(
    scanner: Scanner, kind: Callable[[random.Random, int], dict[str, bytes]], megabytes: float
) -> tuple[float, int]:
    """Return MB/s and leaks of a scan of some generated records."""
    generator = random.Random(1)
    seconds, size, leaks, row = 0.0, 0, 0, 0
    while size < megabytes * 1e6:
        records = []
        for _ in range(20_000):
            row += 1
            fields = kind(generator, row)
            records.append(Record("bench", row, tuple(fields), tuple(fields.values())))
            size += sum(map(len, fields.values()))
        begin = time.process_time()
        leaks += sum(1 for _ in scanner.scan(records))
        seconds += time.process_time() - begin
    return size / 1e6 / seconds, leaks


def main() -> None:
    """Measure and print a table; exit 1 if there was a false alarm."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--people", type=int, nargs="+", default=SIZES, help="whose canaries are looked for")
    parser.add_argument("--megabytes", type=float, default=20.0, help="of each kind of text")
    asked = parser.parse_args()
    print(f"MB/s of a core, {asked.megabytes:g} MB of each kind\n")
    print(" people  enter s   MB  " + "  ".join(f"{kind:>14}" for kind in KINDS) + "  a tenth leaks  leaks")
    alarms = 0
    for count in asked.people:
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
            cost = process.submit(measure, count, asked.megabytes).result()
        alarms += cost.alarms
        speeds = "  ".join(f"{cost.speed[kind]:>14.0f}" for kind in KINDS)
        entered = f"{count:>7,} {cost.enter:>8.1f} {cost.grown / 1e6:>4.0f}"
        print(f"{entered}  {speeds} {cost.leaky:>14.0f} {cost.leaks:>6,}")
    print(f"\nfalse alarms: {alarms}")
    sys.exit(1 if alarms else 0)


if __name__ == "__main__":
    main()
