"""Does a detector stay quiet about those who are honest, also where they look like attackers?"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.core.verdicts import Verdict
from simulator.verify.check import at_most, result, trials_needed
from simulator.verify.detection.check import AlertQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.watch import STRETCH, Match, Told, Watch
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence


def score(watch: Watch) -> Iterable[CheckResult]:
    """One result for the whole, a trial for each minute of an honest device, and one for each look-alike."""
    threshold = watch.scene.limits.false_alarms
    raised = watch.false_alarms
    counted = Proportion(len(raised), watch.quiet)
    if not counted.trials:
        return
    verdict = at_most(counted, threshold)
    stretches = f"{counted.trials:,} stretches of {STRETCH:.0f} s of an honest device"
    told = [f"{counted.count:,} of {stretches} had a false alarm"]
    strangers = list(watch.of(Match.NOBODY))
    if strangers:
        told.append(f"{len(strangers):,} alerts are about nobody who is known")
    fooled = {label: found for label, found in _fooled(watch).items() if found[1]}
    told += [
        f"{len(found)} of {members} devices of {label}, which only looks like an attack, are among them"
        for label, (members, found) in fooled.items()
    ]
    if verdict is Verdict.UNTRUSTED:
        told.append(f"too few to tell: {trials_needed(1.0 - threshold):,} without one would do")
    examples = [one for _, found in fooled.values() for one in found[:3]]
    examples += [_evidence(one) for one in [*raised.values(), *strangers]]
    yield result(
        verdict,
        "; ".join(told),
        counted,
        concern=Concern.DETECTION,
        threshold=threshold,
        evidence=examples,
    )
    for label, (members, found) in _fooled(watch).items():
        of_label = Proportion(len(found), members)
        decided = at_most(of_label, threshold)
        if decided is not Verdict.UNTRUSTED:
            yield result(
                decided,
                f"{len(found):,} of {members:,} of its devices were told of",
                of_label,
                concern=Concern.DETECTION,
                threshold=threshold,
                part=label,
                evidence=found,
            )


def _fooled(watch: Watch) -> dict[str, tuple[int, list[Evidence]]]:
    """Return for each look-alike how many devices it befell, and the alerts about them."""
    found: dict[str, tuple[int, list[Evidence]]] = {}
    for part in watch.scene.look_alikes:
        members, alerts = found.setdefault(part.campaign.campaign, (0, []))
        told = watch.about(part)
        if told is not None:
            alerts.append(_evidence(told, part))
        found[part.campaign.campaign] = members + 1, alerts
    return found


def _evidence(told: Told, part: Part | None = None) -> Evidence:
    alert = told.alert
    whom = ", ".join(told.honest) or ", ".join(alert.names) or "nobody"
    what = f"{alert.signature or 'an alert'} about {whom}"
    if part is not None:
        what += f" during {part.campaign.campaign}, which looks like {' or '.join(part.campaign.resembles)}"
    return Evidence(what, alert.where, alert.sink, alert.row)


CHECK = AlertQuestion(
    "False alarms of a detector, also about what only looks like an attack.",
    score,
    "at most the share `detection.false_alarms` of the minutes of honest devices has one",
)
