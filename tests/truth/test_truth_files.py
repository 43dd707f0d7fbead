from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.errors import RunFailedError
from simulator.core.readings import Hazard
from simulator.core.records import (
    ConsentTruth,
    Delivered,
    Expectation,
    MessageTruth,
    Outcome,
    PersonTruth,
    SessionChange,
    SessionMoment,
)
from simulator.truth import (
    RunFolder,
    TruthWriter,
    read_consent,
    read_delivered,
    read_messages,
    read_people,
    read_sessions,
)


def message(number: int) -> MessageTruth:
    return MessageTruth(
        id=f"m{number}",
        at=number / 8,
        observed=number / 16,
        device="d1",
        kind="wearable",
        event="heart_rate",
        topic="fleet/n0/wearable/d1/heart_rate",
        qos=1,
        retain=False,
        size=200,
        person="n0-h0-p0" if number % 2 else None,
        household=None,
        place=None,
        consent=("service", "analytics") if number % 2 else None,
        hazards=(Hazard.HEALTH, Hazard.SLEEP),
        attack=None,
        expect=Expectation.ALLOW,
        facts={"said": "snow\n❄", "share": 0.5, "items": [1, 2]},
    )


PERSON = PersonTruth("n0-h0-p0", "n0-h0", "n0", 41, "female", "worker", 4.25, (-34.5, 138.25), None)
CONSENT = ConsentTruth("n0-h0-p0", 0.0, ("service",))
ACKED = Delivered("m1", 1.0, 1.5, 2.0, Outcome.ACKNOWLEDGED)
CONNECTED = SessionChange("d1", 0.5, SessionMoment.CONNECTED)
REFUSED = SessionChange("d2", 0.75, SessionMoment.REFUSED, "not authorized")
DROPPED = Delivered("m2", 1.0, None, None, Outcome.DROPPED, reason="queue full", attempts=0)


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder.create(tmp_path)


def write(folder: RunFolder, messages: Sequence[MessageTruth]) -> None:
    with TruthWriter(folder) as truth:
        for row in messages:
            truth.message(row)


def test_every_kind_of_row_reads_back_as_it_was(folder: RunFolder) -> None:
    with TruthWriter(folder) as truth:
        truth.person(PERSON)
        truth.consent(CONSENT)
        truth.message(message(1))
        truth.message(message(2))
        truth.delivered(ACKED)
        truth.delivered(DROPPED)
        truth.session(CONNECTED)
        truth.session(REFUSED)
    assert list(read_people(folder)) == [PERSON]
    assert list(read_consent(folder)) == [CONSENT]
    assert list(read_messages(folder)) == [message(1), message(2)]
    assert list(read_delivered(folder)) == [ACKED, DROPPED]
    assert list(read_sessions(folder)) == [CONNECTED, REFUSED]


def test_rows_are_json_lines_with_the_fields_of_the_record(folder: RunFolder) -> None:
    with TruthWriter(folder) as truth:
        truth.consent(CONSENT)
    assert (
        folder.consent.read_text()
        == '{"person":"n0-h0-p0","at":0.0,"purposes":["service"],"cause":"start"}\n'
    )


def test_a_run_without_rows_leaves_empty_files(folder: RunFolder) -> None:
    write(folder, [])
    assert list(read_messages(folder)) == []


def test_flushed_rows_can_be_read_while_the_run_goes_on(folder: RunFolder) -> None:
    with TruthWriter(folder) as truth:
        truth.message(message(1))
        assert list(read_messages(folder)) == []
        truth.flush()
        assert list(read_messages(folder)) == [message(1)]


def test_a_writer_may_be_closed_before_its_with_ends(folder: RunFolder) -> None:
    with TruthWriter(folder) as truth:
        truth.message(message(1))
        truth.close()
    assert list(read_messages(folder)) == [message(1)]


