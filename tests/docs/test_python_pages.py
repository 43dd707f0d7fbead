"""The Python of the documentation works as printed, and it shows sample projects as they are."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from pages import PAGES, ROOT, Block, blocks

SAMPLES = [block for page in PAGES for block in blocks(page) if block.mark == "sample"]


@pytest.mark.parametrize("block", SAMPLES, ids=[block.about for block in SAMPLES])
def test_a_page_shows_what_a_sample_project_holds(block: Block) -> None:
    assert block.text.splitlines() == (ROOT / "tests" / block.about).read_text().splitlines(), block


def test_the_page_on_python_works_from_top_to_bottom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known: dict[str, object] = {"__name__": "program"}
    printed = ""
    for block in blocks(ROOT / "docs" / "python.md"):
        if block.mark == "not run":
            continue
        if block.language == "python":
            with contextlib.redirect_stdout(io.StringIO()) as said:
                exec(compile(block.text, str(block), "exec"), known)
            printed = said.getvalue()
        else:
            assert block.text.splitlines() == printed.splitlines(), block
    assert known["heard"]
    assert known["spoken"]
    assert known["homes"]
