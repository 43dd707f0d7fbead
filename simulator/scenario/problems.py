"""Turns what pydantic found into problems that say where, what, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from simulator.core.nearest import nearest
from simulator.scenario.document import Document, Located, Path
from simulator.scenario.fields import find, is_model, keys, one_of
from simulator.scenario.kinds import KEYS, WRONG_KIND
from simulator.scenario.mqtt import without_credentials

_FOLLOWS = "default_factory_not_called"
"""Pydantic's word for a default that another error kept from being worked out: no error of its own."""

_LONGEST_VALUE = 60
_LONGEST_MESSAGE = 400


def problems_of(error: ValidationError, document: Document, model: type[BaseModel]) -> list[Located]:
    """Return one problem for each thing wrong in the document.

    Args:
        error: what the model said about the document's value.
        document: the values and their places.
        model: the model that validated them.
    """
    found: dict[tuple[Path, bool], Located] = {}
    errors = [details for details in error.errors(include_url=False) if details["type"] != _FOLLOWS]
    for details in errors:
        path, _ = document.reach(details["loc"])
        missing = details["type"] == "missing"
        if details["type"] in {"too_short", "too_long"} and _hides_entries(details, errors):
            continue
        if missing:
            path = details["loc"]
        # The arms of a union each complain about one value; the first speaks for all.
        found.setdefault(
            (path, missing), Located(document.place(path), _message(details, path, document, model))
        )
    return list(found.values())


def unitless(document: Document, model: type[BaseModel]) -> Iterator[Located]:
    """Yield a problem for each bare fraction where a quantity needs its unit.

    The model takes seconds and messages a second as plain floats, from code and from a manifest; people
    have to write the unit.
    """
    for path in document.places:
        reached, value = document.reach(path)
        if reached == path and isinstance(value, float):
            expected = find(model, path, document.value)
            if expected and expected.has_unit:
                yield Located(
                    document.place(path), f"{title(path, document)} must be {expected}, not {value:g}"
                )


def title(path: Path, document: Document) -> str:
    """Return a path in words, such as ``owners in devices[0] (wearable)``."""
    *around, last = path
    if isinstance(last, int):
        return _name_with_kind(path, document)
    return f"{last} in {_name_with_kind(tuple(around), document)}" if around else str(last)


def _name(path: Path) -> str:
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def _name_with_kind(path: Path, document: Document) -> str:
    text = _name(path)
    reached, value = document.reach(path)
    if reached == path and isinstance(value, Mapping):
        for kind in (value.get(key) for key in KEYS):
            if isinstance(kind, str):
                return f"{text} ({clipped(kind)})"
    return text


def _hides_entries(details: ErrorDetails, errors: Sequence[ErrorDetails]) -> bool:
    # Entries that are wrong themselves are missing when pydantic counts.
    depth = len(details["loc"])
    return any(len(other["loc"]) > depth and other["loc"][:depth] == details["loc"] for other in errors)


def _message(details: ErrorDetails, path: Path, document: Document, model: type[BaseModel]) -> str:
    kind = details["type"]
    if kind == "extra_forbidden":
        return _unknown_key(path, document, model)
    expected = find(model, path, document.value)
    if kind == "missing":
        return f"{title(path, document)} is missing" + (f"; it must be {expected}" if expected else "")
    _, value = document.reach(path)
    if kind == WRONG_KIND:
        return clipped(f"{_name(details['loc'][:-1])}: {details['ctx']['message']}", _LONGEST_MESSAGE)
    if kind == "value_error":
        said = str(details["ctx"]["error"])
    elif "message" in details.get("ctx", {}):
        said = details["ctx"]["message"]
    elif not path:
        return f"a scenario must be a mapping of keys to values, not {shown(value)}"
    elif expected:
        return f"{title(path, document)} must be {expected}, not {shown(value)}"
    else:
        said = details["msg"]
    return clipped(f"{title(path, document)}: {said}" if path else said, _LONGEST_MESSAGE)


def _unknown_key(path: Path, document: Document, model: type[BaseModel]) -> str:
    *around, key = path
    inside = find(model, tuple(around), document.value)
    known = list(keys(inside.annotation)) if inside and is_model(inside.annotation) else []
    where = f" in {_name_with_kind(tuple(around), document)}" if around else ""
    return f"unknown key {clipped(repr(key))}{where}; {_hint(str(key), known, model)}"


def _hint(key: str, known: Sequence[str], model: type[BaseModel]) -> str:
    for name, info in model.model_fields.items():
        if is_model(info.annotation) and key in keys(info.annotation):  # type: ignore[arg-type]
            return f"it belongs in {name}, as {name}.{key}"
    if close := nearest(key, known):
        return f"did you mean {close!r}?"
    return f"the keys here are {one_of(known)}"


def shown(value: Any) -> str:
    """Return a written value as a message quotes it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return str(value).lower()
        case Mapping():
            return "a mapping" if value else "an empty mapping"
        case []:
            return "an empty list"
        case list():
            return "a list"
        case str():
            return clipped(repr(without_credentials(value)))
        case _:
            return clipped(repr(value))


def clipped(text: str, longest: int = _LONGEST_VALUE) -> str:
    """Return a text that is not too long to read in a message."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"
