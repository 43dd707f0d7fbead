"""Does an aggregate tell whether one person is in it? An audit on two fleets that differ by one person.

An attacker who sees a release says whether it is of the fleet with the person. If the release is
ε-differentially private, then the share of right accusations is at most e^ε times that of wrong ones (Dwork
et al., "Calibrating noise to sensitivity in private data analysis", TCC 2006; Kairouz, Oh and Viswanath,
"The composition theorem for differential privacy", ICML 2015). Counting both bounds ε from below (Jagielski,
Ullman and Oprea, "Auditing differentially private machine learning", NeurIPS 2020). No audit bounds it from
above.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from simulator.core.verdicts import Verdict
from simulator.verify.check import Question, result
from simulator.verify.examiners import GroupExaminer
from simulator.verify.fixes import Floats
from simulator.verify.ground import NOBODY, Ground
from simulator.verify.groups import Answers, Group, read_group, usual_length
from simulator.verify.output import read_output
from simulator.verify.proportion import Proportion
from simulator.verify.sinks import SinkError
from simulator.verify.verification import CheckResult, Concern

EPSILON = 1.0
"""What a release has to keep if the scenario says nothing else (`privacy.epsilon`)."""

ABSENT = -1e9
"""What stands for a release that did not come: that it is missing tells something, too."""

_MOST_LINES = 200
"""Lines that are tried."""

Key = tuple[float, tuple[tuple[str, str], ...]]


class DifferentialPrivacyExaminer(GroupExaminer):
    """Gathers the releases of both fleets."""

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing without aggregates, or without a neighbouring fleet unless it is asked for."""
        case = self.case
        if not self._groups:
            return
        if case.neighbour is None or not case.beside:
            if "differential_privacy" in case.asked:
                told = "the audit needs the same run with one person more or less: --against"
                yield _told(Verdict.UNTRUSTED, told, self._claim)
            return
        if (wrong := why_no_neighbours(case.ground, case.neighbour)) is not None:
            yield _told(Verdict.UNTRUSTED, wrong, self._claim)
            return
        try:
            others = [group for path, _ in case.beside for group in _read(path, case.start)]
        except SinkError as error:
            yield _told(Verdict.UNTRUSTED, str(error), self._claim)
            return
        yield self._audit(*paired(self._groups, case.ground, others, case.neighbour))

    @property
    def _claim(self) -> float:
        return float(self.case.settings.get("epsilon") or EPSILON)

    def _audit(self, present: Floats, absent: Floats) -> CheckResult:
        claim = self._claim
        epsilon, most = least_epsilon(present, absent, self.case.generator())
        trials = min(len(present), len(absent))
        if most <= claim:
            told = f"{trials} releases with and without the person could show no more than ε = {most:.2f}"
            return _told(Verdict.UNTRUSTED, told, claim, epsilon, trials)
        verdict = Verdict.FAILED if epsilon > claim else Verdict.HELD
        told = (
            f"ε is at least {epsilon:.2f}; {claim:g} is claimed, and up to {most:.2f} could have been shown"
        )
        return _told(verdict, told, claim, epsilon, trials)


def why_no_neighbours(ground: Ground, other: Ground) -> str | None:
    """Return why two fleets are no neighbours, None if they differ by the messages of one person."""
    only_one, only_two = ground.without(other), other.without(ground)
    if not len(only_one) and not len(only_two):
        return "both runs have the same messages: nobody is in one of them only"
    people = {ground.people.texts[p] for p in np.unique(ground.person[only_one]).tolist() if p != NOBODY}
    people |= {other.people.texts[p] for p in np.unique(other.person[only_two]).tolist() if p != NOBODY}
    if len(people) > 1:
        return f"the two runs differ by the messages of {len(people)} people, and not by one person's"
    return None


def paired(
    groups: Sequence[Group], ground: Ground, others: Sequence[Group], other: Ground
) -> tuple[Floats, Floats]:
    """Return what was released of groups with the person and without, in units of what they add to it.

    0 is the truth without the person and 1 that with them, for every group to which they contribute.
    """
    length = usual_length([*groups, *others])
    mine, theirs = Answers(ground), Answers(other)
    released, beside = _by_key(groups), _by_key(others)
    present: list[float] = []
    absent: list[float] = []
    for key in sorted(released.keys() | beside.keys()):
        example = (released.get(key) or beside[key])[0]
        first, second = mine.of(example, length(example)), theirs.of(example, length(example))
        if first == second:
            continue
        by_people = example.people is not None
        a, b = (first.people, second.people) if by_people else (first.messages, second.messages)
        if a == b:
            continue
        low, step = min(a, b), abs(a - b)
        for groups_of, is_in in ((released.get(key, ()), a > b), (beside.get(key, ()), b > a)):
            values = [one.people if by_people else one.count for one in groups_of]
            told = [(value - low) / step for value in values if value is not None] or [ABSENT]
            (present if is_in else absent).extend(told)
    return np.array(present), np.array(absent)


