"""A fleet's stream of actions with the truth, as a program reads it: no broker, no clock, no files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.core.actions import Action, Publish
    from simulator.core.campaigns import CampaignTruth
    from simulator.core.records import ConsentTruth, FaultTruth, MessageTruth, PersonTruth, RequestTruth
    from simulator.core.shard import Shard
    from simulator.scenario import Scenario


class Stream(Iterator["tuple[Action, MessageTruth | None]"]):
    """All that a fleet does, in order of simulated time, each time the same for one scenario and seed.

    Iterating yields each action (connect, subscribe, publish, disconnect and so on) and, for a publish, what
    is true about it, None for the others. What is iterated is gone; make another stream to begin again.

    Attributes:
        scenario: what is simulated.
    """

    def __init__(self, scenario: Scenario, shard: Shard | None = None) -> None:
        from simulator.fleet import Fleet

        self.scenario = scenario
        self._fleet = Fleet(scenario, shard)
        self._steps = self._fleet.stream()

    def __next__(self) -> tuple[Action, MessageTruth | None]:
        return next(self._steps)

    def messages(self) -> Iterator[tuple[Publish, MessageTruth]]:
        """Yield the messages alone, each with what is true about it."""
        from simulator.core.actions import Publish

        for action, truth in self:
            if truth is not None and isinstance(action, Publish):
                yield action, truth

    @property
    def devices(self) -> Mapping[str, str]:
        """The kind of each device, by its id."""
        return self._fleet.devices

    def people(self) -> Iterator[PersonTruth]:
        """Yield everybody."""
        return self._fleet.people()

    def consent(self) -> Iterator[ConsentTruth]:
        """Yield what everybody agrees to, from the start to the end, person by person."""
        return self._fleet.consents()

    def requests(self) -> Iterator[RequestTruth]:
        """Yield what everybody asks for about their data, person by person."""
        return self._fleet.requests()

    def campaigns(self) -> Iterator[CampaignTruth]:
        """Yield the attacks, and then what looks like one."""
        return self._fleet.campaigns()

    def faults(self) -> Iterator[FaultTruth]:
        """Yield what befalls devices and network, in order of time and device."""
        return self._fleet.faults()
