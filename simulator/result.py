"""What a run leaves, as a program reads it: the result, the verdicts, and the truth row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from simulator.core.errors import ExitCode, RunFailedError, UsageError
from simulator.core.nearest import suggestion
from simulator.core.verdicts import Verdict

if TYPE_CHECKING:
    from simulator.core.campaigns import CampaignTruth
    from simulator.core.records import (
        CanaryTruth,
        ConsentTruth,
        Delivered,
        FaultTruth,
        MessageTruth,
        PersonTruth,
        RequestTruth,
        SessionChange,
    )
    from simulator.report import DrillSummary, Status, Summary
    from simulator.taps.tape import Row
    from simulator.truth import Rows, RunFolder
    from simulator.verify import CheckResult, Evidence, Verification

_MOST_EVIDENCE = 5
"""Examples of a check that an explanation shows."""


@dataclass(frozen=True, slots=True, repr=False)
class Judgement:
    """What one check says about one control.

    Attributes:
        check: such as ``redaction``; ``fleetsim list checks`` names them.
        control: whose output was judged.
        verdict: over all parts of the check.
        results: the parts, each with its value, interval, reason and evidence.
        folder: of the run, in which the evidence is.
    """

    check: str
    control: str
    verdict: Verdict
    results: tuple[CheckResult, ...]
    folder: Path

    @property
    def held(self) -> bool:
        """Whether the control did what the check asks, with evidence enough to say so."""
        return self.verdict is Verdict.HELD

    @property
    def failed(self) -> bool:
        """Whether it did not."""
        return self.verdict is Verdict.FAILED

    @property
    def reason(self) -> str:
        """Why the verdict is so, in one line."""
        return next(one.reason for one in self.results if one.verdict is self.verdict)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """What speaks for the verdict, the clearest first."""
        return tuple(
            evidence for one in self.results if one.verdict is self.verdict for evidence in one.evidence
        )

    def explain(self) -> str:
        """Return the verdict with its reason and some evidence, in a few lines."""
        shown = [f"  {self._told(one)}" for one in self.evidence[:_MOST_EVIDENCE]]
        if (rest := len(self.evidence) - len(shown)) > 0:
            shown.append(f"  and {rest} more in verify.json")
        return "\n".join([f"{self.control}: {self.check} {self.verdict}: {self.reason}", *shown])

    def __repr__(self) -> str:
        # pytest shows no more than some 240 characters of it, so what matters most comes first.
        clearest = next((f"; {self._told(one)}" for one in self.evidence), "")
        return f"<{self.control}: {self.check} {self.verdict}: {self.reason}{clearest}>"

    def _told(self, evidence: Evidence) -> str:
        """Return a piece of evidence in one line, with its place as seen from the run's folder."""
        if not evidence.where:
            return evidence.what
        return f"{evidence.where.removeprefix(f'{self.folder}/')}: {evidence.what}"


