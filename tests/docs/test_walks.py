"""The tutorial and the how-tos that lead from step to step, done as they are printed, in an empty folder."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from pages import ROOT, WALKS, blocks
from walk import Walk

from simulator.broker.ports import free_port

PORTS = ("1883", "1884", "21883", "28883", "28884")
"""Ports that pages name; another test may have them."""


def walk(page: str, folder: Path, programs: Path) -> None:
    """Do what a page says."""
    folder.mkdir()
    with Walk(folder, programs, {port: str(free_port()) for port in PORTS}) as walking:
        for block in blocks(ROOT / "docs" / page):
            walking.take(block)


@pytest.fixture(scope="module")
def walks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[None]]]:
    """All pages, begun at the same time: they mostly wait for the end of some seconds of load."""
    folder = tmp_path_factory.mktemp("walks")
    programs = folder / "bin"
    programs.mkdir()
    for name, what in {"python": "", "fleetsim": "-m simulator"}.items():
        path = programs / name
        path.write_text(f'#!/bin/sh\nexec "{sys.executable}" {what} "$@"\n')
        path.chmod(0o755)
    with ThreadPoolExecutor(len(WALKS)) as pool:
        yield {page: pool.submit(walk, page, folder / Path(page).stem, programs) for page in WALKS}


@pytest.mark.parametrize("page", WALKS)
def test_a_page_does_what_it_says(page: str, walks: Mapping[str, Future[None]]) -> None:
    walks[page].result()
