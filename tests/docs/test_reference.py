"""The reference pages say what the code says."""

from __future__ import annotations

from importlib.metadata import distribution
from pathlib import Path

import click
import msgspec
import pytest
from pages import ROOT

from simulator.cli.app import COMMANDS, fleetsim
from simulator.cli.reference import described
from simulator.reference import pages
from simulator.reference.rows import attributes, parts
from simulator.reference.run_folder import ROWS

FOLDER = ROOT / "docs" / "reference"
WRITTEN = pages(described(click.Context(fleetsim)))


def test_the_pages_are_those_that_the_code_gives() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(WRITTEN)


@pytest.mark.parametrize("name", WRITTEN)
def test_a_page_is_what_the_code_gives(name: str) -> None:
    told = "fleetsim reference -o docs/reference writes it anew"
    assert (FOLDER / name).read_text(encoding="utf-8") == WRITTEN[name], told


def test_all_commands_are_there() -> None:
    assert all(f"## fleetsim {name}\n" in WRITTEN["commands.md"] for name in COMMANDS)


@pytest.mark.parametrize("group", ["devices", "payloads", "attacks", "faults", "checks"])
def test_everything_that_fleetsim_brings_is_there(group: str) -> None:
    page = WRITTEN[f"{group}.md"]
    kinds = distribution("fleetsim").entry_points.select(group=f"simulator.{group}").names
    assert kinds
    assert all(f"\n## {kind}\n" in page or f"\n| `{kind}` | " in page for kind in kinds)


def test_each_check_says_when_it_is_held() -> None:
    assert "|  |" not in WRITTEN["checks.md"]


@pytest.mark.parametrize("struct", ROWS.values(), ids=ROWS)
def test_each_field_of_a_row_is_explained(struct: type[msgspec.Struct]) -> None:
    for one in (struct, *(part for part in parts(struct) if issubclass(part, msgspec.Struct))):
        told = attributes(one)
        assert [name for name in one.__struct_fields__ if not told.get(name)] == [], one.__name__


def test_it_is_a_command_that_help_does_not_show(tmp_path: Path) -> None:
    shown = click.Context(fleetsim, info_name="fleetsim")
    assert "reference" not in fleetsim.get_help(shown)
    with pytest.raises(SystemExit) as ended:
        fleetsim(["reference", "-o", str(tmp_path)])
    assert ended.value.code == 0
    assert {path.name for path in tmp_path.iterdir()} == set(WRITTEN)
