"""The tutorial and the how-tos that lead from step to step, done as they are printed, in an empty folder."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pages import ROOT, WALKS, blocks
from walk import Walk

from simulator.broker.ports import free_port

PORTS = ("1883", "1884", "21883", "28883", "28884")
"""Ports that pages name; another test may have them."""


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


@pytest.mark.parametrize("page", WALKS)
def test_a_page_does_what_it_says(page: str, tmp_path: Path, programs: Path) -> None:
    folder = tmp_path / "here"
    folder.mkdir()
    with Walk(folder, programs, {port: str(free_port()) for port in PORTS}) as walk:
        for block in blocks(ROOT / "docs" / page):
            walk.take(block)
