"""Does a detector tell of those who attack?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from simulator.core.verdicts import Verdict
from simulator.verify.check import at_least, result, trials_needed
from simulator.verify.detection.check import AlertQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.watch import Watch
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence


def score(watch: Watch) -> Iterable[CheckResult]:
    """One result for the whole, a trial for each who attacks, and one for each kind that is decided."""
    parts, threshold = watch.scene.parts, watch.scene.limits.recall
    if not parts:
        return
    missed: dict[str, list[Part]] = defaultdict(list)
    trials: dict[str, int] = defaultdict(int)
    for place, part in enumerate(parts):
        kind = part.campaign.kind
        trials[kind] += 1
        if place not in watch.detected:
            missed[kind].append(part)
    lost = sum(map(len, missed.values()))
    counted = Proportion(len(parts) - lost, len(parts))
    verdict = at_least(counted, threshold)
    campaigns = {part.campaign.campaign for part in parts}
    noticed = {parts[place].campaign.campaign for place in watch.detected}
    told = [f"{counted.count:,} of {len(parts):,} who attacked were told of"]
    told.append(f"{len(noticed):,} of {len(campaigns):,} attacks were noticed")
    blind = sorted(kind for kind in trials if len(missed[kind]) == trials[kind])
    told += [f"it does not see {', '.join(blind)} at all"] if blind else []
    if watch.scene.idle:
        told.append(f"{watch.scene.idle:,} never did anything and are not counted")
    if verdict is Verdict.UNTRUSTED:
        told.append(f"too few to tell: {trials_needed(threshold)} without a miss would do")
    examples = [_missed(watch, part) for kind in sorted(missed) for part in missed[kind][:3]]
    yield result(
        verdict,
        "; ".join(told),
        counted,
        concern=Concern.DETECTION,
        threshold=threshold,
        evidence=examples,
    )
    for kind, count in sorted(trials.items()):
        of_kind = Proportion(count - len(missed[kind]), count)
        decided = at_least(of_kind, threshold)
        if decided is not Verdict.UNTRUSTED:
            yield result(
                decided,
                f"{of_kind.count:,} of {count:,} were told of",
                of_kind,
                concern=Concern.DETECTION,
                threshold=threshold,
                part=kind,
                evidence=[_missed(watch, part) for part in missed[kind]],
            )


def _missed(watch: Watch, part: Part) -> Evidence:
    when = watch.scene.date(part.first)
    crossing = "" if part.crossed is not None or part.campaign.threshold is None else ", below its threshold"
    return Evidence(
        f"{part.member.device} took part in {part.campaign.campaign} from {when:%H:%M:%S} UTC, second "
        f"{part.first:,.1f} of the load, and no alert told of it{crossing}",
        type=part.campaign.kind,
    )


CHECK = AlertQuestion(
    "Recall of a detector: those who attack that it tells of, by kind of attack.",
    score,
    "at least the share `detection.recall` is told of",
)
