"""What a smart speaker plays, and when it stops."""

from __future__ import annotations

import pytest
from hand_driven import HandDrivenTown

from simulator.core.units import MINUTE
from simulator.devices.smart_speaker.intent import Intent
from simulator.devices.smart_speaker.playback import LENGTH, Ending, Playback

Report = tuple[float, Intent, Ending | None]


@pytest.fixture
def town() -> HandDrivenTown:
    return HandDrivenTown()


@pytest.fixture
def reports() -> list[Report]:
    return []


@pytest.fixture
def playback(town: HandDrivenTown, reports: list[Report], monkeypatch: pytest.MonkeyPatch) -> Playback:
    """Music lasts half an hour, news five minutes."""
    monkeypatch.setitem(LENGTH, Intent.MUSIC, (30 * MINUTE, 0.0))
    monkeypatch.setitem(LENGTH, Intent.NEWS, (5 * MINUTE, 0.0))
    return Playback(
        town.env,
        town.seeds.draws("listening", "speaker"),
        lambda content, ending: reports.append((town.env.now, content, ending)),
    )


def test_it_ends_by_itself(town: HandDrivenTown, playback: Playback, reports: list[Report]) -> None:
    playback.start(Intent.MUSIC)
    town.env.run(60 * MINUTE)
    assert reports == [(0, Intent.MUSIC, None), (30 * MINUTE, Intent.MUSIC, Ending.OVER)]
    assert playback.content is None


def test_what_starts_later_replaces_what_plays(
    town: HandDrivenTown, playback: Playback, reports: list[Report]
) -> None:
    playback.start(Intent.NEWS)
    town.at(2 * MINUTE, lambda: playback.start(Intent.MUSIC))
    town.env.run(60 * MINUTE)
    assert reports == [
        (0, Intent.NEWS, None),
        (2 * MINUTE, Intent.MUSIC, None),
        (32 * MINUTE, Intent.MUSIC, Ending.OVER),
    ]


def test_it_stops_once_when_told(town: HandDrivenTown, playback: Playback, reports: list[Report]) -> None:
    playback.stop(Ending.TOLD)
    playback.start(Intent.MUSIC)
    town.at(10 * MINUTE, lambda: playback.stop(Ending.TOLD))
    town.env.run(60 * MINUTE)
    assert reports == [(0, Intent.MUSIC, None), (10 * MINUTE, Intent.MUSIC, Ending.TOLD)]
