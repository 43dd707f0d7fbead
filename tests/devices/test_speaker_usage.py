"""How much people talk to their speakers: who, on which days, and what they buy."""

from __future__ import annotations

import math
from statistics import mean, pstdev

import pytest
from hand_driven import HandDrivenTown

from simulator.core.units import HOUR
from simulator.devices.smart_speaker.ecosystem import CUSTOMS, Ecosystem
from simulator.devices.smart_speaker.outages import BETWEEN, Outages
from simulator.devices.smart_speaker.usage import FOLLOW_UP, MOST_SESSIONS, NEAR, PURCHASES_A_YEAR, Usage

HOMES, DAYS = 1500, 40


@pytest.fixture(scope="module", params=list(Ecosystem))
def ecosystem(request: pytest.FixtureRequest) -> Ecosystem:
    return Ecosystem(request.param)


@pytest.fixture(scope="module")
def usages(ecosystem: Ecosystem) -> list[Usage]:
    town = HandDrivenTown()
    return [
        Usage.draw(town.seeds.draws, town.household(40, 38, 9, 2, name=f"n0-h{n}"), ecosystem)
        for n in range(HOMES)
    ]


def test_a_home_uses_its_speakers_on_some_days_and_some_homes_on_nearly_all(
    ecosystem: Ecosystem, usages: list[Usage]
) -> None:
    days = [mean(usage.mood(day) > 0 for day in range(DAYS)) for usage in usages[:400]]
    assert mean(days) == pytest.approx(CUSTOMS[ecosystem].days, abs=0.04)
    assert min(days) < 0.1
    assert max(days) > 0.9


def test_the_keen_talk_many_times_as_much_as_others_and_toddlers_not_at_all(usages: list[Usage]) -> None:
    rates = sorted(rate for usage in usages for rate in usage.rates[:3])
    assert rates[9 * len(rates) // 10] > 10 * rates[len(rates) // 10]
    assert rates[-1] <= MOST_SESSIONS / HOUR
    assert {usage.rates[3] for usage in usages} == {0.0}
    assert pstdev([math.log(rate) for rate in rates]) == pytest.approx(math.hypot(0.9, 0.75), abs=0.1)


def test_a_day_has_one_mood_for_all_speakers_of_a_home(usages: list[Usage]) -> None:
    usage = max(usages[:50], key=lambda usage: sum(usage.mood(day) > 0 for day in range(DAYS)))
    assert [usage.mood(day) for day in range(DAYS)] == [usage.mood(day) for day in range(DAYS)]
    assert len({usage.mood(day) for day in range(DAYS)} - {0.0}) > 1


def test_two_in_a_hundred_owners_buy_by_voice_in_most_of_a_year(usages: list[Usage]) -> None:
    """The Information 2018: 2 % in eight months, 90 % of them once."""
    expected = [
        usage.buys * sum(usage.rates) / (1 - FOLLOW_UP) * NEAR * HOUR * 365 * 8 / 12 for usage in usages
    ]
    willing = [purchases for purchases in expected if purchases]
    days = [mean(usage.mood(day) > 0 for day in range(DAYS)) for usage in usages if usage.buys]
    once = PURCHASES_A_YEAR * 8 / 12
    assert mean(p * d for p, d in zip(willing, days, strict=True)) == pytest.approx(once, rel=0.25)
    buyers = len(willing) / len(usages) * (1 - math.exp(-once))
    assert buyers == pytest.approx(0.02, abs=0.006)
    assert once * math.exp(-once) / (1 - math.exp(-once)) == pytest.approx(0.9, abs=0.02)


def test_lines_are_down_for_minutes_about_every_other_week() -> None:
    outages = Outages(HandDrivenTown().seeds.draws("outages", "n0-h0"))
    lengths = []
    for number in range(20_000):
        now = number * BETWEEN / 100
        outages.at(now)
        if outages.last[1] > 0 and (not lengths or lengths[-1] != outages.last):
            lengths.append(outages.last)
    assert len(lengths) == pytest.approx(200, abs=45)
    assert all(end > start for start, end in lengths)
    assert mean(end - start for start, end in lengths) < HOUR
