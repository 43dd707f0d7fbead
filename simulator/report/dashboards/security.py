"""Security: what attackers do, what the broker lets happen, and how detectors do."""

from __future__ import annotations

from grafana_foundation_sdk.models.dashboard import Dashboard

from simulator.report.dashboards.board import Group, board
from simulator.report.dashboards.panels import (
    PER_SECOND,
    RUN,
    SECONDS,
    SHARE,
    Query,
    bars,
    curves,
    number,
    table,
)
from simulator.report.dashboards.queries import DETECTORS, WHOLE, quantile, rate

ABOUT = "What attackers do, what the broker lets happen, what honest devices feel of it, and who notices."

_OF_DETECTORS = f'check=~"{DETECTORS}"'
_OF_BROKER = 'control="broker"'


def security() -> Dashboard:
    """Return the dashboard."""
    return board("security", "Security", ABOUT, (_attacks(), _felt(), _broker(), _detectors()))


def _attacks() -> Group:
    return Group(
        "Attacks",
        (
            curves(
                "Attacks that last",
                "By kind.",
                Query(f"sum by (campaign) (fleetsim_campaigns_active{{{RUN}}})", "{{campaign}}"),
                stacked=True,
            ),
            curves(
                "Their messages",
                "By kind of attack.",
                rate("fleetsim_attack_messages_total", "{{campaign}}", by="campaign"),
                unit=PER_SECOND,
            ),
            curves(
                "How their messages ended",
                "What the broker took, and what it did not.",
                rate("fleetsim_attack_messages_finished_total", "{{outcome}}", by="outcome"),
                unit=PER_SECOND,
                stacked=True,
            ),
            curves(
                "Connections from outside",
                "Of attackers who are no devices of the fleet: now, asked for, accepted, and broken off.",
                Query(f"sum(fleetsim_outsider_connections{{{RUN}}})", "connected"),
                Query(f"sum(fleetsim_outsider_connections_asked_total{{{RUN}}})", "asked for"),
                Query(f"sum(fleetsim_outsider_connections_reached_total{{{RUN}}})", "accepted"),
                Query(f"sum(fleetsim_outsider_connections_lost_total{{{RUN}}})", "broken off"),
            ),
        ),
    )


def _felt() -> Group:
    return Group(
        "What honest devices feel",
        (
            curves(
                "Publish latency",
                "Of the fleet's messages; attacks are drawn in red.",
                quantile("fleetsim_publish_latency_seconds", 0.95),
                unit=SECONDS,
            ),
            curves(
                "Lost, dropped and refused",
                "Of the fleet's messages.",
                Query(
                    "sum by (outcome) (rate(fleetsim_messages_finished_total"
                    f'{{{RUN}, outcome=~"lost|dropped|refused"}}[$__rate_interval]))',
                    "{{outcome}}",
                ),
                unit=PER_SECOND,
            ),
        ),
    )


def _broker() -> Group:
    return Group(
        "The broker, once the run is judged",
        (
            bars(
                "What it let happen",
                "Share of what it should have stopped, by check.",
                Query(f'fleetsim_check_ratio{{{RUN}, {_OF_BROKER}, check!="harm"}}', "{{check}} {{part}}"),
                unit=SHARE,
                most=1.0,
                width=8,
            ),
            bars(
                "Containment and harm",
                "Time to the last thing that worked for attackers; latency that honest messages gained.",
                Query(f"fleetsim_check_seconds{{{RUN}, {_OF_BROKER}}}", "{{check}} {{part}}"),
                unit=SECONDS,
                width=8,
            ),
            table(
                "Verdicts",
                "Verdict on each control by each check, for which the scenario expects one.",
                Query(f"fleetsim_verdict{{{RUN}}} == 1"),
                {"control": "control", "check": "check", "verdict": "verdict"},
                width=8,
            ),
        ),
    )


def _detectors() -> Group:
    return Group(
        "Detectors, once the run is judged",
        (
            number(
                "Recall",
                "Share of those who attack that a detector told of.",
                Query(f'fleetsim_check_ratio{{{WHOLE}, check="detection"}}', "{{control}}"),
                unit=SHARE,
                good=0.95,
                width=8,
            ),
            number(
                "False alarms",
                "Share of the minutes of honest devices of which a detector told.",
                Query(f'fleetsim_check_ratio{{{WHOLE}, check="false_alarms"}}', "{{control}}"),
                unit=SHARE,
                width=8,
            ),
            number(
                "Time to detect",
                "Of 95 % of those who were told of, from their first packet.",
                Query(f'fleetsim_check_seconds{{{WHOLE}, check="time_to_detect"}}', "{{control}}"),
                unit=SECONDS,
                width=8,
            ),
            bars(
                "Times",
                "To detect: as a whole, and from the first packet and the crossing of a threshold.",
                Query(
                    f"fleetsim_check_seconds{{{RUN}, {_OF_DETECTORS}}}",
                    "{{control}}: {{check}} {{part}}",
                ),
                unit=SECONDS,
            ),
            table(
                "Evidence",
                "Pieces of evidence that each value is taken from.",
                Query(f"fleetsim_check_trials{{{WHOLE}, {_OF_DETECTORS}}}"),
                {"control": "control", "check": "check", "Value": "trials"},
            ),
        ),
    )
