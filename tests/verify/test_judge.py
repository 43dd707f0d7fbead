from __future__ import annotations

import csv
import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from staged import Control, Payload, Sent, Staged, record

from simulator.core.errors import ExitCode, UsageError
from simulator.core.records import Expectation
from simulator.verify import Source, Verdict, Verification, read_verification, verify

HELD, FAILED, UNTRUSTED = Verdict

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.just("2026-03-02T06:00:00+00:00"),
    st.sampled_from(["wearable", "n0", "1e999", "-5"]),
    st.lists(st.integers(), max_size=2),
)
NAMES = st.sampled_from(
    [
        "id",
        "device",
        "topic",
        "payload",
        "received",
        "retained",
        "time",
        "latitude",
        "longitude",
        "count",
        "people",
        "window_start",
        "window_seconds",
        "end",
        "age",
        "condition",
        "seq",
        "erased",
        "line",
    ]
)
ROWS = st.dictionaries(NAMES, VALUES, max_size=8)
"""Rows that look like something that came out of a control."""


@pytest.fixture(scope="module")
def town() -> Staged:
    return Staged()


@pytest.fixture(scope="module")
def run(town: Staged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.write(tmp_path_factory.mktemp("runs") / "run").path


@pytest.fixture(scope="module")
def other_town() -> Staged:
    return Staged(seed=6, hours=11)


def raw(sent: Sent) -> Iterator[Payload]:
    """Passes everything on."""
    yield sent.payload


def redact(sent: Sent) -> Iterator[Payload]:
    """Takes out what is personal, and nothing else."""
    payload = dict(sent.payload)
    for span in sent.truth.spans:
        text = payload[span.field]
        payload[span.field] = f"{text[: span.start]}[removed]{text[span.end :]}"
    yield payload


def redact_all_but_cards(sent: Sent) -> Iterator[Payload]:
    """Does not know payment cards."""
    yield from raw(sent) if any(span.type == "payment_card" for span in sent.truth.spans) else redact(sent)


def encode(sent: Sent) -> Iterator[Payload]:
    """Thinks that hexadecimal hides something."""
    payload = dict(sent.payload)
    if sent.truth.spans:
        payload["transcript"] = payload["transcript"].encode().hex()
    yield payload


def blank(sent: Sent) -> Iterator[Payload]:
    """Empties every text that holds anything."""
    yield {**sent.payload, "transcript": "[removed]"} if sent.truth.spans else sent.payload


def filter_consent(sent: Sent) -> Iterator[Payload]:
    """Passes on what people agree to."""
    if sent.truth.expect is not Expectation.DROP:
        yield from redact(sent)


def filter_consent_at_start(sent: Sent) -> Iterator[Payload]:
    """Never hears of a withdrawal."""
    if not re.fullmatch(r"n\d-h(0|6|12|18|24|30)-p0", str(sent.truth.person)):
        yield from redact(sent)


def drop_most(sent: Sent) -> Iterator[Payload]:
    """Drops three messages of four."""
    if int(sent.truth.id, 16) // 2 % 4 == 0:
        yield from redact(sent)


def judged(
    run: Path, town: Staged, control: Control, *only: str, tmp_path: Path, heard: bool = True
) -> Verification:
    out = record(tmp_path / "out.jsonl", town.through(control))
    went_in = record(tmp_path / "input.jsonl", town.through(raw)) if heard else None
    return verify(run, [Source("it", out)], only=only, heard=went_in, write=False)


def verdict_of(found: Verification, check: str) -> Verdict | None:
    return found.verdict("it", check)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("control", "verdicts"),
        [
            (raw, {"leak": FAILED, "redaction": FAILED, "over_redaction": HELD, "consent": FAILED}),
            (redact, {"leak": HELD, "redaction": HELD, "over_redaction": HELD, "consent": FAILED}),
            (redact_all_but_cards, {"leak": FAILED, "redaction": FAILED, "over_redaction": HELD}),
            (encode, {"leak": FAILED, "redaction": FAILED, "over_redaction": FAILED}),
            (blank, {"leak": HELD, "redaction": HELD, "over_redaction": FAILED}),
            (filter_consent, {"leak": HELD, "consent": HELD, "over_redaction": HELD}),
            (filter_consent_at_start, {"leak": HELD, "consent": FAILED, "over_redaction": HELD}),
            (drop_most, {"leak": HELD, "redaction": HELD, "over_redaction": FAILED}),
        ],
    )
    def test_each_control_fails_in_its_own_way_alone(
        self, run: Path, town: Staged, tmp_path: Path, control: Control, verdicts: dict[str, Verdict]
    ) -> None:
        found = judged(run, town, control, *verdicts, tmp_path=tmp_path)
        assert {check: verdict_of(found, check) for check in verdicts} == verdicts
        assert found.join.unjoined == 0
        assert found.distrust == ()

    def test_a_redactor_that_is_blind_to_a_type_is_told_which(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, town, redact_all_but_cards, "redaction", tmp_path=tmp_path)
        by_part = {one.part: one for one in found.checks}
        assert "does not see payment_card" in by_part[""].reason
        assert by_part["payment_card"].value == 0.0
        assert by_part["email"].value == 1.0
        assert by_part["payment_card"].evidence[0].type == "payment_card"

    def test_a_leak_says_where_whose_and_in_which_form(self, run: Path, town: Staged, tmp_path: Path) -> None:
        found = judged(run, town, encode, "leak", tmp_path=tmp_path)
        (whole, *_) = found.checks
        example = whole.evidence[0]
        assert example.encodings == ("hex",)
        assert example.where is not None
        sink, row, field = example.where.rsplit(":", 2)
        assert field.strip() == "transcript"
        line = json.loads(Path(sink).read_text().splitlines()[int(row) - 1])
        assert "transcript" in line["payload"]
        assert whole.clauses

    def test_a_violation_of_consent_tells_the_withdrawn_from_those_who_never_agreed(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, town, filter_consent_at_start, "consent", tmp_path=tmp_path)
        (one,) = found.checks
        assert " 0 of people who never agreed" in one.reason
        people = {example.person for example in one.evidence}
        assert all(int(re.search(r"h(\d+)", str(person))[1]) % 6 == 1 for person in people)  # type: ignore[index]

    def test_the_result_is_kept_and_ends_the_command(self, town: Staged, tmp_path: Path) -> None:
        taps = [{"name": "out", "control": "it", "purpose": "analytics", "topics": ["out/#"]}]
        folder = town.write(tmp_path / "run", taps, controls=[{"name": "it", "checks": ["leak"]}])
        record(folder.path / "egress" / "out.jsonl", town.through(redact))
        found = verify(folder.path)
        assert found == read_verification(folder.path / "verify.json")
        assert [(one.check, one.control, one.verdict) for one in found.checks] == [("leak", "it", HELD)]
        assert found.exit_code is ExitCode.OK

    def test_a_retained_message_from_before_a_withdrawal_is_one_after_it(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = record(tmp_path / "out.jsonl", town.through(filter_consent))
        old = next(one for one in town.messages if one.truth.person == "n1-h1-p0")
        row = {"received": 130.0, "topic": "out/x", "payload": json.dumps(old.payload), "retained": True}
        with out.open("a") as file:
            file.write(json.dumps(row) + "\n")
        found = verify(run, [Source("it", out)], only=["consent"], write=False)
        assert verdict_of(found, "consent") is FAILED
        assert "1 kept from before one" in found.checks[0].reason


class TestKindsOfOutput:
    """The same redactor, whatever it writes to."""

    def rows(self, town: Staged) -> list[Payload]:
        rows = [payload for _, _, payload in town.through(redact)]
        names = dict.fromkeys(name for row in rows for name in row)
        return [{name: row.get(name) for name in names} for row in rows]

    def write_csv(self, path: Path, rows: list[Payload]) -> None:
        with path.open("w", newline="") as file:
            writer = csv.DictWriter(file, rows[0])
            writer.writeheader()
            writer.writerows(rows)

    def write_parquet(self, path: Path, rows: list[Payload]) -> None:
        pq.write_table(pa.Table.from_pylist(rows), path)

    def write_duckdb(self, path: Path, rows: list[Payload]) -> None:
        self.write_csv(path.with_suffix(".csv"), rows)
        with duckdb.connect(str(path)) as database:
            database.execute(f"CREATE TABLE kept AS SELECT * FROM '{path.with_suffix('.csv')}'")

    def write_txt(self, path: Path, rows: list[Payload]) -> None:
        path.write_text("".join(f"INFO passed on {row['id']}: {row['transcript']}\n" for row in rows))

    @pytest.mark.parametrize("kind", ["csv", "parquet", "duckdb", "txt"])
    def test_every_kind_of_file_is_joined_and_judged(
        self, run: Path, town: Staged, tmp_path: Path, kind: str
    ) -> None:
        path = tmp_path / f"out.{kind}"
        getattr(self, f"write_{kind}")(path, self.rows(town))
        found = verify(run, [Source("it", path)], only=["leak", "redaction"], write=False)
        assert found.status is HELD
        assert (found.join.by_message, found.join.unjoined) == (len(town.messages), 0)

    def test_what_has_no_id_is_joined_by_the_data_in_it(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        texts = [one.payload["transcript"] for one in town.messages if one.truth.spans]
        path = tmp_path / "out.jsonl"
        path.write_text("".join(json.dumps({"said": text}) + "\n" for text in texts))
        found = verify(run, [Source("it", path)], only=["leak"], write=False)
        assert found.status is FAILED
        assert (found.join.by_canary, found.join.unjoined) == (len(texts), 0)

    def test_several_sources_of_a_control_are_judged_together(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        clean = record(tmp_path / "clean.jsonl", town.through(redact))
        dirty = record(tmp_path / "log.jsonl", town.through(raw))
        found = verify(run, [Source("it", clean), Source("it", dirty)], only=["leak"], write=False)
        assert found.status is FAILED
        assert {one.sink for one in found.checks[0].evidence} == {str(dirty)}


class TestForgetting:
    def store(self, path: Path, town: Staged, forgets: bool) -> Path:
        """A store at the end of the run, in SQLite."""
        with sqlite3.connect(path) as database:
            database.execute("CREATE TABLE kept (id TEXT, device TEXT, event TEXT)")
            for one in town.messages:
                if not (forgets and one.truth.delete_by is not None):
                    values = (one.truth.id, one.truth.device, one.truth.event)
                    database.execute("INSERT INTO kept VALUES (?, ?, ?)", values)
        database.close()
        return path

    @pytest.mark.parametrize(("forgets", "verdict"), [(True, HELD), (False, FAILED)])
    def test_a_store_forgets_those_who_asked_for_it_or_fails(
        self, run: Path, town: Staged, tmp_path: Path, forgets: bool, verdict: Verdict
    ) -> None:
        source = Source("it", self.store(tmp_path / "kept.sqlite", town, forgets))
        found = verify(run, [source], only=["erasure"], write=False)
        assert verdict_of(found, "erasure") is verdict

    def test_what_comes_out_of_a_stream_in_time_is_no_residue(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, town, redact, "erasure", tmp_path=tmp_path)
        assert verdict_of(found, "erasure") is HELD

    def test_what_comes_out_late_is(self, run: Path, town: Staged, tmp_path: Path) -> None:
        rows = [(when + 60.0, topic, payload) for when, topic, payload in town.through(redact)]
        out = record(tmp_path / "late.jsonl", rows)
        found = verify(run, [Source("it", out)], only=["erasure"], write=False)
        assert verdict_of(found, "erasure") is FAILED

    @pytest.mark.parametrize(("lag", "verdict"), [(1800.0, HELD), (7200.0, FAILED)])
    def test_the_lag_of_an_erasure_is_measured_where_the_control_tells(
        self, run: Path, town: Staged, tmp_path: Path, lag: float, verdict: Verdict
    ) -> None:
        subjects = {one.person: one.subject for one in town.people}
        told = [
            ((row.at + lag) / 360.0, "out/erased", {"erased": subjects[row.person]}) for row in town.requests
        ]
        out = record(tmp_path / "out.jsonl", [*town.through(redact), *told])
        found = verify(run, [Source("it", out)], only=["erasure"], write=False)
        (lag_result,) = [one for one in found.checks if one.part == "lag"]
        assert lag_result.verdict is verdict
        assert lag_result.value == pytest.approx(lag, abs=60.0)
        assert lag_result.low is not None
        assert lag_result.low <= lag_result.value

    def test_without_a_limit_nothing_is_said_about_retention_unless_asked(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = record(tmp_path / "out.jsonl", town.through(redact))
        assert verdict_of(verify(run, [Source("it", out)], write=False), "retention") is None
        found = verify(run, [Source("it", out)], only=["retention"], write=False)
        assert verdict_of(found, "retention") is UNTRUSTED


class TestUntrusted:
    """What proves nothing is never a pass, and never a failure of the control either."""

    def only_untrusted(self, run: Path, out: Path) -> Verification:
        found = verify(run, [Source("it", out)], write=False)
        assert {one.verdict for one in found.checks} == {UNTRUSTED}
        assert found.status is UNTRUSTED
        assert found.exit_code is ExitCode.UNTRUSTED
        return found

    @pytest.mark.parametrize(
        "content", [b"", b"\n\n", b'{"received": 1, "topic": "x", "payl', b"\x00\xff\x00\xfe"]
    )
    def test_broken_and_empty_output(self, run: Path, tmp_path: Path, content: bytes) -> None:
        out = tmp_path / "out.jsonl"
        out.write_bytes(content)
        assert self.only_untrusted(run, out).sources[0].distrust

    def test_no_output(self, run: Path, tmp_path: Path) -> None:
        assert "there is no" in self.only_untrusted(run, tmp_path / "out.jsonl").sources[0].distrust[0]

    def test_output_that_ends_within_a_line(self, run: Path, town: Staged, tmp_path: Path) -> None:
        out = record(tmp_path / "out.jsonl", town.through(redact))
        out.write_bytes(out.read_bytes()[:-20])
        found = self.only_untrusted(run, out)
        assert "cut off" in found.sources[0].distrust[0]
        assert found.join.joined > 1000

    def test_output_of_another_run(self, run: Path, other_town: Staged, tmp_path: Path) -> None:
        out = record(tmp_path / "out.jsonl", other_town.through(redact))
        found = self.only_untrusted(run, out)
        assert found.join.joined == 0
        assert "could not be traced back" in found.sources[0].distrust[0]

    def test_output_that_has_nothing_to_do_with_it(self, run: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.jsonl"
        out.write_text("".join(f'{{"name": "n{i}", "value": {i}}}\n' for i in range(500)))
        self.only_untrusted(run, out)

    @pytest.mark.parametrize("swapped", ["truth", "messages", "people", "consent", "canaries", "delivery"])
    def test_the_truth_of_another_run(
        self, town: Staged, other_town: Staged, tmp_path: Path, swapped: str
    ) -> None:
        mine = town.write(tmp_path / "mine")
        other = other_town.write(tmp_path / "other")
        if swapped == "truth":
            shutil.rmtree(mine.truth)
            shutil.copytree(other.truth, mine.truth)
        else:
            shutil.copy(getattr(other, swapped), getattr(mine, swapped))
        if swapped == "people":
            changed = mine.people.read_text().replace('"born":1950', '"born":1951').replace("h35-", "h99-")
            mine.people.write_text(changed)
        if swapped == "consent":
            mine.consent.write_text(mine.consent.read_text().replace('["analytics","service"]', "[]"))
        out = record(tmp_path / "out.jsonl", town.through(redact))
        self.only_untrusted(mine.path, out)

    @pytest.mark.parametrize(
        "summary",
        [
            {"status": "untrusted", "distrust": ["half of the messages were late"]},
            {"status": "interrupted"},
            {"status": "failed", "failure": "the broker went away"},
            {"status": "passed", "messages": {"due": 3}},
        ],
    )
    def test_a_load_that_did_not_keep_up(self, town: Staged, tmp_path: Path, summary: dict[str, Any]) -> None:
        folder = town.write(tmp_path / "run")
        folder.summary.write_text(json.dumps(summary))
        out = record(tmp_path / "out.jsonl", town.through(raw))
        self.only_untrusted(folder.path, out)

    def test_too_little_evidence(self, tmp_path: Path) -> None:
        """58 pieces of personal data are too few to claim a recall of 0.95; 59 are enough."""
        town = Staged(homes=12, hours=11)
        few = town.write(tmp_path / "run")
        personal = [one for one in town.messages if one.truth.spans]
        assert len(personal) >= 59
        for count, verdict in ((58, UNTRUSTED), (59, HELD)):
            kept = {one.truth.id for one in personal[:count]}
            rows = [
                row
                for sent in town.messages
                if not sent.truth.spans or sent.truth.id in kept
                for row in [(sent.due, "out", next(redact(sent)))]
            ]
            out = record(tmp_path / f"{count}.jsonl", rows)
            found = verify(few.path, [Source("it", out)], only=["redaction"], write=False)
            assert verdict_of(found, "redaction") is verdict

    def test_a_control_that_died_early_has_proven_little(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        rows = [row for number, row in enumerate(town.through(redact)) if number < 300]
        out = record(tmp_path / "out.jsonl", rows)
        found = verify(run, [Source("it", out)], only=["leak", "over_redaction"], write=False)
        assert verdict_of(found, "leak") is UNTRUSTED
        assert verdict_of(found, "over_redaction") is FAILED

    def test_a_check_that_finds_nothing_to_judge_is_untrusted_if_it_is_asked_for(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, town, redact, "k_anonymity", tmp_path=tmp_path)
        assert verdict_of(found, "k_anonymity") is UNTRUSTED

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.lists(ROWS, min_size=1, max_size=8))
    def test_whatever_a_file_holds_is_no_pass_and_no_crash(
        self, run: Path, tmp_path: Path, rows: list[Payload]
    ) -> None:
        out = tmp_path / "out.jsonl"
        out.write_text("".join(json.dumps(row) + "\n" for row in rows))
        self.only_untrusted(run, out)

    def test_a_record_that_is_nested_without_end(self, run: Path, tmp_path: Path) -> None:
        out = tmp_path / "out.jsonl"
        out.write_text('{"a":' * 900 + "1" + "}" * 900 + "\n")
        self.only_untrusted(run, out)


class TestHidden:
    def test_a_name_that_stands_twice_hides_nothing(self, run: Path, town: Staged, tmp_path: Path) -> None:
        sent = next(one for one in town.messages if one.truth.spans)
        text = json.dumps(sent.payload)[:-1] + ', "transcript": "[removed]"}'
        rows = [{"received": 1.0, "topic": "x", "payload": text}]
        out = tmp_path / "out.jsonl"
        out.write_text("".join(json.dumps(row) + "\n" for row in rows))
        found = verify(run, [Source("it", out)], only=["leak"], write=False)
        assert verdict_of(found, "leak") is FAILED


class TestUsage:
    def test_an_unknown_check(self, run: Path, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="did you mean 'leak'"):
            verify(run, [Source("it", tmp_path)], only=["leaks"])

    def test_no_run(self, tmp_path: Path) -> None:
        with pytest.raises(UsageError, match="is not the folder of a run"):
            verify(tmp_path)

    def test_no_output_named(self, run: Path) -> None:
        with pytest.raises(UsageError, match="--egress"):
            verify(run)

    @pytest.mark.parametrize(
        ("text", "control", "path"),
        [
            ("a/out.jsonl", "out", "a/out.jsonl"),
            ("it=a.csv", "it", "a.csv"),
            ("a/b=c.csv", "b=c", "a/b=c.csv"),
        ],
    )
    def test_sources_are_written_with_or_without_a_name(self, text: str, control: str, path: str) -> None:
        source = Source.parse(text)
        assert (source.control, source.path) == (control, Path(path))

    @pytest.mark.parametrize("text", ["", "it=", "=a.csv"])
    def test_half_a_source_is_none(self, text: str) -> None:
        with pytest.raises(UsageError, match="--egress"):
            Source.parse(text)
