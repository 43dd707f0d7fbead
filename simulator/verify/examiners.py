"""What several checks gather alike, before each concludes in its own way."""

from __future__ import annotations

from simulator.verify.check import Batch, Case, Examiner
from simulator.verify.groups import Group
from simulator.verify.traces import Traces


class TraceExaminer(Examiner):
    """Gathers who sent what and when."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._traces = Traces.of(case)

    def see(self, batch: Batch) -> None:
        """Take records."""
        self._traces.add(batch)


class GroupExaminer(Examiner):
    """Gathers aggregates."""

    def __init__(self, case: Case) -> None:
        super().__init__(case)
        self._groups: list[Group] = []

    def see(self, batch: Batch) -> None:
        """Take aggregates."""
        self._groups += [group for group in batch.groups if group is not None]
