"""What help costs: `python tests/bench/bench_help.py [ROUNDS]`.

Times ``fleetsim --help`` and each command's ``--help`` beside ``python -c pass``, in turns so that all see
the same machine, and prints the medians: the difference, which the limit is about, and the ratio.
"""

from __future__ import annotations

import subprocess
import sys
import time
from statistics import median

from simulator.cli.app import COMMANDS

ROUNDS = 11
LIMIT = 0.3
"""Seconds by which help may be slower than Python itself."""

NOTHING = "python -c pass"


def seconds(*arguments: str) -> float:
    """Return how long a Python process with these arguments takes."""
    begin = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begin


def main(rounds: int) -> None:
    """Measure, and print a table."""
    cases = {NOTHING: ["-c", "pass"], "fleetsim --help": ["-m", "simulator", "--help"]}
    cases |= {f"fleetsim {name} --help": ["-m", "simulator", name, "--help"] for name in COMMANDS}
    for arguments in cases.values():
        seconds(*arguments)  # so that all of it is compiled and in memory
    taken: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(rounds):
        for name, arguments in cases.items():
            taken[name].append(seconds(*arguments))
    nothing = median(taken[NOTHING])
    print(f"medians of {rounds} rounds; {NOTHING} takes {nothing * 1000:.0f} ms")
    print("command                          more   ratio")
    for name, times in taken.items():
        more = median(times) - nothing
        if name != NOTHING:
            beyond = "" if more < LIMIT else f"  beyond {LIMIT} s"
            print(f"{name:<28} {more * 1000:5.0f} ms  {median(times) / nothing:5.1f}{beyond}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROUNDS)
