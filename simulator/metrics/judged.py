"""What a run came to, as its metrics show it once it is judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from simulator.core.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check measured of a control, as a whole or of a part.

    Attributes:
        part: such as a type of data; empty for the whole.
        value: in the unit, None if nothing was measured.
        unit: as in the check's result; shown are ``share``, ``seconds`` and ``people``.
        trials: pieces of evidence that it is taken from.
    """

    control: str
    check: str
    part: str
    value: float | None
    unit: str
    trials: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What a run came to.

    Attributes:
        status: how it ended.
        thresholds: whether each was held, by its expression.
        records: what each tap took.
        verdicts: on each control by each check, None where none was reached.
        as_expected: whether they are as the scenario expects.
        findings: what the checks measured.
    """

    status: str
    thresholds: Mapping[str, bool] = field(default_factory=dict)
    records: Mapping[str, int] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, str], Verdict | None] = field(default_factory=dict)
    as_expected: Mapping[tuple[str, str], bool] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
