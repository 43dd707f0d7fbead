from __future__ import annotations

import re
from dataclasses import replace
from io import StringIO

from rich.console import Console

from simulator.report import Progress, Update

START = Update(
    elapsed=0.0,
    simulated=0.0,
    duration=21_600.0,
    clock="Mon 17:00",
    asked=1_000,
    connected=12,
    sent=0,
    lag=0.0,
    queue_depth=0,
)


def at(elapsed: float, sent: int = 0, simulated: float = 0.0) -> Update:
    return replace(START, elapsed=elapsed, sent=sent, simulated=simulated)


def plain() -> Console:
    return Console(file=StringIO(), width=80)


def terminal() -> Console:
    return Console(
        file=StringIO(), width=120, force_terminal=True, color_system=None, _environ={"TERM": "xterm"}
    )


def shown(console: Console) -> str:
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def test_without_a_terminal_a_line_comes_every_ten_seconds() -> None:
    console = plain()
    with Progress(console) as progress:
        for half_second in range(71):
            progress.update(at(half_second / 2))
    assert len(shown(console).splitlines()) == 3


def test_a_line_says_where_the_run_is_in_plain_text() -> None:
    console = plain()
    with Progress(console) as progress:
        progress.update(at(9.0, sent=1_000))
        later = at(10.0, sent=3_500, simulated=5_400.0)
        progress.update(replace(later, clock="Mon 18:30", connected=998, lag=0.0123, queue_depth=7))
    assert shown(console) == "Mon 18:30   25%  2,500 messages/s  998/1,000 connected  lag 12 ms  queue 7\n"


def test_a_late_update_does_not_bring_a_burst_of_lines() -> None:
    console = plain()
    with Progress(console) as progress:
        for elapsed in (45.0, 46.0, 49.0, 50.5):
            progress.update(at(elapsed))
    assert len(shown(console).splitlines()) == 2


def test_quiet_shows_nothing_anywhere() -> None:
    for console in (plain(), terminal()):
        with Progress(console, quiet=True) as progress:
            progress.update(at(60.0))
        assert shown(console) == ""


def test_on_a_terminal_every_update_is_shown_at_once() -> None:
    console = terminal()
    with Progress(console) as progress:
        progress.update(at(1.0, sent=500))
        assert "500 messages/s" in shown(console)
        progress.update(at(2.0, sent=700))
        assert "200 messages/s" in shown(console)


def test_leaving_gives_the_terminal_back() -> None:
    console = terminal()
    with Progress(console) as progress:
        progress.update(at(1.0))
        assert shown(console).count("\x1b[?25l") == 1  # the cursor is hidden
    assert shown(console).endswith("\x1b[2K")  # the line is cleared
    assert shown(console).count("\x1b[?25h") == 1  # the cursor is back


def test_a_second_update_of_the_same_moment_keeps_the_rate() -> None:
    console = terminal()
    with Progress(console) as progress:
        progress.update(at(1.0, sent=500))
        progress.update(at(1.0, sent=500))
    assert "0 messages/s" in shown(console)
    assert " 0 messages/s" not in shown(console)


def test_at_80_columns_nothing_is_broken_or_cut_off() -> None:
    busy = replace(
        START, elapsed=1.0, sent=112_500, connected=99_998, asked=100_000, lag=1.2, queue_depth=99_999
    )
    console = Console(
        file=StringIO(), width=80, force_terminal=True, color_system=None, _environ={"TERM": "xterm"}
    )
    with Progress(console) as progress:
        progress.update(busy)
        lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown(console)).split("\n")
    assert [line.strip() for line in lines if line.strip()] == [
        "Mon 17:00    0%  112,500 messages/s  99,998/100,000 connected  lag 1,200 ms",
        "queue 99,999",
    ]


def test_where_there_is_room_a_bar_shows_the_share() -> None:
    console = terminal()
    with Progress(console) as progress:
        progress.update(at(1.0, simulated=10_800.0))
        assert "\u2501" * 6 in shown(console)
