"""Is an attack stopped, and how soon?"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.core.verdicts import Verdict
from simulator.verify.check import at_least, result, trials_needed
from simulator.verify.detection.check import RunQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.quantile import interval, quantile
from simulator.verify.detection.scene import Scene
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

SHARE = 0.95
"""Of those who attack, how many have to be stopped in time."""


def inspect(scene: Scene) -> Iterable[CheckResult]:
    """One result: the 95th percentile of the seconds to the last thing that worked.

    Somebody is contained if the broker refused, dropped or hung up on all that they tried from then on; who
    stopped by themselves was not contained.
    """
    limit = scene.limits.contain_within
    parts = [part for part in scene.parts if part.tries]
    if not parts:
        return
    times = [part.contained_after for part in parts]
    stopped = [one for one in times if one is not None]
    in_time = sum(one <= limit for one in stopped)
    counted = Proportion(in_time, len(parts))
    verdict = at_least(counted, SHARE)
    reason = f"{in_time:,} of {len(parts):,} who attacked got nothing done any more within {limit:g} s"
    if verdict is Verdict.UNTRUSTED:
        reason += f"; too few to tell: {trials_needed(SHARE)} who are stopped would do"
    low, high = interval(stopped, SHARE)
    yield result(
        verdict,
        reason,
        concern=Concern.FLOOD,
        threshold=limit,
        evidence=[_evidence(part, limit) for part in parts if not _in_time(part, limit)],
        value=quantile(stopped, SHARE) if stopped else None,
        low=low,
        high=high,
        unit="seconds",
        trials=len(parts),
    )


def _in_time(part: Part, limit: float) -> bool:
    return part.contained_after is not None and part.contained_after <= limit


def _evidence(part: Part, limit: float) -> Evidence:
    after = part.contained_after
    worked = [one.at - part.first for one in part.tries if one.worked]
    how = (
        f"was stopped after {after:,.1f} s"
        if after is not None
        else f"got {len(worked):,} things done, the last after {max(worked, default=0.0):,.1f} s"
    )
    return Evidence(f"{part.member.device} of {part.campaign.campaign} {how}", type=part.campaign.kind)


CHECK = RunQuestion(
    "Time to contain: seconds until an attack gets nothing done any more.",
    inspect,
    f"a share of {SHARE} of those who attack gets nothing done any more after `detection.contain_within`",
)
