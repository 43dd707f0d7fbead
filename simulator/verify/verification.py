"""The result of a verification: the verdicts on each control, and how much of its output was understood."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.core.errors import ExitCode, RunFailedError
from simulator.core.verdicts import Verdict

FILE = "verify.json"
"""In a run's folder."""


class Concern(StrEnum):
    """What a check is about; standards have clauses for each."""

    IDENTIFIERS = "identifiers"
    SPECIAL_CATEGORY = "special_category"
    CONSENT = "consent"
    ERASURE = "erasure"
    LINKAGE = "linkage"
    UTILITY = "utility"
    CREDENTIALS = "credentials"
    ACCESS = "access"
    CLEAR_TEXT = "clear_text"
    FLOOD = "flood"
    DETECTION = "detection"


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that speaks for a verdict.

    Attributes:
        what: in one line.
        where: sink, row and field, such as ``egress/redactor.jsonl:12: transcript``; None for what is not
            there.
        sink, row: the same in parts, for a report that points to the line.
        message: id of the message.
        person: whose data it is.
        type: of the canary, or of another span.
        encodings: forms that it was hidden in, from the outermost.
    """

    what: str
    where: str | None = None
    sink: str | None = None
    row: int | None = None
    message: str | None = None
    person: str | None = None
    type: str | None = None
    encodings: tuple[str, ...] = ()


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """What one check says about one control.

    Attributes:
        check: its name, an entry point of ``simulator.checks``.
        control: name of the control, or of the source where none is known.
        verdict: what is to be concluded.
        reason: why, in one line.
        value: what was measured, None if nothing was.
        low, high: the interval of 95 % confidence around it.
        threshold: what `value` is held against.
        unit: of the four: ``share``, ``people``, ``seconds``, ``epsilon`` or ``count``.
        trials: pieces of evidence that `value` is taken from.
        part: of what there are several results of one check, such as a type of data; empty for the whole.
        concern: what it is about.
        clauses: of standards that it touches; tags, and not a statement of compliance.
        evidence: some examples, the clearest first.
    """

    check: str
    control: str
    verdict: Verdict
    reason: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    threshold: float | None = None
    unit: str = "share"
    trials: int = 0
    part: str = ""
    concern: Concern = Concern.IDENTIFIERS
    clauses: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()


class Join(msgspec.Struct, frozen=True):
    """How much of an output was traced back to what was sent.

    Attributes:
        joined, unjoined: records; control by control in `Verification.sources`.
        by_message, by_canary, by_group: joined ones, by what they were known by: the id of the message, the
            data of a person in it, or the time window and group that they are about.
    """

    joined: int = 0
    unjoined: int = 0
    by_message: int = 0
    by_canary: int = 0
    by_group: int = 0

    @property
    def unjoined_share(self) -> float:
        """Share of the records that could not be traced back; 0 if there are none."""
        return self.unjoined / max(self.joined + self.unjoined, 1)

    def __add__(self, other: Join) -> Join:
        return Join(
            self.joined + other.joined,
            self.unjoined + other.unjoined,
            self.by_message + other.by_message,
            self.by_canary + other.by_canary,
            self.by_group + other.by_group,
        )


class SourceResult(msgspec.Struct, frozen=True):
    """What became of one source.

    Attributes:
        control: whose output it is.
        purpose: what the consumer behind it is for.
        path: where it is.
        join: how much of it was understood.
        distrust: why nothing may be concluded from it; empty if it may.
        visible: types of canaries that the scanner found again in a probe, and that stood in the messages.
    """

    control: str
    purpose: str
    path: str
    join: Join
    distrust: tuple[str, ...] = ()
    visible: tuple[str, ...] = ()


class Verification(msgspec.Struct, frozen=True, kw_only=True):
    """The verdict on all controls of a run.

    Attributes:
        status: failed if any check failed, else untrusted if any is, else held.
        run: the run's folder.
        scenario: its name.
        join: of all sources together.
        distrust: why nothing may be concluded from anything.
        sources: each output.
        checks: what each check says about each control.
        seconds: that it took.
    """

    status: Verdict
    run: str
    scenario: str
    join: Join
    distrust: tuple[str, ...]
    sources: tuple[SourceResult, ...]
    checks: tuple[CheckResult, ...]
    seconds: float = 0.0

    @property
    def exit_code(self) -> ExitCode:
        """How a command ends that has this result."""
        return _EXIT_CODES[self.status]

    def verdict(self, control: str, check: str) -> Verdict | None:
        """Return the verdict of a check on a control, over all its parts; None if it did not judge it."""
        return overall(one.verdict for one in self.checks if one.control == control and one.check == check)


_EXIT_CODES = {
    Verdict.HELD: ExitCode.OK,
    Verdict.FAILED: ExitCode.THRESHOLD_FAILED,
    Verdict.UNTRUSTED: ExitCode.UNTRUSTED,
}


def overall(verdicts: Iterable[Verdict]) -> Verdict | None:
    """Return the verdict that several add up to; None if there are none."""
    found = set(verdicts)
    return next((one for one in (Verdict.FAILED, Verdict.UNTRUSTED, Verdict.HELD) if one in found), None)


def encode_verification(verification: Verification) -> bytes:
    """Return a verification as indented JSON with a line break at the end."""
    return msgspec.json.format(msgspec.json.encode(verification), indent=2) + b"\n"


def read_verification(path: Path) -> Verification:
    """Return a verification that was written.

    Raises:
        RunFailedError: there is none, or it is none.
    """
    try:
        return msgspec.json.decode(path.read_bytes(), type=Verification)
    except OSError as error:
        raise RunFailedError(f"cannot read {path}: {error.strerror}; fleetsim verify writes it") from error
    except UNREADABLE as error:
        raise RunFailedError(f"{path} is no result of fleetsim verify: {error}") from error
