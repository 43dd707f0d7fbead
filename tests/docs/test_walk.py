"""A walk through a page notices where the page is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from pages import Block, blocks
from walk import Walk, changed, missing


def page(folder: Path, text: str) -> list[Block]:
    """Return the blocks of a page with this text."""
    path = folder / "page.md"
    path.write_text(text)
    return list(blocks(path))


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["sent 1,691 in 2.51s"], ["sent 9 in 1m 4s"]),
        (["due  acknowledged"], ["due acknowledged"]),
        (["first", "...", "last"], ["first", "second", "third", "last"]),
        (["id 0b3085a72ecad098"], ["id eadb15ad690cce6b"]),
        (["exit code 3"], ["exit code 3"]),
    ],
)
def test_numbers_ids_and_spaces_may_differ(shown: list[str], printed: list[str]) -> None:
    assert missing(shown, printed) is None


@pytest.mark.parametrize(
    ("shown", "printed"),
    [
        (["held"], ["failed"]),
        (["first", "last"], ["last", "first"]),
        (["exit code 3"], ["exit code 0"]),
        (["two", "two"], ["two"]),
    ],
)
def test_words_order_and_exit_codes_may_not(shown: list[str], printed: list[str]) -> None:
    assert missing(shown, printed) == shown[-1]


def test_a_change_takes_the_place_of_lines_that_are_there_once() -> None:
    assert changed("a\nb\nc\n", ["-b\n", "+d\n", "+e\n"]) == "a\nd\ne\nc\n"
    with pytest.raises(AssertionError, match="not there once"):
        changed("a\na\n", ["-a\n", "+b\n"])


def test_one_shell_runs_all_blocks_of_a_page(tmp_path: Path) -> None:
    text = (
        "```sh\nmkdir inner && cd inner\n```\n"
        "<!-- file: said.txt -->\n```\nhello\n```\n"
        '```sh\ncat said.txt; false\necho "exit code $?"\n```\n'
        "```text\nhello\nexit code 1\n```\n"
    )
    with Walk(tmp_path, tmp_path, {"hello": "good day"}) as walk:
        for block in page(tmp_path, text):
            walk.take(block)
    assert (tmp_path / "inner" / "said.txt").read_text() == "good day\n"


def test_a_block_that_ends_badly_is_told_of(tmp_path: Path) -> None:
    (block,) = page(tmp_path, "```sh\nls nowhere\n```\n")
    with Walk(tmp_path, tmp_path, {}) as walk, pytest.raises(AssertionError, match="ended with exit code"):
        walk.take(block)


def test_what_is_marked_is_not_run(tmp_path: Path) -> None:
    (block,) = page(tmp_path, "<!-- not run: it would be seen -->\n```sh\ntouch seen\n```\n")
    with Walk(tmp_path, tmp_path, {}) as walk:
        walk.take(block)
    assert not (tmp_path / "seen").exists()
