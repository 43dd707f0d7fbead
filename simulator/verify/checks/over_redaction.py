"""Does what is nobody's secret come out, too?"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from simulator.core.readings import Span
from simulator.core.records import Expectation
from simulator.core.verdicts import Verdict
from simulator.verify.check import Batch, Case, Examiner, Question, Scope, at, at_least, result
from simulator.verify.expected import expected
from simulator.verify.ground import NOBODY
from simulator.verify.output import Output, number
from simulator.verify.proportion import Proportion
from simulator.verify.verification import CheckResult, Concern, Evidence

THRESHOLD = 0.95
"""Share of the messages, and of the fields and words in them, that have to survive."""

CLOSE = 0.05
"""How far a number may be off, relatively, and still be the same."""

_ITS_OWN = frozenset(
    {"id", "topic", "device", "client_id", "seq", "time", "latitude", "longitude", "accuracy"}
)
"""Fields that a right control may change to hide who sent a message, when, and from where."""

_WORD = re.compile(r"\w+")


class OverRedactionExaminer(Examiner):
    """Counts messages that did not come out, and what was destroyed in those that did."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._scopes: dict[str, Scope] = {}
        self._survived = self._compared = 0
        self._evidence: list[Evidence] = []
        self._destroyed: Counter[str] = Counter()

    def see(self, batch: Batch) -> None:
        """Hold each message that came out against what went in."""
        scope = self._scopes.setdefault(batch.purpose, Scope(self.case.ground))
        scope.add(batch)
        heard = self.case.heard
        if not heard:
            return
        for output, message in zip(batch.outputs, batch.message.tolist(), strict=True):
            if message != NOBODY and message in heard:
                self._compare(output, message)

    def _compare(self, output: Output, message: int) -> None:
        spans = self.case.ground.spans.get(message, ())
        for name, survived in compare(self.case.heard[message], output.fields, spans):
            self._compared += 1
            self._survived += survived
            if not survived:
                self._destroyed[name] += 1
                if self._destroyed[name] <= 2:
                    self._evidence.append(at(output, f"{name} did not survive", name))

    def conclude(self) -> Iterable[CheckResult]:
        """A result for the messages, and one for the fields and words if it is known what went in."""
        came = sum(int(scope.came.sum()) for scope in self._scopes.values())
        if not came:
            return
        survived = trials = 0
        for purpose, scope in self._scopes.items():
            passing = expected(self.case, purpose, Expectation.ALLOW) & scope.within()
            trials += int(passing.sum())
            survived += int((passing & scope.came).sum())
        messages = Proportion(survived, trials)
        yield result(
            at_least(messages, THRESHOLD),
            f"{survived:,} of {trials:,} messages that may be passed on came out",
            messages,
            threshold=THRESHOLD,
            part="messages",
            concern=Concern.UTILITY,
        )
        fields = Proportion(self._survived, self._compared)
        if not self.case.heard:
            return
        verdict = at_least(fields, THRESHOLD)
        most = ", ".join(f"{name} {count:,}" for name, count in self._destroyed.most_common(3))
        told = f"{fields.count:,} of {fields.trials:,} harmless fields and words survived"
        yield result(
            verdict,
            told
            + (f"; destroyed: {most}" if most else "")
            + ("" if fields.trials else "; none was compared"),
            fields,
            threshold=THRESHOLD,
            part="fields",
            concern=Concern.UTILITY,
            evidence=self._evidence if verdict is Verdict.FAILED else self._evidence[:3],
        )


def compare(
    heard: Mapping[str, Any], came: Mapping[str, Any], spans: Sequence[Span]
) -> Iterator[tuple[str, bool]]:
    """Yield the name of each harmless field, or of the field of each harmless word, and whether it survived.

    Args:
        heard: the fields that went in.
        came: those that came out.
        spans: where in them something personal stands.
    """
    personal: dict[str, list[Span]] = {}
    for span in spans:
        personal.setdefault(span.field, []).append(span)
    for name, value in heard.items():
        if name in _ITS_OWN or name.endswith(tuple(f".{own}" for own in _ITS_OWN)):
            continue
        if name not in personal:
            yield name, _is_same(value, came.get(name))
        elif isinstance(value, str):
            left = Counter(_WORD.findall(str(came.get(name, "")).lower()))
            for word in _WORD.findall(_without(value, personal[name]).lower()):
                yield name, left[word] > 0
                left[word] -= 1


def _without(text: str, spans: Sequence[Span]) -> str:
    for span in sorted(spans, key=lambda one: one.start, reverse=True):
        # Half a word is nobody's word.
        start, end = span.start, span.end
        while start > 0 and text[start - 1 : start].isalnum():
            start -= 1
        while end < len(text) and text[end : end + 1].isalnum():
            end += 1
        text = text[:start] + " " + text[end:]
    return text


def _is_same(value: Any, came: Any) -> bool:
    if came is None:
        return False
    if value == came or str(value) == str(came):
        return True
    one, other = number(value), number(came)
    if one is None or other is None:
        return False
    return bool(np.isclose(one, other, rtol=CLOSE, atol=0.0))


CHECK = Question(
    "Over-redaction: messages, fields and words that had to survive.",
    OverRedactionExaminer,
    f"at least a share of {THRESHOLD} of the messages survives, and of the fields and words in them",
)
