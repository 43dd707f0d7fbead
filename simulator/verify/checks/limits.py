"""Does a limit of the broker bite those who go beyond it? By what became of their sessions and messages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from simulator.core.campaigns import AccessAction, Control
from simulator.core.verdicts import Verdict
from simulator.verify.check import result
from simulator.verify.checks.access import Trial, audited
from simulator.verify.checks.access import judge as judge_access
from simulator.verify.detection.check import RunQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.scene import Scene
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence


def judge(scene: Scene, control: Control) -> Iterable[CheckResult]:
    """Return one result: how many of those who went beyond a limit were refused or thrown out for it.

    An attack that stays below the threshold of the limit is none to be bitten.
    """
    parts = [part for part in scene.parts if part.campaign.control is control and _goes_beyond(part)]
    if not parts:
        return
    bitten = [part for part in parts if _bite(part) is not None]
    verdict = Verdict.HELD if len(bitten) == len(parts) else Verdict.FAILED
    seconds = sorted(bite for part in parts if (bite := _bite(part)) is not None)
    reason = f"{len(bitten):,} of {len(parts):,} who went beyond it were refused or thrown out"
    if seconds:
        reason += f", half of them within {seconds[len(seconds) // 2]:,.1f} s"
    yield result(
        verdict,
        reason,
        Proportion(len(bitten), len(parts)),
        concern=Concern.FLOOD,
        threshold=1.0,
        evidence=[
            Evidence(f"{part.member.device} of {part.campaign.campaign} went beyond it and nothing happened")
            for part in parts
            if part not in bitten
        ],
    )


def _goes_beyond(part: Part) -> bool:
    return part.campaign.threshold is None or part.crossed is not None


def _bite(part: Part) -> float | None:
    """Return the seconds from the crossing, or else the first packet, to the first thing that failed.

    Who was never let do anything did not get as far as the crossing.
    """
    shut_out = not any(one.worked for one in part.tries)
    begin = part.first if part.crossed is None or shut_out else part.crossed
    failed = [one.at for one in part.tries if not one.worked and one.at >= begin]
    return min(failed) - begin if failed else None


_HELD = "all who go beyond it are refused or thrown out"


def _keep_alives(scene: Scene) -> Iterator[Trial]:
    return audited(scene, AccessAction.KEEP_ALIVE, AccessAction.STAY_SILENT)


def _question(summary: str, control: Control) -> RunQuestion:
    return RunQuestion(summary, lambda scene: judge(scene, control), _HELD)


RATE = _question("Rate limit: those who publish too much.", Control.RATE_LIMIT)
FLAPPING = _question("Flapping ban: those who connect again and again.", Control.FLAPPING_BAN)
CONNECTIONS = _question("Connection limit: those who hold too many connections.", Control.CONNECTION_LIMIT)
SIZE = _question("Size limit: those who send packets that are too long.", Control.SIZE_LIMIT)
IN_FLIGHT = _question("In-flight limit: those who leave too many messages open.", Control.IN_FLIGHT_LIMIT)
SUBSCRIPTIONS = _question("Subscription limit: those who subscribe too often.", Control.SUBSCRIPTION_LIMIT)
QUEUE = _question("Queue limit: those who let messages pile up.", Control.QUEUE_LIMIT)
PROTOCOL = _question("Protocol validation: those who break the protocol.", Control.PROTOCOL)
KEEP_ALIVE = RunQuestion(
    "Keep-alive limit: who may be silent for hours or forever, and who is silent and not dropped.",
    lambda scene: judge_access(scene, _keep_alives, Concern.FLOOD),
    "neither the longest keep alive nor none is granted, and who is silent for one and a half of its own is "
    "dropped",
)
