"""Sinks: every kind of output is read whole, and a broken one says so and is never taken for a clean one."""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hiding import WAYS

from simulator.core.errors import ExitCode
from simulator.privacy import Canaries, CanaryType, Mode, Subject, run_key
from simulator.verify import Catalogue, Encoding, Record, Scanner
from simulator.verify.sinks import SinkError, SinkFormat, find_format, read_sink

Row = dict[str, str]

PEOPLE = [Subject(f"n0-h{i}-p0", f"n0-h{i}", bool(i % 2), 1950 + i) for i in range(40)]
CANARIES = Canaries(run_key(3))
ROWS = [{"device": f"device{i}", "text": one.value} for i, one in enumerate(CANARIES.of(PEOPLE[0]))]


def write_json_lines(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))


def write_packed(path: Path, rows: Sequence[Row]) -> None:
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def write_csv(path: Path, rows: Sequence[Row], encoding: str = "utf-8") -> None:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def write_wide_csv(path: Path, rows: Sequence[Row]) -> None:
    write_csv(path, rows, "utf-16")


def write_text(path: Path, rows: Sequence[Row]) -> None:
    path.write_text("".join(f"{row['device']} said {row['text']}\n" for row in rows))


def write_sqlite(path: Path, rows: Sequence[Row]) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute('CREATE TABLE "odd ""name" (device TEXT, text BLOB)')
        database.executemany(
            'INSERT INTO "odd ""name" VALUES (?, ?)', [(row["device"], row["text"].encode()) for row in rows]
        )
        database.commit()


def write_parquet(path: Path, rows: Sequence[Row]) -> None:
    pq.write_table(pa.Table.from_pylist(list(rows)), path)


def write_duckdb(path: Path, rows: Sequence[Row]) -> None:
    with closing(duckdb.connect(str(path))) as database:
        database.execute("CREATE SCHEMA own; CREATE TABLE own.messages (device TEXT, text TEXT)")
        database.executemany("INSERT INTO own.messages VALUES (?, ?)", [tuple(row.values()) for row in rows])


WRITERS: dict[str, Callable[[Path, Sequence[Row]], None]] = {
    "out.jsonl": write_json_lines,
    "out.jsonl.gz": write_packed,
    "out.csv": write_csv,
    "wide.csv": write_wide_csv,
    "out.log": write_text,
    "out.sqlite": write_sqlite,
    "out.parquet": write_parquet,
    "out.duckdb": write_duckdb,
    "unnamed": write_json_lines,
    "unnamed.db": write_sqlite,
}


NOT_MARKED = frozenset({"out.csv", "wide.csv", "out.log", "unnamed.db"})
"""What is cut off there may look whole: a shorter text is a text."""


@pytest.fixture(scope="module")
def scanner() -> Scanner:
    return Scanner(Catalogue(CANARIES, PEOPLE))


