"""A verification as Markdown for a pull request: a short table, and the details folded below it."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.core.version import __version__
from simulator.report.markdown import LONGEST, code, html, plain
from simulator.report.verification import words
from simulator.report.verification.words import Control
from simulator.verify import CheckResult, Evidence, Verdict, Verification
from simulator.verify.clauses import DISCLAIMER

_SIGNS = {Verdict.HELD: "✅", Verdict.FAILED: "❌", Verdict.UNTRUSTED: "⚠️"}
_MOST_EVIDENCE = (5, 1, 0)
"""Examples of each check; fewer if all together are too long."""


def markdown(verification: Verification) -> str:
    """Return a verification as Markdown (GitHub's and GitLab's dialects)."""
    nearer = words.within_run(verification)
    for most in _MOST_EVIDENCE:
        text = "\n".join(_lines(nearer, most)) + "\n"
        if len(text) <= LONGEST:
            return text
    end = "\n\n</details>\n\nCut off here, being too long for a comment: all of it is in `verify.json`.\n"
    return text[: text.rindex("\n", 0, LONGEST - len(end))] + end


def _lines(verification: Verification, most: int) -> Iterator[str]:
    status = verification.status
    yield f"### {_SIGNS[status]} Privacy controls: {status.value}"
    yield ""
    yield f"{plain(verification.scenario)}: {words.headline(verification)}; {words.traced(verification)}."
    for reason in verification.distrust:
        yield f"- {plain(reason)}"
    controls = words.controls(verification)
    if controls:
        yield ""
        yield "| control | verdict | what to look at |"
        yield "| --- | --- | --- |"
        for control in controls:
            yield f"| {plain(control.name)} | {_verdict(control.verdict)} | {_look_at(control)} |"
    for control in controls:
        yield ""
        yield from _folded(control, most)
    yield ""
    yield f"<sub>{DISCLAIMER} People and their data are invented. Fleetsim {__version__}.</sub>"


def _look_at(control: Control) -> str:
    """Return the names of what did not hold, worst first."""
    if not control.troubles:
        nothing = "" if control.checks else "no check had anything to judge"
        return plain("; ".join((*control.doubts, *control.distrust)) or nothing)
    return plain(words.listed([words.title(check) for check in control.troubles], 4))


def _folded(control: Control, most: int) -> Iterator[str]:
    count = len(control.checks)
    yield f"<details><summary>{html(control.name)}: {count} {'check' if count == 1 else 'checks'}</summary>"
    if control.distrust:
        yield ""
        yield from (f"- {plain(reason)}" for reason in control.distrust)
    if control.checks:
        yield ""
        yield "| check | verdict | value | 95 % interval | limit |"
        yield "| --- | --- | ---: | ---: | ---: |"
        for check in control.checks:
            figures = words.value(check), words.interval(check), words.threshold(check)
            cells = (plain(words.title(check)), _verdict(check.verdict), *figures)
            yield f"| {' | '.join(cells)} |"
    for check in control.troubles:
        yield ""
        yield from _explained(check, most)
    yield ""
    yield "</details>"


def _explained(check: CheckResult, most: int) -> Iterator[str]:
    yield f"**{plain(words.title(check))}**: {plain(check.reason)}"
    yield ""
    yield from (f"- {_evidence(each)}" for each in check.evidence[:most])
    if (rest := len(check.evidence) - most) > 0:
        yield f"- and {rest} more in `verify.json`"
    if check.clauses:
        yield f"- touches {plain(words.cited(check.clauses))}"


def _evidence(evidence: Evidence) -> str:
    parts = code(words.place(evidence)), plain(evidence.what), plain(words.details(evidence))
    return ", ".join(filter(None, parts))


def _verdict(verdict: Verdict) -> str:
    return f"{_SIGNS[verdict]} {verdict.value}"
