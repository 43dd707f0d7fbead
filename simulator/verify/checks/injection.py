"""What attackers publish, as a tap on what consumers are given heard it; what a stolen service is given.

What the broker acknowledges counts for nothing here: a message got through if the tap ``input`` received it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from simulator.core.campaigns import CampaignTruth, Credential, MemberTruth, Role
from simulator.core.verdicts import Verdict
from simulator.verify.check import result
from simulator.verify.detection.check import RunQuestion
from simulator.verify.detection.scene import Scene
from simulator.verify.ground import NOBODY
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence


@dataclass(frozen=True, slots=True)
class Injected:
    """A message of an attack.

    Attributes:
        campaign: which attack.
        rightful: whether who sent it shows credentials of somebody who may send it.
        reached: whether the tap received it.
        topic: where it was published.
    """

    campaign: CampaignTruth
    rightful: bool
    reached: bool
    topic: str


def injected(scene: Scene, heard: Mapping[int, int]) -> Iterator[Injected]:
    """Yield the messages of all attacks.

    Args:
        scene: who attacked.
        heard: how often the tap received messages with the id of each, by the number of the first of them.
    """
    ground = scene.ground
    first = ground.first
    honest = Counter(first[ground.attack == NOBODY].tolist())
    members = {
        (row.campaign, member.device): (row, member)
        for row in scene.campaigns
        if not row.benign
        for member in row.members
    }
    copies: dict[int, int] = {}
    for number in np.flatnonzero(ground.attack != NOBODY).tolist():
        key = ground.attacks.texts[ground.attack[number]], ground.devices.texts[ground.device[number]]
        if key in members:
            campaign, member = members[key]
            same = int(first[number])
            # What is replayed has the id of an honest message, and was received if that came once more.
            left = copies.get(same, heard.get(same, 0) - honest[same])
            copies[same] = left - 1
            topic = ground.topics.get(number, "")
            yield Injected(campaign, _rightful(member, topic), left > 0, topic)


def _rightful(member: MemberTruth, topic: str) -> bool:
    if member.role is Role.OUTSIDER:
        stolen = member.credential is Credential.STOLEN and member.user is not None
        return member.credential is Credential.SERVICE or (stolen and str(member.user) in topic)
    return True


def judge(scene: Scene, *, rightful: bool) -> Iterable[CheckResult]:
    """Return a result for each attack that published something with, or without, the right to."""
    listener = scene.listener
    if listener is None:
        return
    if listener.trouble is not None:
        yield result(Verdict.UNTRUSTED, listener.trouble, concern=Concern.ACCESS)
        return
    sent: Counter[str] = Counter()
    reached: dict[str, list[Injected]] = {}
    for one in injected(scene, listener.times):
        if one.rightful is rightful:
            label = one.campaign.campaign
            sent[label] += 1
            reached.setdefault(label, []).extend([one] if one.reached else [])
    if sent and not listener.times:
        reason = "the tap on what consumers are given received nothing at all, not even from honest devices"
        yield result(Verdict.UNTRUSTED, reason, concern=Concern.ACCESS)
        return
    for label, count in sent.items():
        through = reached[label]
        yield result(
            Verdict.FAILED if through else Verdict.HELD,
            f"{len(through):,} of {count:,} messages reached who listens",
            Proportion(len(through), count),
            concern=Concern.ACCESS,
            threshold=0.0,
            part=label,
            evidence=[
                Evidence(f"{times:,} messages of {label} arrived on {topic}")
                for topic, times in Counter(one.topic for one in through).most_common()
            ],
        )


def _stolen_service(scene: Scene) -> Iterable[CheckResult]:
    """Return a result for each attack with the account of a service: what it was given."""
    for row in scene.campaigns:
        thieves = [one.device for one in row.members if one.credential is Credential.SERVICE]
        if not row.benign and thieves:
            heard = [one for thief in thieves for one in scene.overheard.get(thief, ())]
            size = sum(one.size for one in heard)
            yield result(
                Verdict.FAILED if heard else Verdict.HELD,
                f"the account gave away {len(heard):,} messages, {size:,} bytes",
                concern=Concern.ACCESS,
                part=row.campaign,
                value=float(len(heard)),
                unit="count",
                threshold=0.0,
                evidence=[
                    Evidence(f"{times:,} messages were read on {topic}")
                    for topic, times in Counter(one.topic for one in heard).most_common()
                ],
            )


FORGED = RunQuestion(
    "Forged messages: what attackers publish without any right to, as listeners received them.",
    lambda scene: judge(scene, rightful=False),
    "none of them reached the tap `input`",
)
FALSIFIED = RunQuestion(
    "Falsified messages: what turned devices and stolen credentials publish, likewise.",
    lambda scene: judge(scene, rightful=True),
    "none of them reached the tap `input`",
)
SERVICE = RunQuestion(
    "Stolen service: what the account of a service gives away in wrong hands.",
    _stolen_service,
    "it was given nothing",
)
