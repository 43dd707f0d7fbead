"""A finding in words and in JSON."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from simulator.calibration.calibrate import Finding, Verdict
from simulator.calibration.estimate import Estimate
from simulator.calibration.target import Part, Unit
from simulator.core.units import HOUR, MINUTE

Number = float | None
"""A number; None where there is none."""

T = TypeVar("T")


class PartRow(msgspec.Struct, frozen=True):
    """One part of a row of the calibration; see `Row`."""

    name: str
    target: float | str
    tolerance: Number
    unit: str
    value: Number
    low: Number
    high: Number
    held: bool | None


class Row(msgspec.Struct, frozen=True):
    """A row of the calibration, for machines.

    Attributes:
        target: the published figure, or the range that agrees as text; a list if there are several parts,
            as for all numbers of the row.
        tolerance: how far from it is near enough, None for a range.
        value, low, high: what was simulated, with its interval of 95 %; None if left out.
        verdict: ``held``, ``missed`` or ``left_out``.
        reason: why it was missed or left out; empty if it held.
        parts: the same numbers by part.
    """

    id: str
    family: str
    quantity: str
    statistic: str
    unit: str
    target: float | str | list[float | str]
    tolerance: Number | list[Number]
    value: Number | list[Number]
    low: Number | list[Number]
    high: Number | list[Number]
    verdict: Verdict
    reason: str
    confidence: str
    source: str
    note: str
    parts: list[PartRow]


def row(finding: Finding) -> Row:
    """Return a finding as a row for machines."""
    target = finding.target
    parts = [_part(finding, number) for number in range(len(target.parts))]
    return Row(
        id=target.id,
        family=target.family,
        quantity=target.quantity,
        statistic=target.statistic,
        unit=target.unit,
        target=_only([part.target for part in parts]),
        tolerance=_only([part.tolerance for part in parts]),
        value=_only([part.value for part in parts]),
        low=_only([part.low for part in parts]),
        high=_only([part.high for part in parts]),
        verdict=finding.verdict,
        reason=reason(finding),
        confidence=target.confidence,
        source=target.source,
        note=target.note,
        parts=parts,
    )


def reason(finding: Finding) -> str:
    """Return why a finding does not hold, part by part; empty if it does."""
    if finding.verdict is not Verdict.MISSED:
        return finding.reason
    target = finding.target
    missed = []
    for part, estimate, agrees in zip(target.parts, finding.estimates, finding.agreements, strict=True):
        if not agrees:
            unit = target.unit_of(part)
            missed.append(
                f"{part.name + ': ' if part.name else ''}{format_value(estimate.value, unit)} is not "
                f"{describe(part, unit)}{_doubt(part, estimate)}"
            )
    return "; ".join(missed)


def _doubt(part: Part, estimate: Estimate) -> str:
    """Return what the interval of a part that does not agree says about that."""
    if part.is_trend and part.agrees(estimate.value):
        return " for sure"
    least, most = part.bounds
    return ", though its interval reaches there" if estimate.low <= most and estimate.high >= least else ""


def describe(part: Part, unit: Unit) -> str:
    """Return what agrees with a part, such as ``65.5 ± 1 bpm`` or ``03:00 to 07:00``."""
    least, most = part.bounds
    if part.value is not None and part.tolerance:
        return f"{format_value(part.value, unit, bare=True)} ± {_tolerance(part.tolerance, unit)}"
    if part.value is not None and part.tolerance == 0.0:
        return format_value(part.value, unit)
    if math.isfinite(least) and math.isfinite(most):
        return f"{format_value(least, unit, bare=True)} to {format_value(most, unit)}"
    if math.isfinite(least):
        return f"above {format_value(least, unit)}"
    if math.isfinite(most):
        return f"below {format_value(most, unit)}"
    return "" if part.value is None else format_value(part.value, unit)


def format_value(value: float, unit: Unit, *, bare: bool = False) -> str:
    """Return a value with as many digits as mean something, and its unit unless it is to be bare."""
    if not math.isfinite(value):
        return "none"
    if unit is Unit.CLOCK:
        minutes = round(value * HOUR / MINUTE) % 1440
        return f"{minutes // 60:02d}:{minutes % 60:02d}"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 20 else 2
    text = f"{value:,.{digits}f}"
    if digits and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")
    if bare or unit is Unit.NONE:
        return text
    return f"{text}{'' if unit is Unit.PERCENT else ' '}{unit}"


def _tolerance(tolerance: float, unit: Unit) -> str:
    if unit is Unit.CLOCK:
        return f"{round(tolerance * HOUR / MINUTE)} min"
    return format_value(tolerance, unit)


def _part(finding: Finding, number: int) -> PartRow:
    target = finding.target
    part = target.parts[number]
    estimate = finding.estimates[number] if finding.estimates else None
    unit = target.unit_of(part)
    ranged = part.tolerance is None
    return PartRow(
        name=part.name,
        target=describe(part, unit) if ranged or part.value is None else part.value,
        tolerance=part.tolerance,
        unit=unit,
        value=_number(estimate.value) if estimate else None,
        low=_number(estimate.low) if estimate else None,
        high=_number(estimate.high) if estimate else None,
        held=finding.agreements[number] if estimate else None,
    )


def _number(value: float) -> Number:
    """Return a number with four significant digits after the point, None for what is none."""
    return round(value, 4) if math.isfinite(value) else None


def _only(values: Sequence[T]) -> T | list[T]:
    """Return the one value, or all as a list."""
    return values[0] if len(values) == 1 else list(values)
