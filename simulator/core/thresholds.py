"""Thresholds: what a run must keep to pass, such as ``publish_latency_p99 < 100ms``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum
from operator import eq, ge, gt, le, lt

from simulator.core.nearest import suggestion
from simulator.core.verdicts import Verdict


class Quantity(Enum):
    """What kind of number a metric is; decides which unit its limit needs."""

    TIME = "time"
    RATIO = "ratio"
    NUMBER = "number"


class Operator(StrEnum):
    """How a metric is compared with its limit."""

    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    EQUAL = "=="

    def holds(self, value: float, limit: float) -> bool:
        """Return whether `value` compares so with `limit`."""
        return _COMPARE[self](value, limit)


_COMPARE: Mapping[Operator, Callable[[float, float], bool]] = {
    Operator.LESS: lt,
    Operator.AT_MOST: le,
    Operator.MORE: gt,
    Operator.AT_LEAST: ge,
    Operator.EQUAL: eq,
}

PERCENTILES: Mapping[str, float] = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p999": 99.9, "max": 100.0}
"""The percentiles that a run reports, by the name that ends a metric."""

METRICS: Mapping[str, Quantity] = {
    **{f"publish_latency_{name}": Quantity.TIME for name in PERCENTILES},
    **{f"end_to_end_latency_{name}": Quantity.TIME for name in PERCENTILES},
    **{f"lag_{name}": Quantity.TIME for name in PERCENTILES},
    "delivered_ratio": Quantity.RATIO,
    "late_ratio": Quantity.RATIO,
    "lost_ratio": Quantity.RATIO,
    "dropped_ratio": Quantity.RATIO,
    "refused_ratio": Quantity.RATIO,
    "connected_ratio": Quantity.RATIO,
    "messages_per_second": Quantity.NUMBER,
    "messages": Quantity.NUMBER,
}
"""Every metric that a threshold may name.

Latencies count from the moment a message was due: ``publish`` to the broker's answer, ``end_to_end`` to
a witness who subscribed; ``lag`` is the time from due to sent. Message ratios are shares of the messages
due, ``connected_ratio`` is the share of the connections asked for. ``delivered_ratio``, ``messages`` and
``messages_per_second`` count what the broker is known to have: messages acknowledged or received.
"""

_UNITS: Mapping[str, float] = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_EXPRESSION = re.compile(r"([A-Za-z_]\w*)\s*(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?)\s*([A-Za-z%/µ]*)")

VERDICT = "verdict."
"""What a threshold begins with that is about a control's verdict."""

_VERDICT_EXPRESSION = re.compile(
    r"verdict\.(?P<control>[a-z0-9_-]+)\.(?P<check>[a-z0-9_]+)\s*==\s*(?P<verdict>[a-z]+)"
)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit that a metric of a run has to keep.

    Attributes:
        metric: a name of `METRICS`.
        operator: how it is compared.
        limit: seconds for latencies and lag, else a plain number.
        unit: the unit that the limit was written with, ``us``, ``ms`` or ``s``; empty for plain numbers.
        expression: the threshold as text, in one spelling.
    """

    metric: str
    operator: Operator
    limit: float
    unit: str
    expression: str

    @classmethod
    def parse(cls, text: str) -> Threshold:
        """Return the threshold that a text such as ``delivered_ratio >= 0.9999`` says.

        Raises:
            ValueError: it is not of this form, names no metric, or its limit lacks or has a wrong unit.
        """
        found = _EXPRESSION.fullmatch(text.strip())
        if found is None:
            raise ValueError(
                f"write a threshold as metric, operator and limit, "
                f"such as publish_latency_p99 < 100ms, not {text!r}"
            )
        metric, operator, number, unit = found.groups()
        if metric not in METRICS:
            raise ValueError(f"no metric is called {metric!r}; {suggestion(metric, METRICS)}")
        scale = _scale(metric, number, unit)
        expression = f"{metric} {operator} {number}{unit}"
        return cls(metric, Operator(operator), float(number) * scale, unit, expression)

    @property
    def quantity(self) -> Quantity:
        """What kind of number the metric is."""
        return METRICS[self.metric]

    def held(self, value: float | None) -> bool:
        """Return whether the metric's value keeps the limit; a value that nobody measured does not."""
        return value is not None and self.operator.holds(value, self.limit)

    def in_unit(self, value: float) -> float:
        """Return a value of the metric in the unit of the expression, to be read beside it."""
        return value / _UNITS[self.unit] if self.unit else value

    def __str__(self) -> str:
        return self.expression


@dataclass(frozen=True, slots=True)
class VerdictThreshold:
    """A verdict that a control of a run has to get, such as ``verdict.redactor.leak == held``.

    Attributes:
        control: its name.
        check: what judges it.
        verdict: what has to come of it.
    """

    control: str
    check: str
    verdict: Verdict

    @classmethod
    def parse(cls, text: str) -> VerdictThreshold | None:
        """Return what a text says; None if it is not about a verdict.

        Raises:
            ValueError: it is, and is not of this form.
        """
        if not text.strip().startswith(VERDICT):
            return None
        found = _VERDICT_EXPRESSION.fullmatch(text.strip())
        if found is None or found["verdict"] not in [*Verdict]:
            raise ValueError(
                f"write verdict.CONTROL.CHECK == {' or '.join(Verdict)}, "
                f"such as verdict.redactor.leak == held, not {text!r}"
            )
        return cls(found["control"], found["check"], Verdict(found["verdict"]))

    @property
    def expression(self) -> str:
        """The threshold as text, in one spelling."""
        return f"{VERDICT}{self.control}.{self.check} == {self.verdict}"


def parse_threshold(text: str) -> Threshold | VerdictThreshold:
    """Return what a text says that a run must keep.

    Raises:
        ValueError: it is no threshold.
    """
    return VerdictThreshold.parse(text) or Threshold.parse(text)


def _scale(metric: str, number: str, unit: str) -> float:
    quantity = METRICS[metric]
    if quantity is Quantity.TIME:
        if unit not in _UNITS:
            raise ValueError(f"{metric} is a time: write its limit in us, ms or s, such as 100ms")
        return _UNITS[unit]
    if unit:
        example = "0.999" if quantity is Quantity.RATIO else "1000"
        raise ValueError(
            f"{metric} is a plain {quantity.value}: write its limit without {unit!r}, such as {example}"
        )
    if quantity is Quantity.RATIO and float(number) > 1:
        raise ValueError(f"{metric} is a ratio between 0 and 1, so its limit cannot be {number}")
    return 1.0
