"""The tutorial, done as it is printed in an empty folder; the page is all that is known of it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pages import ROOT, blocks
from walk import Walk

from simulator.broker.ports import free_port

PAGE = ROOT / "docs" / "tutorial.md"


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """A folder with ``python`` and ``fleetsim``, as they are where Fleetsim is installed."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, what in {"python": "", "fleetsim": "-m simulator"}.items():
        path = folder / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {what} "$@"\n')
        path.chmod(0o755)
    return folder


def test_the_tutorial_does_what_it_says(tmp_path: Path, programs: Path) -> None:
    folder = tmp_path / "clone"
    folder.mkdir()
    ports = {port: str(free_port()) for port in ("1883", "1884")}
    with Walk(folder, programs, ports) as walk:
        for block in blocks(PAGE):
            walk.take(block)
