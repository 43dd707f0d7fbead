"""Writes the dashboards and all around them into a folder."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path, PurePosixPath

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import Dashboard

from simulator.core.errors import RunFailedError, UsageError
from simulator.core.version import __version__
from simulator.report.dashboards.load import load
from simulator.report.dashboards.overview import overview
from simulator.report.dashboards.people import people
from simulator.report.dashboards.privacy import privacy
from simulator.report.dashboards.security import security

BOARDS: Mapping[str, Callable[[], Dashboard]] = {
    "overview": overview,
    "load": load,
    "people": people,
    "privacy": privacy,
    "security": security,
}
"""Every dashboard by its short name."""

_VERSION = "@VERSION@"
"""Stands in the files for the version of Fleetsim."""


def write_dashboards(folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write all files, and return them.

    Raises:
        UsageError: one is there already, and may not be overwritten.
        RunFailedError: one cannot be written.
    """
    contents = {folder / path: text for path, text in (*stack_files(), *_dashboards())}
    taken = [path for path in contents if path.exists()]
    if taken and not overwrite:
        raise UsageError(
            f"{taken[0]} is there already; write to another folder, or overwrite it with --force"
        )
    for path, text in contents.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise RunFailedError(f"cannot write {path}: {error.strerror}") from error
    return list(contents)


def stack_files() -> Iterator[tuple[PurePosixPath, str]]:
    """Yield the files around the dashboards, by their path in the folder."""
    return _texts(files("simulator.report.dashboards") / "stack", PurePosixPath())


def _dashboards() -> Iterator[tuple[PurePosixPath, str]]:
    for name, board in BOARDS.items():
        text = JSONEncoder(indent=2, ensure_ascii=False).encode(board())
        # Through JSON once more, so that enumerations are the plain values that they stand for.
        yield (
            PurePosixPath("grafana", "dashboards", f"{name}.json"),
            json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n",
        )


def _texts(place: Traversable, path: PurePosixPath) -> Iterator[tuple[PurePosixPath, str]]:
    for entry in sorted(place.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _texts(entry, path / entry.name)
        else:
            yield path / entry.name, entry.read_text(encoding="utf-8").replace(_VERSION, __version__)
