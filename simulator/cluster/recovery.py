"""Accounts for the share of a worker that died: what it wrote is counted, what it left open is lost."""

from __future__ import annotations

from collections.abc import Iterator

from simulator.core.records import Delivered, Outcome, SessionChange, SessionMoment
from simulator.metrics import Tally
from simulator.plan import Plan
from simulator.truth import RunFolder, TruthWriter, read_delivered, read_messages, read_sessions

REASON = "worker died"


def recover(plan: Plan, last: Tally) -> Tally:
    """Return the tally of a dead worker's rows, and write a row for each message and session left open.

    A message of which no outcome was written counts as lost, though it may have been delivered. A session
    ends at the last moment that a row of any session tells of.

    Args:
        plan: the worker's.
        last: what it last reported; all that is known if it wrote no rows.
    """
    if plan.folder is None:
        return last
    tally = Tally(late_after=plan.scenario.late_after)
    ends = list(_ends(plan.folder))
    outcomes = {row.id: row for row in read_delivered(plan.folder)}
    with TruthWriter(plan.folder) as truth:
        for index, message in enumerate(read_messages(plan.folder)):
            tally.due(message)
            outcome = outcomes.get(message.id)
            if outcome is None:
                due = plan.pacer.due(message.at, index)
                outcome = Delivered(message.id, due, None, None, Outcome.LOST, REASON)
                truth.delivered(outcome)
            tally.finished(message, outcome)
        for end in ends:
            truth.session(end)
    return tally


def _ends(folder: RunFolder) -> Iterator[SessionChange]:
    """Yield how the sessions end that a dead worker left open."""
    states: dict[str, SessionMoment] = {}
    last = 0.0
    for row in read_sessions(folder):
        states[row.device] = row.state
        last = max(last, row.at)
    for device, state in states.items():
        if state not in (SessionMoment.ENDED, SessionMoment.REFUSED):
            yield SessionChange(device, last, SessionMoment.ENDED, REASON)
