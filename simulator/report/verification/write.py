"""Writes the reports of a verification that are asked for."""

from __future__ import annotations

from pathlib import Path

from simulator.core import plugins
from simulator.core.errors import RunFailedError
from simulator.report.verification.junit import junit as junit_of
from simulator.report.verification.markdown import markdown as markdown_of
from simulator.report.verification.sarif import sarif as sarif_of
from simulator.verify import Verification
from simulator.verify.check import GROUP


def write_verification(
    verification: Verification,
    *,
    junit: Path | None = None,
    sarif: Path | None = None,
    markdown: Path | None = None,
    html: Path | None = None,
) -> list[Path]:
    """Write reports of a verification; what stood in the files before is lost.

    Args:
        verification: the result of `simulator.verify.verify`.
        junit: where to write JUnit XML, for CI.
        sarif: where to write SARIF 2.1.0, for code hosts.
        markdown: where to write Markdown, for a pull request.
        html: where to write the page.

    Returns:
        The files written.

    Raises:
        RunFailedError: one cannot be written.
    """
    written = []
    for path, make in ((junit, junit_of), (sarif, _sarif), (markdown, markdown_of), (html, _page)):
        if path is not None:
            content = make(verification)
            data = content.encode(errors="backslashreplace") if isinstance(content, str) else content
            try:
                path.write_bytes(data)
            except OSError as error:
                message = f"cannot write {path}: {error.strerror}; name another file"
                raise RunFailedError(message) from error
            written.append(path)
    return written


def _sarif(verification: Verification) -> bytes:
    known = plugins.kinds(GROUP)
    names = {check.check for check in verification.checks} & set(known)
    return sarif_of(verification, {name: plugins.load(GROUP, name).summary for name in names})


def _page(verification: Verification) -> str:
    # Templates take a while to import, and most verifications write no page.
    from simulator.report.verification.page import page

    return page(verification)
