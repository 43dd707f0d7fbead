"""Privacy: what is sent about people, what a right control would do with it, and what came out."""

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

ABOUT = "What is sent about people, what a right control does with it, and what came out of the controls."

_WHOLE = f'{RUN}, part=""'
_OF_PRIVACY = 'control!="broker", check!~"detection|false_alarms|time_to_detect"'
"""Checks that are on the dashboard of security are left out."""


def privacy() -> Dashboard:
    """Return the dashboard."""
    return board("privacy", "Privacy", ABOUT, (_truth(), _people(), _verdicts(), _measured()))


def _truth() -> Group:
    return Group(
        "The truth about what is sent",
        (
            curves(
                "What a right control does",
                "Messages by what a correct control does with them.",
                Query(
                    f"sum by (expectation) (rate(fleetsim_expectations_total{{{RUN}}}[$__rate_interval]))",
                    "{{expectation}}",
                ),
                unit=PER_SECOND,
                stacked=True,
            ),
            curves(
                "Hazards",
                "Messages by why they are about somebody's privacy; one may be for several reasons.",
                Query(
                    f"sum by (hazard) (rate(fleetsim_hazards_total{{{RUN}}}[$__rate_interval]))",
                    "{{hazard}}",
                ),
                unit=PER_SECOND,
            ),
        ),
    )


def _people() -> Group:
    return Group(
        "People's wishes",
        (
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
        ),
    )


def _verdicts() -> Group:
    return Group(
        "Truth against verdict, once the run is judged",
        (
            number(
                "Leaks",
                "Pieces of personal data that came out of a control.",
                Query(
                    f'sum by (control) (fleetsim_check_ratio{{{_WHOLE}, check="leak"}}'
                    f' * fleetsim_check_trials{{{_WHOLE}, check="leak"}})',
                    "{{control}}",
                ),
                width=8,
            ),
            number(
                "Verdicts as expected",
                "Share of the verdicts that are as the scenario expects.",
                Query(f"avg(fleetsim_verdict_as_expected{{{RUN}}})"),
                unit=SHARE,
                good=1.0,
                width=8,
            ),
            number(
                "Recorded",
                "Records that taps took of what came out.",
                Query(f"sum by (tap) (fleetsim_tap_records{{{RUN}}})", "{{tap}}"),
                width=8,
            ),
            table(
                "Verdicts",
                "Verdict on each control by each check.",
                Query(f"fleetsim_verdict{{{RUN}}} == 1"),
                {"control": "control", "check": "check", "verdict": "verdict"},
            ),
            table(
                "Not as expected",
                "Whether a verdict is the one that the scenario expects: 0 is not.",
                Query(f"sort(fleetsim_verdict_as_expected{{{RUN}}})"),
                {"control": "control", "check": "check", "Value": "as expected"},
            ),
        ),
    )


def _measured() -> Group:
    return Group(
        "What the checks measured",
        (
            bars(
                "Shares",
                "Of what each check counts: leaks, what was redacted, what was destroyed needlessly.",
                Query(
                    f"fleetsim_check_ratio{{{_WHOLE}, {_OF_PRIVACY}}}",
                    "{{control}}: {{check}}",
                ),
                unit=SHARE,
                most=1.0,
            ),
            table(
                "Shares by type",
                "The same by type of data.",
                Query(f'fleetsim_check_ratio{{{RUN}, part!="", {_OF_PRIVACY}}}'),
                {"control": "control", "check": "check", "part": "part", "Value": "share"},
                unit=SHARE,
            ),
            bars(
                "People",
                "The least in a group that came out: k of k-anonymity, l of l-diversity.",
                Query(f"fleetsim_check_people{{{RUN}}}", "{{control}}: {{check}} {{part}}"),
            ),
            bars(
                "Time to erase",
                "Time from a request to the last that came out.",
                Query(
                    f"fleetsim_check_seconds{{{RUN}, {_OF_PRIVACY}}}",
                    "{{control}}: {{check}} {{part}}",
                ),
                unit=SECONDS,
            ),
        ),
    )
