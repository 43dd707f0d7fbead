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
from simulator.report.dashboards.people import wishes
from simulator.report.dashboards.queries import DETECTORS, WHOLE, rate

ABOUT = "What is sent about people, what a right control does with it, and what came out of the controls."

_OF_PRIVACY = f'control!="broker", check!~"{DETECTORS}"'
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
                rate("fleetsim_expectations_total", "{{expectation}}", by="expectation"),
                unit=PER_SECOND,
                stacked=True,
            ),
            curves(
                "Hazards",
                "Messages by why they are about somebody's privacy; one may be for several reasons.",
                rate("fleetsim_hazards_total", "{{hazard}}", by="hazard"),
                unit=PER_SECOND,
            ),
        ),
    )


def _people() -> Group:
    return Group("People's wishes", wishes())


def _verdicts() -> Group:
    return Group(
        "Truth against verdict, once the run is judged",
        (
            number(
                "Leaks",
                "Pieces of personal data that came out of a control.",
                Query(
                    f'sum by (control) (fleetsim_check_ratio{{{WHOLE}, check="leak"}}'
                    f' * fleetsim_check_trials{{{WHOLE}, check="leak"}})',
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
                    f"fleetsim_check_ratio{{{WHOLE}, {_OF_PRIVACY}}}",
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
