"""Does personal data come out, in whatever form?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np

from simulator.core.units import HOUR
from simulator.core.verdicts import Verdict
from simulator.privacy import CanaryType
from simulator.verify.check import Batch, Case, Examiner, Finding, Question, at_most, result, trials_needed
from simulator.verify.ground import NOBODY
from simulator.verify.leak import Leak
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

THRESHOLD = 0.05
"""Share of what was sent that could come out without being seen, at most; a single leak fails."""

_SPECIAL = {CanaryType.HEALTH_CONDITION}
_ALLOWED = "allow"


class LeakExaminer(Examiner):
    """Counts what comes out of the personal data that went in."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._leaks: Counter[CanaryType] = Counter()
        self._forms: Counter[str] = Counter()
        self._evidence: dict[tuple[CanaryType, tuple[str, ...]], Evidence] = {}
        self._first, self._last = np.inf, -np.inf

    def see(self, batch: Batch) -> None:
        """Note from which stretch of time something came out."""
        at = self.case.ground.at[batch.message[batch.message != NOBODY]]
        ends = [group.start + (group.length or HOUR) for group in batch.groups if group is not None]
        starts = [group.start for group in batch.groups if group is not None]
        self._first = min([self._first, *at.tolist(), *starts])
        self._last = max([self._last, *at.tolist(), *ends])

    def find(self, finding: Finding) -> None:
        """Count a leak, unless that message may be passed on as it is."""
        leak, ground = finding.leak, self.case.ground
        if finding.message != NOBODY and finding.purpose == self.case.purpose:
            expected = ground.expectations.texts[ground.expect[finding.message]]
            if expected == _ALLOWED and finding.message in ground.spans:
                return
        self._leaks[leak.type] += 1
        self._forms["+".join(leak.encodings) or "raw"] += 1
        key = (leak.type, leak.encodings)
        if key not in self._evidence:
            self._evidence[key] = evidence_of(leak)

    def conclude(self) -> Iterable[CheckResult]:
        """One result for the whole, and one for each type that came out."""
        # What tells no time, such as a table of people, may be about all of it.
        timed = self._first <= self._last
        sent = planted(self.case, *((self._first, self._last) if timed else (-np.inf, np.inf)))
        total = sum(self._leaks.values())
        if total:
            forms = ", ".join(f"{form} {count:,}" for form, count in self._forms.most_common(6))
            yield result(
                Verdict.FAILED,
                f"{total:,} pieces of personal data came out ({forms})",
                Proportion(total, max(sum(sent.values()), total)),
                threshold=0.0,
                evidence=list(self._evidence.values()),
                concern=_concern(self._leaks),
            )
            for kind, count in sorted(self._leaks.items()):
                trials = max(sent.get(kind, 0), count)
                yield result(
                    Verdict.FAILED,
                    f"{count:,} came out",
                    Proportion(count, trials),
                    threshold=0.0,
                    part=str(kind),
                    concern=_concern([kind]),
                    evidence=[one for (type_, _), one in self._evidence.items() if type_ is kind],
                )
            return
        counted = Proportion(0, sum(sent.values()))
        verdict = at_most(counted, THRESHOLD)
        told = f"none of {counted.trials:,} pieces of personal data came out"
        if verdict is not Verdict.HELD:
            told = f"only {counted.trials:,} pieces of personal data went in; 59 are needed to tell"
        yield result(verdict, told, counted, threshold=0.0)


def planted(case: Case, first: float, last: float) -> Counter[CanaryType]:
    """Return how many pieces of personal data were sent to the controls, by type.

    Args:
        case: the control.
        first, last: from when until when it handed anything on, simulated seconds: what was sent at other
            times may not have come to it.
    """
    sent: Counter[CanaryType] = Counter()
    ground = case.ground
    types = set(CanaryType)
    for number, spans in ground.spans.items():
        if ground.delivered[number] and first <= ground.at[number] <= last:
            sent.update(CanaryType(span.type) for span in spans if span.exact and span.type in types)
    return sent


def evidence_of(leak: Leak) -> Evidence:
    """Return a leak as evidence."""
    form = " in ".join(reversed(leak.encodings)) or "as it was"
    return Evidence(
        f"{leak.type} of {' or '.join(leak.people[:3])}, {form}",
        str(leak.where),
        leak.where.sink,
        leak.where.row,
        person=leak.people[0] if len(leak.people) == 1 else None,
        type=str(leak.type),
        encodings=tuple(map(str, leak.encodings)),
    )


def _concern(kinds: Iterable[CanaryType]) -> Concern:
    return Concern.SPECIAL_CATEGORY if set(kinds) <= _SPECIAL else Concern.IDENTIFIERS


CHECK = Question(
    "Personal data in what came out, in any encoding and over all sinks.",
    LeakExaminer,
    f"nothing came out, of at least {trials_needed(1.0 - THRESHOLD)} pieces that went in",
)
