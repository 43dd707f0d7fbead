"""The books of a load: every message that comes due is entered, and closed once, with how it ended."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from simulator.core.actions import Publish
from simulator.core.records import CanaryTruth, Delivered, MessageTruth
from simulator.metrics import Tally, Truths
from simulator.truth import RowWriter
from simulator.witness import Witness


class Ledger:
    """Counts and writes down every message: its truth when it is due, its outcome when there is one.

    The outcomes add up to the messages due once `close` was called.

    Args:
        tally: counts.
        rows: take what is written down.
        witness: what the run itself sees of the messages, if it looks.
        planted: says which canaries a message is the first to hold.
        truths: counts what is true about the messages.
    """

    def __init__(
        self,
        tally: Tally,
        rows: RowWriter,
        witness: Witness | None,
        planted: Callable[[MessageTruth], Iterable[CanaryTruth]] = lambda _about: (),
        truths: Truths | None = None,
    ) -> None:
        self._truths = truths or Truths()
        self._planted = planted
        self._tally = tally
        self._rows = rows
        self._witness = witness

    def due(self, publish: Publish, about: MessageTruth | None, due: float, behind: float) -> None:
        """Enter a message that is to be sent now.

        Args:
            about: the truth about it, if it has any.
            due: when it had to be sent, in seconds of the load's clock.
            behind: seconds from then until now.
        """
        if about is not None:
            self._rows.message(about)
            self._truths.due(about)
            if about.spans:
                for canary in self._planted(about):
                    self._rows.canary(canary)
        self._tally.due(publish, behind)
        if self._witness is not None:
            self._witness.expect(publish, due)

    def ended(self, publish: Publish, delivered: Delivered) -> None:
        """Close a message, as far as the delivery side knows."""
        if self._witness is not None:
            judged = self._witness.judge(publish, delivered)
            if judged is None:
                return
            delivered = judged
        self._tally.finished(publish, delivered)
        if self._truths.open:
            self._truths.finished(publish.id, delivered.outcome)
        self._rows.delivered(delivered)

    def witnessed(self, payload: bytes, now: float) -> None:
        """Take what the broker brought to the run's own witness."""
        if self._witness is not None:
            for publish, delivered in self._witness.receive(payload, now):
                self._close(publish, delivered)

    def close(self) -> None:
        """Close what the witness alone could still have vouched for: nothing more will come."""
        if self._witness is not None:
            for publish, delivered in self._witness.give_up():
                self._close(publish, delivered)

    def _close(self, publish: Publish, delivered: Delivered) -> None:
        self._tally.finished(publish, delivered)
        self._truths.finished(publish.id, delivered.outcome)
        self._rows.delivered(delivered)
