"""Does a broker let everybody do what they may, and nothing else? By what others witnessed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from simulator.core.campaigns import AccessAction, AccessTruth, Claimant, Credential, Role
from simulator.core.campaigns import Control as Kind
from simulator.core.credentials import CONTROL
from simulator.core.records import SessionMoment
from simulator.core.verdicts import Verdict
from simulator.verify.check import result
from simulator.verify.detection.check import RunQuestion
from simulator.verify.detection.part import Part
from simulator.verify.detection.scene import Scene
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

_HELD = "nothing happens that must not, and nothing is denied that must happen"
_VERSIONS = {4: "3.1.1", 5: "5"}
_WITHOUT_RIGHT = frozenset({Credential.NONE, Credential.GUESSED})


@dataclass(frozen=True, slots=True)
class Trial:
    """Something that was tried.

    Attributes:
        allowed: whether a right broker lets it happen.
        happened: whether it did.
        what: in words.
        acknowledged: what the broker said.
    """

    allowed: bool
    happened: bool
    what: str
    acknowledged: bool | None = None


Trials = Callable[[Scene], Iterator[Trial]]


def judge(scene: Scene, trials: Trials, concern: Concern) -> Iterable[CheckResult]:
    """Return one result: what was let happen and must not be, or must and was not."""
    if scene.access and not any(_is_sign_of_life(row) for row in scene.access):
        reason = "the witness of the audit saw nothing at all, not even what everybody may do"
        yield result(Verdict.UNTRUSTED, reason, concern=concern)
        return
    tried = list(trials(scene))
    forbidden = [one for one in tried if not one.allowed]
    if not forbidden:
        return
    permitted = [one for one in forbidden if one.happened]
    denied = [one for one in tried if one.allowed and not one.happened]
    verdict = Verdict.FAILED if permitted or denied else Verdict.HELD
    told = [f"{len(permitted):,} of {len(forbidden):,} things happened that must not"]
    if len(tried) > len(forbidden):
        told.append(f"{len(denied):,} of {len(tried) - len(forbidden):,} were denied that must happen")
    lied = sum(one.acknowledged is True and not one.happened for one in forbidden)
    if lied:
        told.append(f"the broker acknowledged {lied:,} that no witness saw, which counts for nothing")
    counted = Proportion(len(permitted), len(forbidden))
    examples = [Evidence(one.what) for one in [*permitted, *denied]]
    yield result(verdict, "; ".join(told), counted, concern=concern, threshold=0.0, evidence=examples)


def _is_sign_of_life(row: AccessTruth) -> bool:
    return row.allowed and row.happened and row.action is not AccessAction.CONNECT


def audited(scene: Scene, *actions: AccessAction) -> Iterator[Trial]:
    """Yield what an audit tried of some actions."""
    for row in scene.access:
        if row.action in actions:
            yield Trial(row.allowed, row.happened, _words(row), row.acknowledged)


def _words(row: AccessTruth) -> str:
    who = {
        Claimant.OWN: f"{row.device} with its own credentials",
        Claimant.ALIAS: f"{row.device} under another's client id",
        Claimant.GUESSED: f"somebody with the name of {row.device} and a wrong password",
        Claimant.NOBODY: "somebody without credentials",
    }[row.claimant]
    did = {
        AccessAction.CONNECT: ("was let in", "was not let in"),
        AccessAction.PUBLISH: (f"published to {row.topic}", f"could not publish to {row.topic}"),
        AccessAction.RETAIN: (
            f"left a retained message on {row.topic}",
            f"could retain nothing on {row.topic}",
        ),
        AccessAction.WILL: (f"had a will published on {row.topic}", f"had no will published on {row.topic}"),
        AccessAction.RECEIVE: (
            f"received others' messages under {row.topic}",
            f"received nothing ({row.topic})",
        ),
        AccessAction.KEEP_ALIVE: (
            f"was let in with a keep alive of {row.topic} s, none of the broker's",
            f"could not have a keep alive of {row.topic} s",
        ),
        AccessAction.STAY_SILENT: (
            f"was silent for far more than a keep alive of {row.topic} s and not dropped",
            f"was dropped when it was silent for more than a keep alive of {row.topic} s",
        ),
        AccessAction.TAKE_OVER: (f"ended the session of {row.topic}", f"did not end that of {row.topic}"),
    }[row.action]
    return f"{who} {did[not row.happened]} (MQTT {_VERSIONS.get(row.protocol, row.protocol)})"


def _authentication(scene: Scene) -> Iterator[Trial]:
    yield from audited(scene, AccessAction.CONNECT)
    for part in scene.parts:
        if part.member.role is Role.OUTSIDER and part.member.credential in _WITHOUT_RIGHT:
            changes = scene.sessions.get(part.member.device, ())
            stood = sum(change.state is SessionMoment.CONNECTED for change in changes)
            refused = sum(change.state is SessionMoment.REFUSED for change in changes)
            if stood or refused:
                yield Trial(False, bool(stood), f"{_name(part)} was let in {stood:,} times")


def _access_control(scene: Scene) -> Iterator[Trial]:
    yield from audited(scene, AccessAction.PUBLISH)
    for row in scene.access:
        if row.action is AccessAction.RECEIVE and not _is_wild(row.topic):
            yield Trial(row.allowed, row.happened, _words(row), row.acknowledged)
    yield from _overheard(scene, wild=False)


def _wildcards(scene: Scene) -> Iterator[Trial]:
    for row in scene.access:
        if row.action is AccessAction.RECEIVE and _is_wild(row.topic):
            yield Trial(row.allowed, row.happened, _words(row), row.acknowledged)
    yield from _overheard(scene, wild=True)


def _overheard(scene: Scene, *, wild: bool) -> Iterator[Trial]:
    """Yield what outsiders were given that is not theirs; a service may be given everything."""
    for part in scene.parts:
        if part.member.role is not Role.OUTSIDER or part.member.credential is Credential.SERVICE:
            continue
        if (part.campaign.control is Kind.WILDCARDS) is not wild:
            continue
        heard = scene.overheard.get(part.member.device, ())
        beyond = [one for one in heard if not _may_hear(part, one.topic)]
        size = sum(one.size for one in beyond)
        example = f", such as {beyond[0].topic}" if beyond else ""
        what = f"{_name(part)} was given {len(beyond):,} messages of others, {size:,} bytes{example}"
        yield Trial(False, bool(beyond), what)


def _may_hear(part: Part, topic: str) -> bool:
    own = {part.member.device, part.member.user}
    return topic.startswith(f"{CONTROL}/") or any(level in own for level in topic.split("/"))


def _is_wild(topic_filter: str) -> bool:
    return "#" in topic_filter or "+" in topic_filter


def _taken_over(scene: Scene) -> Iterator[Trial]:
    yield from audited(scene, AccessAction.TAKE_OVER)
    for part in scene.parts:
        victim = part.member.client_id
        if part.member.role is Role.OUTSIDER and victim is not None:
            lost = sum(who == victim and part.active(at, 0.0) for at, who in scene.troubled)
            yield Trial(False, lost > 0, f"{_name(part)} ended the session of {victim} {lost:,} times")


def _in_the_clear(scene: Scene) -> Iterator[Trial]:
    for row in scene.access:
        if row.action is AccessAction.CONNECT and row.claimant is Claimant.OWN:
            version = _VERSIONS.get(row.protocol, row.protocol)
            what = f"{row.device} was let in without TLS (MQTT {version})"
            yield Trial(False, row.happened and row.clear, what)


def _wills(scene: Scene) -> Iterator[Trial]:
    yield from audited(scene, AccessAction.WILL)
    strange = {} if scene.listener is None else scene.listener.strange
    for part in scene.parts if scene.listener is not None else ():
        if part.campaign.control is Kind.WILL:
            # No client published them, and a device's own will has no id.
            topics = [topic for topic in strange if any(victim in topic for victim in part.campaign.victims)]
            times = sum(strange[topic] for topic in topics)
            example = f", such as on {topics[0]}" if topics else ""
            what = f"{_name(part)} had {times:,} wills published on the topics of others{example}"
            yield Trial(False, times > 0, what)


def _name(part: Part) -> str:
    return f"{part.member.device} of {part.campaign.campaign}"


def _question(summary: str, trials: Trials, concern: Concern = Concern.ACCESS) -> RunQuestion:
    return RunQuestion(summary, lambda scene: judge(scene, trials, concern), _HELD)


AUTHENTICATION = _question(
    "Authentication: who is let in without the right credentials.", _authentication, Concern.CREDENTIALS
)
ACCESS_CONTROL = _question(
    "Access control: who publishes and receives where they may not, as witnessed.", _access_control
)
WILDCARDS = _question("Wildcards and $SYS: who is given more than is theirs.", _wildcards)
RETAINED = _question(
    "Retained messages: who leaves some on the topics of others.",
    lambda scene: audited(scene, AccessAction.RETAIN),
)
WILL = _question(
    "Will messages: whose will is published on the topics of others.",
    _wills,
)
TAKEOVER = _question("Client id takeover: whose session is ended by somebody else.", _taken_over)
TLS_ONLY = _question("TLS only: sessions that are accepted in the clear.", _in_the_clear, Concern.CLEAR_TEXT)
