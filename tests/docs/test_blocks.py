"""What stands in the blocks of a page is right: scenarios are valid, Python runs, JSON can be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from pages import PAGES, Block, blocks

from simulator.core.errors import ScenarioError
from simulator.scenario import load_scenario

PROGRAMS = {"python.md", "pytest.md", "own_device.md"}
"""Pages whose blocks make up whole programs; test_python_pages.py holds them to those."""

BLOCKS = [block for page in PAGES for block in blocks(page) if page.name not in PROGRAMS]
NO_CREDENTIALS = "make them with `fleetsim provision"
"""What is said of a folder that a page has its reader make before."""

BASE = {"name": "street", "devices": [{"kind": "wearable"}, {"kind": "smart_speaker"}]}


def of(language: str, *marks: str) -> Any:
    """Give a test each block in a language that has none but one of some marks."""
    found = [block for block in BLOCKS if block.language == language and block.mark in ("", *marks)]
    return pytest.mark.parametrize("block", found, ids=map(str, found))


@of("yaml", "file", "append")
def test_a_scenario_or_a_part_of_one_is_valid(block: Block, tmp_path: Path) -> None:
    part = yaml.safe_load(block.text)
    path = tmp_path / "street.yaml"
    path.write_text(yaml.safe_dump(BASE | part))
    try:
        load_scenario(str(path))
    except ScenarioError as error:
        problems = [problem for problem in error.problems if NO_CREDENTIALS not in problem.message]
        assert problems == []


@of("python")
def test_python_runs(block: Block) -> None:
    exec(compile(block.text, str(block), "exec"), {"__name__": "example"})


@of("json")
def test_json_can_be_read(block: Block) -> None:
    assert json.loads(block.text)
