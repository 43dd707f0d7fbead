"""What a wearable says about its wearer, and when."""

from __future__ import annotations

from itertools import groupby, pairwise
from statistics import mean, stdev
from types import SimpleNamespace
from typing import Any

import pytest
from hand_driven import HandDrivenTown, events, place, spell, walk, working_day
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from simulator.core.actions import Command
from simulator.core.readings import Hazard, Reading
from simulator.core.units import DAY, HOUR, MINUTE
from simulator.devices.wearable import FAMILY, Wearable, WearableOptions
from simulator.world.person import Activity, Person, Spell
from simulator.world.place import METRES_PER_DEGREE, Place, PlaceKind

WORK = place(name="office")


def wearable(town: HandDrivenTown, person: Person, name: str = "watch", **options: Any) -> Wearable:
    device = Wearable(town.habitat(name), WearableOptions(**options), person)
    town.start(device)
    return device


def days(home: Place, count: int) -> list[Spell]:
    return [spell for day in range(count) for spell in working_day(home, WORK, day * DAY)]


def a_life(
    seed: int = 1, count: int = 3, name: str = "watch", **options: Any
) -> tuple[list[Spell], list[Reading]]:
    """Return some working days of one person, and the readings of their wearable."""
    town = HandDrivenTown(seed)
    person = town.person()
    spells = [person.spell, *days(person.home, count)]
    town.plan(person, spells[1:])
    wearable(town, person, name, **options)
    town.env.run(count * DAY)
    return spells, town.readings[name]


def spell_at(spells: list[Spell], at: float) -> Spell:
    return next(spell for spell in reversed(spells) if spell.start <= at)


def within(spells: list[Spell], activity: Activity, readings: list[Reading]) -> list[Reading]:
    return [reading for reading in readings if spell_at(spells, reading.at).activity is activity]


def bpm(readings: list[Reading]) -> list[float]:
    return [reading.values["bpm"] for reading in events(readings, "heart_rate")]  # type: ignore[misc]


def seed_of_a_wearer(*, wears_to_bed: bool) -> int:
    """Return a seed with which the wearer does, or does not, wear it at night."""
    return next(
        seed for seed in range(1, 50) if bool(events(a_life(seed, 1)[1], "sleep_stage")) is wears_to_bed
    )


@pytest.fixture(scope="module")
def life() -> tuple[list[Spell], list[Reading]]:
    return a_life(seed_of_a_wearer(wears_to_bed=True), 4)


