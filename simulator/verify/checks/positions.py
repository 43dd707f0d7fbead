"""What do positions that come out give away: who it is, where they live, and what they bought?"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from simulator.core.units import MINUTE
from simulator.core.verdicts import Verdict
from simulator.verify.check import Question, at_most, result
from simulator.verify.examiners import TraceExaminer
from simulator.verify.fixes import Fixes, Integers
from simulator.verify.ground import NOBODY, local_seconds
from simulator.verify.home import homes_found, infer_homes
from simulator.verify.linkage import Baskets, link
from simulator.verify.proportion import Proportion
from simulator.verify.unicity import unicity
from simulator.verify.verification import CheckResult, Concern

UNICITY = 0.3
"""Share of people whom four points may single out, at most (assumption; 0.95 in de Montjoye 2013)."""

FOUND = 0.2
"""Share of homes that may be found beyond chance, at most, and of baskets that may be linked (assumption)."""

CELL = 111.0
"""Metres; a thousandth of a degree, finer than any coarsening that deserves the name."""

SHORTEST_VISIT = 5 * MINUTE
"""Seconds between the first and the last item of a basket that tells how long its visit took."""

_DAY = 86_400.0


class UnicityExaminer(TraceExaminer):
    """Singles people out by four points that somebody knows of them."""

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing if nobody sent four positions."""
        fixes = self._traces.fixes if len(self._traces) else None
        if fixes is None or not len(fixes):
            return
        alone = unicity(fixes, self.case.generator(), cell=CELL, people=2000)
        if not alone.trials:
            return
        verdict = at_most(alone, UNICITY)
        told = f"four points single out {alone.count:,} of {alone.trials:,} senders of positions"
        yield result(verdict, told, alone, threshold=UNICITY, concern=Concern.LINKAGE)


class HomeExaminer(TraceExaminer):
    """Takes people to live where they are at night."""

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing without positions at night."""
        fixes = self._traces.fixes if len(self._traces) else None
        if fixes is None or not len(fixes):
            return
        found = self._found(fixes)
        if not found.trials:
            return
        chance = self._found(fixes.permuted_within_hours(self.case.generator()))
        threshold = max(FOUND, (chance.value if chance.trials else 0.0) + FOUND / 2)
        verdict = at_most(found, threshold)
        told = (
            f"the homes of {found.count:,} of {found.trials:,} senders were found; with people exchanged "
            f"within the hour, {chance.count:,}"
        )
        if threshold >= 0.9:
            verdict, told = Verdict.UNTRUSTED, f"{told}: the homes are too close together to tell"
        yield result(verdict, told, found, threshold=round(threshold, 3), concern=Concern.LINKAGE)

    def _found(self, fixes: Fixes) -> Proportion:
        homes = infer_homes(fixes)
        owner = self._traces.owner
        whose = owner[homes.person]
        known = whose != NOBODY
        latitude, longitude = (np.full(len(owner), np.nan) for _ in range(2))
        for sender in homes.person[known].tolist():
            latitude[sender], longitude[sender] = self.case.ground.everybody[owner[sender]].home
        if not known.any():
            return Proportion(0, 0)
        kept = type(homes)(homes.person[known], homes.latitude[known], homes.longitude[known])
        return homes_found(kept, latitude, longitude)


class LinkageExaminer(TraceExaminer):
    """Gives baskets of a shop to those whose positions fit them."""

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing without positions, or without baskets of those who sent them."""
        fixes = self._traces.fixes if len(self._traces) else None
        if fixes is None or not len(fixes) or not self.case.ground.visits:
            return
        baskets, shopper = self._baskets(fixes)
        if not len(baskets):
            return
        owner = np.append(self._traces.owner, NOBODY)
        linked = link(fixes, baskets)
        right = Proportion(int((owner[linked.person] == shopper).sum()), len(shopper))
        permuted = link(fixes.permuted_within_hours(self.case.generator()), baskets)
        control = Proportion(int((owner[permuted.person] == shopper).sum()), len(shopper))
        chance = linked.chance
        told = (
            f"{right.count:,} of {right.trials:,} baskets were linked to the right person (chance "
            f"{chance:.3f}); with people exchanged within the hour, {control.count:,}"
        )
        verdict = at_most(right, max(FOUND, chance + FOUND / 2))
        if control.low > max(chance, 0.02) * 2:
            verdict = Verdict.UNTRUSTED
            told += ": the negative control is better than chance"
        yield result(verdict, told, right, threshold=FOUND, concern=Concern.LINKAGE)

    def _baskets(self, fixes: Fixes) -> tuple[Baskets, Integers]:
        """Return the baskets of people who sent positions, and whose they are."""
        ground = self.case.ground
        messages = np.fromiter(ground.visits, np.int64)
        senders = set(self._traces.owner[np.unique(fixes.person)].tolist()) - {NOBODY}
        of: dict[tuple[int, str], list[float]] = {}
        for message in messages[np.isin(ground.person[messages], list(senders))].tolist():
            key = (int(ground.person[message]), ground.visits[message])
            of.setdefault(key, []).append(float(ground.observed[message]))
        filled = {key: moments for key, moments in of.items() if np.ptp(moments) > SHORTEST_VISIT}
        offset = local_seconds(self.case.start) + _DAY
        start = np.array([min(moments) for moments in filled.values()]) + offset
        end = np.array([max(moments) for moments in filled.values()]) + offset
        shopper = np.array([person for person, _ in filled], np.int64)
        where = [_place(fixes, self._traces.owner, *one) for one in zip(shopper, start, end, strict=True)]
        latitude = np.array([place[0] for place in where])
        longitude = np.array([place[1] for place in where])
        # Where a shop is, everybody knows: the middle of where its shoppers were seen.
        for axis in (latitude, longitude):
            axis[np.isnan(axis)] = np.nanmedian(axis) if not np.isnan(axis).all() else 0.0
        return Baskets(start, end, latitude, longitude), shopper


def _place(fixes: Fixes, owner: Integers, person: int, start: float, end: float) -> tuple[float, float]:
    mine = (owner[fixes.person] == person) & (fixes.at >= start) & (fixes.at <= end)
    if not mine.any():
        return np.nan, np.nan
    return float(np.median(fixes.latitude[mine])), float(np.median(fixes.longitude[mine]))


_CHANCE = f"(or {FOUND / 2} more than by chance, where that is more)"
UNICITY_CHECK = Question(
    "Unicity: people whom four known points single out.",
    UnicityExaminer,
    f"at most a share of {UNICITY} of the people is singled out",
)
HOME_CHECK = Question(
    "Home inference: people whose home their positions at night give away.",
    HomeExaminer,
    f"at most a share of {FOUND} of the homes is found {_CHANCE}",
)
LINKAGE_CHECK = Question(
    "Linkage: baskets that positions link to a person.",
    LinkageExaminer,
    f"at most a share of {FOUND} of the baskets is linked to the right person {_CHANCE}",
)