def least_epsilon(present: Floats, absent: Floats, generator: np.random.Generator) -> tuple[float, float]:
    """Return the least ε that goes with what was released, with 95 % confidence, and the most it could be.

    Half of the releases choose where the attacker draws the line, the others tell how often they are right,
    so that the choice does not flatter the attacker.

    Args:
        present, absent: releases with the person and without.
        generator: halves them.
    """
    halves = [_halved(values, generator) for values in (present, absent)]
    (choose_in, judge_in), (choose_out, judge_out) = halves
    if not min(len(choose_in), len(choose_out), len(judge_in), len(judge_out)):
        return 0.0, 0.0
    line, above, accuse_in = _rule(choose_in, choose_out)
    right, wrong = (judge_in, judge_out) if accuse_in else (judge_out, judge_in)
    epsilon = _bound(_share(right, line, above), _share(wrong, line, above))
    most = _bound(Proportion(len(right), len(right)), Proportion(0, len(wrong)))
    return max(epsilon, 0.0), most


def _rule(present: Floats, absent: Floats) -> tuple[float, bool, bool]:
    """Return the best line to draw, whether what is above it is accused, and of being with the person."""
    values = np.unique(np.concatenate([present, absent]))
    lines = (values[:-1] + values[1:]) / 2 if len(values) > 1 else values
    lines = lines[:: max(1, len(lines) // _MOST_LINES)]
    best, rule = -math.inf, (0.0, True, True)
    shares = [np.array([(values > line).mean() for line in lines]) for values in (present, absent)]
    for above in (True, False):
        inside, outside = (one if above else 1.0 - one for one in shares)
        for accuse_in in (True, False):
            right, wrong = (inside, outside) if accuse_in else (outside, inside)
            trials = (len(present), len(absent)) if accuse_in else (len(absent), len(present))
            scores = np.log(_wilson(right, trials[0], -1.0) / _wilson(wrong, trials[1], 1.0))
            if scores.max() > best:
                best, rule = float(scores.max()), (float(lines[scores.argmax()]), above, accuse_in)
    return rule


def _wilson(share: Floats, trials: int, side: float) -> Floats:
    """Return one end of the interval of Wilson (JASA 22, 1927): quick, and near enough to choose by."""
    z = 1.96
    middle = share + z * z / (2 * trials)
    half = z * np.sqrt(share * (1.0 - share) / trials + z * z / (4 * trials * trials))
    ends: Floats = np.maximum((middle + side * half) / (1.0 + z * z / trials), 1e-12)
    return ends


def _bound(right: Proportion, wrong: Proportion) -> float:
    """Return the least ε for shares of right and wrong accusations; each bound holds in 97.5 % of cases."""
    return math.log(right.low / wrong.high) if right.low > 0.0 else -math.inf


def _share(values: Floats, line: float, above: bool) -> Proportion:
    beyond = int((values > line).sum())
    return Proportion(beyond if above else len(values) - beyond, len(values))


def _halved(values: Floats, generator: np.random.Generator) -> tuple[Floats, Floats]:
    mixed = values[generator.permutation(len(values))]
    return mixed[::2], mixed[1::2]


def _by_key(groups: Iterable[Group]) -> dict[Key, list[Group]]:
    by_key: dict[Key, list[Group]] = {}
    for group in groups:
        by_key.setdefault((round(group.start, 3), group.keys), []).append(group)
    return by_key


def _read(path: Path, start: datetime) -> Iterable[Group]:
    return (group for output in read_output(path) if (group := read_group(output, start)) is not None)


def _told(
    verdict: Verdict, told: str, claim: float, epsilon: float | None = None, trials: int = 0
) -> CheckResult:
    return result(
        verdict,
        told,
        threshold=claim,
        concern=Concern.LINKAGE,
        value=epsilon,
        low=epsilon,
        trials=trials,
        unit="epsilon",
    )


CHECK = Question(
    "Differential privacy: what releases of two fleets tell about the one person in which they differ.",
    DifferentialPrivacyExaminer,
    f"no ε above `privacy.epsilon` ({EPSILON:g} if left out) is shown by an audit",
)