def test_facts_and_place_are_those_of_the_spell(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    for reading in readings:
        if reading.event in {"heart_rate", "position", "skin_temperature", "spo2", "sleep_stage", "wear"}:
            truth = spell_at(spells, reading.at)
            assert reading.facts is not None
            assert reading.facts["activity"] == truth.activity.value
            assert reading.place == (truth.place.id if truth.place else None)


def test_nobody_steps_asleep(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    counted = events(readings, "steps")
    asleep = [
        reading
        for reading in counted
        if spell_at(spells, reading.at).activity is Activity.ASLEEP
        and spell_at(spells, reading.at).start <= reading.at - reading.values["seconds"]  # type: ignore[operator]
    ]
    assert len(asleep) > 4 * 20
    assert {reading.values["count"] for reading in asleep} == {0}
    assert all(reading.values["count"] == 0 for reading in counted if reading.facts == {"activity": "asleep"})


def test_the_pulse_is_lower_asleep_and_higher_in_exercise(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    asleep, rest, exercise = (
        mean(bpm(within(spells, activity, readings)))
        for activity in (Activity.ASLEEP, Activity.WORK, Activity.EXERCISE)
    )
    assert asleep == pytest.approx(65 - 5, abs=1.5)
    assert 65 < rest < 75, "at work people are up and about, some more than others"
    assert exercise > rest + 30


def test_the_pulse_settles_some_four_minutes_after_exercise() -> None:
    before, soon, later = [], [], []
    for seed in range(1, 15):
        spells, readings = a_life(seed, 1, sampling="band")
        ends = next(
            following.start for spell, following in pairwise(spells) if spell.activity is Activity.EXERCISE
        )
        samples = {reading.at - ends: reading.values["bpm"] for reading in events(readings, "heart_rate")}
        before += [value for at, value in samples.items() if -60 < at < 0]
        soon += [value for at, value in samples.items() if 0 <= at < 60]
        later += [value for at, value in samples.items() if 240 <= at < 600]
    assert mean(later) < 65 + 8
    assert mean(later) + 15 < mean(soon) < mean(before)


def test_noise_of_the_pulse_has_a_memory() -> None:
    _, readings = a_life(seed_of_a_wearer(wears_to_bed=True), 1, sampling="band")
    values = bpm([r for r in readings if HOUR < r.at < 6 * HOUR])
    steps = [later - sooner for sooner, later in pairwise(values)]
    assert stdev(values) == pytest.approx(2.5, abs=1.0)
    assert stdev(steps) < 0.5 * stdev(values)


def test_samples_are_minutes_apart_at_rest_and_seconds_in_exercise(
    life: tuple[list[Spell], list[Reading]],
) -> None:
    spells, readings = life
    at_rest = [r.at for r in within(spells, Activity.ASLEEP, events(readings, "heart_rate"))]
    running = [r.at for r in within(spells, Activity.EXERCISE, events(readings, "heart_rate"))]
    gaps = [later - sooner for sooner, later in pairwise(at_rest) if later - sooner < HOUR]
    assert 180 <= min(gaps) < 220
    assert 380 < sorted(gaps)[int(0.97 * len(gaps))] <= 420, "but for a few that were lost"
    steps = [round(later - sooner, 6) for sooner, later in pairwise(running) if later - sooner < HOUR]
    assert {step % 5 for step in steps} == {0}
    assert steps.count(5) > 0.9 * len(steps)


@given(metres=st.floats(300, 6000), start=st.floats(0, 12 * HOUR))
@settings(max_examples=30, deadline=None)
def test_a_walk_has_the_steps_of_its_distance(metres: float, start: float) -> None:
    town = HandDrivenTown()
    person = town.person()
    friend = place(PlaceKind.VENUE, "friend", north=metres / METRES_PER_DEGREE)
    way = walk(person.home, friend, start)
    assert way.trip is not None
    town.plan(person, [way, spell(Activity.ASLEEP, way.trip.end, friend)])
    device = wearable(town, person, report_interval="20m")
    device.battery.level = 100.0
    town.env.run(way.trip.end + HOUR)
    counted = events(town.readings["watch"], "steps")
    assert sum(r.values["count"] for r in counted) == pytest.approx(metres / 0.72, abs=2)  # type: ignore[misc]
    cadence = max(r.values["count"] / r.values["seconds"] for r in counted) * MINUTE  # type: ignore[operator]
    assert cadence <= 1.3 / 0.72 * MINUTE + 1


def test_positions_are_where_the_wearer_is(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    errors = []
    for reading in events(readings, "position"):
        latitude, longitude = spell_at(spells, reading.at).position(reading.at)
        seen = Place(
            "seen",
            PlaceKind.VENUE,
            reading.values["latitude"],
            reading.values["longitude"],  # type: ignore[arg-type]
        )
        error = seen.distance(Place("true", PlaceKind.VENUE, latitude, longitude))
        errors.append(error / reading.values["accuracy"])  # type: ignore[operator]
    assert sum(error > 4 for error in errors) / len(errors) < 0.02, "few are led astray"
    assert sum(error < 1 for error in errors) / len(errors) == pytest.approx(0.68, abs=0.1)


def test_positions_are_frequent_on_the_way_and_rare_at_home(
    life: tuple[list[Spell], list[Reading]],
) -> None:
    spells, readings = life
    positions = events(readings, "position")
    on_the_way = within(spells, Activity.COMMUTE, positions)
    at_home = within(spells, Activity.ASLEEP, positions) + within(spells, Activity.HOME, positions)
    hours_on_the_way = 4 * 2 * WORK.distance(spells[0].place) / 1.3 / HOUR  # type: ignore[arg-type]
    assert len(on_the_way) / hours_on_the_way > 15
    assert len(at_home) < 4 * 15


def test_stages_are_told_asleep_and_end_with_waking_up(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    stages = events(readings, "sleep_stage")
    told = [reading.values["stage"] for reading in stages]
    assert set(told) == {"awake", "light", "deep", "rem"}
    for sooner, later in pairwise(stages):
        # Who takes it off on waking up leaves the end of the night untold.
        if later.at - sooner.at < 6 * HOUR:
            assert later.values["stage"] != sooner.values["stage"]
    for reading in stages:
        truth = spell_at(spells, reading.at)
        if truth.activity is not Activity.ASLEEP:
            assert reading.values["stage"] == "awake"
            assert reading.at == truth.start


def test_a_night_has_cycles_of_every_stage() -> None:
    shares: dict[str, float] = {"awake": 0, "light": 0, "deep": 0, "rem": 0}
    for seed in range(1, 15):
        _, readings = a_life(seed, 1)
        night = [reading for reading in events(readings, "sleep_stage") if reading.at <= 7 * HOUR]
        for sooner, later in pairwise(night):
            shares[str(sooner.values["stage"])] += later.at - sooner.at
    total = sum(shares.values())
    assert shares["deep"] / total == pytest.approx(0.18, abs=0.05)
    assert shares["rem"] / total == pytest.approx(0.23, abs=0.05)
    assert shares["awake"] / total < 0.06


def test_oxygen_and_skin_are_measured_asleep_only(life: tuple[list[Spell], list[Reading]]) -> None:
    spells, readings = life
    for event in ("spo2", "skin_temperature"):
        measured = events(readings, event)
        assert len(within(spells, Activity.ASLEEP, measured)) == len(measured) > 4 * 20
    assert all(85 <= r.values["percent"] <= 100 for r in events(readings, "spo2"))  # type: ignore[operator]


def test_the_skin_warms_by_a_degree_on_falling_asleep() -> None:
    rises = []
    for seed in range(1, 25):
        spells, readings = a_life(seed, 2)
        onset = spells[-9].start
        assert spells[-9].activity is Activity.ASLEEP
        night = [r for r in events(readings, "skin_temperature") if onset <= r.at < onset + 8 * HOUR]
        if night:
            assert night[0].at - onset < 10 * MINUTE
            warm = [r.values["celsius"] for r in night if r.at - onset > 2 * HOUR]
            rises.append(mean(warm) - night[0].values["celsius"])  # type: ignore[type-var, operator]
    assert mean(rises) == pytest.approx(1.0, abs=0.15)


def test_what_is_not_worn_measures_nothing() -> None:
    for wears_to_bed in (True, False):
        _, readings = a_life(seed_of_a_wearer(wears_to_bed=wears_to_bed), 5)
        worn = None
        for reading in readings:
            if reading.event == "wear":
                assert reading.values["worn"] is not worn
                worn = reading.values["worn"]
            elif reading.event != "battery":
                assert worn
            if reading.event == "steps":
                assert 0 < reading.values["seconds"] <= 15 * MINUTE  # type: ignore[operator]
        assert len(events(readings, "wear")) > 5


@given(data=st.data(), seed=st.integers(1, 10**6))
@settings(max_examples=40, deadline=None)
def test_a_burst_tells_in_order_what_happened_since_the_last(data: st.DataObject, seed: int) -> None:
    town = HandDrivenTown(seed)
    person = town.person()
    places = st.sampled_from([person.home, WORK, place(PlaceKind.PARK, "park", 0.005)])
    activities = st.sampled_from([Activity.ASLEEP, Activity.HOME, Activity.EXERCISE, Activity.SHOP])
    at, spells = 0.0, []
    for gap in data.draw(st.lists(st.floats(0, 9 * HOUR), max_size=12)):
        at += gap
        spells.append(spell(data.draw(activities), at, data.draw(places)))
    town.plan(person, spells)
    device = wearable(town, person, report_interval=f"{data.draw(st.integers(1, 300))}m")
    town.env.run(at + 2 * HOUR)
    told = town.readings["watch"]
    since = 0.0
    for sent, burst in groupby(zip(town.sent["watch"], told, strict=True), key=lambda pair: pair[0]):
        times = [reading.at for _, reading in burst]
        assert times == sorted(times)
        assert since <= times[0]
        assert times[-1] == sent
        since = sent
    assert device.report_interval >= 60


@pytest.mark.parametrize("place_of_sync", ["near", "away"])
def test_it_syncs_every_15_to_30_minutes_while_the_phone_is_near(
    place_of_sync: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = place_of_sync == "away"
    monkeypatch.setattr("simulator.devices.wearable.phone.LEFT_OTHERWISE", float(away))
    town = HandDrivenTown()
    person = town.person()
    spells = days(person.home, 1)
    town.plan(person, spells)
    wearable(town, person, sampling="band")
    town.env.run(18 * HOUR)
    syncs = sorted(set(town.sent["watch"]))
    gaps = [later - sooner for sooner, later in pairwise(syncs)]
    assert min(gaps) >= 15 * MINUTE
    if away:
        # From leaving home at eight until back after five.
        assert max(gaps) > 9 * HOUR
        assert not [at for at in syncs if 8 * HOUR < at < 17 * HOUR]
    else:
        assert max(gaps) <= 30 * MINUTE


def test_what_happened_more_than_a_week_before_the_sync_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.devices.wearable.phone.LEFT_OTHERWISE", 1.0)
    town = HandDrivenTown()
    person = town.person(asleep=False)
    cabin = place(PlaceKind.VENUE, "cabin")
    town.plan(person, [spell(Activity.OUT, 1 * HOUR, cabin), spell(Activity.HOME, 9 * DAY, person.home)])
    device = wearable(town, person, sampling="band")
    device.battery.level = 100.0
    town.env.run(9 * DAY + 2 * HOUR)
    told = town.readings["watch"]
    assert [r for r in told if HOUR < r.at < 2 * DAY] == []
    returned = min(at for at in town.sent["watch"] if at > 1 * HOUR)
    assert returned > 9 * DAY
    burst = [r for r, at in zip(told, town.sent["watch"], strict=True) if at == returned]
    assert burst[0].at == pytest.approx(returned - 7 * DAY, abs=5)
    assert all(r.values["seconds"] <= 15 * MINUTE for r in events(burst, "steps"))  # type: ignore[operator]
    assert bpm(burst)


def test_an_empty_battery_silences_it_until_it_is_charged_at_home() -> None:
    town = HandDrivenTown()
    person = town.person(asleep=False)
    town.plan(
        person,
        [
            spell(Activity.WORK, 1 * HOUR, WORK),
            spell(Activity.HOME, 30 * HOUR, person.home),
        ],
    )
    device = wearable(town, person)
    device.battery.level = 100.0
    town.env.run(34 * HOUR)
    told = town.readings["watch"]
    dead = [r for r, at in zip(told, town.sent["watch"], strict=True) if 20.2 * HOUR < at < 30 * HOUR]
    assert dead == []
    assert max(r.at for r in events(told, "heart_rate") if r.at < 30 * HOUR) == pytest.approx(
        18 * HOUR, abs=2.2 * HOUR
    )
    assert any(r.values["charging"] for r in events(told, "battery") if r.at > 30 * HOUR)
    assert any(r.at > 30 * HOUR for r in events(told, "heart_rate"))


def test_a_new_report_interval_holds_at_once() -> None:
    town = HandDrivenTown()
    device = wearable(town, town.person(), report_interval="7d")
    town.at(2 * HOUR, lambda: device.obey(Command("report_interval", 60)))
    town.env.run(2 * HOUR + 10 * MINUTE)
    syncs = sorted(set(town.sent["watch"]))
    assert syncs[0] == pytest.approx(2 * HOUR)
    assert len(syncs) >= 7
    assert all(later - sooner <= 80 for sooner, later in pairwise(syncs))


def test_one_seed_gives_one_life() -> None:
    assert a_life(5)[1] == a_life(5)[1]
    assert a_life(5)[1] != a_life(6)[1]


def test_wearables_do_not_influence_one_another() -> None:
    town = HandDrivenTown(5)
    for number, name in enumerate(("watch", "other", "third")):
        person = town.person(name="n0-h0" if number == 0 else f"n0-h{number}")
        town.plan(person, days(person.home, 3))
        wearable(town, person, name)
    town.env.run(3 * DAY)
    assert town.readings["watch"] == a_life(5)[1]


@pytest.mark.parametrize(("age", "child"), [(15, True), (16, False)])
def test_readings_say_whose_they_are_and_why_they_are_personal(age: int, child: bool) -> None:
    town = HandDrivenTown(seed_of_a_wearer(wears_to_bed=True))
    person = town.person(age)
    town.plan(person, days(person.home, 1))
    wearable(town, person)
    town.env.run(DAY)
    readings = town.readings["watch"]
    assert {(reading.person, reading.household) for reading in readings} == {(person.id, "n0-h0")}
    minor = {Hazard.CHILD} if child else set()
    expected = {
        "heart_rate": {Hazard.HEALTH},
        "heart_rate_variability": {Hazard.HEALTH},
        "steps": {Hazard.HEALTH},
        "sleep_stage": {Hazard.HEALTH, Hazard.SLEEP},
        "spo2": {Hazard.HEALTH, Hazard.SLEEP},
        "skin_temperature": {Hazard.HEALTH, Hazard.SLEEP},
        "position": {Hazard.PRECISE_LOCATION},
        "wear": set(),
        "battery": set(),
    }
    assert {r.event: set(r.hazards) for r in readings} == {
        event: natural | minor for event, natural in expected.items()
    }


def placed(owners: float, *ages: int, seed: int = 1) -> list[str]:
    town = HandDrivenTown(seed)
    people = town.household(*ages).members
    hood: Any = SimpleNamespace(people=lambda: iter(people))
    options = WearableOptions(owners=owners)
    return [p.entity for p in FAMILY.placements(hood, options, town.seeds.draws)]


def test_owners_are_a_share_of_adults_and_teens() -> None:
    assert placed(0.0, *[40] * 50) == []
    assert len(placed(1.0, *[40] * 50)) == 50
    assert len(placed(0.35, *[14] * 1000)) == pytest.approx(350, abs=50)
    assert len(placed(1.0, *[8] * 1000)) == pytest.approx(200, abs=50)
    assert placed(1.0, *[3] * 50) == []


def test_who_owns_one_depends_on_nobody_else() -> None:
    few, many = placed(0.35, *[40] * 20), placed(0.35, *[40] * 40)
    assert set(few) == {entity for entity in many if int(entity.removeprefix("n0-h0-p")) < 20}
    assert set(few) <= set(placed(0.6, *[40] * 20))


@pytest.mark.parametrize(
    "options",
    [{"owners": 1.1}, {"owners": -0.1}, {"sync_interval": "0s"}, {"sampling": "ring"}, {"owner": 1}],
)
def test_absurd_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        WearableOptions(**options)


def test_the_family_builds_what_it_placed() -> None:
    town = HandDrivenTown()
    person = town.person()
    [placement] = FAMILY.placements(
        SimpleNamespace(people=lambda: iter([person])),  # type: ignore[arg-type]
        WearableOptions(owners=1.0),
        town.seeds.draws,
    )
    device = FAMILY.build(placement, town.habitat(), WearableOptions(sync_interval="20m"))
    assert device.person is person
    assert device.report_interval == 20 * MINUTE
