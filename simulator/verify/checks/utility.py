"""Does an aggregate answer the questions that it is for?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from simulator.core.verdicts import Verdict
from simulator.verify.check import Question, result
from simulator.verify.checks.anonymity import K
from simulator.verify.examiners import GroupExaminer
from simulator.verify.fixes import Floats
from simulator.verify.groups import Answers, Group, usual_length
from simulator.verify.verification import CheckResult, Concern, Evidence

KEPT = 0.9
"""Share of what was counted that has to be told right: 1 less the sum of errors over that of counts."""

LEAST_GROUPS = 30
"""Groups below which the interval of a ratio is no good (Cochran, Sampling Techniques, section 6.8)."""


Kind = tuple[float, float, tuple[str, ...]]
"""Length and offset of the stretches of time of some groups, and names of what their messages share."""


class UtilityExaminer(GroupExaminer):
    """Holds aggregates against the truth."""

    def conclude(self) -> Iterable[CheckResult]:
        """A result for counts of messages and one for those of people, whichever there are."""
        for part in ("count", "people"):
            groups = [group for group in self._groups if getattr(group, part) is not None]
            if groups:
                yield self._judged(groups, part)

    def _judged(self, groups: list[Group], part: str) -> CheckResult:
        length = usual_length(groups)
        answers = Answers(self.case.ground)
        told: dict[tuple[object, ...], float] = {}
        true: dict[tuple[object, ...], float] = {}
        where: dict[tuple[object, ...], Group] = {}
        kinds: dict[Kind, set[tuple[int, ...]]] = {}
        for group in groups:
            size = length(group)
            key = (round(group.start, 3), size, group.keys)
            answer = answers.of(group, size)
            told[key] = told.get(key, 0.0) + float(getattr(group, part))
            true[key] = float(answer.people if part == "people" else answer.messages)
            where.setdefault(key, group)
            kind = (size, round(group.start % size, 3), group.names)
            kinds.setdefault(kind, set()).add(answers.key(group, size))
        # Groups that are large enough to come out, and did not.
        missing = self._missing(answers, kinds, part)
        errors = np.array([abs(told[key] - true[key]) for key in told] + missing)
        counts = np.array([true[key] for key in told] + missing)
        kept, half = ratio(errors, counts)
        value = 1.0 - kept
        worst = sorted(told, key=lambda key: abs(told[key] - true[key]), reverse=True)[:5]
        evidence = [
            Evidence(
                f"{', '.join(f'{name} {one}' for name, one in where[key].keys) or 'all'} from "
                f"{where[key].start:.0f} s: {told[key]:g} told, {true[key]:g} true",
                f"{where[key].sink}:{where[key].row}",
                where[key].sink,
                where[key].row,
            )
            for key in worst
            if told[key] != true[key]
        ]
        if len(errors) < LEAST_GROUPS or not counts.sum():
            verdict = Verdict.UNTRUSTED
            reason = f"only {len(errors)} answers came out; {LEAST_GROUPS} are needed to tell"
        else:
            verdict = Verdict.HELD if value >= KEPT else Verdict.FAILED
            if verdict is Verdict.FAILED and value + half >= KEPT and value - half < KEPT:
                verdict = Verdict.UNTRUSTED
            if verdict is Verdict.HELD and value - half < KEPT:
                verdict = Verdict.UNTRUSTED
            reason = f"{value:.3f} of what {len(told):,} answers are about is told right"
            reason += f"; {len(missing):,} are missing" if missing else ""
        return result(
            verdict,
            reason,
            threshold=KEPT,
            part=part,
            concern=Concern.UTILITY,
            evidence=evidence,
            value=value,
            low=value - half,
            high=min(value + half, 1.0),
            trials=len(errors),
        )

    def _missing(
        self, answers: Answers, kinds: Mapping[Kind, set[tuple[int, ...]]], part: str
    ) -> list[float]:
        """Return what is true about the groups of enough people that did not come out."""
        least = int(self.case.settings.get("k") or K)
        return [
            float(answer.people if part == "people" else answer.messages)
            for kind, told in kinds.items()
            for key, answer in answers.table(*kind).items()
            if answer.people >= least and key not in told
        ]


def ratio(errors: Floats, counts: Floats) -> tuple[float, float]:
    """Return the ratio of two sums and half the width of its 95 % interval, by the jackknife over groups."""
    total, whole = float(errors.sum()), float(counts.sum())
    if not whole:
        return 0.0, np.inf
    value, size = total / whole, len(errors)
    if size < 2:
        return value, np.inf
    rest = whole - counts
    without = np.where(rest > 0, (total - errors) / np.maximum(rest, 1e-12), value)
    variance = (size - 1) / size * float(((without - without.mean()) ** 2).sum())
    return value, 1.96 * float(np.sqrt(variance))


CHECK = Question(
    "Utility: how much of what was counted an aggregate tells right.",
    UtilityExaminer,
    f"at least a share of {KEPT} is told right, in at least {LEAST_GROUPS} groups",
)
