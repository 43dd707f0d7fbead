"""People and devices: who lives there, what they agree to, and what devices tell and suffer."""

from __future__ import annotations

from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models.dashboard import Dashboard, Panel

from simulator.report.dashboards.board import Group, board
from simulator.report.dashboards.panels import (
    PER_SECOND,
    RUN,
    TIME_OF_DAY,
    WIDTH,
    Query,
    bars,
    curves,
    number,
)
from simulator.report.dashboards.queries import rate

ABOUT = "Who lives in the simulated town, what they agree to, and what their devices tell and suffer."


def people() -> Dashboard:
    """Return the dashboard."""
    return board("people", "People and devices", ABOUT, (_town(), _told(), _suffered()))


def _town() -> Group:
    return Group(
        "The town",
        (
            number("People", "Who is simulated.", Query(f"sum(fleetsim_people{{{RUN}}})")),
            number("Households", "Where they live.", Query(f"sum(fleetsim_households{{{RUN}}})")),
            number(
                "Devices",
                "Of the fleet, by family.",
                Query(f"sum by (family) (fleetsim_devices{{{RUN}}})", "{{family}}"),
                width=8,
            ),
            number(
                "Time of day",
                "What clocks there show.",
                Query(f"fleetsim_simulated_time_of_day_seconds{{{RUN}}}"),
                unit=TIME_OF_DAY,
            ),
            number(
                "Date",
                "The simulated moment, in your own time zone.",
                Query(f"fleetsim_simulated_clock_timestamp_seconds{{{RUN}}} * 1000"),
                unit="dateTimeAsIso",
            ),
            *wishes(),
        ),
    )


def wishes() -> tuple[Builder[Panel], ...]:
    """Return the panels on what people want to happen with their data."""
    return (
        curves(
            "Consent",
            "People who agree to a use of their data.",
            Query(f"sum by (purpose) (fleetsim_consenting_people{{{RUN}}})", "{{purpose}}"),
        ),
        curves(
            "Requests",
            "What people have asked for about their data so far.",
            Query(f"sum by (kind) (fleetsim_data_requests_total{{{RUN}}})", "{{kind}}"),
        ),
    )


def _told() -> Group:
    return Group(
        "What devices tell of",
        (
            curves(
                "Messages by event",
                "What had to be sent, by family and by what it is about.",
                rate("fleetsim_events_total", "{{family}}: {{event}}", by="family, event"),
                unit=PER_SECOND,
                stacked=True,
                width=16,
            ),
            bars(
                "So far",
                "The same, since the start.",
                Query(
                    f"sort_desc(sum by (family, event) (fleetsim_events_total{{{RUN}}}))",
                    "{{family}}: {{event}}",
                ),
                width=8,
            ),
        ),
    )


def _suffered() -> Group:
    third = WIDTH // 3
    return Group(
        "Faults",
        (
            curves(
                "Faults that last",
                "By kind; those of the network among them.",
                Query(f"sum by (fault) (fleetsim_faults_active{{{RUN}}})", "{{fault}}"),
                width=third,
            ),
            curves(
                "Devices that they have befallen",
                "Now, by kind of fault.",
                Query(f"sum by (fault) (fleetsim_faulty_devices{{{RUN}}})", "{{fault}}"),
                width=third,
            ),
            curves(
                "Messages that they touched",
                "By kind of fault.",
                rate("fleetsim_faulty_messages_total", "{{fault}}", by="fault"),
                unit=PER_SECOND,
                width=third,
            ),
        ),
    )
