"""Tables of what stands in a row of a file, from the class of its rows."""

from __future__ import annotations

import inspect
import re
import types
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from simulator.core.readings import Hazard
from simulator.reference.markdown import code, plain, sentence, table

_NAMES = {
    str: "text",
    int: "whole number",
    float: "number",
    bool: "true or false",
    datetime: "date and time",
    type(None): "null",
    Any: "any value",
}
_ANY = 4
"""Types from which on a field is said to hold anything."""

_ATTRIBUTE = re.compile(r"([\w, ]+): (.*)")


def rows_table(struct: type[msgspec.Struct]) -> str:
    """Return a table of the fields of a row."""
    told, hints = attributes(struct), get_type_hints(struct)
    rows = (
        (code(field.encode_name), type_name(hints[field.name]), sentence(told.get(field.name, "")))
        for field in msgspec.structs.fields(struct)
    )
    return table(("field", "value", "meaning"), rows)


def summary(owner: type) -> str:
    """Return the first paragraph of a class's docstring."""
    return re.sub(r"\bNone\b", "null", plain((inspect.getdoc(owner) or "").partition("\n\n")[0]))


def attributes(owner: type) -> Mapping[str, str]:
    """Return what the section Attributes of a docstring says, by name."""
    _, _, text = (inspect.getdoc(owner) or "").partition("Attributes:\n")
    told: dict[str, str] = {}
    names: list[str] = []
    for line in text.splitlines():
        if line and not line.startswith(" "):
            break
        if line.startswith("     "):
            told |= {name: f"{told[name]} {line.strip()}" for name in names}
        elif found := _ATTRIBUTE.fullmatch(line.strip()):
            names = [name.strip() for name in found[1].split(",")]
            told |= dict.fromkeys(names, found[2])
    return {name: re.sub(r"\bNone\b", "null", plain(text)) for name, text in told.items()}


def values_table(enum: type[Enum]) -> str:
    """Return a table of the values of an enum that explains them."""
    told = attributes(enum)
    return table(("value", "meaning"), ((code(one.value), sentence(told[one.name])) for one in enum))


def parts(struct: type) -> Iterator[type]:
    """Yield the classes of objects within a row, and within these, and the enums that explain themselves."""
    for hint in get_type_hints(struct).values() if issubclass(struct, msgspec.Struct) else ():
        for part in _classes(hint):
            if issubclass(part, msgspec.Struct) or is_explained(part):
                yield part
                yield from parts(part)


def is_explained(owner: type) -> bool:
    """Return whether it is an enum that says what its values mean."""
    return issubclass(owner, Enum) and bool(attributes(owner))


def type_name(hint: Any) -> str:
    """Return in a few words what a field holds in JSON."""
    if hint in _NAMES:
        return _NAMES[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType) and len(arguments) > _ANY:
        return _NAMES[Any]
    if origin in (Union, types.UnionType):
        return " or ".join(dict.fromkeys(map(type_name, arguments)))
    if origin is tuple and arguments[-1] is not Ellipsis:
        return f"list of {len(arguments)}: {', '.join(map(type_name, arguments))}"
    if origin in (tuple, list, Sequence):
        return f"list of {type_name(arguments[0])}"
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return f"object of {type_name(arguments[1])}"
    if hint is Hazard:
        return "[hazard](hazards.md)"
    if isinstance(hint, type) and (issubclass(hint, msgspec.Struct) or is_explained(hint)):
        return f"[{hint.__name__}](#{hint.__name__.lower()})"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return ", ".join(code(one.value) for one in hint)
    return "object"


def _classes(hint: Any) -> Iterator[type]:
    if isinstance(hint, type) and get_origin(hint) is None:
        yield hint
    for argument in get_args(hint):
        yield from _classes(argument)
