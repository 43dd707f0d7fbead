"""What every attack is: options, phases, an expected control, and what each of its members does."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, TypeVar

from simulator.attacks.member import Member, Process
from simulator.core.campaigns import Control, Credential, PhaseTruth, Role, ThresholdTruth
from simulator.core.options import AttackOptions
from simulator.core.readings import Value

OptionsT = TypeVar("OptionsT", bound=AttackOptions)

BELOW = 0.8
"""Share of a control's threshold at which a stealthy attack stays."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a control that counts must notice.

    Attributes:
        measure: what it counts, such as ``connects``.
        per: by which key.
        count: how many are too many.
        within: seconds in which they are counted.
    """

    measure: str
    per: str
    count: float
    within: float

    @property
    def rate(self) -> float:
        """As many a second."""
        return self.count / self.within

    def crossed(self, at: float, until: float, rate: float) -> ThresholdTruth:
        """Return when something that begins at a moment and goes on at a rate crosses it."""
        after = self.count / rate if rate > 0 else math.inf
        crosses = after <= self.within and at + after < until
        # As floats, which is how rows are read again: a row that is written once more stays as it is.
        count, within = float(self.count), float(self.within)
        return ThresholdTruth(self.measure, self.per, count, within, at + after if crosses else None)


class Campaign(ABC, Generic[OptionsT]):
    """An attack, as an entry point of the group ``simulator.attacks`` provides it.

    Attributes:
        kind: its name in a scenario.
        summary: what it is, in a line.
        options: what a scenario can say about it.
        role: who takes part.
        control: what is expected to stop it or to tell of it.
        technique: of MITRE ATT&CK for ICS.
        aims: devices of the fleet that each member is aimed at.
        robs_victim: whether a member poses as its first victim, with credentials of that, if of anybody.
        one_muse: whether all members of a neighbourhood copy the same device.
        records: whether it needs what its victims have sent.
        wall_time: whether the broker's windows of real time decide about it, so that it cannot be sped up.
    """

    kind: ClassVar[str]
    summary: ClassVar[str]
    options: ClassVar[type[AttackOptions]]
    role: ClassVar[Role] = Role.OUTSIDER
    control: ClassVar[Control]
    technique: ClassVar[str]
    aims: ClassVar[int] = 0
    robs_victim: ClassVar[bool] = False
    one_muse: ClassVar[bool] = False
    records: ClassVar[bool] = False
    wall_time: ClassVar[bool] = False

    @abstractmethod
    def raid(self, member: Member[OptionsT]) -> Process:
        """Return what a member does as a SimPy process that begins with the attack.

        An outsider has to be offline again when it ends.
        """

    def phases(self, options: OptionsT, at: float, until: float) -> tuple[PhaseTruth, ...]:
        """Return its parts between two moments, in simulated seconds."""
        return (PhaseTruth("attack", at, until),)

    def threshold(self, options: OptionsT) -> Threshold | None:
        """Return what its control must notice, if that counts."""
        return None

    def intensity(self, options: OptionsT) -> float:
        """Return how many a second there are of what the threshold counts, by its key, stealth apart."""
        return 0.0

    def total(self, options: OptionsT) -> float:
        """Return how many there are at most of what the threshold counts, by its key."""
        return math.inf

    def pace(self, options: OptionsT) -> float:
        """Return how many a second there are with stealth."""
        threshold, rate = self.threshold(options), self.intensity(options)
        if threshold is not None and getattr(options, "stealth", False):
            return min(rate, BELOW * threshold.rate)
        return rate

    def slowed(self, options: OptionsT) -> float:
        """Return the share of its rates that stealth leaves."""
        rate = self.intensity(options)
        return self.pace(options) / rate if rate else 1.0

    def crossing(self, options: OptionsT, at: float, until: float) -> ThresholdTruth | None:
        """Return its threshold as the truth names it."""
        threshold = self.threshold(options)
        if threshold is None:
            return None
        enough = self.total(options) >= threshold.count
        return threshold.crossed(at, until, self.pace(options) if enough else 0.0)

    def credential(self, options: OptionsT) -> Credential:
        """Return what its members show."""
        if self.role is Role.COMPROMISED:
            return Credential.OWN
        shown = getattr(options, "credentials", None)
        return Credential.NONE if shown is None else shown.credential

    def client_id(self, member: Member[OptionsT]) -> str | None:
        """Return whose client id a member takes, None for its own or, if it varies them, many."""
        return None

    def facts(self, options: OptionsT, members: tuple[Member[OptionsT], ...]) -> Mapping[str, Value] | None:
        """Return what else the truth is to say about it; of members of one shard."""
        return None


AnyCampaign = Campaign[Any]
