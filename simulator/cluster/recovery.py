"""Accounts for the share of a worker that died: what it wrote is counted, what it left open is lost."""

from __future__ import annotations

from simulator.core.records import Delivered, Outcome
from simulator.metrics import Tally
from simulator.plan import Plan
from simulator.truth import TruthWriter, read_delivered, read_messages

REASON = "worker died"


def recover(plan: Plan, last: Tally) -> Tally:
    """Return the tally of a dead worker's rows, and write a row for each message that it left open.

    A message of which no outcome was written counts as lost, though it may have been delivered.

    Args:
        plan: the worker's.
        last: what it last reported; all that is known if it wrote no rows.
    """
    if plan.folder is None:
        return last
    tally = Tally(late_after=plan.scenario.late_after)
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
    return tally
