"""The data card: what a labelled table is, how it came about, and how it can mislead."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from simulator.core.errors import RunFailedError
from simulator.labels.rows import AFTER, COLUMNS
from simulator.truth import Manifest

if TYPE_CHECKING:
    from simulator.labels.export import Exported


def write_card(exported: Exported, manifest: Manifest) -> None:
    """Write the card.

    Raises:
        RunFailedError: it cannot be written.
    """
    try:
        exported.card.write_text("\n".join(_lines(exported, manifest)) + "\n", "utf-8")
    except OSError as error:
        raise RunFailedError(f"cannot write {exported.card}: {error.strerror}") from error


def _lines(exported: Exported, manifest: Manifest) -> Iterator[str]:
    scenario = manifest.scenario
    name = scenario.get("name", "")
    attacks = exported.attacks.total()
    yield f"# Data card: {exported.table.name}"
    yield ""
    yield f"MQTT traffic of a simulated fleet, scenario `{name}` with seed {manifest.seed}, made by Fleetsim"
    yield f"{manifest.versions.get('fleetsim', '')}: {exported.rows:,} rows, of which {attacks:,} are part of"
    yield f"attacks and {exported.look_alikes:,} are benign but look like one. Nobody in it exists: people,"
    yield "homes and devices are invented."
    yield ""
    yield "| | |"
    yield "|---|---|"
    yield f"| started | {manifest.started:%Y-%m-%d %H:%M:%S %Z} |"
    yield f"| whole | {'yes' if manifest.complete else 'no: the run was cut short'} |"
    yield f"| simulated start | {scenario.get('start', '')} |"
    yield f"| SHA-256 | `{exported.digest}` |"
    yield ""
    yield "## Classes"
    yield ""
    yield "| label | kind | rows | share |"
    yield "|---|---|---:|---:|"
    total = max(exported.rows, 1)
    yield _class("benign", "", exported.rows - attacks, total)
    for kind, count in sorted(exported.attacks.items()):
        yield _class("attack", kind, count, total)
    yield ""
    yield "## Columns"
    yield ""
    yield "| column | type | meaning |"
    yield "|---|---|---|"
    for column, (type_, meaning) in COLUMNS.items():
        yield f"| `{column}` | {type_.__name__} | {meaning} |"
    yield ""
    yield "## How rows are labelled"
    yield ""
    yield from _LABELLED
    yield ""
    yield "## How to use it, and how not"
    yield ""
    yield from _ADVICE


_LABELLED = f"""\
The simulator knows who attacks, so no label is a guess. A message is an attack if it was sent for one; what a
turned device goes on sending honestly is benign, with the role `compromised`. A step of a session is an
attack if an outsider took it, or a turned device under another's name. `looks_like` is set while a fault of
the scenario befalls a device, and for {AFTER:.0f} s after it.""".splitlines()

_ADVICE = """\
- Learn from `second` to `latency` alone; the columns from `label` on are answers.
- `client` and `topic` tell devices apart and say nothing about attacks; use them to group rows, and never as
  features: a model that learns them has learned this run.
- Split by `campaign` and by time, or by run with another seed, never row by row: rows of one attack are
  alike, and a random split tests on what was trained on.
- Attacks are far more frequent here than in life: weigh false alarms by your own base rate.
- How fast attacks are was set by the scenario; times depend on the machine and the broker of the run.
- Rows of sessions stand behind those of messages; sort by `second` for one stream.""".splitlines()


def _class(label: str, kind: str, count: int, total: int) -> str:
    return f"| {label} | {kind} | {count:,} | {count / total:.4%} |"
