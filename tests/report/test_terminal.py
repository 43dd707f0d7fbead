from __future__ import annotations

import re
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.console import Console
from run_folders import stretches
from summaries import THRESHOLDS, UNREACHED, count, summary

from simulator.core.records import Outcome
from simulator.metrics import Tally
from simulator.report import AttackConnections, AttackMessages, Attacks, CleanUp, Summary, print_summary
from simulator.report.sparkline import BLOCKS, sparkline

GOLDEN = Path(__file__).parent / "golden"
FOLDER = Path("runs/smart-home-evening-20260302-170000")


def printed(result: Summary, width: int = 80, folder: Path = FOLDER) -> str:
    file = StringIO()
    print_summary(result, folder, Console(file=file, width=width, color_system=None))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def passed() -> Summary:
    return summary(thresholds=("publish_latency_p99 < 200ms", "delivered_ratio >= 0.99"))


def failed() -> Summary:
    return summary(thresholds=THRESHOLDS, connections=UNREACHED)


def untrusted() -> Summary:
    tally = Tally()
    count(tally, Outcome.ACKNOWLEDGED, 200, behind=3.0)
    return summary(tally)


def interrupted() -> Summary:
    return summary(Tally(), interrupted=True, failure="the broker went away", transports={})


RESULTS = {"passed": passed, "failed": failed, "untrusted": untrusted, "interrupted": interrupted}


@pytest.mark.parametrize("name", RESULTS)
def test_the_summary_reads_as_the_golden_file_says(name: str) -> None:
    assert printed(RESULTS[name]()) == (GOLDEN / f"{name}.txt").read_text()


@pytest.mark.parametrize("name", RESULTS)
def test_nothing_is_wider_than_80_columns(name: str) -> None:
    assert max(map(len, printed(RESULTS[name]()).splitlines())) <= 80


def test_the_folder_is_never_broken_over_two_lines() -> None:
    folder = Path("/a/rather/long/place") / ("x" * 80)
    assert printed(passed(), folder=folder).splitlines()[-1] == f"Everything is in {folder}/"


def test_what_a_user_wrote_is_not_read_as_markup() -> None:
    assert "[red]mine[/red]" in printed(summary(broker="[red]mine[/red]"))


def test_caps_that_bit_are_named_with_what_they_held_back() -> None:
    text = " ".join(printed(summary(held_back={"beyond the cap on connections": 1_200})).split())
    assert "Held back 1,200 beyond the cap on connections; --limit changes a cap" in text
    assert "Held back" not in printed(summary())


def test_what_was_removed_from_the_broker_is_said_and_what_was_left() -> None:
    done = replace(summary(), clean_up=CleanUp(sessions=40, retained=2_000))
    assert "2,000 retained messages and 40 sessions removed" in " ".join(printed(done).split())
    done = replace(summary(), clean_up=CleanUp(retained=1, left=3, reasons=("not authorized",)))
    text = " ".join(printed(done).split())
    assert "3 left (not authorized), which fleetsim clean may try again" in text
    assert "Cleaned up" not in printed(summary())


def test_what_attacks_asked_for_is_said_apart_from_the_fleet() -> None:
    asked = Attacks(
        AttackConnections(asked=132, reached=58, refused=55),
        {"botnet": AttackMessages(due=90, accepted=90), "replay": AttackMessages(due=10, dropped=4, lost=6)},
        held_back={"cap on connections": 3},
    )
    said = " ".join(printed(replace(summary(), attacks=asked)).split())
    assert "132 connections of outsiders asked, 58 let in, 55 refused; 100 messages, 90 accepted" in said
    assert "4 dropped, 6 without an answer; held back: 3 cap on connections" in said
    assert "Attacks" not in printed(summary())


def test_a_terminal_without_unicode_gets_plain_marks() -> None:
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding="ascii")
    print_summary(failed(), FOLDER, Console(file=file, width=80))
    file.flush()
    assert b"! not held" in raw.getvalue()


def test_a_value_does_not_look_like_the_limit_that_it_misses() -> None:
    tally = Tally()
    count(tally, Outcome.ACKNOWLEDGED, 9_998)
    count(tally, Outcome.LOST, 2)
    assert "0.9998  ✗ not held" in printed(summary(tally, thresholds=("delivered_ratio >= 0.9999",)))


@pytest.mark.parametrize(
    ("name", "encoding", "variables"),
    [
        ("terminal.txt", "utf-8", {"TERM": "xterm"}),
        ("terminal-plain.txt", "ascii", {"TERM": "xterm"}),
        ("terminal-plain.txt", "utf-8", {"TERM": "xterm", "NO_COLOR": "1"}),
        ("terminal-plain.txt", "utf-8", {"TERM": "dumb"}),
    ],
)
def test_a_terminal_shows_the_course_of_the_run(name: str, encoding: str, variables: dict[str, str]) -> None:
    raw = BytesIO()
    file = TextIOWrapper(raw, encoding=encoding)
    console = Console(file=file, width=80, force_terminal=True, color_system=None, _environ=variables)
    print_summary(summary(), FOLDER, console, stretches())
    file.flush()
    text = re.sub(r"\x1b\[[0-9;]*m", "", raw.getvalue().decode())
    lines = [line.rstrip() for line in text.splitlines()]
    assert max(map(len, lines)) <= 80
    start = lines.index(next(line for line in lines if line.startswith("Over time")))
    assert "\n".join(lines[start : start + 3]) + "\n" == (GOLDEN / name).read_text()


def test_a_file_gets_no_sparklines() -> None:
    file = StringIO()
    print_summary(summary(), FOLDER, Console(file=file, width=80), stretches())
    assert "Over time" not in file.getvalue()


@given(st.lists(st.none() | st.floats(0, 1e6)), st.integers(1, 60))
def test_a_sparkline_keeps_to_its_width_and_shows_the_peak(values: list[float | None], width: int) -> None:
    line = sparkline(values, width)
    assert len(line) == min(width, len(values))
    most = max((value for value in values if value is not None), default=0.0)
    assert (BLOCKS[-1] in line) is (most > 0)
    assert set(line) <= set(BLOCKS + " ")
