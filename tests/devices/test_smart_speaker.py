"""What a smart speaker hears, and when it hears nothing."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import mean
from types import SimpleNamespace
from typing import Any

import pytest
from hand_driven import HandDrivenTown, events, place, spell, working_day
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.core.actions import Command
from simulator.core.readings import Hazard, Reading
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices import Placement
from simulator.devices.smart_speaker import FAMILY, SmartSpeaker, SmartSpeakerOptions
from simulator.devices.smart_speaker.room import EARSHOT, SHARES, Room
from simulator.devices.smart_speaker.usage import ACTIVE_DAYS, AWAKE_AT_HOME, Usage
from simulator.world.household import Household
from simulator.world.person import Activity, Spell

OFTEN = Usage(rate=60 / HOUR, buys=False, contacts=("Alma Brennock", "Leo Haddon"))
NEVER = Usage(rate=1e-9, buys=False, contacts=("Alma Brennock",))


def speaker(
    town: HandDrivenTown,
    household: Household,
    usage: Usage = OFTEN,
    name: str = "speaker",
    room: Room = Room.LIVING_ROOM,
    **options: Any,
) -> SmartSpeaker:
    device = SmartSpeaker(town.habitat(name), SmartSpeakerOptions(**options), household, room, usage)
    town.start(device)
    return device


def heard(readings: list[Reading]) -> list[Reading]:
    return [reading for reading in readings if reading.event in {"wake", "utterance", "voice_purchase"}]


def commands(readings: list[Reading]) -> list[Reading]:
    return [r for r in events(readings, "utterance") if r.facts and r.facts["cause"] == "command"]


def active_seed() -> int:
    """Return a seed with which the first day is one on which the speaker is used."""
    for seed in range(1, 50):
        town = HandDrivenTown(seed)
        speaker(town, town.household(40, asleep=False))
        town.env.run(2 * HOUR)
        if commands(town.readings["speaker"]):
            return seed
    raise AssertionError("no speaker is ever used")


@given(data=st.data(), seed=st.integers(1, 10**6))
@settings(max_examples=40, deadline=None)
def test_nobody_is_heard_who_is_not_awake_at_home(data: st.DataObject, seed: int) -> None:
    town = HandDrivenTown(seed)
    household = town.household(40, 9)
    ids = {person.id: person for person in household.members}
    lives: dict[str, list[Spell]] = {}
    for person in household.members:
        at, lives[person.id] = 0.0, [person.spell]
        for gap in data.draw(st.lists(st.floats(1, 3 * HOUR), max_size=8)):
            at += gap
            activity = data.draw(st.sampled_from([Activity.ASLEEP, Activity.HOME, Activity.WORK]))
            where = place() if activity is Activity.WORK else household.home
            lives[person.id].append(spell(activity, at, where))
        town.plan(person, lives[person.id][1:])
    speaker(town, household)
    town.env.run(DAY)

    def awake_at_home(who: str, at: float) -> bool:
        now = next(spell for spell in reversed(lives[who]) if spell.start <= at)
        return now.place is household.home and now.activity is not Activity.ASLEEP

    for reading in heard(town.readings["speaker"]):
        assert any(awake_at_home(who, reading.at) for who in ids)
        if reading.facts and "speaker" in reading.facts:
            assert awake_at_home(str(reading.facts["speaker"]), reading.at)
            assert reading.person == reading.facts["speaker"]
        else:
            assert reading.person is None


def test_an_empty_or_sleeping_home_is_silent_and_costs_no_events() -> None:
    town = HandDrivenTown()
    household = town.household(40, 38)
    household.television_on = True
    speaker(town, household, report_interval="7d")
    steps = 0
    while town.env.peek() < DAY:
        town.env.step()
        steps += 1
    assert heard(town.readings["speaker"]) == []
    assert steps < 5


def test_it_hears_commands_again_when_somebody_wakes_up() -> None:
    town = HandDrivenTown(active_seed())
    household = town.household(40)
    town.plan(household.members[0], [spell(Activity.HOME, 7 * HOUR, household.home)])
    speaker(town, household)
    town.env.run(12 * HOUR)
    assert commands(town.readings["speaker"])[0].at > 7 * HOUR


@pytest.mark.parametrize("activity", [Activity.ASLEEP, Activity.WORK])
def test_a_command_that_is_broken_off_is_not_understood(activity: Activity) -> None:
    town = HandDrivenTown(active_seed())
    household = town.household(40, asleep=False)
    speaker(town, household)
    readings = town.readings["speaker"]
    while not events(readings, "wake"):
        town.env.step()
    where = household.home if activity is Activity.ASLEEP else place()
    household.members[0].begin(spell(activity, town.env.now, where))
    town.env.run(town.env.now + HOUR)
    assert [reading.event for reading in heard(readings)] == ["wake"]


def test_somebody_who_lives_alone_without_television_wakes_it_on_purpose_only() -> None:
    town = HandDrivenTown()
    speaker(town, town.household(40, asleep=False))
    town.env.run(3 * DAY)
    assert {r.facts["cause"] for r in heard(town.readings["speaker"]) if r.facts and "cause" in r.facts} == {
        "command"
    }


@pytest.mark.parametrize(
    ("ages", "television", "cause"), [((40,), True, "television"), ((40, 38), False, "talk")]
)
def test_false_wakes_have_a_cause_that_is_there(ages: tuple[int, ...], television: bool, cause: str) -> None:
    town = HandDrivenTown()
    household = town.household(*ages, asleep=False)
    household.television_on = television
    speaker(town, household, NEVER)
    town.env.run(5 * DAY)
    wakes = heard(town.readings["speaker"])
    assert {reading.facts["cause"] for reading in wakes if reading.facts} == {cause}
    for recording in events(wakes, "utterance"):
        assert recording.values["intent"] == "none"
        assert recording.values["confidence"] < 0.5  # type: ignore[operator]


def test_it_wakes_falsely_1_43_times_in_10000_words_that_it_hears() -> None:
    town = HandDrivenTown()
    for number in range(20):
        household = town.household(40, name=f"n0-h{number}", asleep=False)
        household.television_on = True
        speaker(town, household, NEVER, name=f"speaker{number}")
    town.env.run(10 * DAY)
    wakes = sum(len(events(readings, "wake")) for readings in town.readings.values())
    words = 20 * 10 * DAY / MINUTE * 150 * EARSHOT[Room.LIVING_ROOM]
    assert wakes / words * 10_000 == pytest.approx(1.43, rel=0.1)
    lengths = [r.values["seconds"] for rs in town.readings.values() for r in events(rs, "utterance")]
    long = mean(seconds >= 10 for seconds in lengths)  # type: ignore[operator]
    assert long == pytest.approx(0.1, abs=0.03)


def test_a_muted_speaker_hears_nothing_and_still_reports() -> None:
    town = HandDrivenTown(active_seed())
    household = town.household(40, 38, asleep=False)
    device = speaker(town, household)
    town.at(2 * HOUR, lambda: device.obey(Command("mute")))
    town.at(5 * HOUR, lambda: device.obey(Command("unmute")))
    town.env.run(9 * HOUR)
    readings = town.readings["speaker"]
    between = [reading for reading in readings if 2 * HOUR <= reading.at < 5 * HOUR]
    assert commands([reading for reading in readings if reading.at < 2 * HOUR])
    assert heard(between) == []
    assert all(reading.values["muted"] for reading in events(between, "status"))
    assert len(events(between, "status")) == 12
    assert commands([reading for reading in readings if reading.at > 5 * HOUR])
    assert [(r.at, r.values) for r in events(readings, "mute")] == [
        (2 * HOUR, {"muted": True}),
        (5 * HOUR, {"muted": False}),
    ]


def test_muting_a_muted_speaker_changes_nothing() -> None:
    town = HandDrivenTown()
    device = speaker(town, town.household(40))
    assert device.obey(Command("mute"))
    assert device.obey(Command("mute"))
    assert len(events(town.readings["speaker"], "mute")) == 1
    assert not device.obey(Command("sing"))
    assert device.obey(Command("firmware", "2.0"))


def test_status_is_regular_and_a_new_interval_holds_at_once() -> None:
    town = HandDrivenTown()
    device = speaker(town, town.household(40), report_interval="30m")
    town.at(5 * HOUR + 1, lambda: device.obey(Command("report_interval", 60)))
    town.env.run(5.5 * HOUR)
    times = [reading.at for reading in events(town.readings["speaker"], "status")]
    gaps = [later - sooner for sooner, later in pairwise(times)]
    assert gaps[:9] == pytest.approx([30 * MINUTE] * 9)
    assert gaps[-20:] == pytest.approx([60] * 20)
    assert [at for at in times if 5 * HOUR < at < 5 * HOUR + 62]


@pytest.mark.parametrize("activity", [Activity.ASLEEP, Activity.WORK])
def test_playback_stops_when_the_last_one_sleeps_or_leaves(activity: Activity) -> None:
    town = HandDrivenTown(active_seed())
    household = town.household(40, 38, asleep=False)
    device = speaker(town, household)
    town.env.run(1 * HOUR)
    while device.playing is None:
        town.env.step()
    now = town.env.now
    first, last = household.members
    where = household.home if activity is Activity.ASLEEP else place()
    first.begin(spell(activity, now, where))
    assert device.playing is not None
    last.begin(spell(activity, now, where))
    assert device.playing is None
    stop = town.readings["speaker"][-1]
    assert (stop.event, stop.at, stop.facts) == ("playback", now, {"ending": "nobody_awake"})
    assert stop.values["state"] == "stop"


def test_playback_starts_before_it_stops_and_ends_by_itself_or_when_told() -> None:
    town = HandDrivenTown(active_seed())
    speaker(town, town.household(40, asleep=False))
    town.env.run(3 * DAY)
    endings, playing = set(), False
    for reading in events(town.readings["speaker"], "playback"):
        if reading.values["state"] == "stop":
            assert playing
            assert reading.facts
            endings.add(reading.facts["ending"])
        playing = reading.values["state"] == "start"
    assert endings == {"over", "told"}


def test_music_is_asked_for_more_than_search_and_search_more_than_the_home() -> None:
    counts: Counter[Any] = Counter()
    for seed in range(1, 6):
        town = HandDrivenTown(seed)
        speaker(town, town.household(40, 38, 10, asleep=False))
        town.env.run(5 * DAY)
        counts.update(r.values["intent"] for r in commands(town.readings["speaker"]))
    top = [intent for intent, _ in counts.most_common() if intent != "control"]
    assert top[:3] == ["music", "search", "smart_home"]
    assert counts["unknown"] / counts.total() == pytest.approx(0.05, abs=0.02)


def test_children_speak_like_children_and_toddlers_not_at_all() -> None:
    town = HandDrivenTown()
    speaker(town, town.household(9, asleep=False))
    speaker(town, town.household(2, asleep=False), name="nursery")
    town.env.run(3 * DAY)
    spoken = commands(town.readings["speaker"])
    assert spoken
    assert all(Hazard.CHILD in reading.hazards for reading in spoken)
    assert not {"purchase", "news", "reminder"} & {str(r.values["intent"]) for r in spoken}
    assert heard(town.readings["nursery"]) == []


def test_what_is_personal_in_the_words_is_known_to_the_truth_only() -> None:
    town = HandDrivenTown()
    speaker(town, town.household(40, asleep=False))
    town.env.run(6 * DAY)
    spoken = commands(town.readings["speaker"])
    named = [r for r in spoken if r.facts and "name" in r.facts["personal"]]  # type: ignore[operator]
    healthy = [r for r in spoken if r.facts and "health" in r.facts["personal"]]  # type: ignore[operator]
    assert named
    assert healthy
    assert all(any(name in str(r.facts["said"]) for name in OFTEN.contacts) for r in named if r.facts)
    assert all(Hazard.HEALTH in reading.hazards for reading in healthy)
    assert sum(map(len, (named, healthy))) < len(spoken) / 5
    for reading in spoken:
        assert {Hazard.VOICE, Hazard.TRANSCRIPT} <= set(reading.hazards)
        assert set(reading.values) == {"intent", "transcript", "confidence", "seconds"}


def test_only_adults_of_households_that_buy_by_voice_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.devices.smart_speaker.intent.PURCHASES", 0.2)
    town = HandDrivenTown()
    household = town.household(40, 9, asleep=False)
    speaker(town, household, Usage(OFTEN.rate, buys=True, contacts=OFTEN.contacts))
    speaker(town, household, OFTEN, name="other")
    town.env.run(3 * DAY)
    bought = events(town.readings["speaker"], "voice_purchase")
    assert bought
    assert {reading.person for reading in bought} == {household.members[0].id}
    assert all(reading.hazards == (Hazard.PURCHASE,) for reading in bought)
    assert all(reading.values["price"] > 0 for reading in bought)  # type: ignore[operator]
    assert events(town.readings["other"], "voice_purchase") == []


def days(household: Household, count: int) -> list[Spell]:
    return [s for day in range(count) for s in working_day(household.home, place(), day * DAY)]


def a_life(seed: int, *others: str) -> list[Reading]:
    town = HandDrivenTown(seed)
    for name in ("n0-h0", *others):
        household = town.household(40, 38, name=name)
        for person in household.members:
            town.plan(person, days(household, 3))
        speaker(town, household, name=f"{name}-speaker0")
    town.env.run(3 * DAY)
    return town.readings["n0-h0-speaker0"]


def test_one_seed_gives_one_life_whoever_else_there_is() -> None:
    assert a_life(3) == a_life(3, "n0-h1", "n0-h2")
    assert a_life(3) != a_life(4)


def test_households_give_11_commands_a_day_on_average_and_differ_widely() -> None:
    town = HandDrivenTown()
    day = ACTIVE_DAYS * AWAKE_AT_HOME * HOUR
    rates = sorted(Usage.draw(town.seeds.draws("usage", n)).rate * day for n in range(4000))
    assert mean(rates) == pytest.approx(11.2, abs=1.0)
    assert rates[2000] < 6
    assert rates[-1] <= 100.001


def placed(per_household: float, households: int) -> list[Placement]:
    town = HandDrivenTown()
    hood: Any = SimpleNamespace(households=[town.household(40, name=f"n0-h{n}") for n in range(households)])
    return list(FAMILY.placements(hood, SmartSpeakerOptions(per_household=per_household), town.seeds.draws))


def test_a_household_has_as_many_as_expected_in_different_rooms() -> None:
    assert placed(0.0, 20) == []
    assert len(placed(0.9, 1000)) == pytest.approx(900, abs=40)
    homes: dict[str, list[Room]] = {}
    for placement in placed(2.6, 500):
        homes.setdefault(placement.thing.household.id, []).append(placement.thing.room)
    assert {len(rooms) for rooms in homes.values()} == {2, 3}
    assert mean(len(rooms) for rooms in homes.values()) == pytest.approx(2.6, abs=0.1)
    assert all(len(set(rooms)) == len(rooms) for rooms in homes.values())
    assert len(placed(5, 3)) == 15


def test_most_stand_in_the_living_room() -> None:
    rooms = Counter(placement.thing.room for placement in placed(1.0, 2000))
    for room, share in SHARES.items():
        assert rooms[room] / 2000 == pytest.approx(share, abs=0.04)


def test_each_placement_has_a_name_of_its_own_and_shares_the_habits_of_its_household() -> None:
    placements = placed(3.0, 10)
    assert len({placement.entity for placement in placements}) == 30
    assert len({placement.thing.usage for placement in placements}) == 10
    town = HandDrivenTown()
    device = FAMILY.build(placements[0], town.habitat(), SmartSpeakerOptions())
    assert device.household is placements[0].thing.household
    assert device.report_interval == 15 * MINUTE


@pytest.mark.parametrize("options", [{"per_household": -1}, {"per_household": 11}, {"report_interval": "0s"}])
def test_absurd_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SmartSpeakerOptions(**options)
