"""The page of exit codes."""

from __future__ import annotations

from simulator.core.errors import ExitCode
from simulator.reference.markdown import code, page, sentence, table


def exit_codes_page() -> str:
    """Return the page."""
    return page(
        "Exit codes",
        "How every command ends; the numbers are a contract with scripts and CI.",
        table(
            ("code", "name", "meaning"),
            ((str(int(one)), code(one.name.lower()), sentence(one.meaning)) for one in ExitCode),
        ),
    )
