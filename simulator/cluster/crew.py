"""The crew: starts a worker for each shard, adds up what they report, and answers for each of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from signal import Signals

from simulator.cluster.messages import Begin, Connected, Done, Failed, Progress, Stop
from simulator.cluster.recovery import recover
from simulator.cluster.worker import work
from simulator.core.errors import UsageError
from simulator.core.shard import Shard
from simulator.plan import Ended, Plan
from simulator.spawn import pipe, spawn
from simulator.standing import Standing
from simulator.truth import merge_truth

TURN = 0.1
"""Seconds between two looks at whether the run was stopped."""

REPORT = 0.5
"""Seconds between two reports of all workers together."""

HEAD_START = 0.05
"""Seconds from the word to begin to the first due time, so that it reaches every worker before that."""


@dataclass(slots=True)
class _Member:
    """A worker as the crew sees it."""

    plan: Plan
    process: BaseProcess
    wire: Connection
    standing: Standing = field(default_factory=Standing)
    connected: bool = False
    ended: Ended | None = None
    error: Exception | None = None
    gone: bool = False


class Workers:
    """Carries a load on several processes, a shard each.

    A worker that dies fails the run: the others stop, and the dead one's share is accounted for.
    """

    def __init__(self, count: int) -> None:
        self._count = count

    def carry(self, plan: Plan, report: Callable[[Standing], None], stopped: Callable[[], bool]) -> Ended:
        """Run the load to its end on all workers, and merge their truth.

        Raises:
            UsageError: there are fewer neighbourhoods than workers.
            FleetsimError: what a worker cannot go on for.
        """
        if self._count > plan.scenario.neighbourhoods:
            raise UsageError(
                f"{self._count} workers need as many neighbourhoods, and there are "
                f"{plan.scenario.neighbourhoods}; lower world.households_per_neighbourhood or --workers"
            )
        members = [self._hire(plan, index) for index in range(self._count)]
        try:
            self._lead(members, report, stopped)
        finally:
            for member in members:
                if not member.gone:
                    member.process.terminate()
                member.process.join()
                member.wire.close()
        for member in members:
            if member.error is not None:
                raise member.error
        failure = self._answer_for_the_dead(members)
        if plan.folder is not None:
            merge_truth(plan.folder, [member.plan.folder for member in members if member.plan.folder])
        ends = [member.ended for member in members if member.ended is not None]
        return Ended(
            standing=Standing.together(member.standing for member in members),
            seconds=max((ended.seconds for ended in ends), default=0.0),
            interrupted=stopped() and failure is None,
            failure=failure or next((ended.failure for ended in ends if ended.failure), None),
        )

    def _hire(self, plan: Plan, index: int) -> _Member:
        ours, theirs = pipe()
        folder = None if plan.folder is None else plan.folder.part(index)
        part = replace(plan, folder=folder, shard=Shard(index, self._count))
        process = spawn(work, part, theirs, name=f"fleetsim worker {index}")
        theirs.close()
        return _Member(part, process, ours)

    def _lead(
        self, members: list[_Member], report: Callable[[Standing], None], stopped: Callable[[], bool]
    ) -> None:
        begun = told_to_stop = False
        next_report = 0.0
        while present := {member.wire: member for member in members if not member.gone}:
            for wire in wait(list(present), TURN):
                self._listen(present[wire])  # type: ignore[index]
            if not begun and all(member.connected for member in members):
                begun = True
                self._tell(members, Begin(time.monotonic() + HEAD_START))
            broken = any(member.gone and member.ended is None for member in members)
            if not told_to_stop and (broken or stopped()):
                told_to_stop = True
                self._tell(members, Stop())
            if time.monotonic() >= next_report:
                next_report = time.monotonic() + REPORT
                report(Standing.together(member.standing for member in members))

    @staticmethod
    def _listen(member: _Member) -> None:
        try:
            message = member.wire.recv()
        except (EOFError, OSError):
            member.gone = True
            return
        match message:
            case Connected():
                member.connected = True
            case Progress(standing):
                member.standing = standing
            case Done(ended):
                member.ended = ended
                member.standing = ended.standing
            case Failed(error):
                member.error = error

    @staticmethod
    def _tell(members: list[_Member], message: Begin | Stop) -> None:
        for member in members:
            if not member.gone:
                try:
                    member.wire.send(message)
                except OSError:
                    member.gone = True

    def _answer_for_the_dead(self, members: list[_Member]) -> str | None:
        """Count what dead workers had done; return what became of them, None if nobody died."""
        dead = [member for member in members if member.ended is None]
        for member in dead:
            last = member.standing.connections
            member.standing = replace(
                member.standing,
                tally=recover(member.plan, member.standing.tally),
                connections=replace(last, now_connected=0, lost=last.lost + last.now_connected),
                queued=0,
                in_flight=0,
            )
        return (
            "; ".join(
                f"worker {member.plan.shard} {_end(member.process.exitcode)}; "
                "messages whose outcome it had not written count as lost"
                for member in dead
            )
            or None
        )


def _end(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return f"was killed by {Signals(-exit_code).name}"
    return f"ended with exit code {exit_code}"
