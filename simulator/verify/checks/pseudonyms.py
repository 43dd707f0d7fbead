"""Do pseudonyms link what they are to link, and nothing else?"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

import numpy as np

from simulator.core.units import HOUR
from simulator.core.verdicts import Verdict
from simulator.verify.check import Case, Question, at_least, at_most, result
from simulator.verify.examiners import TraceExaminer
from simulator.verify.fixes import Integers
from simulator.verify.ground import NOBODY
from simulator.verify.proportion import Proportion
from simulator.verify.rotation import follow
from simulator.verify.traces import Traces
from simulator.verify.verification import CheckResult, Concern, Evidence

WITHIN = 0.95
"""Share of a device's messages that follow each other within `SCOPE` and have to share a pseudonym."""

SCOPE = HOUR
"""Seconds within which messages of one device are to be linkable: a use of them that makes sense."""

COLLISIONS = 0.05
"""Share of the pseudonyms that may stand for several people, at most (assumption)."""

BEYOND = 0.2
"""Share of the changes of a pseudonym that somebody may see through beyond chance (assumption)."""

SHORTEST = 8
"""Hex digits of a digest cut short that still are no accident."""

_HEX = re.compile(r"[0-9a-f]{8,}")
_ALGORITHMS = ("md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256")


class PseudonymExaminer(TraceExaminer):
    """Holds pseudonyms against the devices that they stand for."""

    def conclude(self) -> Iterable[CheckResult]:
        """A result for each thing that can go wrong; nothing if no pseudonyms came out."""
        if not len(self._traces):
            return
        all_traces = {purpose: one for purpose, one in self._traces.by_purpose().items() if len(one)}
        raw = self._raw(all_traces.values())
        if raw.trials and raw.count == raw.trials and "pseudonyms" not in self.case.asked:
            return
        yield self._passed(raw)
        yield self._hashed(all_traces.values())
        yield self._within(all_traces.values())
        yield self._collisions(all_traces.values())
        yield from self._rotations(all_traces.values())
        if len(all_traces) > 1:
            yield self._across(all_traces)

    def _raw(self, traces: Iterable[Traces]) -> Proportion:
        """Return the share of senders who are called by the id of their device or by who they are."""
        count = trials = 0
        ground = self.case.ground
        for one in traces:
            for sender in one.present():
                trials += 1
                count += max(ground.devices.known(sender), ground.people.known(sender)) != NOBODY
        return Proportion(count, trials)

    def _passed(self, raw: Proportion) -> CheckResult:
        verdict = at_most(raw, COLLISIONS) if raw.count == 0 else Verdict.FAILED
        told = f"{raw.count:,} of {raw.trials:,} senders are called by the id of their device"
        return result(verdict, told, raw, threshold=0.0, part="identifiers", concern=Concern.IDENTIFIERS)

    def _hashed(self, traces: Iterable[Traces]) -> CheckResult:
        """Look for pseudonyms that are digests of something that can be guessed."""
        count = trials = 0
        evidence: list[Evidence] = []
        for one in traces:
            for sender, device, person in _pairs(one, self.case):
                trials += 1
                what = self._undone(one.senders.texts[sender], device, person)
                if what is not None:
                    count += 1
                    if len(evidence) < 10:
                        text = f"{one.senders.texts[sender]} is {what}"
                        evidence.append(Evidence(text, person=self._name(person)))
        counted = Proportion(count, trials)
        verdict = Verdict.FAILED if count else at_most(counted, COLLISIONS)
        told = f"{count:,} of {trials:,} pseudonyms are digests without salt of what can be guessed"
        return result(verdict, told, counted, threshold=0.0, part="hashes", evidence=evidence)

    def _undone(self, pseudonym: str, device: int, person: int) -> str | None:
        """Return what a pseudonym is a digest of, None if of nothing that is known of its device."""
        ground = self.case.ground
        runs = _HEX.findall(pseudonym.lower())
        if not runs:
            return None
        guesses = [("the device's id", ground.devices.texts[device])]
        if person != NOBODY:
            one = ground.everybody[person]
            guesses += [("the person's id", one.person), ("the household's id", one.household)]
            guesses += [("the account's reference", one.subject)] if one.subject else []
            guesses += [(f"the {kind}", value) for kind, value in self._planted[one.person]]
        for what, text in guesses:
            for name, digest in _digests(text):
                if any(digest.startswith(run) or (len(run) >= 16 and run in digest) for run in runs):
                    return f"{name} of {what}"
        return None

    @cached_property
    def _planted(self) -> Mapping[str, list[tuple[str, str]]]:
        """The personal data of each person that was sent: its type and value."""
        planted: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for row in self.case.ground.canaries:
            planted[row.person].append((row.type, row.value))
        return planted

    def _within(self, traces: Iterable[Traces]) -> CheckResult:
        same = pairs = 0
        for one in traces:
            known = one.message != NOBODY
            sender, at = one.sender[known], one.at[known]
            device = self.case.ground.device[one.message[known]]
            order = np.lexsort((at, device))
            sender, at, device = sender[order], at[order], device[order]
            near = (device[1:] == device[:-1]) & (np.diff(at) <= SCOPE)
            pairs += int(near.sum())
            same += int((near & (sender[1:] == sender[:-1])).sum())
        counted = Proportion(same, pairs)
        told = f"{same:,} of {pairs:,} messages have the pseudonym of the one of the same device before"
        return result(
            at_least(counted, WITHIN),
            told,
            counted,
            threshold=WITHIN,
            part="within scope",
            concern=Concern.UTILITY,
        )

    def _collisions(self, traces: Iterable[Traces]) -> CheckResult:
        shared = trials = 0
        evidence: list[Evidence] = []
        for one in traces:
            owners: dict[int, set[int]] = defaultdict(set)
            for sender, _, owner in _pairs(one, self.case):
                owners[sender].add(owner)
            for sender, whose in owners.items():
                trials += 1
                if len(whose - {NOBODY}) > 1:
                    shared += 1
                    names = " and ".join(sorted(str(self._name(owner)) for owner in whose)[:3])
                    evidence.append(Evidence(f"{one.senders.texts[sender]} stands for {names}"))
        counted = Proportion(shared, trials)
        told = f"{shared:,} of {trials:,} pseudonyms stand for several people"
        return result(
            at_most(counted, COLLISIONS),
            told,
            counted,
            threshold=COLLISIONS,
            part="collisions",
            concern=Concern.UTILITY,
            evidence=evidence[:10],
        )

    def _rotations(self, traces: Iterable[Traces]) -> Iterator[CheckResult]:
        """See through the changes of pseudonyms, and through ones that were exchanged at random."""
        right = trials = exchanged = 0
        chances: list[float] = []
        for one in traces:
            followed = follow(one, self.case)
            right += followed.right
            trials += followed.trials
            exchanged += followed.exchanged
            chances += followed.chances
        if not trials:
            return
        chance = float(np.mean(chances))
        counted, control = Proportion(right, trials), Proportion(exchanged, trials)
        limit = max(BEYOND, chance + BEYOND / 2)
        verdict = at_most(counted, limit)
        told = (
            f"{right:,} of {trials:,} changes of a pseudonym were seen through by timing, number and place "
            f"(chance {chance:.3f}); with the new ones exchanged, {exchanged:,}"
        )
        if control.low > limit:
            verdict, told = Verdict.UNTRUSTED, f"{told}: the negative control is better than chance"
        elif limit > 2 * BEYOND:
            verdict, told = Verdict.UNTRUSTED, f"{told}: there are too few people to hide among"
        yield result(
            verdict,
            told,
            counted,
            threshold=round(limit, 3),
            part="beyond scope",
            concern=Concern.LINKAGE,
        )

    def _across(self, traces: Mapping[str, Traces]) -> CheckResult:
        """Look for pseudonyms that are the same for several purposes."""
        purposes = list(traces)
        seen = [set(traces[purpose].present()) for purpose in purposes]
        everybody = set.union(*seen)
        shared = [sender for sender in everybody if sum(sender in one for one in seen) > 1]
        counted = Proportion(len(shared), len(everybody))
        told = f"{len(shared):,} of {len(everybody):,} pseudonyms are the same for {' and '.join(purposes)}"
        verdict = Verdict.FAILED if shared else at_most(counted, COLLISIONS)
        return result(verdict, told, counted, threshold=0.0, part="across purposes", concern=Concern.LINKAGE)

    def _name(self, person: int) -> str | None:
        return self.case.ground.people.texts[person] if person != NOBODY else None


