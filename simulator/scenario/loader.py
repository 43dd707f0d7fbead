"""Loads a scenario, and reports everything wrong with it at once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from simulator.core.credentials import INDEX
from simulator.core.errors import Problem, ScenarioError
from simulator.core.nearest import nearest
from simulator.scenario.document import MOST_BYTES, Document, Located, Place, read_document, read_value
from simulator.scenario.fields import one_of
from simulator.scenario.model import Scenario
from simulator.scenario.overrides import override
from simulator.scenario.problems import clipped, problems_of, shown, unitless
from simulator.scenario.shipped import ENDINGS, shipped, shipped_name

MOST_PROBLEMS = 50
"""Past this many, a file is not a scenario with mistakes but something else."""

Source = str | Path | Mapping[str, Any] | Scenario
"""A file, the name of a shipped scenario with or without its ending, a mapping of what a file would hold,
or a scenario that was validated before."""

_GIVEN = Place(0, "scenario")
"""Where all of a scenario is that is in no file."""


def load_scenario(
    source: Source,
    overrides: Mapping[str, str] | None = None,
    labels: Mapping[str, str] | None = None,
) -> Scenario:
    """Return the validated scenario.

    Args:
        source: what to load.
        overrides: values that replace those of the file, as they would be written there, by dotted path:
            ``{"world.households": "20", "devices.0.owners": "0.5"}``.
        labels: how messages name an override, by path; ``--set PATH=VALUE`` if left out.

    Raises:
        ScenarioError: with every problem found, each with the file and line or the override it is in.
    """
    document = read_scenario(source)
    for path, text in (overrides or {}).items():
        override(document, path, text, (labels or {}).get(path))
    scenario = validated(document)
    _check_credentials(scenario, document)
    return scenario


def read_scenario(source: Source) -> Document:
    """Return what is written in a scenario, not yet validated.

    Raises:
        ScenarioError: there is no such scenario, or its file cannot be read.
    """
    if isinstance(source, Scenario):
        # Validated quantities are plain numbers: without places nobody looks for their units.
        return Document(source.model_dump(mode="json"), {(): _GIVEN})
    if isinstance(source, Mapping):
        return read_value(written(source, _GIVEN.text), _GIVEN)
    file = scenario_file(source)
    try:
        with file.open("rb") as stream:
            data = stream.read(MOST_BYTES + 1)
    except IsADirectoryError as error:
        raise _refused(file, "is a folder; name a file in it") from error
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}") from error
    if len(data) > MOST_BYTES:
        raise _refused(file, f"is larger than {MOST_BYTES // 1024} KiB; that is no scenario")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refused(file, "is not text in UTF-8", line) from error
    document = read_document(text, str(file))
    if not document.problems and not isinstance(document.value, dict):
        said = "it is empty" if document.value is None else f"not {shown(document.value)}"
        document.problems.append(
            Located(Place(0, str(file)), f"a scenario must be a mapping of keys to values; {said}")
        )
    return document


def changed(scenario: Scenario, fields: Mapping[str, Any]) -> Scenario:
    """Return a scenario with other values for some of its fields, as a file would hold them.

    Raises:
        ScenarioError: it cannot be so.
    """
    return validated(Document(scenario.model_dump(mode="json") | dict(fields), {(): _GIVEN}))


def written(value: object, where: str) -> str:
    """Return a value of a program as a scenario's file would hold it.

    Raises:
        ScenarioError: it is nothing that a file could hold.
    """
    try:
        return json.dumps(value, default=_plain, ensure_ascii=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise ScenarioError(
            [Problem(where, f"it must be made of mappings, lists, text and numbers, as a file is: {error}")]
        ) from error


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return dict(value)
        case Path():
            return str(value)
        case datetime():
            return value.isoformat()
    raise TypeError(f"{type(value).__name__} is none of them")


def validated(document: Document) -> Scenario:
    """Return the scenario that a document describes.

    Raises:
        ScenarioError: with every problem found, those of the document among them.
    """
    problems = list(document.problems)
    scenario = None
    if isinstance(document.value, dict):
        problems += unitless(document, Scenario)
        try:
            scenario = Scenario.model_validate(document.value)
        except ValidationError as error:
            problems += problems_of(error, document, Scenario)
    if scenario is None or problems:
        raise ScenarioError(_in_order(problems))
    return scenario


def _check_credentials(scenario: Scenario, document: Document) -> None:
    folder = scenario.mqtt.credentials
    if folder is not None and not os.path.isfile(os.path.join(folder, INDEX)):
        message = (
            f"credentials in mqtt: {clipped(os.path.abspath(folder), 300)} holds none; make them with "
            "`fleetsim provision SCENARIO --for BROKER -o DIR`"
        )
        place = document.place(("mqtt", "credentials"))
        raise ScenarioError([Located(place, message).problem()])


def scenario_file(source: str | Path) -> Path:
    """Return the file of a scenario.

    Args:
        source: a file, or the name of a shipped scenario with or without its ending.

    Raises:
        ScenarioError: there is no such scenario.
    """
    source = str(source)
    file = Path(source)
    if os.path.isfile(source):  # unlike Path.is_file, no error on a name that no file can have
        return file
    if file.name == source and (found := shipped().get(shipped_name(source))):
        return found
    if os.path.exists(source):  # a pipe, or a directory, which fails when it is read
        return file
    raise ScenarioError(
        [Problem(clipped(source if source.isprintable() else repr(source)), _not_found(file))]
    )


def _not_found(file: Path) -> str:
    is_name = file.suffix not in ENDINGS and file.parent == Path()
    noun = "scenario" if is_name else "file"
    beside = sorted(str(other) for ending in ENDINGS for other in _siblings(file, ending))
    close = nearest(shipped_name(file.name), shipped()) or nearest(str(file), beside)
    if close:
        return f"there is no such {noun}; did you mean {close!r}?"
    return f"there is no such {noun}; the shipped ones are {one_of([*shipped()] or ['missing'])}"


def _siblings(file: Path, ending: str) -> list[Path]:
    try:
        return list(file.parent.glob(f"*{ending}"))
    except (OSError, ValueError):
        return []


def _refused(file: Path, message: str, line: int | None = None) -> ScenarioError:
    return ScenarioError([Problem(f"{file}:{line}" if line else str(file), message)])


def _in_order(problems: Iterable[Located]) -> list[Problem]:
    ordered = [located.problem() for located in sorted(problems, key=lambda located: located.place.order)]
    more = len(ordered) - MOST_PROBLEMS
    if more <= 0:
        return ordered
    where = ordered[MOST_PROBLEMS].where
    return [*ordered[:MOST_PROBLEMS], Problem(where, f"and {more:,} more problems from here on")]
