"""What do honest devices suffer from an attack?"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from simulator.core.verdicts import Verdict
from simulator.verify.check import ONE_SIDED, result, trials_needed
from simulator.verify.detection.check import RunQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.quantile import interval, quantile
from simulator.verify.detection.scene import Scene
from simulator.verify.fixes import Floats
from simulator.verify.ground import Flags
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern

SHARE = 0.95
"""The percentile of latencies that is compared."""

FEWEST = 100
"""Messages on either side below which nothing is said about their latencies."""


def inspect(scene: Scene) -> Iterable[CheckResult]:
    """Two results, of latency and of loss: what honest messages suffered while any attack went on.

    They are compared with those of the same run without attacks, if it is at hand, in the same times; else
    with the honest messages outside of the attacks. Parts tell what each attack did.
    """
    if not scene.parts or np.isnan(scene.ground.due).all():
        return
    yield from _compared(scene, scene.parts, "")
    labels = dict.fromkeys(part.campaign.campaign for part in scene.parts)
    if len(labels) > 1:
        for label in labels:
            parts = [part for part in scene.parts if part.campaign.campaign == label]
            for one in _compared(scene, parts, f" in {label}"):
                if one.verdict is not Verdict.UNTRUSTED:
                    yield one


def _compared(scene: Scene, parts: Sequence[Part], where: str) -> Iterable[CheckResult]:
    ground = scene.ground
    known = scene.honest & ~np.isnan(ground.due)
    inside = known & scene.during(parts, scene.due)
    beside = scene.beside
    if beside is not None and not np.isnan(beside.due).all():
        # The same simulated time: fleets take longer or shorter to connect, so that clocks of loads differ.
        quiet = ~np.isnan(beside.due) & scene.during(parts, ground.wall(beside.at))
        against, other = beside, "in the run without attacks"
    else:
        quiet = known & ~scene.during(scene.parts, scene.due)
        against, other = ground, "outside of attacks"
    yield _latency(
        scene.limits.latency, ground.latency[inside], against.latency[quiet], f"latency{where}", other
    )
    yield _loss(
        scene.limits.loss,
        _lost(ground.delivered[inside]),
        _lost(against.delivered[quiet]),
        f"loss{where}",
        other,
    )


def _latency(limit: float, during: Floats, outside: Floats, part: str, other: str) -> CheckResult:
    mine, theirs = during[~np.isnan(during)], outside[~np.isnan(outside)]
    trials = len(mine)
    if min(len(mine), len(theirs)) < FEWEST:
        reason = (
            f"too few to tell: {len(mine):,} answered messages during attacks and {len(theirs):,} {other}, "
            f"where {FEWEST} each would do"
        )
        return _result(Verdict.UNTRUSTED, reason, part, limit, "seconds", trials)
    here, there = quantile(mine, SHARE), quantile(theirs, SHARE)
    (low, high), (least, most) = interval(mine, SHARE), interval(theirs, SHARE)
    more = here - there
    smallest = None if low is None or most is None else low - most
    greatest = None if high is None or least is None else high - least
    if greatest is not None and greatest <= limit:
        verdict = Verdict.HELD
    elif more > limit:
        verdict = Verdict.FAILED
    else:
        verdict = Verdict.UNTRUSTED
    reason = (
        f"the 95th percentile of honest messages was {here * 1000:,.1f} ms during attacks and "
        f"{there * 1000:,.1f} ms {other}"
    )
    return _result(verdict, reason, part, limit, "seconds", trials, more, smallest, greatest)


def _loss(limit: float, during: Proportion, outside: Proportion, part: str, other: str) -> CheckResult:
    if not during.trials or not outside.trials:
        reason = f"too few to tell: {during.trials:,} messages during attacks and {outside.trials:,} {other}"
        return _result(Verdict.UNTRUSTED, reason, part, limit, "share", during.trials)
    more = during.value - outside.value
    # The interval of a difference from those of both shares (Newcombe, Statistics in Medicine 17, 1998,
    # method 10, here with exact intervals).
    low = more - math.hypot(during.value - during.low, outside.high - outside.value)
    high = more + math.hypot(during.high - during.value, outside.value - outside.low)
    verdict = Verdict.UNTRUSTED
    if high <= limit:
        verdict = Verdict.HELD
    elif low > limit or (more > limit and during.trials >= trials_needed(1.0 - limit)):
        verdict = Verdict.FAILED
    reason = (
        f"{during.count:,} of {during.trials:,} honest messages did not arrive during attacks, and "
        f"{outside.count:,} of {outside.trials:,} {other}"
    )
    if verdict is Verdict.UNTRUSTED:
        reason += f"; too few to tell: {trials_needed(1.0 - limit):,} that all arrive would do"
    return _result(verdict, reason, part, limit, "share", during.trials, more, low, high)


def _lost(delivered: Flags) -> Proportion:
    return Proportion(int((~delivered).sum()), len(delivered), ONE_SIDED)


def _result(
    verdict: Verdict,
    reason: str,
    part: str,
    limit: float,
    unit: str,
    trials: int,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
) -> CheckResult:
    return result(
        verdict,
        reason,
        concern=Concern.FLOOD,
        threshold=limit,
        part=part,
        value=value,
        low=low,
        high=high,
        unit=unit,
        trials=trials,
    )


CHECK = RunQuestion(
    "Harm to neighbours: latency and loss of honest devices during attacks.",
    inspect,
    f"the {100 * SHARE:g}th percentile of latencies grows by at most `detection.latency`, and the share of "
    "losses by at most `detection.loss`",
)