def _pairs(traces: Traces, case: Case) -> Iterator[tuple[int, int, int]]:
    """Yield each sender with each of its devices and the person whose that is, `NOBODY` if it is nobody's."""
    known = traces.message != NOBODY
    ground = case.ground
    device: Integers = ground.device[traces.message[known]].astype(np.int64)
    person: Integers = ground.person[traces.message[known]].astype(np.int64)
    rows = np.unique(np.column_stack([traces.sender[known], device, person]), axis=0)
    # A device of several people, such as a speaker, is nobody's.
    owners: dict[int, set[int]] = defaultdict(set)
    for _, of, whose in rows.tolist():
        owners[of].add(whose)
    for sender, of in dict.fromkeys((sender, of) for sender, of, _ in rows.tolist()):
        whose = owners[of] - {NOBODY}
        yield sender, of, whose.pop() if len(whose) == 1 else NOBODY


def _digests(text: str) -> Iterator[tuple[str, str]]:
    for spelling in dict.fromkeys((text, text.lower(), text.upper())):
        for name in _ALGORITHMS:
            yield name, hashlib.new(name, spelling.encode(), usedforsecurity=False).hexdigest()


CHECK = Question(
    "Pseudonyms: linkage within and beyond their scope, collisions, digests without salt.",
    PseudonymExaminer,
    f"nobody is called by a known id; no pseudonym is a digest of what can be guessed; at least a share of "
    f"{WITHIN} of a device's messages within {SCOPE / HOUR:g} h share one; at most {COLLISIONS} of them "
    f"stand for several people; at most {BEYOND} of their changes are seen through, and none across purposes",
)
