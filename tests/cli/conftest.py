"""Runs the command line in this process and tells how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from simulator.cli import main


@dataclass(frozen=True)
class Ended:
    code: object
    out: str
    err: str


Fleetsim = Callable[..., Ended]


@pytest.fixture
def fleetsim(capsys: pytest.CaptureFixture[str]) -> Fleetsim:
    """Returns a function that runs ``fleetsim`` with some arguments."""

    def run(*arguments: str) -> Ended:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        return Ended(int(ended.value.code or 0), captured.out, captured.err)

    return run
