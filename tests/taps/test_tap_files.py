"""Files that grow are recorded line by line, from where they ended when the run began."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fleetsim_process import rows

from simulator.taps.files import LONGEST_LINE, DirectoryTap, FileTap, copy_store
from simulator.taps.tape import Tape


class Recording:
    """A tape whose clock counts its rows, and a file beside it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "tape.jsonl"
        self.file = folder / "out.log"
        self.tape = Tape(self.path, clock=lambda: 1.5)

    def rows(self) -> list[dict[str, Any]]:
        self.tape.flush()
        return rows(self.path)

    def payloads(self) -> list[Any]:
        return [row["payload"] for row in self.rows()]


@pytest.fixture
def recording(tmp_path: Path) -> Iterator[Recording]:
    made = Recording(tmp_path)
    with made.tape:
        yield made


def test_lines_are_recorded_as_they_are_added(recording: Recording) -> None:
    tap = FileTap(recording.file, recording.tape)
    tap.read()
    with recording.file.open("wb", buffering=0) as file:
        file.write(b"one\nt")
        tap.read()
        assert recording.payloads() == ["one"]
        file.write(b"wo\r\n\nlast")
        tap.read()
    tap.finish()
    assert recording.payloads() == ["one", "two", "last"], "empty lines say nothing"
    assert recording.rows()[0] == {"received": 1.5, "topic": None, "payload": "one"}


def test_what_is_from_before_the_run_is_passed_over(recording: Recording) -> None:
    recording.file.write_text("old\n")
    tap = FileTap(recording.file, recording.tape)
    with recording.file.open("a") as file:
        file.write("new\n")
    tap.read()
    assert recording.payloads() == ["new"]


@pytest.mark.parametrize("how", ["rotated", "truncated"])
def test_a_file_that_begins_anew_is_read_from_its_beginning(how: str, recording: Recording) -> None:
    tap = FileTap(recording.file, recording.tape)
    recording.file.write_text("first\nsecond, unfinished")
    tap.read()
    if how == "rotated":
        recording.file.rename(recording.file.with_suffix(".1"))
    recording.file.write_text("third\n")
    tap.read()
    assert recording.payloads() == ["first", "second, unfinished", "third"]


def test_a_line_without_an_end_takes_no_more_memory_than_a_long_one(recording: Recording) -> None:
    tap = FileTap(recording.file, recording.tape)
    recording.file.write_bytes(b"x" * (3 * LONGEST_LINE) + b"y")
    while tap.read():
        pass
    assert [len(payload) for payload in recording.payloads()] == [LONGEST_LINE] * 3
    tap.finish()
    assert recording.payloads()[-1] == "y"


def test_bytes_that_are_no_text_are_kept_in_base_64(recording: Recording) -> None:
    tap = FileTap(recording.file, recording.tape)
    recording.file.write_bytes(b"A\0\n\xff\xfe\n")
    tap.read()
    assert recording.payloads() == ["A\0", {"base64": "//4="}]


def test_all_files_of_a_folder_are_followed_also_those_that_come_later(
    recording: Recording, tmp_path: Path
) -> None:
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "a").write_text("old\n")
    tap = DirectoryTap(folder, recording.tape)
    (folder / "a").write_text("old\nnew\n")
    (folder / "deep").mkdir()
    (folder / "deep" / "b").write_text("other\n")
    tap.read()
    found = {(row["topic"], row["payload"]) for row in recording.rows()}
    assert found == {("a", "new"), ("deep/b", "other")}


def test_neither_a_missing_file_nor_a_pipe_is_waited_for(recording: Recording, tmp_path: Path) -> None:
    assert not FileTap(tmp_path / "missing", recording.tape).read()
    assert not DirectoryTap(tmp_path / "missing", recording.tape).read()
    assert not FileTap(tmp_path, recording.tape).read()


def test_a_store_is_copied_as_it_is(tmp_path: Path) -> None:
    store, copy = tmp_path / "store", tmp_path / "copy"
    (store / "deep").mkdir(parents=True)
    (store / "deep" / "rows.gz").write_bytes(gzip.compress(json.dumps({"a": 1}).encode()))
    copy.mkdir()
    assert copy_store(store, copy) == 1
    assert copy_store(store / "deep" / "rows.gz", copy) == 1
    assert (copy / "rows.gz").read_bytes() == (copy / "deep" / "rows.gz").read_bytes()
    assert copy_store(tmp_path / "missing", copy) == 0
