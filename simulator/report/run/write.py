"""Makes the reports of a run; templates are imported when one is made."""

from __future__ import annotations

from simulator.report.run.result import Result, read_result
from simulator.truth import RunFolder


def render_page(result: Result, earlier: Result | None = None) -> str:
    """Return the page of a run, beside an earlier one if there is one to compare it with."""
    from simulator.report.run.page import page

    return page(result, earlier)


def render_markdown(result: Result, earlier: Result | None = None) -> str:
    """Return the same in short, as Markdown (GitHub's and GitLab's dialects)."""
    from simulator.report.run.markdown import markdown

    return markdown(result, earlier)


def write_page(folder: RunFolder) -> None:
    """Write ``report.html``.

    Raises:
        RunFailedError: it cannot be written.
    """
    folder.write(folder.page, render_page(read_result(folder)).encode(errors="backslashreplace"))
