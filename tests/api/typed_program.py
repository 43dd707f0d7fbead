"""A user's program: mypy checks its types strictly (see pyproject.toml), and a test runs it as a script.

It has no ``if __name__ == "__main__"``: what Fleetsim starts must not run it again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import assert_type

import simulator
from simulator.core.actions import Action, Publish
from simulator.core.campaigns import CampaignTruth
from simulator.core.records import MessageTruth, PersonTruth
from simulator.report import Status, Summary, Update
from simulator.verify import CheckResult, Evidence, Verification

EVENING: Mapping[str, object] = {
    "name": "evening",
    "duration": "1h",
    "world": {"households": 4, "shops": 0},
    "devices": [{"kind": "smart_speaker", "per_household": 1.0}],
    "privacy": {"purpose": "analytics"},
    # A consumer that nothing stands in front of: it gets the data of people who never agreed to that.
    "taps": [{"name": "nobody", "topics": ["fleet/#"], "settle": "200ms"}],
}

updates: list[Update] = []

stream = simulator.generate(EVENING, seed=3)
assert_type(stream, simulator.Stream)
for action, truth in stream:
    assert_type(action, Action)
    assert_type(truth, MessageTruth | None)
for publish, about in simulator.generate(EVENING, seed=3).messages():
    assert_type(publish, Publish)
    assert_type(about.person, str | None)

run = simulator.run(EVENING, seed=3, speed=3600, output=Path(sys.argv[1]), progress=updates.append)
assert_type(run, simulator.Run)
assert_type(run.status, Status)
assert_type(run.passed, bool)
assert_type(run.exit_code, simulator.ExitCode)
assert_type(run.summary, Summary)
assert_type(run.summary.messages.due, int)
assert_type(run.verification, Verification | None)
assert_type(list(run.messages), list[MessageTruth])
assert_type(list(run.people), list[PersonTruth])
assert_type(list(run.campaigns), list[CampaignTruth])
assert_type([row.topic for row in run.heard("nobody")], list[str | None])

consent = run.verdict("consent")
assert_type(consent, simulator.Judgement)
assert_type(consent.verdict, simulator.Verdict)
assert_type(consent.results, tuple[CheckResult, ...])
assert_type(consent.evidence, tuple[Evidence, ...])

try:
    simulator.run({"name": "x", "devices": []}, seed=-1)
except simulator.ScenarioError as error:
    assert_type(error.problems, tuple[simulator.Problem, ...])

if not (updates and consent.failed and run.exit_code is simulator.ExitCode.THRESHOLD_FAILED):
    raise SystemExit(run.explain())
