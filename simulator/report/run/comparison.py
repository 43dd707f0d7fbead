"""A run beside an earlier one: each figure with its change, and why the two may not be comparable."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from simulator.report import words
from simulator.report.run.result import Result
from simulator.report.summary import Percentiles, Status, Summary, ThresholdResult, VerdictResult
from simulator.report.verification.words import listed, spaced

Part = TypeVar("Part")

MOST_DIFFERENCES = 8
"""Fields of the scenarios that are named where they differ."""


TOLD = frozenset(("name", "seed", "description"))
"""Fields of the scenarios that are told of elsewhere, or change nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A figure of both runs.

    Attributes:
        what: what it is, with its unit.
        earlier, now: the figures, None where nothing was measured.
    """

    what: str
    earlier: float | None
    now: float | None

    @property
    def percent(self) -> str:
        """Return the change in per cent of the earlier figure, such as ``+12.5 %``."""
        if self.earlier is None or self.now is None:
            return "-"
        if self.earlier == self.now:
            return "0 %"
        if not self.earlier:
            return "-"
        change = (self.now - self.earlier) / self.earlier * 100
        return f"{change:+,.0f} %" if abs(change) >= 99.5 else f"{change:+.2g} %"


@dataclass(frozen=True, slots=True)
class Turn:
    """A threshold or a verdict that came to something else than in the earlier run.

    Attributes:
        what: the threshold, or the control and the check.
        earlier, now: what came of it.
        better, worse: whether it is as it should be now and was not, or the other way round.
    """

    what: str
    earlier: str
    now: str
    better: bool = False
    worse: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a run differs from an earlier one.

    Attributes:
        earlier: the folder of that.
        warnings: why a difference may come from something else than what is looked at.
        changes: figures of both.
        turns: thresholds and verdicts that turned.
    """

    earlier: str
    warnings: tuple[str, ...]
    changes: tuple[Change, ...]
    turns: tuple[Turn, ...]


def compare(result: Result, earlier: Result) -> Comparison:
    """Return how a run differs from an earlier one."""
    now, then = result.summary, earlier.summary
    return Comparison(
        earlier=str(earlier.folder.path),
        warnings=tuple(_warnings(result, earlier)),
        changes=() if now is None or then is None else tuple(_changes(now, then)),
        turns=() if now is None or then is None else tuple(_turns(now, then)),
    )


def _warnings(result: Result, earlier: Result) -> Iterator[str]:
    if earlier.summary is None:
        yield "The earlier run left no summary, so there is no figure to compare with."
    elif earlier.summary.status.value not in ("passed", "failed") or earlier.summary.failure:
        yield f"The earlier run was {earlier.status}: its figures may mislead."
    now, then = result.manifest, earlier.manifest
    if earlier.asked.name != result.asked.name:
        yield f"The earlier run was of another scenario, {earlier.asked.name}."
    if now.seed != then.seed:
        yield f"The earlier run had another seed, {then.seed} and not {now.seed}, so other people."
    differ = [path for path in _differences(then.scenario, now.scenario) if path not in TOLD]
    if differ:
        yield f"The scenarios differ in {listed(differ, MOST_DIFFERENCES)}."
    if result.summary is not None and earlier.summary is not None:
        one = _in_one_only(result.summary, earlier.summary)
        if one:
            yield f"Only one of the two runs had to keep {listed(one, MOST_DIFFERENCES)}."
    for library in {**then.versions, **now.versions}:
        before, after = then.versions.get(library, "none"), now.versions.get(library, "none")
        if before != after:
            yield f"The earlier run was made with another version of {library}, {before} and not {after}."


def _differences(then: Mapping[str, Any], now: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    """Yield the paths of the fields that differ; not what they hold, which may be a password."""
    for key in {**then, **now}:
        before, after = then.get(key), now.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from _differences(before, after, f"{prefix}{key}.")
        elif before != after:
            yield f"{prefix}{key}"


def _changes(now: Summary, then: Summary) -> Iterator[Change]:
    yield Change("messages/s delivered", then.messages_per_second, now.messages_per_second)
    for name in ("due", "sent", "acknowledged", "received", "refused", "dropped", "lost", "late"):
        before, after = getattr(then.messages, name), getattr(now.messages, name)
        if before or after:
            yield Change(f"messages {name}", before, after)
    for name in ("reached", "lost", "reconnected"):
        before, after = getattr(then.connections, name), getattr(now.connections, name)
        if before or after:
            yield Change(f"connections {name}", before, after)
    times = (
        ("publish latency", then.latency_ms.publish, now.latency_ms.publish),
        ("end to end latency", then.latency_ms.end_to_end, now.latency_ms.end_to_end),
        ("lag", then.lag_ms, now.lag_ms),
    )
    for what, before, after in times:
        if before.max is not None or after.max is not None:
            yield from _percentiles(what, before, after)
    yield Change("seconds of the load", then.seconds, now.seconds)
    yield Change("seconds of processor time", then.cpu_seconds, now.cpu_seconds)
    yield Change("MB of memory", then.peak_rss_bytes / 1e6, now.peak_rss_bytes / 1e6)


def _percentiles(what: str, then: Percentiles, now: Percentiles) -> Iterator[Change]:
    for name, field in zip(words.PERCENTILE_NAMES, ("p50", "p90", "p99", "p999", "max"), strict=True):
        yield Change(f"{what} {name}, ms", getattr(then, field), getattr(now, field))


def _turns(now: Summary, then: Summary) -> Iterator[Turn]:
    if then.status is not now.status:
        yield Turn(
            "the run",
            then.status.value,
            now.status.value,
            better=now.status is Status.PASSED,
            worse=then.status is Status.PASSED,
        )
    for name, (before, after) in _pairs(_thresholds(then), _thresholds(now)):
        if before.held is not after.held:
            yield Turn(name, _held(before.held), _held(after.held), better=after.held, worse=before.held)
    for name, (former, later) in _pairs(_verdicts(then), _verdicts(now)):
        if former.verdict != later.verdict:
            said = (former.verdict or "not judged", later.verdict or "not judged")
            yield Turn(name, *said, better=later.held, worse=not later.held)


def _in_one_only(now: Summary, then: Summary) -> list[str]:
    """Return the thresholds and checks that only one of the runs had to keep."""
    return [
        *sorted(_thresholds(then).keys() ^ _thresholds(now).keys()),
        *sorted(_verdicts(then).keys() ^ _verdicts(now).keys()),
    ]


def _thresholds(summary: Summary) -> dict[str, ThresholdResult]:
    return {result.expression: result for result in summary.thresholds}


def _verdicts(summary: Summary) -> dict[str, VerdictResult]:
    return {f"{one.control}: {spaced(one.check)}": one for one in summary.verdicts}


def _pairs(then: Mapping[str, Part], now: Mapping[str, Part]) -> Iterator[tuple[str, tuple[Part, Part]]]:
    return ((name, (then[name], after)) for name, after in now.items() if name in then)


def _held(held: bool) -> str:
    return "held" if held else "not held"
