"""The kettles of a street, from their own module through its entry point."""

from simulator import Fleetsim

STREET = {
    "name": "kettles",
    "start": "2026-03-02T00:00:00+10:30",
    "duration": "1d",
    "world": {"households": 20, "shops": 0},
    "devices": [{"kind": "kettle", "share": 0.9, "litres": 0.5}],
}


def test_nobody_boils_water_at_three_in_the_morning(fleetsim: Fleetsim) -> None:
    boils = [message.at / 3600 for message, _ in fleetsim.generate(STREET).messages()]
    assert sum(6 <= hour < 9 for hour in boils) > 20
    assert sum(2 <= hour < 5 for hour in boils) < 5


def test_every_boil_reaches_the_broker(fleetsim: Fleetsim) -> None:
    run = fleetsim.run(STREET, speed="max")
    assert run.passed, run
    assert run.summary.by_kind["kettle"].events["boiled"] == sum(1 for _ in run.messages) > 0
