"""The commented scenario that `fleetsim init` writes."""

from __future__ import annotations

from importlib.resources import files

from simulator.core.errors import UsageError
from simulator.scenario.model import check_name


def starter(name: str) -> str:
    """Return the text of a valid scenario of this name, with comments on what can be changed.

    Raises:
        UsageError: a scenario cannot be called so.
    """
    try:
        check_name(name)
    except ValueError as error:
        raise UsageError(f"the name of a scenario: {error}") from error
    template = files("simulator.scenario").joinpath("starter.yaml").read_text(encoding="utf-8")
    return template.replace("NAME", name)
