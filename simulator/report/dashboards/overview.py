"""Overview: does it run, as it should, and what goes on."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from simulator.report.dashboards.board import Group, board
from simulator.report.dashboards.panels import (
    PER_SECOND,
    RUN,
    SECONDS,
    SHARE,
    TIME_OF_DAY,
    WIDTH,
    Query,
    curves,
    number,
    table,
)
from simulator.report.dashboards.queries import quantile, rate

ABOUT = "Whether a run does what it should, and what goes on in it."

_DELIVERED = f'{RUN}, outcome=~"acknowledged|received"'


def overview() -> Dashboard:
    """Return the dashboard."""
    return board("overview", "Overview", ABOUT, (_run(), _load(), _events(), _result()))


def _run() -> Group:
    return Group(
        "The run",
        (
            number(
                "Scenario",
                "What runs.",
                Query(f"fleetsim_run_info{{{RUN}}}", "{{scenario}}"),
                named=True,
            ),
            number(
                "Time of day",
                "What clocks in the simulated town show.",
                Query(f"fleetsim_simulated_time_of_day_seconds{{{RUN}}}"),
                unit=TIME_OF_DAY,
            ),
            number(
                "Speed",
                "Simulated seconds a second.",
                Query(f"fleetsim_speed_ratio{{{RUN}}}"),
                unit="suffix: x",
            ),
            number(
                "Delivered",
                "Share of the messages that have ended which the broker is known to have.",
                Query(
                    f"sum(fleetsim_messages_finished_total{{{_DELIVERED}}})"
                    f" / sum(fleetsim_messages_finished_total{{{RUN}}})"
                ),
                unit=SHARE,
                good=0.999,
            ),
            number(
                "Connected",
                "Share of the sessions that are connected, of those whose devices want a connection.",
                Query(
                    f'sum(fleetsim_connections{{{RUN}, state="connected"}})'
                    f' / (sum(fleetsim_connections{{{RUN}, state!="ended"}}) > 0)'
                ),
                unit=SHARE,
                good=0.99,
            ),
            number(
                "Fleetsim",
                "Version.",
                Query(f"fleetsim_build_info{{{RUN}}}", "{{version}}"),
                named=True,
            ),
        ),
    )


def _load() -> Group:
    return Group(
        "Load",
        (
            curves(
                "Messages",
                "What had to be sent, and how it ended.",
                rate("fleetsim_messages_due_total", "due"),
                rate("fleetsim_messages_finished_total", "{{outcome}}", by="outcome"),
                unit=PER_SECOND,
            ),
            curves(
                "Publish latency",
                "From the moment that a message was due to the broker's answer.",
                quantile("fleetsim_publish_latency_seconds", 0.5),
                quantile("fleetsim_publish_latency_seconds", 0.99),
                unit=SECONDS,
            ),
        ),
    )


def _events() -> Group:
    return Group(
        "What goes on",
        (
            curves(
                "Connections",
                "Sessions of the fleet by state.",
                Query(f"sum by (state) (fleetsim_connections{{{RUN}}})", "{{state}}"),
                stacked=True,
            ),
            curves(
                "Attacks and faults",
                "How many last.",
                Query(f"sum by (campaign) (fleetsim_campaigns_active{{{RUN}}})", "attack: {{campaign}}"),
                Query(f"sum by (fault) (fleetsim_faults_active{{{RUN}}})", "fault: {{fault}}"),
            ),
        ),
    )


def _result() -> Group:
    return Group(
        "Result, once the run is over",
        (
            number(
                "Status",
                "How the run ended.",
                Query(f"fleetsim_run_status{{{RUN}}}", "{{status}}"),
                named=True,
            ),
            table(
                "Thresholds",
                "Whether each threshold of the scenario was held.",
                Query(f"fleetsim_threshold_held{{{RUN}}}"),
                {"threshold": "threshold", "Value": "held"},
                width=(WIDTH - 4) // 2,
            ),
            table(
                "Verdicts",
                "Verdict on each control by each check.",
                Query(f"fleetsim_verdict{{{RUN}}} == 1"),
                {"control": "control", "check": "check", "verdict": "verdict"},
                width=(WIDTH - 4) // 2,
            ),
        ),
    )
