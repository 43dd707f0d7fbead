"""Makes the reports of a run or a drill; templates are imported when one is made."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.run.result import Result, read_result
from simulator.truth import RunFolder

if TYPE_CHECKING:
    from simulator.report.run.drill import DrillResult


def read_report(folder: RunFolder) -> Result | DrillResult:
    """Return what the folder of a run tells, or that of a drill.

    Raises:
        RunFailedError: a manifest cannot be read.
    """
    if not folder.read_manifest().brokers:
        return read_result(folder)
    from simulator.report.run.drill import read_drill

    return read_drill(folder)


def render_page(result: Result | DrillResult, earlier: Result | None = None) -> str:
    """Return the page of a run, beside an earlier one if there is one to compare it with, or of a drill."""
    if isinstance(result, Result):
        from simulator.report.run.page import page

        return page(result, earlier)
    from simulator.report.run.drill import page as page_of_drill

    return page_of_drill(result)


def render_markdown(result: Result | DrillResult, earlier: Result | None = None) -> str:
    """Return the same in short, as Markdown (GitHub's and GitLab's dialects)."""
    from simulator.report.run.markdown import markdown, markdown_of_drill

    return markdown(result, earlier) if isinstance(result, Result) else markdown_of_drill(result)


def write_page(folder: RunFolder) -> None:
    """Write ``report.html``.

    Raises:
        RunFailedError: it cannot be written.
    """
    folder.write(folder.page, render_page(read_report(folder)).encode(errors="backslashreplace"))
