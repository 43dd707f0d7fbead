from __future__ import annotations

import errno
import os
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec
import pytest

from simulator import __version__
from simulator.core.errors import RunFailedError, UsageError
from simulator.core.shard import Shard
from simulator.truth import SCHEMA, Manifest, RunFolder, installed_versions

STARTED = datetime(2026, 3, 2, 17, 0, tzinfo=timezone(timedelta(hours=10, minutes=30)))
MANIFEST = Manifest(
    scenario={"name": "home", "world": {"households": 20}},
    seed=7,
    versions={"fleetsim": "1.2.3"},
    started=STARTED,
    shard=Shard(1, 3),
)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path / "runs" / "home")


def test_a_new_folder_is_made_with_its_parents(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "a" / "b")
    assert folder.truth.is_dir()
    assert folder.manifest == tmp_path / "a" / "b" / "manifest.json"
    assert folder.messages == tmp_path / "a" / "b" / "truth" / "messages.jsonl"


def test_an_empty_folder_will_do(tmp_path: Path) -> None:
    assert RunFolder.create(tmp_path).path == tmp_path


def test_the_usual_place_says_what_ran_and_when() -> None:
    assert RunFolder.usual("retail-day", STARTED) == Path("runs/retail-day-20260302-170000")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(UsageError, match=r"is not empty; give another folder with -o"):
        RunFolder.create(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("below", [".", "run"])
def test_a_file_in_the_way_is_a_usage_error(tmp_path: Path, below: str) -> None:
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(UsageError, match="a file is in the way"):
        RunFolder.create(file / below)


def test_no_permission_is_said_with_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    monkeypatch.setattr(os, "mkdir", refuse)
    with pytest.raises(RunFailedError, match=r"folder .*/run: Permission denied; give another"):
        RunFolder.create(tmp_path / "run")


def test_only_the_folder_of_a_run_can_be_opened(folder: RunFolder) -> None:
    with pytest.raises(UsageError, match=r"no manifest\.json"):
        RunFolder.open(folder.path)
    folder.write_manifest(MANIFEST)
    assert RunFolder.open(folder.path) == folder


def test_a_manifest_reads_back_and_is_incomplete_until_the_end(folder: RunFolder) -> None:
    folder.write_manifest(MANIFEST)
    assert folder.read_manifest() == MANIFEST
    assert not folder.read_manifest().complete
    ended = msgspec.structs.replace(MANIFEST, complete=True, ended=STARTED + timedelta(minutes=1))
    folder.write_manifest(ended)
    assert folder.read_manifest() == ended


def test_a_manifest_is_plain_json(folder: RunFolder) -> None:
    folder.write_manifest(MANIFEST)
    assert msgspec.json.decode(folder.manifest.read_bytes()) == {
        "scenario": {"name": "home", "world": {"households": 20}},
        "seed": 7,
        "versions": {"fleetsim": "1.2.3"},
        "started": "2026-03-02T17:00:00+10:30",
        "origin": None,
        "ended": None,
        "shard": {"index": 1, "count": 3},
        "complete": False,
        "schema": SCHEMA,
    }


def test_a_manifest_of_something_else_is_refused(folder: RunFolder) -> None:
    folder.manifest.write_text('{"seed": "x"}')
    with pytest.raises(RunFailedError, match=r"manifest\.json is no manifest of a run"):
        folder.read_manifest()
    folder.manifest.unlink()
    with pytest.raises(RunFailedError, match="No such file"):
        folder.read_manifest()


def test_a_full_disk_leaves_the_old_file_and_no_draft(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.write(folder.summary, b"old")

    def refuse(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(RunFailedError, match=r"cannot write .*summary\.json: No space left on device"):
        folder.write(folder.summary, b"new")
    assert folder.summary.read_bytes() == b"old"
    assert sorted(entry.name for entry in folder.path.iterdir()) == ["summary.json", "truth"]


def test_versions_say_what_shaped_the_stream() -> None:
    versions = installed_versions()
    assert versions["fleetsim"] == __version__
    assert {"python", "numpy", "simpy", "msgspec"} <= versions.keys()
