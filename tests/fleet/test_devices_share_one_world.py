"""A week of 200 households and everything that watches them: the devices agree with each other.

One week is simulated for all tests of this file; each test is one property of it.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass, field
from functools import partial
from statistics import mean, median
from typing import Any

import msgspec
import pytest

from simulator.core.actions import Publish
from simulator.core.records import MessageTruth
from simulator.core.units import DAY, MINUTE
from simulator.fleet import Fleet
from simulator.scenario import Scenario
from simulator.world import Activity, Person, Spell, TravelMode

SCENARIO = {
    "name": "week",
    "seed": 23,
    "start": "2026-03-02T00:00:00+10:30",
    "duration": "7d",
    "world": {"households": 200, "shops": 2},
    "devices": [
        {"kind": "wearable", "owners": 0.2},
        {"kind": "smart_speaker", "per_household": 0.9},
        {"kind": "inventory_sensor", "per_shop": 184},
    ],
}

BUCKET = 15 * MINUTE
"""Steps are counted in quarters of an hour."""


@dataclass
class Seen:
    """One message: its payload, and what is true about it."""

    payload: dict[str, Any]
    truth: MessageTruth

    @property
    def facts(self) -> dict[str, Any]:
        return dict(self.truth.facts or {})


@dataclass
class Week:
    """What everybody did, and what was sent about it."""

    people: dict[str, Person]
    spells: dict[str, list[Spell]]
    household_of: dict[str, str]
    television: dict[str, list[tuple[float, bool]]]
    pet_owners: set[str]
    messages: dict[str, list[Seen]] = field(default_factory=lambda: defaultdict(list))

    def doing(self, person: str, at: float) -> Spell:
        """Return what a person did at a time."""
        spells = self.spells[person]
        return spells[bisect_right(spells, at, key=lambda spell: spell.start) - 1]

    def overlapping(self, person: str, start: float, end: float) -> list[Spell]:
        """Return all that a person did between two times."""
        spells = self.spells[person]
        first = bisect_right(spells, start, key=lambda spell: spell.start) - 1
        last = bisect_right(spells, end, key=lambda spell: spell.start)
        return spells[max(first, 0) : last]

    def awake_at_home(self, household: str, at: float) -> list[str]:
        """Return who was at home and awake at a time, or until just then."""
        return [
            person
            for person, home in self.household_of.items()
            if home == household
            and any(
                spell.place is self.people[person].home and spell.activity is not Activity.ASLEEP
                for spell in (self.doing(person, at), self.doing(person, at - 1e-6))
            )
        ]

    def guests(self, household: str, at: float) -> list[str]:
        """Return who was there on a visit at a time, or until just then, with somebody up to welcome them."""
        if not self.awake_at_home(household, at):
            return []
        home = next(self.people[who].home for who, lives in self.household_of.items() if lives == household)
        return [
            person
            for person, lives in self.household_of.items()
            if lives != household
            and any(spell.place is home for spell in (self.doing(person, at), self.doing(person, at - 1e-6)))
        ]


@pytest.fixture(scope="module")
def week() -> Week:
    fleet = Fleet(Scenario.model_validate(SCENARIO))
    people = {person.id: person for hood in fleet.neighbourhoods for person in hood.people()}
    seen = Week(
        people=people,
        spells={person: [known.spell] for person, known in people.items()},
        household_of={person: known.household for person, known in people.items()},
        television=defaultdict(list),
        pet_owners={home.id for hood in fleet.neighbourhoods for home in hood.households if home.pets},
    )
    for person, known in people.items():
        known.observers.append(partial(_note, seen.spells[person]))
    homes = {home.id: home for hood in fleet.neighbourhoods for home in hood.households}
    for action, truth in fleet.stream():
        if isinstance(action, Publish) and truth is not None:
            seen.messages[truth.event].append(Seen(msgspec.json.decode(action.payload), truth))
            if truth.kind == "smart_speaker" and truth.household:
                home = homes[truth.household]
                seen.television[truth.household].append((truth.at, home.television_on or home.talking))
    return seen


def _note(spells: list[Spell], _finished: Spell, begun: Spell) -> None:
    spells.append(begun)


def test_the_week_is_large_enough_to_mean_something(week: Week) -> None:
    assert len({person.household for person in week.people.values()}) == 200
    for event, least in {
        "heart_rate": 50_000,
        "utterance": 2_000,
        "shelf": 1_000,
        "position": 10_000,
    }.items():
        assert len(week.messages[event]) > least


class TestSpeech:
    def test_an_utterance_has_a_speaker_who_is_awake_at_home_or_a_guest_there(self, week: Week) -> None:
        commands = [seen for seen in week.messages["utterance"] if seen.facts["cause"] == "command"]
        assert len(commands) > 1_000
        guests = 0
        for seen in commands:
            speaker, household = seen.facts["speaker"], seen.truth.household or ""
            assert speaker == seen.truth.person
            guests += week.household_of[speaker] != household
            for at in (seen.truth.observed, seen.truth.at):
                there = week.guests if week.household_of[speaker] != household else week.awake_at_home
                assert speaker in there(household, at)
        assert 0 < guests < len(commands) / 10

    def test_a_false_wake_has_talk_or_television_and_somebody_to_hear_it(self, week: Week) -> None:
        false = [seen for seen in week.messages["wake"] if seen.facts["cause"] != "command"]
        assert false
        for seen in false:
            awake = week.awake_at_home(seen.truth.household or "", seen.truth.at)
            assert awake
            assert seen.facts["cause"] in ("television", "talk")
            if seen.facts["cause"] == "talk":
                assert len(awake) + len(week.guests(seen.truth.household or "", seen.truth.at)) >= 2
            assert (seen.truth.at, True) in week.television[seen.truth.household or ""]

    def test_what_moves_is_somebody_who_is_there_and_up_or_a_pet(self, week: Week) -> None:
        causes: dict[str, int] = defaultdict(int)
        for seen in week.messages["motion"]:
            household, at = seen.truth.household or "", seen.truth.at
            causes[seen.facts["cause"]] += 1
            if seen.facts["cause"] == "person":
                there = [*week.awake_at_home(household, at), *week.guests(household, at)]
                assert seen.facts["mover"] in there
            else:
                assert household in week.pet_owners
        assert min(causes["person"], causes["pet"]) > 500

    def test_nobody_talks_in_their_sleep(self, week: Week) -> None:
        for event in ("wake", "utterance", "voice_purchase"):
            for seen in week.messages[event]:
                if seen.truth.person:
                    assert week.doing(seen.truth.person, seen.truth.at).activity is not Activity.ASLEEP


class TestShelves:
    def test_every_removal_is_a_pick_in_the_shoppers_visit_or_a_labelled_loss(self, week: Week) -> None:
        changes = [seen for seen in week.messages["shelf"] if seen.facts["quantity"] < 0]
        picks = [seen for seen in changes if seen.facts["change"] == "pick"]
        assert len(picks) > 500
        for seen in changes:
            if seen.facts["change"] == "pick":
                visit = week.doing(seen.truth.person or "", seen.truth.observed)
                assert visit.activity is Activity.SHOP
                assert visit.place is not None
                assert visit.place.id == seen.truth.place
                assert visit.start < seen.truth.observed
            else:
                assert seen.facts["change"] in ("theft", "staff_loss", "process_loss", "expired")
                assert seen.truth.person is None

    def test_a_visit_is_one_persons_and_one_stay(self, week: Week) -> None:
        stays: dict[str, set[tuple[str, float]]] = defaultdict(set)
        for seen in week.messages["shelf"]:
            if seen.facts["change"] == "pick":
                person = seen.truth.person or ""
                stays[seen.facts["visit"]].add((person, week.doing(person, seen.truth.observed).start))
        assert len(stays) > 100
        assert all(len(whose) == 1 for whose in stays.values())

    def test_what_is_added_is_added_by_staff(self, week: Week) -> None:
        added = [seen for seen in week.messages["shelf"] if seen.facts["quantity"] > 0]
        assert added
        assert {seen.facts["change"] for seen in added} == {"restock"}
        assert all(seen.truth.person is None for seen in added)


class TestWearers:
    def test_a_position_is_near_where_the_wearer_is(self, week: Week) -> None:
        errors = []
        for seen in week.messages["position"]:
            latitude, longitude = week.doing(seen.truth.person or "", seen.truth.observed).position(
                seen.truth.observed
            )
            north = (seen.payload["latitude"] - latitude) * 111_195
            east = (seen.payload["longitude"] - longitude) * 111_195 * math.cos(math.radians(latitude))
            errors.append(math.hypot(north, east) / seen.payload["accuracy"])
        assert mean(error > 5 for error in errors) < 0.01, "of the stated accuracy, but for those led astray"
        assert mean(error <= 1 for error in errors) == pytest.approx(0.68, abs=0.05)

    def test_nobody_steps_while_asleep(self, week: Week) -> None:
        buckets = 0
        for seen in week.messages["steps"]:
            end = seen.truth.observed
            spells = week.overlapping(seen.truth.person or "", end - seen.payload["seconds"], end - 1e-6)
            if all(spell.activity is Activity.ASLEEP for spell in spells):
                buckets += 1
                assert seen.payload["count"] == 0
        assert buckets > 1_000

    def test_a_walk_makes_steps_and_a_ride_makes_few(self, week: Week) -> None:
        walking, riding = [], []
        for seen in week.messages["steps"]:
            end, seconds = seen.truth.observed, seen.payload["seconds"]
            spells = week.overlapping(seen.truth.person or "", end - seconds, end - 1e-6)
            if seconds == BUCKET and len(spells) == 1 and spells[0].trip:
                whole = walking if spells[0].trip.mode is TravelMode.WALK else riding
                whole.append(seen.payload["count"] / (seconds / MINUTE))
        assert len(riding) > 100
        assert mean(riding) < 20, "the walk to the bus stop and back"
        assert walking
        assert all(80 < cadence < 140 for cadence in walking)
        assert max(riding) < min(walking)

    def test_a_commute_moves_and_work_does_not(self, week: Week) -> None:
        """Positions on a commute lie between home and the work place; those at work lie at it."""
        for seen in week.messages["position"]:
            person = week.people[seen.truth.person or ""]
            spell = week.doing(person.id, seen.truth.observed)
            assert seen.facts["activity"] == spell.activity
            if spell.activity is Activity.COMMUTE:
                assert spell.trip is not None
                assert {spell.trip.origin, spell.trip.destination} == {person.home, person.workplace}

    def test_the_sleeping_pulse_is_low(self, week: Week) -> None:
        asleep, awake = defaultdict(list), defaultdict(list)
        for seen in week.messages["heart_rate"]:
            spell = week.doing(seen.truth.person or "", seen.truth.observed)
            settled = seen.truth.observed - spell.start > 30 * MINUTE
            if settled:
                whose = asleep if spell.activity is Activity.ASLEEP else awake
                whose[seen.truth.person].append(seen.payload["bpm"])
        wearers = [person for person in asleep if len(asleep[person]) > 50 and len(awake[person]) > 50]
        assert len(wearers) > 20
        for person in wearers:
            base = week.people[person or ""].body.resting_pulse
            assert median(asleep[person]) < median(awake[person])
            assert median(asleep[person]) < base + 2

    def test_sleep_stages_and_warm_skin_come_from_sleepers(self, week: Week) -> None:
        for event in ("sleep_stage", "spo2", "skin_temperature"):
            assert len(week.messages[event]) > 500
            for seen in week.messages[event]:
                around = week.overlapping(
                    seen.truth.person or "", seen.truth.observed - 1e-6, seen.truth.observed
                )
                assert any(spell.activity is Activity.ASLEEP for spell in around)

    def test_a_sample_is_observed_before_it_is_sent_and_never_older_than_the_store(self, week: Week) -> None:
        waits = [
            seen.truth.at - seen.truth.observed
            for event in ("heart_rate", "steps", "position")
            for seen in week.messages[event]
        ]
        assert min(waits) >= 0
        assert median(waits) > MINUTE, "synced in bursts"
        assert max(waits) <= 7 * DAY


def test_two_wearables_of_one_home_see_their_own_wearers(week: Week) -> None:
    """A device's messages are about one person only."""
    whose = defaultdict(set)
    for event in ("heart_rate", "steps", "position", "battery"):
        for seen in week.messages[event]:
            whose[seen.truth.device].add(seen.truth.person)
    assert len(whose) > 50
    assert all(len(people) == 1 for people in whose.values())
