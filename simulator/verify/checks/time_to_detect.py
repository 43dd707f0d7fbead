"""How soon does a detector tell of those who attack?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from simulator.core.verdicts import Verdict
from simulator.verify.check import at_least, result, trials_needed
from simulator.verify.detection.check import AlertQuestion
from simulator.verify.detection.quantile import interval, quantile
from simulator.verify.detection.watch import Watch
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

SHARE = 0.95
"""Of those who are told of, how many have to be told of in time."""

_HALF = 0.5


def score(watch: Watch) -> Iterable[CheckResult]:
    """The 95th percentile of the seconds from the first packet; medians and times from the crossing as parts.

    Who is never told of is a matter of recall, and not counted here.
    """
    limit = watch.scene.limits.detect_within
    parts = watch.scene.parts
    late: list[tuple[float, Evidence]] = []
    first: list[float] = []
    crossing: list[float] = []
    for place, told in watch.detected.items():
        part = parts[place]
        assert told.at is not None
        first.append(max(told.at - part.first, 0.0))
        if part.crossed is not None:
            crossing.append(told.at - part.crossed)
        if first[-1] > limit:
            what = f"{part.member.device} of {part.campaign.campaign} was told of after {first[-1]:,.1f} s"
            late.append((first[-1], Evidence(what, told.alert.where, told.alert.sink, told.alert.row)))
    if not first:
        return
    counted = Proportion(len(first) - len(late), len(first))
    verdict = at_least(counted, SHARE)
    told_in = f"{counted.count:,} of {len(first):,} who were told of were told of within {limit:g} s"
    if verdict is Verdict.UNTRUSTED:
        told_in += f"; too few to tell: {trials_needed(SHARE)} in time would do"
    late.sort(key=lambda one: -one[0])
    yield _quantile(verdict, told_in, first, SHARE, "", limit, [one for _, one in late])
    yield _quantile(Verdict.HELD, "median from the first packet", first, _HALF, "first packet p50")
    if crossing:
        early = sum(one < 0.0 for one in crossing)
        note = f", {early:,} before it" if early else ""
        for share, part_name in ((_HALF, "crossing p50"), (SHARE, "crossing p95")):
            what = f"from the crossing of a threshold, in {len(crossing):,} cases{note}"
            yield _quantile(Verdict.HELD, what, crossing, share, part_name)


def _quantile(
    verdict: Verdict,
    reason: str,
    times: Sequence[float],
    share: float,
    part: str,
    threshold: float | None = None,
    evidence: Sequence[Evidence] = (),
) -> CheckResult:
    low, high = interval(times, share)
    return result(
        verdict,
        reason,
        concern=Concern.DETECTION,
        threshold=threshold,
        part=part,
        evidence=evidence,
        value=quantile(times, share),
        low=low,
        high=high,
        unit="seconds",
        trials=len(times),
    )


CHECK = AlertQuestion(
    "Time to detect: seconds from an attack's first packet, and from its crossing.",
    score,
    f"a share of {SHARE} of those told of is told of within `detection.detect_within`",
)
