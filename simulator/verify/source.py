"""A source: where what came out of a control is, and what that control is for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from simulator.core.errors import UsageError

EGRESS = "egress"
"""Folder of a run in which its taps leave what they heard."""

PURPOSE = "analytics"
"""What a consumer is for if nobody says otherwise."""


@dataclass(frozen=True, slots=True)
class Source:
    """One output of one control. Several sources of one control are judged together.

    Attributes:
        control: whose output it is.
        path: a file, or a folder of files.
        purpose: what the consumer behind it is for; one that people consent to.
        checks: what the control is for; every check that has something to judge if empty.
    """

    control: str
    path: Path
    purpose: str = PURPOSE
    checks: tuple[str, ...] = ()

    @classmethod
    def parse(cls, text: str, purpose: str = PURPOSE, option: str = "--egress") -> Self:
        """Return the source that ``PATH`` or ``CONTROL=PATH`` names.

        Raises:
            UsageError: nothing is named.
        """
        control, equals, path = text.partition("=")
        if not equals or "/" in control:
            control, path = Path(text).stem, text
        if not control or not path:
            raise UsageError(f"write {option} PATH or {option} CONTROL=PATH, not {text!r}")
        return cls(control, Path(path), purpose)


INPUT = "input"
"""Name of the tap that records what goes into the controls; nobody judges it."""


def taps(run: Path, scenario: Mapping[str, Any]) -> tuple[list[Source], Path | None]:
    """Return the taps of a run on what comes out of controls, and what the tap on their input recorded.

    Args:
        run: its folder.
        scenario: as the manifest has it.
    """
    controls = {control["name"]: control for control in scenario.get("controls") or ()}
    sources: list[Source] = []
    heard: Path | None = None
    for tap in scenario.get("taps") or ():
        path = run / EGRESS / f"{tap['name']}.jsonl"
        name = tap.get("control") or tap["name"]
        checks = controls.get(name, {}).get("checks")
        if name == INPUT:
            heard = path
        elif checks is None or checks:
            # What was kept until the end is in a folder of its own, without the times at which it came.
            found = [each for each in (path, path.with_suffix("")) if each.exists()] or [path]
            purpose = tap.get("purpose") or PURPOSE
            sources += [Source(name, each, purpose, tuple(checks or ())) for each in found]
    return sources, heard
