"""Options that name the files which the reports of a verification are written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from simulator.verify import Verification

CommandT = TypeVar("CommandT", bound=Callable[..., Any])

_FORMS = {
    "junit": "Write JUnit XML, for CI.",
    "sarif": "Write SARIF 2.1.0, for code hosts.",
    "markdown": "Write Markdown, for a pull request.",
    "html": "Write a page that needs no network.",
}
"""The reports that there are, with the help of their options."""


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports that a command line asks for.

    Attributes:
        files: where each of them is to be written, by its form.
    """

    files: dict[str, Path]

    def write(self, verification: Verification) -> list[Path]:
        """Write them, and return their files.

        Raises:
            RunFailedError: one cannot be written.
        """
        if not self.files:
            return []
        from simulator.report.verification import write_verification

        return write_verification(verification, **self.files)


def report_options(command: CommandT) -> CommandT:
    """Give a command the options that name files of reports, as one `Reports`.

    The decorated function is called with ``reports`` in place of them.
    """

    @wraps(command)
    def chosen(**values: Any) -> Any:
        files = {form: values.pop(form) for form in _FORMS}
        reports = Reports({form: path for form, path in files.items() if path is not None})
        return command(reports=reports, **values)

    decorated: Any = chosen
    for form, says in reversed(_FORMS.items()):
        file = click.Path(path_type=Path, dir_okay=False)
        decorated = click.option(f"--{form}", type=file, metavar="FILE", help=says)(decorated)
    return decorated  # type: ignore[no-any-return]
