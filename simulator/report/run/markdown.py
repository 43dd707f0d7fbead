"""A run as Markdown for a job's summary or a pull request: short, with what is long folded below it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from simulator.core.version import __version__
from simulator.report import words
from simulator.report.markdown import LONGEST, code, plain
from simulator.report.run import figures
from simulator.report.run.comparison import Comparison, compare
from simulator.report.run.drill import DrillResult
from simulator.report.run.result import Result
from simulator.report.sparkline import courses
from simulator.report.summary import Status, Summary, VerdictResult
from simulator.report.verification.words import spaced

_SIGNS = {Status.PASSED.value: "✅", Status.FAILED.value: "❌"}
_OTHERWISE = "⚠️"
_END = f"<sub>People and their data are invented. Fleetsim {__version__}.</sub>"
_WIDTH = 40
"""Letters of a sparkline."""


def markdown(result: Result, earlier: Result | None = None) -> str:
    """Return a run as Markdown (GitHub's and GitLab's dialects)."""
    return _cut("\n".join(_lines(result, None if earlier is None else compare(result, earlier))) + "\n")


def _cut(text: str) -> str:
    """Return a text that is not too long for a comment."""
    if len(text) <= LONGEST:
        return text
    end = "\n\n</details>\n\nCut off here, being too long for a comment: all of it is in `report.html`.\n"
    return text[: text.rindex("\n", 0, LONGEST - len(end))] + end


def markdown_of_drill(drill: DrillResult) -> str:
    """Return a drill as Markdown: what came of each check at each broker."""
    return _cut("\n".join(_lines_of_drill(drill)) + "\n")


def _lines_of_drill(drill: DrillResult) -> Iterator[str]:
    yield f"### {_SIGNS.get(drill.status, _OTHERWISE)} {plain(drill.name)}: {drill.status}"
    yield ""
    yield f"{plain(drill.headline)}; those marked with ✅ are."
    if drill.troubles or drill.summary.distrust:
        yield ""
        yield from (f"- {plain(trouble)}" for trouble in (*drill.summary.distrust, *drill.troubles))
    names, rows = drill.matrix()
    if rows:
        cells = [
            (
                check,
                *(
                    "" if one is None else _kept(one.held, one.verdict or "not judged", _wrong(one))
                    for one in row
                ),
            )
            for check, row in rows
        ]
        yield from _table(("check", *names), cells)
    for one in drill.others:
        yield ""
        yield f"**{plain(one.control)}: {plain(spaced(one.check))}**: {plain(one.reason)}"
    for name, result in drill.runs.items():
        yield ""
        yield f"- {code(name)}, {result.status}: {plain(figures.headline(result))}"
    yield ""
    yield _END


def _wrong(one: VerdictResult) -> str:
    return f"{one.verdict or 'not judged'}, {one.expected} was expected"


def _lines(result: Result, comparison: Comparison | None) -> Iterator[str]:
    yield f"### {_SIGNS.get(result.status, _OTHERWISE)} {plain(result.asked.name)}: {result.status}"
    yield ""
    yield f"{plain(figures.headline(result))}."
    if troubles := figures.troubles(result):
        yield ""
        yield from (f"- {plain(trouble)}" for trouble in troubles)
    rows = [(row.what, row.asked, row.reached, row.share) for row in figures.reached(result)]
    yield from _table(("", "asked", "reached", "share"), rows)
    if result.summary is not None:
        yield from _thresholds(result.summary)
        yield from _table(("milliseconds", *words.PERCENTILE_NAMES), figures.rows_of_times(result.summary))
    if result.stretches:
        rows_of_course = [
            (course.what, code(course.drawn(_WIDTH)), course.most) for course in courses(result.stretches)
        ]
        yield from _table(("over time", "", "at most"), rows_of_course, raw=1)
    if comparison is not None:
        yield from _compared(comparison)
    if result.summary is not None:
        yield from _verdicts(result.summary)
        yield from _folded(result.summary)
    yield ""
    yield _END


def _thresholds(summary: Summary) -> Iterator[str]:
    if summary.thresholds:
        rows = [
            (code(one.expression), words.measured(one), _kept(one.held, "held", "not held"))
            for one in summary.thresholds
        ]
        yield from _table(("threshold", "it was", ""), rows, raw=0)


def _kept(held: bool, good: str, bad: str) -> str:
    return f"✅ {good}" if held else f"❌ {bad}"


def _verdicts(summary: Summary) -> Iterator[str]:
    others = [one for one in summary.verdicts if not one.held]
    if summary.verdicts:
        yield ""
        count = len(summary.verdicts)
        yield f"{count - len(others):,} of {count:,} verdicts are as expected."
    if others:
        rows = [
            (one.control, spaced(one.check), one.verdict or "not judged", one.expected, one.reason)
            for one in others
        ]
        yield from _table(("control", "check", "verdict", "expected", "why"), rows)


def _compared(comparison: Comparison) -> Iterator[str]:
    yield ""
    yield f"**Beside the earlier run** in {code(comparison.earlier)}:"
    yield ""
    yield from (f"- {_OTHERWISE} {plain(warning)}" for warning in comparison.warnings)
    if comparison.changes and not comparison.turns:
        yield "- every threshold and every verdict of both came to the same"
    for turn in comparison.turns:
        sign = "✅ " if turn.better else "❌ " if turn.worse else ""
        yield f"- {sign}{plain(turn.what)}: {plain(turn.earlier)} before, {plain(turn.now)} now"
    if comparison.changes:
        rows = [
            (one.what, words.figures(one.earlier), words.figures(one.now), one.percent)
            for one in comparison.changes
        ]
        yield ""
        yield "<details><summary>Figures of both runs</summary>"
        yield from _table(("", "earlier", "now", "change"), rows)
        yield ""
        yield "</details>"


def _folded(summary: Summary) -> Iterator[str]:
    names = figures.columns(summary)
    rows = [(spaced(kind), *figures.counts(each, names)) for kind, each in summary.by_kind.items()]
    yield ""
    yield "<details><summary>Device families and connections</summary>"
    yield from _table(("messages", *names), [*rows, ("all", *figures.counts(summary.messages, names))])
    yield from _table(("connections", ""), figures.connection_facts(summary))
    yield ""
    yield "</details>"


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], raw: int | None = None) -> Iterator[str]:
    """Yield a table after an empty line; its columns of figures stand to the right.

    Args:
        headings: of the columns; the first says what a row is about.
        rows: their cells.
        raw: the column whose cells are Markdown already.
    """
    yield ""
    yield f"| {' | '.join(headings)} |"
    yield f"| --- |{' ---: |' * (len(headings) - 1)}"
    for row in rows:
        cells = (cell if number == raw else plain(cell) for number, cell in enumerate(row))
        yield f"| {' | '.join(cells)} |"
