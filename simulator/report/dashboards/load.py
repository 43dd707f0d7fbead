"""Load: how honest it was, and how the broker took it."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from simulator.report.dashboards.board import Group, board
from simulator.report.dashboards.panels import BYTES, PER_SECOND, RUN, SECONDS, Query, curves, heat
from simulator.report.dashboards.queries import quantile, rate

ABOUT = "Rates, latencies, queues and connections: how honest the load was, and how the broker took it."

_QUANTILES = (0.5, 0.9, 0.99, 0.999)


def load() -> Dashboard:
    """Return the dashboard."""
    return board("load", "Load", ABOUT, (_messages(), _latency(), _connections(), _witness(), _machine()))


def _quantiles(metric: str) -> tuple[Query, ...]:
    return tuple(quantile(metric, share) for share in _QUANTILES)


def _messages() -> Group:
    return Group(
        "Messages",
        (
            curves(
                "Due, by family",
                "What had to be sent: it does not depend on the broker.",
                rate("fleetsim_messages_due_total", "{{family}}", by="family"),
                unit=PER_SECOND,
                stacked=True,
            ),
            curves(
                "Ended, by outcome",
                "Every message that is due ends in exactly one of these ways.",
                rate("fleetsim_messages_finished_total", "{{outcome}}", by="outcome"),
                unit=PER_SECOND,
                stacked=True,
            ),
            curves(
                "Sent, by QoS",
                "Handed to the kernel.",
                rate("fleetsim_messages_sent_total", "{{qos}}", by="qos"),
                unit=PER_SECOND,
            ),
            curves(
                "Late, sent twice, held back",
                "Messages that were sent late or more than once, or were beyond a hard cap.",
                rate("fleetsim_messages_late_total", "late"),
                rate("fleetsim_messages_duplicated_total", "sent twice"),
                rate("fleetsim_held_back_total", "held back: {{cap}}", by="cap"),
                unit=PER_SECOND,
            ),
            curves(
                "Queues",
                "Messages that are due and wait to be sent, and those that wait for the broker's answer.",
                Query(f"sum(fleetsim_queued_messages{{{RUN}}})", "queued"),
                Query(f"sum(fleetsim_in_flight_messages{{{RUN}}})", "in flight"),
            ),
            curves(
                "Commands",
                "Messages that came to the devices' own subscriptions.",
                rate("fleetsim_commands_total", "commands"),
                unit=PER_SECOND,
            ),
        ),
    )


def _latency() -> Group:
    return Group(
        "Latency, from the moment that a message was due",
        (
            curves(
                "Publish latency",
                "To the broker's answer. Dots are single slow messages, with their ids.",
                *_quantiles("fleetsim_publish_latency_seconds"),
                unit=SECONDS,
            ),
            heat(
                "Publish latency, all of it",
                "How many messages took how long.",
                rate("fleetsim_publish_latency_seconds_bucket", "{{le}}", by="le"),
            ),
            curves(
                "End-to-end latency",
                "To a subscriber of the run's own; nothing without a witness.",
                *_quantiles("fleetsim_end_to_end_latency_seconds"),
                unit=SECONDS,
            ),
            curves(
                "Lag",
                "To being sent, whoever is to blame; and 99 % of what the generator alone is to blame for.",
                *_quantiles("fleetsim_lag_seconds"),
                quantile("fleetsim_generator_lag_seconds", 0.99, "generator p99"),
                unit=SECONDS,
            ),
        ),
    )


def _connections() -> Group:
    return Group(
        "Connections",
        (
            curves(
                "By state",
                "Sessions of the fleet.",
                Query(f"sum by (state) (fleetsim_connections{{{RUN}}})", "{{state}}"),
                stacked=True,
            ),
            curves(
                "Broken and opened anew",
                "Connections that broke, and those that came back.",
                rate("fleetsim_connections_lost_total", "broken"),
                rate("fleetsim_reconnects_total", "opened anew"),
                unit=PER_SECOND,
            ),
            curves(
                "By transport",
                "Sessions by what carries them.",
                Query(f"sum by (transport) (fleetsim_sessions{{{RUN}}})", "{{transport}}"),
            ),
            curves(
                "Refusals",
                "What the broker said no to.",
                rate("fleetsim_refusals_total", "{{packet}}: {{reason}}", by="packet, reason"),
                unit=PER_SECOND,
            ),
        ),
    )


def _witness() -> Group:
    return Group(
        "What the run's own witness saw",
        (
            curves(
                "Expected and received",
                "Messages due from the devices that it watches, and those that arrived.",
                rate("fleetsim_witness_expected_total", "expected"),
                rate("fleetsim_witness_received_total", "received"),
                unit=PER_SECOND,
            ),
            curves(
                "Again, and out of order",
                "Messages that arrived twice, or after a later one of the same device.",
                rate("fleetsim_witness_duplicated_total", "again"),
                rate("fleetsim_witness_reordered_total", "out of order"),
                unit=PER_SECOND,
            ),
        ),
    )


def _machine() -> Group:
    return Group(
        "This machine",
        (
            curves(
                "Processor",
                "Cores that the load took.",
                rate("fleetsim_cpu_seconds_total", "cores"),
                width=8,
            ),
            curves(
                "Memory",
                "Most that was resident.",
                Query(f"sum(fleetsim_peak_resident_memory_bytes{{{RUN}}})", "resident"),
                unit=BYTES,
                width=8,
            ),
            curves(
                "Simulated and wall time",
                "Since the start of the scenario and of the run.",
                Query(f"fleetsim_simulated_seconds{{{RUN}}}", "simulated"),
                Query(f"fleetsim_run_seconds{{{RUN}}}", "wall"),
                unit=SECONDS,
                width=8,
            ),
        ),
    )