def test_many_rows_are_written_without_waiting_for_a_flush(folder: RunFolder) -> None:
    with TruthWriter(folder) as truth:
        for number in range(2000):
            truth.message(message(number))
        assert next(iter(read_messages(folder))) == message(0)
    assert [row.id for row in read_messages(folder)] == [f"m{number}" for number in range(2000)]


@given(data=st.data())
def test_wherever_the_file_ends_its_whole_lines_are_read(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = RunFolder.create(tmp_path_factory.mktemp("cut"))
    write(folder, [message(1), message(2), message(3)])
    content = folder.messages.read_bytes()
    cut = content[: data.draw(st.integers(0, len(content)))]
    folder.messages.write_bytes(cut)
    rows = read_messages(folder)
    assert list(rows) == [message(1), message(2), message(3)][: cut.count(b"\n")]
    assert rows.ignored == (0 if cut == b"" or cut.endswith(b"\n") else 1)


def test_a_broken_line_that_is_not_the_last_is_named(folder: RunFolder) -> None:
    write(folder, [message(1)])
    with folder.messages.open("ab") as file:
        file.write(b'{"id": 7}\n')
    with pytest.raises(RunFailedError, match=r"messages\.jsonl:2: .*id"):
        list(read_messages(folder))


def test_truth_that_is_not_there_is_named(folder: RunFolder) -> None:
    with pytest.raises(RunFailedError, match=r"cannot read .*people\.jsonl: No such file"):
        list(read_people(folder))


KILLED = """
import sys
from pathlib import Path
from simulator.core.records import Delivered, Outcome
from simulator.truth import RunFolder, TruthWriter

truth = TruthWriter(RunFolder(Path(sys.argv[1])))
number = 0
while True:
    number += 1
    truth.delivered(Delivered(f"m{number}", 1.0, 1.0, 2.0, Outcome.ACKNOWLEDGED))
    if number == 1000:
        truth.flush()
        print("flushed", flush=True)
"""


def test_kill_9_leaves_every_flushed_row_readable(folder: RunFolder) -> None:
    with subprocess.Popen([sys.executable, "-c", KILLED, folder.path], stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == b"flushed\n"
        writer.send_signal(signal.SIGKILL)
    ids = [row.id for row in read_delivered(folder)]
    assert len(ids) >= 1000
    assert ids == [f"m{number}" for number in range(1, len(ids) + 1)]


def test_a_disk_that_fills_up_stops_the_run_and_keeps_whole_lines(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, room = os.write, [1000]

    def write_what_fits(file: int, data: bytearray) -> int:
        if room[0] == 0:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        written = real(file, data[: room[0]])
        room[0] -= written
        return written

    truth = TruthWriter(folder)
    for number in range(10):
        truth.message(message(number))
    monkeypatch.setattr(os, "write", write_what_fits)
    with pytest.raises(RunFailedError, match=r"cannot write .*messages\.jsonl: No space left on device"):
        truth.flush()
    with pytest.raises(RunFailedError, match="No space left"):
        truth.close()
    rows = read_messages(folder)
    found = list(rows)
    assert found == [message(number) for number in range(len(found))]
    assert (len(found), rows.ignored) == (2, 1)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(RunFailedError, match=r"cannot write .*messages\.jsonl: No such file"):
        TruthWriter(RunFolder(tmp_path / "gone"))


def test_a_writer_that_goes_on_after_a_kill_cuts_off_half_a_row(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "run")
    with TruthWriter(folder) as truth:
        truth.delivered(Delivered("whole", 0.0, 0.0, 0.0, Outcome.ACKNOWLEDGED))
    with folder.delivery.open("ab") as file:
        file.write(b'{"id":"hal')
    with TruthWriter(folder) as truth:
        truth.delivered(Delivered("next", 0.0, 0.0, 0.0, Outcome.LOST))
    rows = read_delivered(folder)
    assert [row.id for row in rows] == ["whole", "next"]
    assert rows.ignored == 0
