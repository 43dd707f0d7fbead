"""Controls under test and the taps on what comes out of them, as a scenario describes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Annotated, Any, Protocol, Self

from pydantic import AfterValidator, Field, model_validator

from simulator.core.options import Options
from simulator.core.purposes import Purpose
from simulator.core.units import HOUR, MINUTE, Duration
from simulator.core.verdicts import Verdict

_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_LONGEST_NAME = 64
_LONGEST_FILTER = 1000
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
RESERVED = "FLEETSIM_"
"""What the names of the variables begin with that a control is told things by."""


def _check_name(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"write lower-case letters, digits and hyphens, such as redactor, not {name!r}")
    return name


def _check_filter(text: str) -> str:
    levels = text.split("/")
    misplaced = "#" in levels[:-1] or any(len(level) > 1 and set(level) & {"+", "#"} for level in levels)
    if misplaced or not text or "\0" in text or text.startswith("$"):
        raise ValueError(f"write a topic filter such as out/redactor/#, not {text!r}")
    return text


def _check_argument(text: str) -> str:
    if "\0" in text:
        raise ValueError("an argument cannot hold a zero byte")
    return text


def _check_variable(name: str) -> str:
    if not _VARIABLE.fullmatch(name) or name.startswith(RESERVED):
        raise ValueError(
            f"{name!r} cannot be set: write a name of letters that does not begin with {RESERVED}"
        )
    return name


Name = Annotated[str, Field(max_length=_LONGEST_NAME), AfterValidator(_check_name)]
"""Of a control or a tap; also of its file in the run's folder."""

TopicFilter = Annotated[str, Field(max_length=_LONGEST_FILTER), AfterValidator(_check_filter)]
"""A topic, perhaps with ``+`` and ``#``."""

Argument = Annotated[str, Field(max_length=4096), AfterValidator(_check_argument)]
"""One argument of a command, which no shell sees."""

CheckName = Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
"""The name of a check, as ``fleetsim list checks`` prints it."""


class Ready(Options):
    """How it shows that a control is ready. One of them."""

    line: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="A text in a line that it prints, on stdout or stderr.",
    )
    subscriptions: int | None = Field(
        default=None,
        ge=1,
        le=10_000,
        description="How many subscriptions it makes, as a Mosquitto counts them in $SYS.",
    )
    pause: Duration | None = Field(
        default=None, ge=0, le=HOUR, description="How long to wait, for want of a better sign."
    )
    patience: Duration = Field(
        default=30.0, gt=0, le=HOUR, description="How long it may take for the sign to be seen."
    )

    @model_validator(mode="after")
    def _one_sign(self) -> Self:
        signs = [self.line, self.subscriptions, self.pause]
        if sum(sign is not None for sign in signs) != 1:
            raise ValueError("write one of line, subscriptions and pause")
        return self


def _expected_ones(control: dict[str, Any]) -> tuple[str, ...] | None:
    return tuple(control.get("expect", ())) or None


class ControlOptions(Options):
    """A control under test: what starts it, and what is expected of it."""

    name: Name = Field(description="Short name, by which taps and verdicts call it.")
    command: tuple[Argument, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Program and arguments, run as they are and without a shell in the folder of the "
        "scenario; `python` is the Python that runs Fleetsim. If left out, somebody else runs the control.",
    )
    env: dict[Annotated[str, AfterValidator(_check_variable)], Argument] = Field(
        default={}, description="Environment variables, besides those that Fleetsim sets and has itself."
    )
    ready: Ready = Field(
        default=Ready(pause=1.0), description="How it shows that it is ready; after a second if left out."
    )
    stop_within: Duration = Field(
        default=5.0,
        ge=0,
        le=10 * MINUTE,
        description="Time to end by itself at the end, before it is killed.",
    )
    expect: dict[CheckName, Verdict] = Field(
        default={},
        description="The verdict that each check must come to; `held` for a check that is not named.",
    )
    checks: tuple[CheckName, ...] | None = Field(
        default_factory=_expected_ones,
        description="The checks that judge it; if left out, those for which a verdict is expected, or else "
        "every one that can.",
    )


BROKER = "broker"
"""Name of the control that the broker itself is; it has no command, and needs no tap."""

INPUT = "input"
"""Name of the tap on what goes into controls."""


class TapKind(StrEnum):
    """What a tap listens to; the key that a scenario writes for it."""

    TOPICS = "topics"
    FILE = "file"
    DIRECTORY = "directory"
    HTTP = "http"
    STORE = "store"


class TapOptions(Options):
    """A tap on what comes out of a control: topics, a file, a directory, HTTP, or a store. One of them."""

    name: Name = Field(description="Short name; what comes out is recorded in `egress/NAME.jsonl`.")
    control: Name | None = Field(
        default=None,
        description="The control whose output it is; one of the tap's own name if left out. A tap called "
        "`input` records what goes into controls, so that what came through unharmed can be told.",
    )
    purpose: Purpose = Field(
        default=Purpose.ANALYTICS, description="What the consumer behind it is for, as people consent to it."
    )
    topics: tuple[TopicFilter, ...] | None = Field(
        default=None, min_length=1, max_length=100, description="Topic filters to subscribe to."
    )
    file: Argument | None = Field(
        default=None,
        min_length=1,
        description="A file of lines that grows; a relative path is within the folder of its own that a "
        "control of the scenario has for its files.",
    )
    directory: Argument | None = Field(
        default=None, min_length=1, description="A folder of such files, likewise."
    )
    http: Annotated[int, Field(ge=0, le=65535)] | None = Field(
        default=None, description="Port of 127.0.0.1 that takes what is posted to it; 0 for a free one."
    )
    store: Argument | None = Field(
        default=None,
        min_length=1,
        description="A file of any kind, or a folder, likewise, that holds what a control keeps: it is "
        "copied at the end, as it is then.",
    )
    settle: Duration = Field(
        default=2.0, ge=0, le=HOUR, description="Silence after the last message that says nothing more comes."
    )
    patience: Duration = Field(
        default=30.0, ge=0, le=HOUR, description="How long the end of the run waits for that silence."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in TapKind) != 1:
            raise ValueError(f"write one of {', '.join(TapKind)}")
        return self

    @property
    def kind(self) -> TapKind:
        """What it listens to."""
        return next(kind for kind in TapKind if getattr(self, kind) is not None)

    @property
    def of(self) -> str | None:
        """Name of the control whose output it is; None for what goes into controls."""
        name = self.control or self.name
        return None if name == INPUT else name


class Named(Protocol):
    """What has a name of its own."""

    @property
    def name(self) -> str:
        """The name."""


def check_names(entries: Iterable[Named]) -> None:
    """Make sure that no two entries share a name.

    Raises:
        ValueError: two do.
    """
    names = [entry.name for entry in entries]
    for name in names:
        if names.count(name) > 1:
            raise ValueError(f"two of them are called {name!r}; give each a name of its own")
