"""The town: a large cohort of people, with their shops and their speakers, for two weeks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from simulator.calibration.cohort import Cohort
from simulator.chronicle import LOOK, Handler, Values
from simulator.core.records import MessageTruth


@dataclass(slots=True)
class Heard:
    """What the people of one home said, played or had on, in seconds.

    Attributes:
        television: the television ran.
        talking: two or more were awake at home.
    """

    television: float = 0.0
    talking: float = 0.0


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


class Town(Cohort):
    """Two thousand households, as many homes with speakers as there are, and shops.

    Attributes:
        log: what the speakers of each home understood, by household.
        rooms: where each speaker stands, and in which home, by device.
        purchases: how often each home bought by voice, by household.
        heard: what there was to hear in each home with a speaker, by household.
    """

    title: ClassVar[str] = "a town of 2,000 households with shops and speakers, two weeks"

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__(scale)
        self.log: dict[str, list[Logged]] = {}
        self.rooms: dict[str, tuple[str, str]] = {}
        self.purchases: dict[str, int] = {}
        self.heard: dict[str, Heard] = {}

    def describe(self) -> Mapping[str, Any]:
        """Return its scenario."""
        return {
            "name": "town",
            "seed": 1913,
            "duration": "14d",
            "world": {"households": 2000, "shops": 20},
            "devices": [{"kind": "smart_speaker", "report_interval": "1d"}],
        }

    def handlers(self) -> Mapping[str, Handler]:
        """Return what keeps the messages of the speakers."""
        return {
            "utterance": self._keep_utterance,
            "status": self._keep_status,
            "voice_purchase": self._keep_purchase,
        }

    def look(self, _at: float) -> None:
        """Look what there is to hear in the homes that have a speaker."""
        for household, heard in self.heard.items():
            home = self.chronicle.households[household]
            heard.television += LOOK * home.television_on
            heard.talking += LOOK * home.talking

    def _keep_utterance(self, truth: MessageTruth, values: Values) -> None:
        assert truth.household is not None
        entry = Logged(truth.observed, truth.device, values, truth.facts or {})
        self.log.setdefault(truth.household, []).append(entry)

    def _keep_status(self, truth: MessageTruth, values: Values) -> None:
        assert truth.household is not None
        self.rooms[truth.device] = (truth.household, values["room"])
        self.heard.setdefault(truth.household, Heard())

    def _keep_purchase(self, truth: MessageTruth, _values: Values) -> None:
        assert truth.household is not None
        self.purchases[truth.household] = self.purchases.get(truth.household, 0) + 1