@dataclass(frozen=True, slots=True, repr=False)
class Run:
    """A run that is over.

    The rows of the truth are read from the folder when they are iterated, one at a time.

    Attributes:
        folder: everything that the run has left.
        summary: counts, latencies, thresholds and verdicts, as in ``summary.json``.
    """

    folder: Path
    summary: Summary

    @classmethod
    def open(cls, folder: str | Path) -> Self:
        """Return a run that has been, from its folder.

        Raises:
            UsageError: no run is there.
            RunFailedError: it left no result, or one that cannot be read.
        """
        from simulator.report import read_summary
        from simulator.truth import RunFolder

        opened = RunFolder.open(Path(folder))
        return cls(opened.path, read_summary(opened))

    @property
    def status(self) -> Status:
        """How it ended: ``passed``, ``failed``, ``untrusted`` or ``interrupted``."""
        return self.summary.status

    @property
    def passed(self) -> bool:
        """Whether thresholds and verdicts are all as the scenario wants them, and can be trusted."""
        return self.exit_code is ExitCode.OK

    @property
    def exit_code(self) -> ExitCode:
        """What ``fleetsim run`` exits with."""
        from simulator.report import exit_code

        return exit_code(self.summary)

    @property
    def verification(self) -> Verification | None:
        """The verdicts on all controls with their evidence; None if none was judged.

        Raises:
            RunFailedError: it cannot be read.
        """
        from simulator.verify import read_verification
        from simulator.verify.verification import FILE

        path = self.folder / FILE
        return read_verification(path) if path.is_file() else None

    @property
    def judgements(self) -> tuple[Judgement, ...]:
        """What each check says about each control that it judged, in the order of ``verify.json``."""
        from simulator.verify import overall

        found: dict[tuple[str, str], list[CheckResult]] = {}
        if (verification := self.verification) is not None:
            for one in verification.checks:
                found.setdefault((one.control, one.check), []).append(one)
        return tuple(
            Judgement(
                check=check,
                control=control,
                verdict=overall(one.verdict for one in results) or Verdict.UNTRUSTED,
                results=tuple(results),
                folder=self.folder,
            )
            for (control, check), results in found.items()
        )

    def verdict(self, check: str, control: str | None = None) -> Judgement:
        """Return what a check says about a control.

        Args:
            check: such as ``redaction``.
            control: whose output; may be left out if only one was judged by this check.

        Raises:
            RunFailedError: nothing was judged, since the run was cut short.
            UsageError: the check did not judge it, or judged several.
        """
        judged = self.judgements
        if not judged:
            raise RunFailedError(
                f"nothing was judged in {self.folder}: "
                + (self.summary.failure or "the scenario has no tap on the output of a control")
            )
        if control is not None:
            _known(control, "control", "was judged", (one.control for one in judged))
            judged = tuple(one for one in judged if one.control == control)
        of = "" if control is None else f" on {control}"
        _known(check, "check", f"has a verdict{of}", (one.check for one in judged))
        found = [one for one in judged if one.check == check]
        if len(found) > 1:
            names = ", ".join(one.control for one in found)
            raise UsageError(f"{check} judged several controls; name one of {names}")
        return found[0]

    def explain(self) -> str:
        """Return in some lines how it went: what was not as it should be, why, and where everything is."""
        summary = self.summary
        lines = [f"{summary.scenario}: {summary.status}"]
        if summary.failure is not None:
            lines.append(f"it could not go on: {summary.failure}")
        lines += [f"not to be trusted: {reason}" for reason in summary.distrust]
        lines += [
            f"threshold missed: {one.expression} (it was {one.value})"
            for one in summary.thresholds
            if not one.held
        ]
        lines += [one.explain() for one in self.judgements if self._unexpected(one)]
        return "\n".join([*lines, f"everything is in {self.folder}"])

    @property
    def messages(self) -> Rows[MessageTruth]:
        """What is true about each message, in the order in which they were sent."""
        from simulator.truth import read_messages

        return read_messages(self._files)

    @property
    def delivered(self) -> Rows[Delivered]:
        """How each message fared on the network, in the order in which they ended."""
        from simulator.truth import read_delivered

        return read_delivered(self._files)

    @property
    def people(self) -> Rows[PersonTruth]:
        """Everybody."""
        from simulator.truth import read_people

        return read_people(self._files)

    @property
    def consent(self) -> Rows[ConsentTruth]:
        """What everybody agrees to, and from when on."""
        from simulator.truth import read_consent

        return read_consent(self._files)

    @property
    def requests(self) -> Rows[RequestTruth]:
        """Requests of people for access to their data, or for its erasure."""
        from simulator.truth import read_requests

        return read_requests(self._files)

    @property
    def canaries(self) -> Rows[CanaryTruth]:
        """The personal data that was planted, in the order of the first messages that held it."""
        from simulator.truth import read_canaries

        return read_canaries(self._files)

    @property
    def campaigns(self) -> Rows[CampaignTruth]:
        """The attacks, in the order of the scenario, and then what looks like one."""
        from simulator.truth import read_campaigns

        return read_campaigns(self._files)

    @property
    def faults(self) -> Rows[FaultTruth]:
        """What befell devices and network, in order of time and device."""
        from simulator.truth import read_faults

        return read_faults(self._files)

    @property
    def sessions(self) -> Rows[SessionChange]:
        """What became of each device's session, those of one device in order of time."""
        from simulator.truth import read_sessions

        return read_sessions(self._files)

    def heard(self, tap: str) -> Rows[Row]:
        """Return what a tap of the run recorded: when, on which topic, and the payload.

        Raises:
            UsageError: the run has no tap of that name that listens.
        """
        from simulator.taps.tape import Row
        from simulator.truth import Rows

        tapes = {path.stem: path for path in sorted(self._files.egress.glob("*.jsonl"))}
        _known(tap, "tap", "recorded anything", tapes)
        return Rows(tapes[tap], Row)

    def _unexpected(self, judgement: Judgement) -> bool:
        """Return whether a verdict is not what the scenario expects, which is that a control holds."""
        expected = ((one.control, one.check) for one in self.summary.verdicts if one.held)
        return (judgement.control, judgement.check) not in expected

    @property
    def _files(self) -> RunFolder:
        from simulator.truth import RunFolder

        return RunFolder(self.folder)

    def __str__(self) -> str:
        return self.explain()

    def __repr__(self) -> str:
        wrong = [one.expression for one in self.summary.thresholds if not one.held]
        wrong += [
            f"{one.control} {one.check}: {one.verdict}" for one in self.judgements if self._unexpected(one)
        ]
        why = "; ".join([*filter(None, [self.summary.failure]), *self.summary.distrust, *wrong])
        return f"<run of {self.summary.scenario}: {self.status}{why and f' ({why})'}, in {self.folder}>"


@dataclass(frozen=True, slots=True)
class Drill:
    """A drill that is over.

    Attributes:
        folder: with a folder in it for the run against each broker.
        summary: the result, as in ``summary.json``.
    """

    folder: Path
    summary: DrillSummary

    @property
    def status(self) -> Status:
        """How it ended: ``passed``, ``failed``, ``untrusted`` or ``interrupted``."""
        return self.summary.status

    @property
    def passed(self) -> bool:
        """Whether every verdict is as the scenario knows it, and can be trusted."""
        return self.exit_code is ExitCode.OK

    @property
    def exit_code(self) -> ExitCode:
        """What ``fleetsim run`` exits with."""
        from simulator.report import exit_code

        return exit_code(self.summary)

    @property
    def runs(self) -> Mapping[str, Run]:
        """The run against each broker, by the broker's name."""
        return {name: Run(self.folder / name, summary) for name, summary in self.summary.runs.items()}


def _known(name: str, noun: str, what: str, names: Iterable[str]) -> None:
    every = list(dict.fromkeys(names))
    if name not in every:
        raise UsageError(f"no {noun} {name!r} {what}; {suggestion(name, every)}")
