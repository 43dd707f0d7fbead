"""The town: a large cohort of people, with their shops and their speakers, for two weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from simulator.calibration.cohort import Cohort
from simulator.chronicle import Handler, Values
from simulator.core.records import MessageTruth

COMMAND = "command"
"""The cause of a wake that somebody meant."""


@dataclass(frozen=True, slots=True)
class Logged:
    """One entry of a speaker's log.

    Attributes:
        at: simulated seconds.
        device: the speaker.
        values: the payload.
        facts: what is true about it.
    """

    at: float
    device: str
    values: Values
    facts: Mapping[str, Any]


@dataclass(slots=True)
class Ear:
    """What one speaker heard that was not meant for it, up to its last report.

    Attributes:
        household: whose home it stands in.
        room: where.
        words: words of talk and television.
        false_wakes: how often they woke it.
        unreported: how often since the last report.
    """

    household: str
    room: str
    words: float = 0.0
    false_wakes: int = 0
    unreported: int = 0


class Town(Cohort):
    """Two thousand households with shops, some of them with speakers.

    Attributes:
        log: what the speakers of each home understood, by household.
        ears: the speakers, by device.
        purchases: how often each home bought by voice, by household.
    """

    title: ClassVar[str] = "a town of 2,000 households with shops and speakers, two weeks"
    cost: ClassVar[float] = 30.0

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale)
        self.log: dict[str, list[Logged]] = {}
        self.ears: dict[str, Ear] = {}
        self.purchases: dict[str, int] = {}

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "town",
            "seed": 1913,
            "duration": "14d",
            "world": {"households": 2000, "shops": 20},
            "devices": [speakers()],
        }

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the messages of the speakers."""
        return {
            "utterance": self._keep_utterance,
            "status": self._keep_status,
            "wake": self._keep_wake,
            "voice_purchase": self._keep_purchase,
        }

    def _keep_utterance(self, truth: MessageTruth, values: Values) -> None:
        assert truth.household is not None
        entry = Logged(truth.observed, truth.device, values, truth.facts or {})
        self.log.setdefault(truth.household, []).append(entry)

    def _keep_status(self, truth: MessageTruth, values: Values) -> None:
        assert truth.household is not None
        ear = self.ears.get(truth.device)
        if ear is None:
            ear = self.ears[truth.device] = Ear(truth.household, values["room"])
        heard: Any = (truth.facts or {})["words_heard"]
        ear.words = heard
        ear.false_wakes += ear.unreported
        ear.unreported = 0

    def _keep_wake(self, truth: MessageTruth, _values: Values) -> None:
        ear = self.ears.get(truth.device)
        if ear is not None and (truth.facts or {}).get("cause") != COMMAND:
            ear.unreported += 1

    def _keep_purchase(self, truth: MessageTruth, _values: Values) -> None:
        assert truth.household is not None
        self.purchases[truth.household] = self.purchases.get(truth.household, 0) + 1


class RetailHomes(Town):
    """Homes that all have speakers of the retailer's make, like Alexa."""

    title: ClassVar[str] = "1,800 homes with speakers of a retailer's make, a week"
    cost: ClassVar[float] = 20.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return _homes("retail-homes", 1926, "7d", ecosystem="retail")


class SearchHomes(Town):
    """Homes that all have speakers of the search engine's make, like Google's."""

    title: ClassVar[str] = "1,800 homes with speakers of a search engine's make, a week"
    cost: ClassVar[float] = 20.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return _homes("search-homes", 1998, "7d", ecosystem="search")


class BuyingHomes(Town):
    """Homes with speakers that are watched for the first eight months of a year, for what they buy."""

    title: ClassVar[str] = "300 homes with speakers, eight months"
    cost: ClassVar[float] = 120.0

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return _homes("buying-homes", 2018, "240d", households=300)

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the purchases, and nothing else for so long."""
        return {"status": self._keep_status, "voice_purchase": self._keep_purchase}


def speakers(**options: object) -> Mapping[str, object]:
    """Return a group of speakers that send what is said, and little else."""
    return {"kind": "smart_speaker", "report_interval": "1d", "motion_interval": "7d", **options}


def _homes(
    name: str, seed: int, duration: str, households: int = 1800, **options: object
) -> Mapping[str, Any]:
    return {
        "name": name,
        "seed": seed,
        "duration": duration,
        "world": {"households": households, "shops": 0},
        "devices": [speakers(owners=1.0, **options)],
    }
