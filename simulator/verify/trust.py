"""Whether a run may be trusted to judge by: it ended, kept up, and the files of its truth go together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import msgspec
import numpy as np

from simulator.core.decoding import UNREADABLE
from simulator.privacy import Canaries, Canary, CanaryType, Mode, Subject, run_key
from simulator.truth import Manifest, RunFolder
from simulator.verify.catalogue import Catalogue
from simulator.verify.ground import NOBODY, Ground, answer_at

_TYPES = frozenset(map(str, CanaryType))

_LOOKED_AT = 2000
"""Messages and canaries that are held against the rest of the truth."""


class _Messages(msgspec.Struct):
    due: int = -1


class _Summary(msgspec.Struct):
    """What counts of ``summary.json``."""

    status: str = ""
    failure: str | None = None
    distrust: tuple[str, ...] = ()
    messages: _Messages = msgspec.field(default_factory=_Messages)


def why_not_to_trust(folder: RunFolder, manifest: Manifest, ground: Ground) -> tuple[str, ...]:
    """Return the reasons not to judge anything by a run; none if there are none."""
    return tuple(_reasons(folder, manifest, ground))


def _reasons(folder: RunFolder, manifest: Manifest, ground: Ground) -> Iterator[str]:
    if not manifest.complete:
        yield f"the run in {folder.path} did not come to its end"
    if not len(ground):
        yield f"{folder.messages} tells of no message: there is no truth to judge by"
        return
    if folder.summary.is_file():
        yield from _from_summary(folder, ground)
    elif folder.delivery.is_file() and not np.isnan(ground.due).all():
        yield f"{folder.summary} is missing: nobody can tell whether the load kept up"
    yield from ground.foreign
    if (foreign := _foreign_canary(manifest, ground)) is not None:
        yield foreign
    if (foreign := _foreign_consent(ground)) is not None:
        yield foreign


def _from_summary(folder: RunFolder, ground: Ground) -> Iterator[str]:
    try:
        summary = msgspec.json.decode(folder.summary.read_bytes(), type=_Summary)
    except (OSError, *UNREADABLE) as error:
        yield f"{folder.summary} cannot be read: {error}"
        return
    if summary.failure:
        yield f"the run failed: {summary.failure}"
    yield from (f"the run is not to be trusted: {reason}" for reason in summary.distrust)
    if summary.status == "untrusted" and not summary.distrust:
        yield "the run is not to be trusted, as its summary says"
    if summary.status == "interrupted":
        yield "the run was interrupted"
    # Messages of outsiders are in the truth, and not among those of the fleet that the summary counts.
    fewest = int((ground.attack == NOBODY).sum())
    if summary.messages.due != -1 and not fewest <= summary.messages.due <= len(ground):
        yield (
            f"summary.json counts {summary.messages.due:,} messages and the truth {len(ground):,}: "
            "they are of two runs"
        )


def _foreign_canary(manifest: Manifest, ground: Ground) -> str | None:
    """Return why the canaries are not those of this run's seed and people, None if they are."""
    canaries = _maker(manifest)
    subjects = {subject.person: subject for subject in _subjects(ground)}
    for row in ground.canaries[:_LOOKED_AT]:
        subject = subjects.get(row.person)
        if subject is None:
            return f"canaries.jsonl tells of {row.person}, who is not among the people: it is another run's"
        if row.type not in _TYPES:
            continue
        if canaries.make(CanaryType(row.type), subject, row.number).core != row.core:
            return f"the {row.type} of {row.person} in canaries.jsonl is not of this run's seed"
    first = [row.message for row in ground.canaries[:_LOOKED_AT] if row.message]
    if first and (ground.find(first) == NOBODY).any():
        return "canaries.jsonl tells of messages that messages.jsonl does not know: it is another run's"
    return None


def _foreign_consent(ground: Ground) -> str | None:
    """Return why the changes of consent do not go with the messages, None if they do."""
    if not ground.changes:
        return None
    told = [(row.person, row.at, frozenset(row.purposes)) for row in ground.changes]
    if any(ground.people.known(person) == NOBODY for person, _, _ in told):
        return "consent.jsonl tells of people who are not in people.jsonl: it is another run's"
    purposes = {purpose for _, _, agreed in told for purpose in agreed}
    purposes.update(purpose for text in ground.consents.texts for purpose in text.split())
    answers = {purpose: ground.withdrawn_at(purpose) for purpose in purposes}
    theirs = np.flatnonzero(ground.consent != NOBODY)
    for number in theirs[:: max(1, len(theirs) // _LOOKED_AT)].tolist():
        agreed = set(ground.consents.texts[ground.consent[number]].split())
        for purpose in purposes:
            answer = answer_at(answers[purpose].get(int(ground.person[number]), []), float(ground.at[number]))
            # At the very moment of a change either is right.
            if answer is not None and answer[1] != (purpose in agreed) and answer[0] != ground.at[number]:
                return "what people agree to in consent.jsonl is not what messages.jsonl says: of two runs"
    return None


def catalogue_of(manifest: Manifest, ground: Ground) -> tuple[Catalogue, Canaries, tuple[Subject, ...]]:
    """Return the personal data of everybody in a run, what makes it, and whose it is."""
    canaries, subjects = _maker(manifest), tuple(_subjects(ground))
    usual = {(one.type, one.number) for one in canaries.of(subjects[0])} if subjects else set()
    further = [
        Canary(CanaryType(row.type), row.person, row.number, row.value, row.core)
        for row in ground.canaries
        if row.type in _TYPES and (CanaryType(row.type), row.number) not in usual
    ]
    return Catalogue(canaries, subjects, further), canaries, subjects


def start_of(scenario: Mapping[str, Any]) -> datetime:
    """Return when a run started, by the clock of its town."""
    return datetime.fromisoformat(str(scenario["start"]))


def _maker(manifest: Manifest) -> Canaries:
    privacy = manifest.scenario.get("privacy") or {}
    return Canaries(run_key(manifest.seed), Mode(privacy.get("canaries") or Mode.RECOGNISABLE))


def _subjects(ground: Ground) -> Iterator[Subject]:
    for person in ground.everybody:
        yield Subject(person.person, person.household, person.sex == "female", person.born or 0)
