"""Tables of what a scenario can say, from its JSON Schema."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from simulator.reference.markdown import code, plain, table

Part = Mapping[str, Any]
"""A part of a JSON Schema."""

_HEADS = ("key", "value", "if left out", "meaning")
_SWITCH = {True, False, "on", "off"}


class Schema:
    """A JSON Schema, whose objects become tables.

    Args:
        root: the whole of it, with the definitions that its parts refer to.
    """

    def __init__(self, root: Part) -> None:
        self.root = root

    def table(self, part: Part) -> str:
        """Return a table of the keys of an object."""
        return table(_HEADS, self._rows(part))

    def objects(self, part: Part) -> Iterator[tuple[str, Part]]:
        """Yield the objects that the keys of an object refer to, by name, and what these refer to."""
        for value in part["properties"].values():
            for name in _references(value):
                found = self.root["$defs"][name]
                if "properties" in found:
                    yield name, found
                    yield from self.objects(found)

    def variants(self, key: str) -> Mapping[str, Part]:
        """Return the objects that may stand in the list at a key of the root, by their kind or shape."""
        (items,) = (arm["items"] for arm in _arms(self.root["properties"][key]) if "items" in arm)
        return {_constant(one): one for one in items["oneOf"]}

    def _rows(self, part: Part) -> Iterator[tuple[str, ...]]:
        required = part.get("required", ())
        for key, value in part["properties"].items():
            if "const" in value:
                continue  # the kind, which is the heading
            default = "**required**" if key in required else _default(value)
            yield code(key), self._value(value), default, plain(value.get("description", ""))

    def _value(self, part: Part) -> str:
        """Return in a few words what may be written."""
        if "$ref" in part:
            (name,) = _references(part)
            found = self.root["$defs"][name]
            return self._value(found) if "enum" in found else f"[{heading(name)}](#{heading(name).lower()})"
        arms = [arm for arm in _arms(part) if arm.get("type") != "null"]
        if len(arms) > 1 or arms[0] is not part:
            if all("const" in arm.get("properties", {}).get("kind", {}) for arm in arms):
                return "mapping with a `kind`"
            if all("const" in arm.get("properties", {}).get("shape", {}) for arm in arms):
                return "mapping with a `shape`"
            return " or ".join(dict.fromkeys(self._value(arm) for arm in arms))
        if "const" in part:
            return code(part["const"])
        if "enum" in part:
            values = [one for one in part["enum"] if one is not None]
            values = ["on", "off"] if set(values) == _SWITCH else [one for one in values if one is not False]
            return ", ".join(map(code, values))
        return self._typed(part)

    def _typed(self, part: Part) -> str:
        match part.get("type"):
            case "array":
                most = f", at most {part['maxItems']:,}" if "maxItems" in part else ""
                return f"list of {self._value(part.get('items', {}))}{most}"
            case "integer" | "number" as kind:
                return ("whole number" if kind == "integer" else "number") + _bounds(part)
            case "object":
                return "mapping"
            case "boolean":
                return "`on`, `off`"
            case _ if "examples" in part:
                example = str(part["examples"][0])
                return f"{'rate' if '/' in example else 'time'}, such as {code(example)}"
            case _:
                return "date and time with its zone" if part.get("format") == "date-time" else "text"


def heading(name: str) -> str:
    """Return what the section about an object is called."""
    return name.removesuffix("Options")


def _arms(part: Part) -> list[Part]:
    return list(part.get("anyOf") or part.get("oneOf") or [part])


def _references(part: Any) -> Iterator[str]:
    """Yield the names of the definitions that a part refers to itself."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield str(part["$ref"]).rpartition("/")[2]
        for key, value in part.items():
            if key != "properties":
                yield from _references(value)
    elif isinstance(part, list):
        for value in part:
            yield from _references(value)


def _constant(part: Part) -> str:
    return next(str(value["const"]) for value in part["properties"].values() if "const" in value)


def _default(part: Part) -> str:
    default = part.get("default")
    if default is None or default == "" or isinstance(default, dict | list):
        return ""
    if isinstance(default, bool):
        return code("on" if default else "off")
    if example := next((str(one) for arm in _arms(part) for one in arm.get("examples", ())), ""):
        return code(
            default if isinstance(default, str) else f"{default:g}{'B/s' if 'B/' in example else '/s'}"
        )
    return code(default if isinstance(default, str) else _number(default))


def _bounds(part: Part) -> str:
    low, above = part.get("minimum"), part.get("exclusiveMinimum")
    high, below = part.get("maximum"), part.get("exclusiveMaximum")
    if low is not None and high is not None:
        return f" from {_number(low)} to {_number(high)}"
    told = [
        f"{words} {_number(bound)}"
        for words, bound in (("at least", low), ("above", above), ("at most", high), ("below", below))
        if bound is not None
    ]
    return f" {' and '.join(told)}" if told else ""


def _number(number: float) -> str:
    return f"{int(number):,}" if number == int(number) else f"{number:g}"
