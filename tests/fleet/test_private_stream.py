"""Hazards, canaries and consent in the stream: labelled in the truth, and seen by nobody else."""

from __future__ import annotations

import heapq
import io
import re
from bisect import bisect_right
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from private_town import KINDS, Told, scenario, told

from simulator.core.actions import Connect
from simulator.core.consent_topics import REGISTRAR
from simulator.core.purposes import Purpose
from simulator.core.readings import Hazard
from simulator.core.records import ConsentCause, ConsentTruth, Expectation, RequestKind
from simulator.core.shard import Shard
from simulator.core.units import MINUTE
from simulator.fleet import Fleet
from simulator.generator import JsonLines, generate
from simulator.privacy import Canaries, CanaryType, Mode, Subject, is_token, run_key
from simulator.privacy.hazards import HAZARDS, note_pii
from simulator.registrar import OPENS
from simulator.scenario import Scenario
from simulator.scenario.privacy import HazardRates
from simulator.truth import RunFolder, TruthWriter, merge_truth, read_canaries, read_consent, read_requests
from simulator.witness import Witness

NAMES = sorted(HazardRates.model_fields)
GRACE = 5 * MINUTE
LIVELY = {
    "withdraw_per_day": 1.0,
    "give_per_day": 1.0,
    "partial_per_day": 1.0,
    "erase_per_day": 0.5,
    "access_per_day": 0.5,
    "grace": "5m",
    "answer_within": "30m",
}
HALF = dict.fromkeys(NAMES, 0.5)


@pytest.fixture(scope="module")
def everywhere() -> Told:
    """Every hazard wherever it can be."""
    return told(scenario({"hazards": dict.fromkeys(NAMES, 1.0), "consent": LIVELY}))


@pytest.fixture(scope="module")
def nowhere() -> Told:
    return told(scenario({"hazards": dict.fromkeys(NAMES, 0.0), "consent": LIVELY}))


@pytest.fixture(scope="module")
def half() -> Told:
    return told(scenario({"hazards": HALF, "consent": LIVELY}))


@pytest.fixture(scope="module", params=["nowhere", "half", "everywhere"])
def any_town(request: pytest.FixtureRequest) -> Told:
    town: Told = request.getfixturevalue(request.param)
    return town


def test_every_hazard_has_a_knob_and_every_knob_a_hazard() -> None:
    assert sorted(hazard.name for hazard in HAZARDS) == NAMES
    assert set(NAMES) <= {hazard.value for hazard in Hazard}


class TestSpans:
    def test_the_text_of_an_exact_span_is_the_canary(self, any_town: Told) -> None:
        canaries = Canaries(run_key(17))
        for message in any_town.messages:
            for span in message.truth.spans:
                text = message.text(span)
                assert text == text.strip() != ""
                if span.exact and span.type in set(CanaryType):
                    whose = any_town.people[span.person or ""]
                    subject = Subject(whose.person, whose.household, whose.sex == "female", whose.born or 0)
                    assert text == canaries.make(CanaryType(span.type), subject, span.number).value

    def test_a_hazard_that_stands_somewhere_has_a_span_there(self, everywhere: Told) -> None:
        where = defaultdict(set)
        for message in everywhere.of_devices:
            for span in message.truth.spans:
                where[span.field].add(span.type)
        assert where["topic"] <= {"account", "device_serial"}
        assert where["client_id"] <= {"account", "device_serial", "device_mac"}
        assert where["will"] == where["user_property.account"] == {"account"}
        assert where["owner.birth_date"] == {"birth_date"}
        assert where["latitude"] == where["longitude"] == {"precise_location"}
        assert where["hub"] == {"linked_id"}
        assert {"name", "phone", "email"} <= where["transcript"]
        assert where["bpm"] == {"health"}
        assert where["stage"] == {"sleep"}

    def test_no_canary_is_anywhere_but_where_a_span_says(self, half: Told) -> None:
        """Whole tokens; what was misheard is no token any more."""
        for message in half.of_devices:
            session = [message.publish.topic, message.publish.payload.decode()]
            found = {
                token
                for text in session
                for token in re.findall(r"(?i)vexo[a-z2-7]{19}", text)
                if is_token(token)
            }
            spanned = " ".join(message.text(span) for span in message.truth.spans)
            assert all(token in spanned for token in found)

    def test_what_is_planted_is_listed_once_with_its_first_message(self, half: Told) -> None:
        first: dict[tuple[str, str, int], str] = {}
        for message in half.messages:
            for span in message.truth.spans:
                if span.exact and span.type in set(CanaryType):
                    first.setdefault((span.person or "", span.type, span.number), message.truth.id)
        assert len(first) > 50
        assert {(row.person, row.type, row.number): row.message for row in half.canaries} == first
        assert len(half.canaries) == len(first)

    def test_canaries_look_as_the_scenario_says(self) -> None:
        plain = told(
            scenario({"canaries": "unmistakable", "hazards": dict.fromkeys(NAMES, 1.0)}, duration="1h")
        )
        assert len(plain.canaries) > 50
        assert all(row.value.startswith("canary-") for row in plain.canaries)
        assert Mode.UNMISTAKABLE == "unmistakable"


