"""The figures of a run in words: what was asked and reached, how messages ended, how long they took."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from simulator.core.units import format_duration
from simulator.report import words
from simulator.report.run.result import Result
from simulator.report.summary import KindMessages, Messages, Summary

ENDS = ("due", "sent", "acknowledged", "received", "refused", "dropped", "lost", "late", "duplicated")
"""Counts of messages, in the order in which they are shown."""

MOST_REASONS = 12
"""Reasons that are named for devices which were not reached."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What was asked of a run, what it reached, and the share of that."""

    what: str
    asked: str
    reached: str
    share: str


def headline(result: Result) -> str:
    """Return what became of a run in a sentence."""
    if result.status == "offline":
        return "nothing was sent to a broker"
    due, delivered = _messages(result)
    asked, reached = _connections(result)
    parts = [
        f"{delivered:,} of {due:,} messages delivered",
        f"{reached:,} of {asked:,} connections reached",
    ]
    summary = result.summary
    if summary is not None:
        parts.append(f"{words.figures(summary.messages_per_second)} messages/s")
        if summary.latency_ms.publish.p99 is not None:
            parts.append(f"p99 of the publish latency {words.figures(summary.latency_ms.publish.p99)} ms")
    return ", ".join(parts)


def troubles(result: Result) -> list[str]:
    """Return what speaks against the figures."""
    summary = result.summary
    if summary is None:
        return list(result.troubles)
    failure = [] if summary.failure is None else [f"The run failed: {summary.failure}"]
    return [*failure, *summary.distrust, *result.troubles]


def facts(result: Result) -> Iterator[tuple[str, str]]:
    """Yield what the run was: names with values."""
    manifest, summary = result.manifest, result.summary
    yield "Started", f"{manifest.started:%Y-%m-%d %H:%M:%S %Z}"
    if summary is not None:
        yield "Load", summary.load
        yield "Broker", summary.broker
    yield "Seed", str(manifest.seed)
    world = result.asked.world
    yield "Town", f"{_several(world.households, 'household')}, {_several(world.shops or 0, 'shop')}"
    if summary is not None:
        yield "Took", format_duration(summary.seconds)
        carried = (f"{count:,} by {transport}" for transport, count in summary.transports.items())
        yield "Transports", ", ".join(carried) or "-"
        memory = f"{summary.peak_rss_bytes / 1e6:,.0f} MB of memory"
        yield "Machine", f"{format_duration(summary.cpu_seconds)} of processor time, {memory}"
    yield "Made with", f"Fleetsim {manifest.versions.get('fleetsim', '?')}"


def reached(result: Result) -> Iterator[Reached]:
    """Yield what was asked of the run, and what it reached."""
    wanted, summary = result.asked, result.summary
    due, delivered = _messages(result)
    yield Reached("messages delivered", f"{due:,}", f"{delivered:,}", words.share(delivered, due))
    asked, got = _connections(result)
    yield Reached("connections", f"{asked:,}", f"{got:,}", words.share(got, asked))
    if wanted.rate and summary is not None:
        achieved, rate = summary.messages_per_second, wanted.rate
        yield Reached("messages a second", f"{rate:,g}", words.figures(achieved), words.share(achieved, rate))
    simulated = result.stretches[-1].simulated if result.stretches else 0.0
    if summary is not None:
        simulated = summary.simulated_seconds
    if result.manifest.complete and summary is not None and not wanted.stages:
        simulated = wanted.duration  # the clock stands at the last message, and nothing is left after it
    yield Reached(
        "simulated time",
        format_duration(wanted.duration),
        format_duration(simulated),
        words.share(simulated, wanted.duration),
    )


def columns(summary: Summary) -> list[str]:
    """Return the counts that are worth a column: those every run has, and those that are not all 0."""
    always = ("due", "sent", "refused", "dropped", "lost", "late")
    return [name for name in ENDS if name in always or getattr(summary.messages, name)]


def counts(messages: Messages | KindMessages, names: Iterable[str]) -> list[str]:
    """Return some counts of messages."""
    return [f"{getattr(messages, name):,}" for name in names]


def rows_of_times(summary: Summary) -> list[tuple[str, ...]]:
    """Return the percentiles of what was measured, each after its name."""
    measured = [("publish latency", summary.latency_ms.publish), ("lag", summary.lag_ms)]
    if summary.latency_ms.end_to_end.max is not None:
        measured.insert(1, ("end to end latency", summary.latency_ms.end_to_end))
    return [(what, *words.percentiles(times)) for what, times in measured]


def connection_facts(summary: Summary) -> Iterator[tuple[str, str]]:
    """Yield what happened to connections besides being reached."""
    connections = summary.connections
    yield "lost", f"{connections.lost:,}"
    yield "reconnected", f"{connections.reconnected:,}"
    for reason, count in _reasons(one.reason for one in connections.unreached):
        yield "not reached", f"{count:,}: {reason}"
    for reason, count in _reasons(one.reason for one in connections.denied):
        yield "let in, but its messages refused", f"{count:,}: {reason}"
    for refusal in words.refused(summary.refusals):
        yield "refused by the broker", refusal
    for cap, count in summary.held_back.items():
        yield "held back", f"{count:,} {cap}"
    if summary.attacks is not None:
        yield "of attacks", words.attacked(summary.attacks)
    witness = summary.witness
    if witness.expected:
        odd = f"{witness.missing:,} missing, {witness.duplicated:,} twice, {witness.reordered:,} out of order"
        yield (
            "seen by the run's own subscribers",
            f"{witness.received:,} of {witness.expected:,}, {odd}",
        )


def _several(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _reasons(reasons: Iterable[str]) -> list[tuple[str, int]]:
    found = Counter(reasons).most_common()
    rest = sum(count for _, count in found[MOST_REASONS:])
    return found[:MOST_REASONS] + ([("for other reasons; see summary.json", rest)] if rest else [])


def _messages(result: Result) -> tuple[int, int]:
    """Return how many messages came due, and how many were delivered."""
    if result.summary is None:
        stretches = result.stretches
        return sum(each.due for each in stretches), sum(each.delivered for each in stretches)
    messages = result.summary.messages
    return messages.due, messages.acknowledged + messages.received


def _connections(result: Result) -> tuple[int, int]:
    """Return how many connections were asked for, and how many were reached."""
    if result.summary is not None:
        return result.summary.connections.asked, result.summary.connections.reached
    if not result.stretches:
        return 0, 0
    asked = max(sum(each.connections.values()) for each in result.stretches)
    return asked, max(each.connections.get("connected", 0) for each in result.stretches)
