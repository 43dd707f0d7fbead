"""What a run was: the scenario it ran, with which seed and versions, and whether it came to its end."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import msgspec

from simulator.core.shard import Shard
from simulator.core.version import __version__

SCHEMA = 1
"""Version of the files in a run's folder; goes up when a reader of the old ones would be misled."""

_LIBRARIES = ("iotcore", "msgspec", "numpy", "paho-mqtt", "prometheus-client", "pydantic", "simpy")


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """The first file of a run's folder and the last to change.

    Attributes:
        scenario: every field of the scenario as it was run, defaults filled in; JSON-able.
        seed: root of all random streams.
        versions: of Fleetsim, Python and the libraries that shape the stream.
        shard: which part of the run this folder holds.
        started: wall clock, with its zone.
        origin: wall clock at second 0 of the load's clock, None before the load is prepared.
        ended: wall clock, None until the run is over.
        complete: whether the run came to its end; false in what a killed or interrupted run leaves.
        schema: version of the folder's files.
    """

    scenario: Mapping[str, Any]
    seed: int
    versions: Mapping[str, str]
    started: datetime
    origin: datetime | None = None
    ended: datetime | None = None
    shard: Shard = Shard()
    complete: bool = False
    schema: int = SCHEMA

    @property
    def brokers(self) -> tuple[str, ...]:
        """The brokers of a drill, each with a run in a folder of its name; empty if this is one run."""
        return tuple(str(broker["name"]) for broker in self.scenario.get("brokers") or ())


def installed_versions() -> dict[str, str]:
    """Return the versions of Fleetsim, Python and the libraries that shape the stream, by name."""
    versions = {"fleetsim": __version__, "python": platform.python_version()}
    for library in _LIBRARIES:
        try:
            versions[library] = version(library)
        except PackageNotFoundError:
            continue
    return versions
