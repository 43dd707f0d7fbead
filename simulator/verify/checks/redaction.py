"""Is everything personal taken out of a message that is to come out without it?"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from simulator.core.readings import Span
from simulator.core.verdicts import Verdict
from simulator.privacy import CanaryType
from simulator.verify.check import Batch, Case, Examiner, Finding, Question, at_least, result, trials_needed
from simulator.verify.checks.leak import evidence_of
from simulator.verify.ground import NOBODY
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Evidence

THRESHOLD = 0.95
"""Share of the pieces of personal data that have to be taken out: the recall of a redactor."""

_OUT_OF_SIGHT = ("client_id", "will", "user_property")
"""Fields of a message that are not in what a consumer of its payload gets."""

_TYPES = frozenset(map(str, CanaryType))


class RedactionExaminer(Examiner):
    """Looks for each piece of personal data of the messages that came out."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._came: set[int] = set()
        self._leaked: dict[int, set[tuple[str, str]]] = defaultdict(set)
        self._evidence: dict[str, list[Evidence]] = defaultdict(list)

    def see(self, batch: Batch) -> None:
        """Note which messages with something personal came out."""
        spans = self.case.ground.spans
        self._came.update(number for number in batch.message.tolist() if number in spans)

    def find(self, finding: Finding) -> None:
        """Note what was left in one of them."""
        number, leak = finding.message, finding.leak
        if number == NOBODY or number not in self.case.ground.spans:
            return
        self._leaked[number].update((str(leak.type), person) for person in leak.people)
        examples = self._evidence[str(leak.type)]
        if len(examples) < 3:
            examples.append(evidence_of(leak))

    def conclude(self) -> Iterable[CheckResult]:
        """One result for the whole, and one for each type of which there were enough, or that was missed."""
        kept: Counter[str] = Counter()
        trials: Counter[str] = Counter()
        unclear = 0
        for number in self._came:
            for span in _visible(self.case.ground.spans[number]):
                if span.exact:
                    trials[span.type] += 1
                    kept[span.type] += _is_left(span, self._leaked.get(number, set()))
                else:
                    unclear += 1
        total = trials.total()
        if not total:
            return
        removed = Proportion(total - kept.total(), total)
        verdict = at_least(removed, THRESHOLD)
        blind = sorted(kind for kind, count in trials.items() if kept[kind] == count)
        told = [f"{removed.count:,} of {total:,} pieces of personal data were taken out"]
        told += [f"it does not see {', '.join(blind)} at all"] if blind else []
        told += [f"{unclear:,} that were misheard are not counted"] if unclear else []
        if verdict is Verdict.UNTRUSTED:
            told.append(f"too few to tell: {trials_needed(THRESHOLD)} without a miss would do")
        examples = [one for kind in sorted(kept) if kept[kind] for one in self._evidence[kind]]
        yield result(verdict, "; ".join(told), removed, threshold=THRESHOLD, evidence=examples)
        for kind, count in sorted(trials.items()):
            counted = Proportion(count - kept[kind], count)
            of_kind = at_least(counted, THRESHOLD)
            if of_kind is not Verdict.UNTRUSTED:
                yield result(
                    of_kind,
                    f"{counted.count:,} of {count:,} were taken out",
                    counted,
                    threshold=THRESHOLD,
                    part=kind,
                    evidence=self._evidence[kind] if kept[kind] else (),
                )


def _visible(spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the canaries among some spans that a consumer of the message gets to see."""
    return (one for one in spans if one.type in _TYPES and not one.field.startswith(_OUT_OF_SIGHT))


def _is_left(span: Span, leaked: set[tuple[str, str]]) -> bool:
    if span.person is None:
        return any(kind == span.type for kind, _ in leaked)
    return (span.type, span.person) in leaked


CHECK = Question(
    "Recall of redaction: personal data that is taken out of messages, by type.",
    RedactionExaminer,
    f"at least a share of {THRESHOLD} is taken out; {trials_needed(THRESHOLD)} pieces without a miss do",
)
