"""The ground rules of the code hold: layers of imports, types, style."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    "command",
    [("lint-imports", "--no-cache"), ("mypy",), ("ruff", "check", "."), ("ruff", "format", "--check", ".")],
    ids=" ".join,
)
def test_the_checkers_have_nothing_to_say(command: tuple[str, ...]) -> None:
    name, *arguments = command
    program = Path(sys.executable).with_name(name)
    environment = os.environ | {"NO_COLOR": "1"}
    said = subprocess.run(
        [program, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stdout + said.stderr