class TestRates:
    def test_at_rate_zero_there_is_none(self, nowhere: Told) -> None:
        labels = {label for message in nowhere.messages for label in message.truth.hazards}
        assert not labels & set(map(Hazard, NAMES))
        assert len(nowhere.of_devices) > 100, "steps and status are left"
        assert not any(span.exact for message in nowhere.messages for span in message.truth.spans)

    @pytest.mark.parametrize(
        ("name", "kinds"),
        [
            ("payload_identifier", {"wearable", "smart_speaker"}),
            ("topic_identifier", {"wearable", "smart_speaker"}),
            ("user_property_identifier", {"wearable", "smart_speaker"}),
            ("linked_id", {"wearable", "smart_speaker"}),
            ("linked_timing", {"wearable", "smart_speaker"}),
            ("over_collection", {"wearable", "smart_speaker"}),
            ("retained", {"wearable", "smart_speaker"}),
        ],
    )
    def test_at_rate_one_every_message_of_somebodys_device_bears_it(
        self, everywhere: Told, name: str, kinds: set[str]
    ) -> None:
        for message in everywhere.of_devices:
            assert (Hazard(name) in message.truth.hazards) or message.truth.kind not in kinds

    def test_at_rate_one_every_session_bears_what_sessions_can(self, everywhere: Told) -> None:
        labels = defaultdict(list)
        for message in everywhere.of_devices:
            if message.truth.kind != "inventory_sensor":
                labels[message.truth.device].append(message.truth.hazards)
        for first, *others in labels.values():
            assert {Hazard.CLIENT_ID_IDENTIFIER, Hazard.WILL_IDENTIFIER} <= set(first)
            assert not any(Hazard.WILL_IDENTIFIER in hazards for hazards in others)

    def test_in_between_it_is_that_share_of_the_devices(self, half: Told) -> None:
        for name in ("payload_identifier", "topic_identifier", "over_collection", "retained"):
            bears: dict[str, bool] = {}
            for message in half.of_devices:
                if message.truth.kind != "inventory_sensor":
                    has = Hazard(name) in message.truth.hazards
                    assert bears.setdefault(message.truth.device, has) is has, "a device's own, for good"
            assert 0.3 < sum(bears.values()) / len(bears) < 0.7

    def test_commands_and_notes_tell_as_much_as_the_scenario_says(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(note_pii, "A_DAY", dict.fromkeys(note_pii.A_DAY, 24.0))
        town = told(scenario({"hazards": {"transcript_pii": 0.3, "note_pii": 0.6}}))
        notes = [m.truth for m in town.of_devices if m.truth.event == "note"]
        assert len(notes) > 200
        share = sum(Hazard.NOTE_PII in note.hazards for note in notes) / len(notes)
        assert share == pytest.approx(0.6, abs=0.1)
        assert {note.kind for note in notes} == {kind["kind"] for kind in KINDS}
        types = {span.type for note in notes for span in note.spans}
        assert {"name", "loyalty_number", "payment_card", "health_condition", "birth_date"} <= types

    def test_what_is_coarse_is_no_longer_a_house(self, half: Told) -> None:
        coarse = [
            message.values
            for message in half.of_devices
            if message.truth.event == "position" and Hazard.PRECISE_LOCATION not in message.truth.hazards
        ]
        assert coarse
        assert all(
            values[name] == round(values[name], 2) for values in coarse for name in ("latitude", "longitude")
        )

    def test_devices_of_a_home_that_are_linked_share_an_id_or_their_moments(self, half: Told) -> None:
        hubs, beats = defaultdict(set), defaultdict(set)
        for message in half.of_devices:
            if Hazard.LINKED_ID in message.truth.hazards:
                hubs[message.truth.household].add(message.values["hub"])
            if Hazard.LINKED_TIMING in message.truth.hazards:
                beats[message.truth.household].add(round(message.truth.at % MINUTE, 6))
        assert len(hubs) > 5
        assert len(beats) > 5
        assert all(len(ids) == 1 for ids in hubs.values())
        assert all(len(moments) == 1 for moments in beats.values())
        assert len({hub for (hub,) in hubs.values()}) == len(hubs)


class TestConsent:
    def test_what_is_expected_changes_exactly_when_a_grace_period_ends(self, any_town: Told) -> None:
        """Worked out anew from consent.jsonl and from whose the devices are, as published."""
        says = defaultdict(list)
        for row in any_town.consents:
            says[row.person].append(row)
        subjects = {row.subject: row.person for row in any_town.people.values()}
        whose: dict[str, set[str]] = defaultdict(set)
        for message in any_town.messages:
            if message.truth.kind == REGISTRAR:
                for device in message.values["devices"]:
                    whose[device].add(subjects[message.values["subject"]])
        seen = defaultdict(int)
        for message in any_town.of_devices:
            at, people = message.truth.at, whose[message.truth.device]
            changes = sorted({row.at for person in people for row in says[person]})
            states = [all(_agrees(says[person], moment) for person in people) for moment in changes]
            allowed = not people or states[bisect_right(changes, at) - 1]
            flips = [
                moment
                for moment, before, after in zip(changes, [None, *states], states, strict=False)
                if before is not after
            ]
            if any(moment <= at < moment + GRACE for moment in flips):
                wanted = "any"
            else:
                wanted = "passed on" if allowed else "dropped"
            is_expected = {Expectation.ANY: "any", Expectation.DROP: "dropped"}
            assert is_expected.get(message.truth.expect, "passed on") == wanted
            seen[wanted] += 1
        assert min(seen[wanted] for wanted in ("any", "passed on", "dropped")) > 20

    def test_consent_and_requests_are_published_as_they_are(self, half: Told) -> None:
        rows = sorted(half.consents, key=lambda row: row.at)
        published = [m for m in half.messages if m.truth.event == "consent"]
        assert len(rows) == len(published)
        for row in half.people.values():
            topic = f"fleet/{row.neighbourhood}/consent/{row.subject}"
            own = [m for m in published if m.publish.topic == topic]
            mine = [change for change in half.consents if change.person == row.person]
            assert [m.values["version"] for m in own] == [*range(1, len(mine) + 1)]
            for message, change in zip(own, mine, strict=True):
                assert message.publish.retain
                assert message.truth.at == max(change.at, OPENS)
                agreed = {name for name, yes in message.values["purposes"].items() if yes}
                assert agreed == set(change.purposes)
                assert set(message.values["purposes"]) == set(Purpose)
                assert message.values["time"].startswith("2026-03-02T")
        asked = [m for m in half.messages if m.truth.event == "request"]
        assert {m.values["kind"] for m in asked} == set(RequestKind)
        assert len(asked) == len(half.requests)
        for request in half.requests:
            assert request.until == request.at + 30 * MINUTE

    def test_the_witness_of_a_run_looks_for_devices_only(self, half: Told) -> None:
        witness = Witness(1.0, lambda _payload: None, lambda _seconds: None)
        for message in half.messages[:500]:
            witness.expect(message.publish, 0.0)
        registrars = sum(message.truth.kind == REGISTRAR for message in half.messages[:500])
        assert 0 < registrars == 500 - witness.waiting

    def test_people_decide_everything_that_they_can(self, half: Told) -> None:
        causes = {row.cause for row in half.consents}
        assert causes == set(ConsentCause)
        ages = {row.person: row.age for row in half.people.values()}
        for row in half.consents:
            if row.cause is not ConsentCause.START:
                assert (row.cause is ConsentCause.PARENT) is (ages[row.person] < 16)

    def test_after_erasure_nothing_is_agreed_to_and_what_was_sent_has_to_go(self, half: Told) -> None:
        erased = {row.person: row for row in half.requests if row.kind is RequestKind.ERASURE}
        assert erased
        last = {row.person: row for row in half.consents}
        assert all(not last[person].purposes for person in erased)
        wearers = [m.truth for m in half.of_devices if m.truth.kind == "wearable"]
        mine = [truth for truth in wearers if truth.person in erased]
        assert any(truth.delete_by for truth in mine)
        for truth in mine:
            row = erased[truth.person or ""]
            if truth.at < row.at:
                assert truth.delete_by is not None
                assert truth.delete_by <= row.until
            else:
                assert truth.delete_by is None or truth.retain

    def test_devices_fall_silent_on_withdrawal_unless_they_bear_the_hazard(
        self, nowhere: Told, everywhere: Told
    ) -> None:
        for town, goes_on in ((nowhere, False), (everywhere, True)):
            gone = {
                person
                for person in town.people
                if (rows := [row for row in town.consents if row.person == person])
                and any(not row.purposes and row.at > 0 for row in rows)
                and rows[-1].purposes == ()
            }
            ends = {row.person: row.at for row in town.consents if row.person in gone}
            after = [
                m.truth
                for m in town.of_devices
                if m.truth.kind == "wearable" and m.truth.person in gone and m.truth.at > ends[m.truth.person]
            ]
            assert bool(after) is goes_on
            assert all(Hazard.AFTER_WITHDRAWAL in truth.hazards for truth in after)


def _agrees(rows: list[ConsentTruth], at: float) -> bool:
    row = [row for row in rows if row.at <= at][-1]
    return Purpose.ANALYTICS in row.purposes


class TestSecrecy:
    def test_who_goes_by_another_client_id_is_known_to_those_who_clean_up(self) -> None:
        fleet = Fleet(scenario({"hazards": {"client_id_identifier": 0.5}}))
        connects = {action.device: action for action, _ in fleet.stream() if isinstance(action, Connect)}
        others = {device: connect.client_id for device, connect in connects.items() if connect.client_id}
        assert others
        assert fleet.client_ids == others
        assert len(set(others.values())) == len(others)
        assert set(fleet.devices) == set(connects)

    def test_nothing_that_a_control_sees_is_a_label_of_the_truth(self, everywhere: Told) -> None:
        labels = [*map(str, Hazard), *map(str, Expectation), "hazard", "canary", "exact", "withdrawn"]
        labels = [label for label in labels if "_" in label or label in ("hazard", "canary", "withdrawn")]
        secret = [*everywhere.people, *{row.household for row in everywhere.people.values()}]
        allowed = {"sleep_stage", "voice_retention"}
        for message in everywhere.messages:
            connect = message.connect
            seen = " ".join(
                [
                    message.publish.topic,
                    message.publish.payload.decode(),
                    connect.client_id or "",
                    str(connect.properties),
                    connect.will.payload.decode() if connect.will else "",
                ]
            )
            assert not [label for label in labels if label in seen and label not in allowed]
            assert not any(f'"{name}"' in seen for name in secret)
            assert not set(message.values) & {"person", "household", "hazards", "spans", "expect", "facts"}

    def test_hazards_in_words_change_nothing_about_which_messages_there_are(self) -> None:
        few, many = (
            told(scenario({"hazards": {"note_pii": rate, "payload_identifier": rate}}, duration="2h"))
            for rate in (0.2, 0.8)
        )
        assert [(m.truth.id, m.truth.at) for m in few.messages] == [
            (m.truth.id, m.truth.at) for m in many.messages
        ]


class TestDeterminism:
    SCENARIO = scenario({"hazards": HALF, "consent": LIVELY}, duration="2h")

    def test_shards_merge_into_the_whole_with_its_truth(self, tmp_path: Path) -> None:
        alone = RunFolder.create(tmp_path / "alone")
        whole = _written(self.SCENARIO, Shard(), alone)
        assert whole == _written(self.SCENARIO, Shard(), RunFolder.create(tmp_path / "again"))
        together = RunFolder.create(tmp_path / "together")
        parts = [together.part(index) for index in range(2)]
        streams = [
            _written(self.SCENARIO, Shard(n, 2), part).splitlines(True) for n, part in enumerate(parts)
        ]
        assert b"".join(heapq.merge(*streams, key=_order)) == whole
        merge_truth(together, parts)
        for name in ("messages", "people", "consent", "requests", "canaries"):
            assert (together.truth / f"{name}.jsonl").read_bytes() == (
                alone.truth / f"{name}.jsonl"
            ).read_bytes(), name
        assert all(len(list(read(alone))) > 10 for read in (read_consent, read_canaries))
        assert len(list(read_requests(alone))) > 0

    def test_faults_and_hazards_befall_one_device_together(self) -> None:
        """A session that begins anew tells again what is personal about it; nothing else is different."""
        fault = {"kind": "power_cut", "at": "1h", "for": "5m", "share": 1.0, "boot": "0s"}
        of = {"hazards": dict.fromkeys(NAMES, 1.0)}
        town, again = (told(scenario(of, duration="3h", faults=[fault])) for _ in range(2))
        assert town.of_devices == again.of_devices
        sessions = defaultdict(int)
        for message in town.of_devices:
            sessions[message.truth.device] += Hazard.WILL_IDENTIFIER in message.truth.hazards
        assert max(sessions.values()) == 2

    def test_without_a_section_there_is_none_of_it(self) -> None:
        plain = told(scenario(None, duration="2h"))
        assert all(m.truth.expect is Expectation.ALLOW for m in plain.messages)
        assert {row.cause for row in plain.consents} == {ConsentCause.START}
        assert not plain.requests
        assert plain.of_devices == plain.messages
        assert not any(m.connect.properties or m.connect.client_id for m in plain.messages)


def _written(of: Scenario, shard: Shard, folder: RunFolder) -> bytes:
    file = io.BytesIO()
    sink = JsonLines(file)
    with TruthWriter(folder) as truth:
        generate(of, sink, shard=shard, truth=truth)
    sink.close()
    return file.getvalue()


def _order(line: bytes) -> tuple[float, str]:
    action: dict[str, Any] = msgspec.json.decode(line)
    return action["at"], action["device"]
