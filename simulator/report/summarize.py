"""From what was counted to what it means: ratios, percentiles, thresholds, and whether to trust them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from simulator.core.records import Outcome
from simulator.core.refusals import Refusal
from simulator.core.thresholds import PERCENTILES, Quantity, Threshold
from simulator.metrics import Counts, Histogram, Tally, Truths, Witnessed
from simulator.report.summary import (
    AttackMessages,
    Attacks,
    Connections,
    KindMessages,
    Latencies,
    Messages,
    Percentiles,
    Status,
    Summary,
    ThresholdResult,
)

LAG_LIMIT = 1.0
"""Seconds that the generator may be behind in all but one of a hundred messages before a run of an open
loop is not trusted: beyond that, the load was not the one that was asked for."""


def summarize(
    tally: Tally,
    connections: Connections,
    *,
    thresholds: Iterable[Threshold],
    scenario: str,
    seed: int,
    load: str,
    open_loop: bool,
    broker: str,
    transports: Mapping[str, int],
    simulated_seconds: float,
    seconds: float,
    cpu_seconds: float,
    peak_rss_bytes: int,
    interrupted: bool = False,
    failure: str | None = None,
    witness: Witnessed | None = None,
    held_back: Mapping[str, int] | None = None,
    refusals: Mapping[Refusal, int] | None = None,
    egress: Mapping[str, int] | None = None,
    distrust: Iterable[str] = (),
    attacks: Attacks | None = None,
    lag_limit: float = LAG_LIMIT,
) -> Summary:
    """Return the result of a run.

    The status is the first that applies: interrupted; failed, if there is a `failure`; untrusted, if
    nothing was sent, if a message is unaccounted for, or if the generator itself fell behind in an open
    loop; failed, if a threshold was not held; passed.

    Args:
        tally: what was counted.
        connections: likewise.
        thresholds: what had to hold.
        scenario: its name.
        seed: of the run.
        load: how the messages were paced, in words.
        open_loop: whether due times were set in advance.
        broker: what was connected to, in words and without any password.
        transports: connections by transport.
        simulated_seconds: how far the simulated clock came.
        seconds: wall time of the load.
        cpu_seconds: processor time of all processes.
        peak_rss_bytes: most memory that was resident.
        interrupted: whether somebody stopped it before its end.
        failure: why it could not go on.
        witness: what the run's own subscribers saw, if there were any.
        held_back: messages and connections by the hard cap that they were beyond.
        refusals: by what the broker refused and why.
        egress: what each tap received.
        distrust: reasons from elsewhere not to trust the run.
        attacks: what attacks asked of the broker, if there were any.
        lag_limit: seconds; see `LAG_LIMIT`.
    """
    counts = tally.totals()
    values = metric_values(tally, connections, seconds)
    results = tuple(_result(threshold, values[threshold.metric]) for threshold in thresholds)
    reasons = tuple(_distrust(tally, counts, lag_limit if open_loop else None))
    reasons += tuple(distrust)
    return Summary(
        status=_status(interrupted, failure, reasons, results),
        failure=failure,
        distrust=reasons,
        scenario=scenario,
        seed=seed,
        load=load,
        broker=broker,
        messages=Messages(
            due=counts.due,
            sent=counts.sent,
            acknowledged=counts.acknowledged,
            received=counts.received,
            refused=counts.refused,
            dropped=counts.dropped,
            lost=counts.lost,
            late=counts.late,
            duplicated=counts.duplicated,
            commands=tally.commands,
        ),
        connections=connections,
        transports=dict(transports),
        simulated_seconds=round(simulated_seconds, 3),
        seconds=round(seconds, 3),
        messages_per_second=round(values["messages_per_second"] or 0.0, 3),
        latency_ms=Latencies(percentiles(tally.publish_latency), percentiles(tally.end_to_end)),
        lag_ms=percentiles(tally.lag),
        cpu_seconds=round(cpu_seconds, 3),
        peak_rss_bytes=peak_rss_bytes,
        by_kind=_by_kind(tally),
        thresholds=results,
        witness=witness or Witnessed(),
        held_back=dict(held_back or {}),
        refusals=_by_reason(refusals or {}),
        egress=dict(egress or {}),
        attacks=attacks,
    )


def attack_messages(truths: Truths) -> dict[str, AttackMessages]:
    """Return the messages of attacks by kind, as a summary has them."""
    return {
        kind: AttackMessages(
            due=due,
            accepted=sum(count for (of, end), count in truths.ended.items() if of == kind and end.delivered),
            refused=truths.ended[kind, Outcome.REFUSED],
            dropped=truths.ended[kind, Outcome.DROPPED],
            lost=truths.ended[kind, Outcome.LOST],
        )
        for kind, due in sorted(truths.attacks.items())
    }


def metric_values(tally: Tally, connections: Connections, seconds: float) -> dict[str, float | None]:
    """Return the value of every metric that a threshold may name; times in seconds, None if unmeasured."""
    counts = tally.totals()
    values: dict[str, float | None] = {
        "delivered_ratio": _ratio(counts.delivered, counts.due),
        "late_ratio": _ratio(counts.late, counts.due),
        "lost_ratio": _ratio(counts.lost, counts.due),
        "dropped_ratio": _ratio(counts.dropped, counts.due),
        "refused_ratio": _ratio(counts.refused, counts.due),
        "connected_ratio": _ratio(connections.reached, connections.asked),
        "messages": counts.delivered,
        "messages_per_second": counts.delivered / seconds if seconds > 0 else None,
    }
    histograms = {
        "publish_latency": tally.publish_latency,
        "end_to_end_latency": tally.end_to_end,
        "lag": tally.lag,
    }
    for metric, histogram in histograms.items():
        for name, percent in PERCENTILES.items():
            values[f"{metric}_{name}"] = histogram.percentile(percent)
    return values


def _by_reason(refusals: Mapping[Refusal, int]) -> dict[str, dict[str, int]]:
    nested: dict[str, dict[str, int]] = {}
    for refusal, count in sorted(refusals.items()):
        nested.setdefault(refusal.what.value, {})[refusal.reason] = count
    return nested


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _result(threshold: Threshold, value: float | None) -> ThresholdResult:
    shown = None if value is None else threshold.in_unit(value)
    if shown is not None and threshold.quantity is Quantity.TIME:
        shown = round(shown, 6)
    return ThresholdResult(threshold.expression, shown, threshold.held(value))


def _distrust(tally: Tally, counts: Counts, lag_limit: float | None) -> Iterable[str]:
    if counts.sent == 0:
        yield "nothing was sent" if counts.due else "no message was due"
    if unaccounted := counts.due - counts.finished:
        yield f"{unaccounted:,} of {counts.due:,} messages are unaccounted for"
    # A broker that is away delays messages too; that is its fault and shows as lag. Where nobody measured
    # how far the generator alone was behind, lag has to stand for it.
    behind = (tally.behind if tally.behind.count else tally.lag).percentile(99)
    if lag_limit is not None and behind is not None and behind > lag_limit:
        yield (
            f"the generator fell behind: 1 % of the messages were handed over {behind:.3g} s or more after "
            f"they were due; lower the rate or the speed, or use a faster machine"
        )


def _status(
    interrupted: bool, failure: str | None, distrust: tuple[str, ...], results: tuple[ThresholdResult, ...]
) -> Status:
    if interrupted:
        return Status.INTERRUPTED
    if failure is not None:
        return Status.FAILED
    if distrust:
        return Status.UNTRUSTED
    return Status.PASSED if all(result.held for result in results) else Status.FAILED


def percentiles(histogram: Histogram) -> Percentiles:
    """Return a histogram's percentiles as a summary has them."""
    return Percentiles(*(_milliseconds(histogram.percentile(percent)) for percent in PERCENTILES.values()))


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 3)


def _by_kind(tally: Tally) -> dict[str, KindMessages]:
    events: dict[str, dict[str, int]] = {}
    for (kind, event), counts in sorted(tally.by_event().items()):
        events.setdefault(kind, {})[event] = counts.due
    return {
        kind: KindMessages(
            due=counts.due,
            sent=counts.sent,
            acknowledged=counts.acknowledged,
            received=counts.received,
            refused=counts.refused,
            dropped=counts.dropped,
            lost=counts.lost,
            late=counts.late,
            duplicated=counts.duplicated,
            events=events[kind],
        )
        for kind, counts in sorted(tally.by_kind().items())
    }
