"""The page of the files that a run leaves."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec

from simulator.audit.audit import ACCESS
from simulator.core.campaigns import AccessTruth, CampaignTruth, Overheard
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
from simulator.reference.markdown import code, page, plain, section, table
from simulator.reference.rows import parts, rows_table, summary, values_table
from simulator.report.summary import Summary
from simulator.report.timeline import Stretch
from simulator.taps.tape import Row
from simulator.truth import Manifest, RunFolder
from simulator.verify.verification import FILE, Verification

ROWS: dict[str, type[msgspec.Struct]] = {
    "manifest": Manifest,
    "messages": MessageTruth,
    "people": PersonTruth,
    "consent": ConsentTruth,
    "requests": RequestTruth,
    "canaries": CanaryTruth,
    "faults": FaultTruth,
    "campaigns": CampaignTruth,
    "overheard": Overheard,
    "sessions": SessionChange,
    "delivery": Delivered,
    "timeline": Stretch,
    "summary": Summary,
}
"""What the rows are of each file of a `RunFolder`, or what the object in it is."""


def run_folder_page() -> str:
    """Return the page."""
    files = list(_files())
    classes: dict[str, type[Any]] = {
        one.__name__: one for _, _, struct in files if struct for one in (struct, *parts(struct))
    }
    return page(
        "Files of a run",
        "What is in the folder of a run (`-o DIR`, or `runs/NAME-TIME`). A `.jsonl` file has an object a "
        "line; rows about one message have its `id`. There are two clocks: simulated seconds since the "
        "scenario's start, and seconds of the load, whose second 0 is `origin` in the manifest. A run that "
        "was killed leaves whole lines, and `complete: false` in its manifest.",
        table(
            ("file", "what it holds", "its rows"),
            ((code(path), told, _link(struct)) for path, told, struct in files),
        ),
        *(section(name, summary(one), _table(one)) for name, one in classes.items()),
    )


def _files() -> Iterator[tuple[str, str, type[msgspec.Struct] | None]]:
    folder = RunFolder(Path())
    for name, member in vars(RunFolder).items():
        if isinstance(member, property):
            path: Path = getattr(folder, name)
            told = plain((member.__doc__ or "").partition("\n\n")[0])
            yield f"{path}" if path.suffix else f"{path}/", told, ROWS.get(name)
    yield (
        f"{folder.truth / ACCESS}",
        "A row for each question of an audit, if the scenario asks for one.",
        AccessTruth,
    )
    tape = folder.egress / "NAME.jsonl"
    yield f"{tape}", "A row for each thing that the tap NAME heard of what came out of a control.", Row
    yield FILE, "The verdicts on controls, with their evidence.", Verification


def _table(one: type[Any]) -> str:
    return values_table(one) if issubclass(one, Enum) else rows_table(one)


def _link(struct: type[msgspec.Struct] | None) -> str:
    return f"[{struct.__name__}](#{struct.__name__.lower()})" if struct else ""
