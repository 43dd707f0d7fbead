"""Is nothing kept for longer than it may be?"""

from __future__ import annotations

from collections.abc import Iterable

from simulator.verify.check import Question
from simulator.verify.checks.erasure import FORGOTTEN, ForgettingExaminer, is_of_request
from simulator.verify.ground import Flags
from simulator.verify.verification import CheckResult


class RetentionExaminer(ForgettingExaminer):
    """Looks for messages that nobody asked to be erased, but that have had their time."""

    noun = "had to be forgotten"

    def _mine(self) -> Flags:
        return ~is_of_request(self.case)

    def conclude(self) -> Iterable[CheckResult]:
        """One result; nothing if the scenario limits no retention."""
        return super().conclude() if self.due.any() else ()


CHECK = Question(
    "Retention: messages that are left after they had to be forgotten.", RetentionExaminer, FORGOTTEN
)
