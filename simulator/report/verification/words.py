"""The words and figures that all reports of a verification share."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from simulator.core.units import format_duration
from simulator.verify import CheckResult, Evidence, SourceResult, Verdict, Verification, overall
from simulator.verify.clauses import Framework, find_clause, frameworks

WORST_FIRST = (Verdict.FAILED, Verdict.UNTRUSTED, Verdict.HELD)
"""Verdicts in the order in which a reader wants them."""


@dataclass(frozen=True, slots=True)
class Control:
    """What is known about one control.

    Attributes:
        name: as the scenario has it.
        verdict: over all its checks; untrusted if there is none, or if nothing may be concluded.
        sources: its outputs.
        checks: results, as they were made.
        doubts: why nothing may be concluded from anything in the run.
    """

    name: str
    verdict: Verdict
    sources: tuple[SourceResult, ...]
    checks: tuple[CheckResult, ...]
    doubts: tuple[str, ...] = ()

    @property
    def distrust(self) -> tuple[str, ...]:
        """Why nothing may be concluded from its outputs, each reason once."""
        return tuple(dict.fromkeys(reason for source in self.sources for reason in source.distrust))

    @property
    def purposes(self) -> str:
        """What the consumers behind it are for."""
        return ", ".join(dict.fromkeys(source.purpose for source in self.sources))

    @property
    def clauses(self) -> tuple[str, ...]:
        """Tags of all its checks, each once."""
        return tuple(dict.fromkeys(tag for check in self.checks for tag in check.clauses))

    @property
    def troubles(self) -> tuple[CheckResult, ...]:
        """What did not hold, worst first: each thing once.

        Parts of a check are left out where something is said about the whole, and checks where nothing may be
        concluded for a reason that is given for the whole output.
        """
        given = (*self.doubts, *self.distrust)
        wrong = [
            check
            for verdict in WORST_FIRST[:2]
            for check in self.of(verdict)
            if not check.reason.startswith(given)
        ]
        whole = {(check.check, check.verdict) for check in wrong if not check.part}
        return tuple(check for check in wrong if not check.part or (check.check, check.verdict) not in whole)

    def of(self, verdict: Verdict) -> tuple[CheckResult, ...]:
        """Return the results with one verdict."""
        return tuple(check for check in self.checks if check.verdict is verdict)


def controls(verification: Verification) -> list[Control]:
    """Return the controls that were judged, in the order of their outputs."""
    names = dict.fromkeys(
        [source.control for source in verification.sources] + [check.control for check in verification.checks]
    )
    return [_control(verification, name) for name in names]


def _control(verification: Verification, name: str) -> Control:
    sources = tuple(source for source in verification.sources if source.control == name)
    checks = tuple(check for check in verification.checks if check.control == name)
    verdicts = [check.verdict for check in checks]
    if verification.distrust or not checks or any(source.distrust for source in sources):
        verdicts.append(Verdict.UNTRUSTED)
    return Control(name, overall(verdicts) or Verdict.UNTRUSTED, sources, checks, verification.distrust)


def headline(verification: Verification) -> str:
    """Return what became of how many controls, such as ``1 of 3 controls held, 2 failed``."""
    verdicts = [control.verdict for control in controls(verification)]
    if not verdicts:
        return "no control was judged"
    counts = [f"{verdicts.count(one)} {one.value}" for one in WORST_FIRST[:2] if one in verdicts]
    noun = "control" if len(verdicts) == 1 else "controls"
    return ", ".join([f"{verdicts.count(Verdict.HELD)} of {len(verdicts)} {noun} held", *counts])


def traced(verification: Verification) -> str:
    """Return how much of what came out was understood."""
    join = verification.join
    total = join.joined + join.unjoined
    if not total:
        return "no record came out"
    return f"{join.joined:,} of {total:,} records traced back to what was sent"


def title(check: CheckResult) -> str:
    """Return the name of a check as people write it, such as ``leak: payment card``."""
    name = spaced(check.check)
    return f"{name}: {spaced(check.part)}" if check.part else name


def value(check: CheckResult) -> str:
    """Return what was measured, with its unit; ``-`` if nothing was."""
    return "-" if check.value is None else figure(check.value, check.unit)


def threshold(check: CheckResult) -> str:
    """Return what the value is held against; ``-`` if nothing is."""
    return "-" if check.threshold is None else figure(check.threshold, check.unit)


def interval(check: CheckResult) -> str:
    """Return the interval around the value; ``-`` if there is none."""
    if check.low is None or check.high is None:
        return "-"
    if check.unit == "share":
        return f"{_number(check.low * 100)} to {_number(check.high * 100)} %"
    return f"{_bare(check.low, check.unit)} to {_bare(check.high, check.unit)}"


def measured(check: CheckResult) -> str:
    """Return value, interval, limit and evidence in one line; empty if nothing was measured."""
    if check.value is None:
        return ""
    parts = [value(check)]
    if check.low is not None and check.high is not None:
        parts.append(f"({interval(check)} at 95 % confidence)")
    if check.threshold is not None:
        parts.append(f"against a limit of {threshold(check)}")
    if check.trials:
        parts.append(f"in {check.trials:,} trials")
    return " ".join(parts)


def figure(number: float, unit: str) -> str:
    """Return a number with its unit: ``0.31 %``, ``3 people``, ``1m 30s``."""
    match unit:
        case "share":
            return f"{_number(number * 100)} %"
        case "people":
            return f"{_number(number)} {'person' if number == 1 else 'people'}"
        case _:
            return _bare(number, unit)


def place(evidence: Evidence) -> str:
    """Return where something lies, such as ``egress/redactor.jsonl:12: transcript``; empty if nowhere."""
    if evidence.where is not None:
        return evidence.where
    if evidence.sink is None:
        return ""
    return evidence.sink if evidence.row is None else f"{evidence.sink}:{evidence.row}"


def details(evidence: Evidence) -> str:
    """Return what is known about a piece of evidence and not said by it: type, forms, person, message."""
    said = spaced(evidence.what)
    forms = " in ".join(map(spaced, reversed(evidence.encodings)))
    facts = [
        ("", evidence.type and spaced(evidence.type)),
        ("as ", forms),
        ("of ", evidence.person),
        ("in message ", evidence.message),
    ]
    return " ".join(f"{word}{fact}" for word, fact in facts if fact and fact not in said)


def cited(tags: Iterable[str]) -> str:
    """Return tags in a line, each framework once, such as ``EN 303 645 5.8; GDPR Art. 25, 32``."""
    known: dict[Framework, list[str]] = {}
    others = []
    for tag in tags:
        if (clause := find_clause(tag)) is None:
            others.append(tag)
        else:
            known.setdefault(clause.framework, []).append(clause.id)
    parts = (
        f"{framework.name} {framework.prefix}{in_order(known[framework])}"
        for framework in frameworks()
        if framework in known
    )
    return "; ".join([*parts, *others])


def in_order(ids: Iterable[str]) -> str:
    """Return clauses of one framework in a line, as they stand in it: 9 before 25."""
    return ", ".join(sorted(set(ids), key=_place_in_framework))


def _place_in_framework(clause: str) -> list[str]:
    return [part.zfill(6) if part.isdigit() else part for part in re.split(r"(\d+)", clause)]


def within_run(verification: Verification) -> Verification:
    """Return a verification whose evidence lies at places relative to the run's folder, if it is in there."""
    start = f"{verification.run.rstrip('/')}/"

    def relative(evidence: Evidence) -> Evidence:
        where = evidence.where
        return evidence if where is None else replace(evidence, where=where.removeprefix(start))

    checks = (replace(check, evidence=tuple(map(relative, check.evidence))) for check in verification.checks)
    return replace(verification, checks=tuple(checks))


def spaced(name: str) -> str:
    """Return a name of the program's as words."""
    return name.replace("_", " ")


def listed(items: Sequence[str], most: int) -> str:
    """Return the first of some things in a line, and how many more there are."""
    rest = len(items) - most
    return ", ".join(items[:most]) + (f" and {rest} more" if rest > 0 else "")


def _bare(number: float, unit: str) -> str:
    return format_duration(number) if unit == "seconds" and number >= 0 else _number(number)


def _number(number: float) -> str:
    """Return a number with four figures or more, so that it does not look like a limit that it misses."""
    if abs(number) >= 1000:
        return f"{number:,.0f}"
    return f"{number:.4g}" if abs(number) >= 0.001 or number == 0 else f"{number:.2g}"
