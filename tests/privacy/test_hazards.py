"""What hazards do to one device, at any rates: what they put in stands where their spans say."""

from __future__ import annotations

from typing import Any

import msgspec
import simpy
from hypothesis import given
from hypothesis import strategies as st
from test_decision import somebody

from simulator.core.purposes import Purpose
from simulator.core.readings import Hazard, Reading
from simulator.core.records import Expectation
from simulator.core.seeds import Seeds
from simulator.privacy import Canaries, Canary, CanaryType, Mode, run_key
from simulator.privacy.exposure import Bearer
from simulator.privacy.hazards import HAZARDS, expose, note_pii
from simulator.privacy.judge import Judge, will_payload
from simulator.privacy.particulars import subject_of
from simulator.privacy.permission import Permission

NAMES = [hazard.name for hazard in HAZARDS]
RATES = st.fixed_dictionaries({name: st.sampled_from((0.0, 0.5, 1.0)) for name in NAMES})
READINGS = (
    Reading(5.0, "battery", {"percent": 40, "charging": False}),
    Reading(6.0, "heart_rate", {"bpm": 71}, hazards=(Hazard.HEALTH,)),
    Reading(7.0, "sleep_stage", {"stage": "rem"}, hazards=(Hazard.HEALTH, Hazard.SLEEP)),
    Reading(
        8.0,
        "position",
        {"latitude": -31.012345, "longitude": 137.7, "accuracy": 9.5},
        hazards=(Hazard.PRECISE_LOCATION,),
    ),
)


class Worn:
    """A wearable of somebody's, with hazards at some rates."""

    def __init__(self, seed: int, rates: dict[str, float], mode: Mode) -> None:
        self.person = somebody(seed)
        self.person.consent = frozenset(Purpose)
        self.subject = subject_of(self.person, 2026)
        self.canaries = Canaries(run_key(seed), mode)
        seeds = Seeds(seed)
        self.env = simpy.Environment()
        self.permission = Permission((self.person,), Purpose.ANALYTICS)
        self.bearer = Bearer(
            device="0123456789ab",
            kind="wearable",
            place=None,
            owner=self.person,
            permission=self.permission,
            modern=True,
            draws=lambda purpose: seeds.draws(purpose, "device"),
            home_draws=lambda purpose: seeds.draws(purpose, "home"),
            canary=self.canary,
            writer=lambda _draws: self.person,
            env=self.env,
        )
        self.exposure = expose(self.bearer, rates)
        self.judge = Judge(self.exposure, self.permission, Purpose.ANALYTICS)
        self.will = will_payload("0123456789ab", "offline", self.exposure)

    def canary(self, person: str, kind: CanaryType) -> Canary:
        assert person == self.person.id
        return self.canaries.make(kind, self.subject)

    def sent(self, *readings: Reading) -> list[Reading]:
        sent: list[Reading] = []
        take = self.exposure.entry(self.env, sent.append)
        for reading in readings:
            take(reading)
        self.env.run(120.0)
        return sent


@given(seed=st.integers(0, 10**6), rates=RATES, mode=st.sampled_from(Mode))
def test_what_is_exact_is_the_canary_and_all_spans_lie_in_their_fields(
    seed: int, rates: dict[str, float], mode: Mode
) -> None:
    worn = Worn(seed, rates, mode)
    worn.judge.opened(worn.will)
    for reading in worn.sent(*READINGS):
        topic = f"fleet/n0/wearable/0123456789ab/{reading.event}{worn.exposure.topic_tail}"
        judged = worn.judge.judge(reading, topic, reading.at, retained=False)
        for span in judged.spans:
            text = _field(worn, reading, topic, span.field)[span.start : span.end]
            assert len(text) == span.end - span.start > 0
            if span.type in set(CanaryType):
                assert text == worn.canary(span.person or "", CanaryType(span.type)).value
            else:
                assert span.type in {hazard.value for hazard in judged.hazards}
        put = [name for name, rate in rates.items() if rate == 0.0]
        assert not [name for name in put if Hazard(name) in judged.hazards]
        by_canary = [span for span in judged.spans if span.type in set(CanaryType)]
        in_sight = [span for span in by_canary if not span.field.startswith(("client_id", "will"))]
        assert (judged.expect is Expectation.REDACT) is bool(in_sight)


def _field(worn: Worn, reading: Reading, topic: str, path: str) -> str:
    match path.split("."):
        case ["topic"]:
            return topic
        case ["will"]:
            return worn.will.decode()
        case ["client_id"]:
            return worn.exposure.client_id or ""
        case ["user_property", name]:
            return dict(worn.exposure.properties)[name]
        case steps:
            value: Any = reading.values
            for step in steps:
                value = value[step]
            return value if isinstance(value, str) else msgspec.json.encode(value).decode()


@given(seed=st.integers(0, 10**6))
def test_who_bears_a_hazard_and_who_does_not_send_messages_of_one_size(seed: int) -> None:
    put = ("payload_identifier", "linked_id", "over_collection")
    sizes = set()
    for draw in (0.000001, 0.999999):
        worn = Worn(seed, dict.fromkeys(NAMES, 0.0) | dict.fromkeys(put, draw), Mode.RECOGNISABLE)
        (battery,) = worn.sent(READINGS[0])
        assert bool(battery.spans) is (draw > 0.5)
        sizes.add(len(msgspec.json.encode(battery.values)))
    assert len(sizes) == 1


@given(seed=st.integers(0, 10**6), kind=st.sampled_from(sorted(note_pii.TEMPLATES)), data=st.data())
def test_a_note_has_its_canaries_where_it_says(seed: int, kind: str, data: st.DataObject) -> None:
    worn = Worn(seed, dict.fromkeys(NAMES, 0.0), Mode.RECOGNISABLE)
    template = data.draw(st.sampled_from(note_pii.TEMPLATES[kind]))
    text, spans = note_pii._note(worn.bearer, worn.person, template)
    assert spans
    for span in spans:
        assert text[span.start : span.end] == worn.canary(span.person or "", CanaryType(span.type)).value
