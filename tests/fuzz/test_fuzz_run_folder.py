"""What is read back from a run's folder after a broken disk or an editor: an answer, or a clear error."""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import mutated

sys.path.append(str(Path(__file__).parents[1] / "report"))

from run_folders import whole
from summaries import summary

from simulator.cleaning import remains_of, scenario_of
from simulator.core.errors import FleetsimError, RunFailedError
from simulator.core.records import Delivered, FaultTruth, MessageTruth, Outcome, SessionChange, SessionMoment
from simulator.fleet import Fleet
from simulator.report import encode_summary, read_summary
from simulator.report.run import read_result, render_markdown, render_page
from simulator.scenario import Scenario
from simulator.truth import (
    Manifest,
    Rows,
    RunFolder,
    TruthWriter,
    read_consent,
    read_delivered,
    read_faults,
    read_messages,
    read_people,
    read_sessions,
)

IN_A_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])

Reader = Callable[[RunFolder], Rows[Any]]
READERS: dict[str, Reader] = {
    "messages.jsonl": read_messages,
    "people.jsonl": read_people,
    "consent.jsonl": read_consent,
    "faults.jsonl": read_faults,
    "delivery.jsonl": read_delivered,
    "sessions.jsonl": read_sessions,
}


def scenario() -> Scenario:
    return Scenario.model_validate(
        {
            "name": "left",
            "duration": "30m",
            "world": {"households": 2, "shops": 1},
            "devices": [{"kind": "wearable", "owners": 1.0}, {"kind": "inventory_sensor", "per_shop": 3}],
            "mqtt": {"retain": "on"},
        }
    )


@cache
def content(folder: Path) -> dict[str, bytes]:
    """Return the files of a good folder, by name."""
    run = RunFolder.create(folder)
    fleet = Fleet(scenario())
    moment = datetime(2026, 3, 2, 17, tzinfo=UTC)
    run.write_manifest(
        Manifest(scenario=scenario().model_dump(mode="json"), seed=1, versions={}, started=moment)
    )
    with TruthWriter(run) as writer:
        for person in islice(fleet.people(), 2):
            writer.person(person)
        for consent in islice(fleet.consents(), 2):
            writer.consent(consent)
        writer.fault(FaultTruth("power_cut-0", "power_cut", None, 1.0, 2.0, {"share": 0.5}))
        writer.session(SessionChange("d", 0.5, SessionMoment.DROPPED, "session taken over"))
        for truth in islice((truth for _, truth in fleet.stream() if truth is not None), 3):
            writer.message(truth)
            writer.delivered(Delivered(truth.id, 0.0, 0.1, 0.2, Outcome.ACKNOWLEDGED))
    files = {file.name: file.read_bytes() for file in (run.manifest, *sorted(run.truth.iterdir()))}
    return files | {"summary.json": encode_summary(summary())}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    return content(tmp_path_factory.mktemp("run") / "good")


def folder_with(path: Path, good: dict[str, bytes], name: str, damaged: bytes) -> RunFolder:
    folder = RunFolder(path)
    folder.truth.mkdir(exist_ok=True)
    for other, data in good.items():
        place = folder.truth if other.endswith(".jsonl") else folder.path
        (place / other).write_bytes(damaged if other == name else data)
    return folder


def complaint_of(read: Callable[[], Any]) -> str | None:
    """Return what reading says is wrong, None if nothing is; any other error is the test's failure."""
    try:
        read()
    except FleetsimError as error:
        return str(error)
    return None


def test_the_good_folder_is_read(good: dict[str, bytes], tmp_path: Path) -> None:
    folder = folder_with(tmp_path, good, "", b"")
    assert all(len([*reader(folder)]) > 0 for reader in READERS.values())
    assert scenario_of(folder) == scenario()
    assert read_summary(folder).messages.due > 0


@pytest.mark.parametrize("name", READERS)
@IN_A_FOLDER
@given(data=st.data())
def test_damaged_rows_are_whole_rows_or_an_error(
    name: str, good: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    damaged = data.draw(mutated(good[name]) | st.binary(max_size=60))
    rows = READERS[name](folder_with(tmp_path, good, name, damaged))
    complaint = complaint_of(lambda: [*rows])
    assert complaint is None or name in complaint


@IN_A_FOLDER
@given(data=st.data())
def test_a_damaged_manifest_is_a_scenario_or_an_error(
    good: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    damaged = data.draw(mutated(good["manifest.json"]) | st.binary(max_size=60))
    folder = folder_with(tmp_path, good, "manifest.json", damaged)
    complaint = complaint_of(lambda: scenario_of(folder))
    assert complaint is None or "manifest.json" in complaint


@IN_A_FOLDER
@given(data=st.data())
def test_a_damaged_summary_is_a_summary_or_an_error(
    good: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    damaged = data.draw(mutated(good["summary.json"]) | st.binary(max_size=60))
    folder = folder_with(tmp_path, good, "summary.json", damaged)
    complaint = complaint_of(lambda: read_summary(folder))
    assert complaint is None or "summary.json" in complaint


@settings(IN_A_FOLDER, max_examples=25)
@given(data=st.data())
def test_what_a_damaged_run_has_left_on_its_broker_is_told_or_an_error(
    good: dict[str, bytes], tmp_path: Path, data: st.DataObject
) -> None:
    damaged = data.draw(mutated(good["messages.jsonl"]))
    folder = folder_with(tmp_path, good, "messages.jsonl", damaged)
    complaint = complaint_of(lambda: remains_of(folder, scenario()))
    assert complaint is None or "messages.jsonl" in complaint


@settings(IN_A_FOLDER, max_examples=25)
@given(data=st.data())
def test_the_page_of_a_damaged_run_names_the_damage_or_shows_what_there_is(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = whole(tmp_path_factory.mktemp("run") / "whole")
    files = [folder.manifest, folder.summary, folder.timeline, folder.faults, folder.campaigns]
    file = data.draw(st.sampled_from([*files, folder.path / "verify.json"]))
    file.write_bytes(data.draw(mutated(file.read_bytes())))
    page = ""

    def read() -> None:
        nonlocal page
        result = read_result(folder)
        page = render_page(result) + render_markdown(result)

    complaint = complaint_of(read)
    assert page.count("</html>") == 1 or (complaint is not None and "manifest.json" in complaint)


def test_rows_without_end_take_the_memory_of_one(good: dict[str, bytes], tmp_path: Path) -> None:
    row = good["messages.jsonl"].splitlines(keepends=True)[0]
    folder = folder_with(tmp_path, good, "messages.jsonl", row * 20_000)
    tracemalloc.start()
    try:
        assert sum(isinstance(each, MessageTruth) for each in read_messages(folder)) == 20_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_000_000


def test_a_line_without_end_is_no_row_and_not_kept(good: dict[str, bytes], tmp_path: Path) -> None:
    folder = folder_with(tmp_path, good, "messages.jsonl", b'{"id":"' + b"x" * 30_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(RunFailedError, match=r"messages\.jsonl:1: .*too long"):
            list(read_messages(folder))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 5_000_000
