"""What users see on a terminal of 80 columns: nothing is broken in the middle of a word."""

from __future__ import annotations

import re
from pathlib import Path

from fleetsim_process import fleetsim, on_terminal

from simulator.cli.screen import folded

GOLDEN = Path(__file__).parent / "golden"

WRONG = """\
name: Home
duration: 6
world: {households: 20, shopps: 1}
devices: [{kind: wearabel, owners: 2}]
thresholds: ["publish_latency_p99 < 100"]
"""

SHORT = """\
name: short
duration: 12m
speed: 400
world: {households: 12, shops: 0}
devices: [{kind: wearable, owners: 1}]
thresholds: ["delivered_ratio == 1"]
"""


def lines_of(text: str) -> list[str]:
    """Return the lines that were on the terminal at some time, without what moves the cursor and colours."""
    return [
        line.rstrip() for line in re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text).replace("\r", "\n").splitlines()
    ]


def test_mistakes_in_a_scenario_read_so(tmp_path: Path) -> None:
    (tmp_path / "home.yaml").write_text(WRONG)
    said = on_terminal("validate", "home.yaml", code=2, cwd=tmp_path, NO_COLOR="1")
    assert said == (GOLDEN / "mistakes.txt").read_text()


def test_a_mistake_in_the_command_line_reads_so() -> None:
    said = on_terminal("run", "quickstart", "--sped", "60", "--quiet", code=2, NO_COLOR="1")
    assert said == (GOLDEN / "usage.txt").read_text()


def test_lists_are_folded_beside_the_names(tmp_path: Path) -> None:
    said = on_terminal("list", "attacks", cwd=tmp_path)
    assert max(map(len, lines_of(said))) <= 80
    whole, _ = fleetsim("list", "attacks")
    assert " ".join(said.split()) == " ".join(whole.split())
    assert len(whole.splitlines()) < len(said.splitlines()), "elsewhere each has one line"
    head = re.match(r"\w+ +", whole)
    assert head is not None
    folds = [line for line in said.splitlines() if line.startswith(" ")]
    assert {len(line) - len(line.lstrip()) for line in folds} == {len(head[0])}


def test_a_run_shows_its_course_and_keeps_to_the_width(tmp_path: Path) -> None:
    (tmp_path / "short.yaml").write_text(SHORT)
    said = on_terminal("run", "short.yaml", "-o", "run", cwd=tmp_path, NO_COLOR="1")
    lines = lines_of(said)
    assert max(map(len, lines)) <= 80
    assert re.search(r"Over time +at most\nmessages/s +[_.:=+*#-]+ +[\d.,]+\n", "\n".join(lines))
    assert lines[-1] == "Everything is in run/"


def test_a_line_is_folded_after_its_head_and_no_word_is_broken() -> None:
    text = "one two three four-and-five " + "x" * 40
    assert folded(text, 36, "head: ") == f"head: one two three four-and-five\n      {'x' * 40}"
    assert folded(text, None, "head: ") == f"head: {text}"
    assert folded(text, 20, "head: ") == f"head: {text}", "too narrow to fold"
