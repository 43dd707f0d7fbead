"""Sets values of a scenario from the command line."""

from __future__ import annotations

from typing import Any

from simulator.scenario.document import Document, Located, Path, Place, read_value
from simulator.scenario.mqtt import without_credentials
from simulator.scenario.problems import clipped

_LAST = 1_000_000_000
"""Overrides are reported after every line of the file."""

_LONGEST = 200
"""Characters of an override that a message quotes."""


def override(document: Document, dotted: str, text: str, label: str | None = None) -> None:
    """Set the value at a dotted path such as ``devices.0.owners``, and note what is wrong with that.

    Mappings on the way are made if they are not there; entries of lists have to exist.

    Args:
        document: changed in place.
        dotted: keys, and positions in lists from 0.
        text: the value, as it would be written in the file.
        label: how a message names the override; ``--set PATH=VALUE`` if left out.
    """
    name = without_credentials(label or f"--set {dotted}={text}")
    place = Place(_LAST, clipped(name if name.isprintable() else repr(name)[1:-1], _LONGEST))
    written = read_value(text, place)
    document.problems += written.problems
    if written.problems:
        return
    steps = dotted.split(".")
    if not all(steps):
        document.problems.append(Located(place, "write a path of keys, such as world.households"))
        return
    if not isinstance(document.value, dict):
        return
    container: Any = document.value
    path: Path = ()
    for step in steps[:-1]:
        found = _step(document, container, step, path, place)
        if found is None:
            return
        path += (found,)
        if isinstance(container, dict) and container.get(step) is None:
            container[step] = {}
            document.places[path] = place
        container = container[found]
    last = _step(document, container, steps[-1], path, place)
    if last is not None:
        path += (last,)
        container[last] = written.value
        for inner in [known for known in document.places if known[: len(path)] == path]:
            del document.places[inner]
        document.places |= {(*path, *inner): place for inner in written.places}


def _step(document: Document, container: Any, step: str, path: Path, place: Place) -> str | int | None:
    name = ".".join(map(str, path))
    if isinstance(container, dict):
        return step
    if not isinstance(container, list):
        document.problems.append(Located(place, f"{name} holds no further keys, so not {step!r} either"))
        return None
    positions = {str(index): index for index in range(len(container))}
    if step not in positions:
        known = f"choose from {', '.join(positions)}" if positions else "it is empty"
        document.problems.append(Located(place, f"{name} has no entry {step!r}; {known}"))
    return positions.get(step)
