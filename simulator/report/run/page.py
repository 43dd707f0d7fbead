"""A run as one page of HTML, that asks for nothing else."""

from __future__ import annotations

from simulator.core.version import __version__
from simulator.report import words
from simulator.report.page import environment
from simulator.report.run import figures
from simulator.report.run.comparison import compare
from simulator.report.run.course import draw_course
from simulator.report.run.looks import LOOKS
from simulator.report.run.result import Result
from simulator.report.verification.page import parts
from simulator.report.verification.words import spaced
from simulator.verify import Verdict


def page(result: Result, earlier: Result | None = None) -> str:
    """Return the page of a run, beside an earlier one if there is one."""
    summary = result.summary
    return (
        environment("simulator.report.run", "simulator.report.verification")
        .get_template("run.html.jinja")
        .render(
            title=result.asked.name,
            version=__version__,
            description=result.asked.description,
            facts=list(figures.facts(result)),
            look=LOOKS[result.status],
            result=result,
            summary=summary,
            says=figures.headline(result),
            troubles_of=figures.troubles(result),
            reached=list(figures.reached(result)),
            columns=[] if summary is None else figures.columns(summary),
            counts=figures.counts,
            times=[] if summary is None else figures.rows_of_times(summary),
            percentile_names=words.PERCENTILE_NAMES,
            connection_facts=[] if summary is None else list(figures.connection_facts(summary)),
            measured=words.measured,
            figure_of=words.figures,
            spaced=spaced,
            charts=draw_course(result, earlier),
            comparison=None if earlier is None else compare(result, earlier),
            to_look_at=_to_look_at(result),
            judged=None if result.verification is None else parts(result.verification),
        )
    )


def _to_look_at(result: Result) -> set[str]:
    """Return the controls that are not as they are expected to be; those that did not hold if none is."""
    expected = () if result.summary is None else result.summary.verdicts
    if expected:
        return {one.control for one in expected if not one.held}
    judged = () if result.verification is None else result.verification.checks
    return {check.control for check in judged if check.verdict is not Verdict.HELD}