@pytest.mark.parametrize("name", WRITERS)
class TestEveryKind:
    def test_every_type_of_canary_is_found_and_placed(
        self, tmp_path: Path, scanner: Scanner, name: str
    ) -> None:
        path = tmp_path / name
        WRITERS[name](path, ROWS)
        leaks = list(scanner.scan(read_sink(path)))
        assert {leak.type for leak in leaks} == set(CanaryType)
        assert len(leaks) == len(ROWS)
        assert all(leak.people == (PEOPLE[0].person,) for leak in leaks if leak.type != "device_mac")
        first = 2 if name.endswith("csv") else 1
        assert [leak.where.row for leak in leaks] == list(range(first, first + len(ROWS)))
        assert {leak.where.field for leak in leaks} == ({"line"} if name.endswith("log") else {"text"})
        assert all(leak.where.sink.startswith(str(path)) for leak in leaks)

    def test_each_encoding_gets_through_it(self, tmp_path: Path, scanner: Scanner, name: str) -> None:
        canary = CANARIES.make(CanaryType.EMAIL, PEOPLE[7])
        texts = {way: hide(canary.value) for way, (hide, _) in WAYS.items()}
        rows = [
            {"device": way, "text": text.decode()}
            for way, text in texts.items()
            if text.isascii() and text.decode().isprintable()
        ]
        assert len(rows) > 30
        path = tmp_path / name
        WRITERS[name](path, rows)
        found = {leak.where.row for leak in scanner.scan(read_sink(path)) if canary.person in leak.people}
        first = 2 if name.endswith("csv") else 1
        assert found == set(range(first, first + len(rows)))

    def test_a_file_cut_off_anywhere_is_never_read_as_whole(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        WRITERS[name](path, ROWS)
        whole = path.read_bytes()
        sizes = {0, 1, 7, len(whole) // 3, len(whole) // 2, len(whole) - 3}
        for size in {0} if name in NOT_MARKED else sizes:
            path.write_bytes(whole[:size])
            with pytest.raises(SinkError) as told:
                list(read_sink(path))
            assert str(path) in str(told.value)

    def test_the_reader_holds_no_file_open(self, tmp_path: Path, name: str) -> None:
        path = tmp_path / name
        WRITERS[name](path, ROWS)
        next(iter(read_sink(path)))
        path.rename(path.with_name("moved"))


class TestBroken:
    def test_the_exit_code_is_that_of_untrusted(self) -> None:
        assert SinkError("x").exit_code is ExitCode.UNTRUSTED

    @pytest.mark.parametrize(
        ("name", "content", "told"),
        [
            ("a.jsonl", b"", "is empty"),
            ("a.jsonl", b"\n\n \n", "is empty"),
            ("a.jsonl", b'{"a": 1}\n{"a": \n{"a": 3}\n', ":2: the line is no JSON"),
            ("a.jsonl", b'{"a": 1}\n{"a": "b', ":2: the line is cut off"),
            ("a.jsonl", b'{"a": 1}\n12\n', ":2: the line is a int"),
            ("a.jsonl", b"a,b\n1,2\n", ":1: the line is no JSON"),
            ("a.jsonl", b'{"a": ' + b"[" * 5000 + b"\n", "no JSON"),
            ("a.jsonl", b"SQLite format 3\0 and so on", "holds SQLite"),
            ("a.csv", b"a,b\n1,2\n3\n", ":3: 1 fields, where the first line names 2"),
            ("a.csv", b'a,b\n1,"2\n', "unexpected end of data"),
            ("a.csv", b"a,b\n", "has no records"),
            ("a.sqlite", b'{"a": 1}\n', "holds something else"),
            ("a.sqlite", b"SQLite format 3\0" + b"x" * 4096, "no whole SQLite database"),
            ("a.parquet", b"PAR1" + b"x" * 64 + b"PAR1", "no whole Parquet file"),
            ("a.parquet", b"a,b\n1,2\n", "holds something else"),
            ("a.duckdb", b"\0" * 8 + b"DUCK" + b"x" * 64, "no whole DuckDB database"),
            ("a.jsonl.gz", b'{"a": 1}\n', "cannot read"),
            ("a.txt", b"\xff\xfe\x00", "first bytes say"),
        ],
    )
    def test_what_is_wrong_is_told(self, tmp_path: Path, name: str, content: bytes, told: str) -> None:
        path = tmp_path / name
        path.write_bytes(content)
        with pytest.raises(SinkError) as error:
            list(read_sink(path))
        assert told in str(error.value)
        assert str(path) in str(error.value)

    def test_a_missing_file_and_an_empty_folder_are_told(self, tmp_path: Path) -> None:
        with pytest.raises(SinkError, match="there is no"):
            list(read_sink(tmp_path / "none.jsonl"))
        with pytest.raises(SinkError, match="holds no files"):
            list(read_sink(tmp_path))

    def test_a_damaged_page_of_a_database_is_told(self, tmp_path: Path) -> None:
        path = tmp_path / "a.sqlite"
        write_sqlite(path, [{"device": "d", "text": "t" * 500}] * 200)
        content = bytearray(path.read_bytes())
        content[8192:12288] = b"\xff" * 4096
        path.write_bytes(content)
        with pytest.raises(SinkError, match="SQLite"):
            list(read_sink(path))


class TestReading:
    def test_a_folder_is_all_its_files(self, tmp_path: Path) -> None:
        (tmp_path / "inner").mkdir()
        for name in ("a.jsonl", "inner/b.csv"):
            WRITERS["out.jsonl" if name.endswith("jsonl") else "out.csv"](tmp_path / name, ROWS)
        (tmp_path / ".hidden").write_text("")
        assert len(list(read_sink(tmp_path))) == 2 * len(ROWS)

    def test_fields_within_fields_have_names_with_dots(self, tmp_path: Path) -> None:
        path = tmp_path / "a.jsonl"
        path.write_text('{"a": {"b": ["x", 2, null, 2.5, true]}, "c": "y"}\n["z", {"d": "w"}]\n')
        assert list(read_sink(path)) == [
            Record(str(path), 1, ("a.b.0", "a.b.1", "c"), (b"x", b"2", b"y")),
            Record(str(path), 2, ("0", "1.d"), (b"z", b"w")),
        ]

    def test_types_of_a_database_are_read_as_text(self, tmp_path: Path, scanner: Scanner) -> None:
        """A birth is a timestamp, a card a number, a contact an item of a list."""
        birth = CANARIES.make(CanaryType.BIRTH_DATE, PEOPLE[2])
        card = CANARIES.make(CanaryType.PAYMENT_CARD, PEOPLE[2])
        contact = CANARIES.make(CanaryType.CONTACT, PEOPLE[2])
        row: dict[str, Any] = {
            "born": datetime.fromisoformat(birth.value).replace(tzinfo=None),
            "card": int(card.value),
            "knows": [{"name": contact.value}],
        }
        path = tmp_path / "a.parquet"
        pq.write_table(pa.Table.from_pylist([row]), path)
        leaks = list(scanner.scan(read_sink(path)))
        assert {(leak.type, leak.where.field) for leak in leaks} == {
            (CanaryType.BIRTH_DATE, "born"),
            (CanaryType.PAYMENT_CARD, "card"),
            (CanaryType.CONTACT, "knows.0.name"),
        }

    def test_bytes_that_no_json_can_hold_are_found_in_a_column_of_bytes(
        self, tmp_path: Path, scanner: Scanner
    ) -> None:
        canary = CANARIES.make(CanaryType.PHONE, PEOPLE[4])
        path = tmp_path / "a.parquet"
        pq.write_table(pa.table({"blob": [gzip.compress(canary.value.encode("utf-16"))]}), path)
        (leak,) = scanner.scan(read_sink(path))
        assert leak.encodings == (Encoding.GZIP, Encoding.UTF_16)

    def test_text_of_another_encoding_is_known_by_its_mark(self, tmp_path: Path, scanner: Scanner) -> None:
        value = CANARIES.make(CanaryType.NAME, PEOPLE[5]).value
        for encoding in ("utf-8-sig", "utf-16", "utf-32"):
            path = tmp_path / f"{encoding}.log"
            path.write_text(f"1\n2 {value}\n", encoding=encoding)
            (leak,) = scanner.scan(read_sink(path))
            assert (leak.where.row, leak.encodings) == (2, ())

    def test_a_name_without_an_ending_is_known_by_its_content(self, tmp_path: Path) -> None:
        for name, kind in (("out.sqlite", SinkFormat.SQLITE), ("out.parquet", SinkFormat.PARQUET)):
            path = tmp_path / name.replace(".", "_")
            WRITERS[name](path, ROWS)
            assert find_format(path) is kind


def test_unmistakable_canaries_are_found_in_files_too(tmp_path: Path) -> None:
    canaries = Canaries(run_key(3), Mode.UNMISTAKABLE)
    path = tmp_path / "out.jsonl"
    write_json_lines(path, [{"text": one.value} for one in canaries.of(PEOPLE[9])])
    leaks = list(Scanner(Catalogue(canaries, PEOPLE)).scan(read_sink(path)))
    assert {leak.type for leak in leaks} == set(CanaryType)
