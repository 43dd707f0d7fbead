"""A scenario's text as values, with the place where each was written.

Reads YAML with the plain types of its version 1.2 core schema, so that ``on``, ``1:30`` and ``2026-03-02``
stay text instead of turning into a truth value, a sexagesimal number and a date.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar, NamedTuple

import yaml

from simulator.core.errors import Problem

Path = tuple[str | int, ...]
"""How to get to a value: keys of mappings and positions in lists."""

MOST_BYTES = 256 * 1024
"""A scenario is a page; more is some other file."""

MOST_VALUES = 50_000
"""Bounds what aliases of aliases unfold into."""

_CORE = "tag:yaml.org,2002:"
_NULL, _BOOL, _INT, _FLOAT, _STR = (f"{_CORE}{name}" for name in ("null", "bool", "int", "float", "str"))
_MAP, _SEQ = f"{_CORE}map", f"{_CORE}seq"


class Place(NamedTuple):
    """Where something is written.

    Attributes:
        order: places are reported in this order.
        text: as a user would look for it, such as ``home.yaml:12``.
    """

    order: int
    text: str


class Located(NamedTuple):
    """A problem and where it stands among the others."""

    place: Place
    message: str

    def problem(self) -> Problem:
        """Return it as users see it."""
        return Problem(self.place.text, self.message)


@dataclass(slots=True)
class Document:
    """Values, where each was written, and what was wrong with the writing.

    Attributes:
        value: mappings, lists and scalars; None if the text could not be read.
        places: by path; that of a mapping's value is where its key is.
        problems: everything wrong so far.
    """

    value: Any = None
    places: dict[Path, Place] = field(default_factory=dict)
    problems: list[Located] = field(default_factory=list)

    def place(self, path: Path) -> Place:
        """Return where a path is written, or else the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path]

    def reach(self, path: Path) -> tuple[Path, Any]:
        """Follow a path as far as it exists; return that part of it and the value there."""
        value = self.value
        for depth, step in enumerate(path):
            if not _holds(value, step):
                return path[:depth], value
            value = value[step]
        return path, value


def _holds(value: Any, step: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(step, int) and 0 <= step < len(value)
    return isinstance(value, dict) and step in value


def read_document(text: str, file: str) -> Document:
    """Return the values of a YAML text, with places such as ``file:12``. Never raises."""
    return _read(text, Place(0, file), lambda line: Place(line, f"{file}:{line}"))


def read_value(text: str, place: Place) -> Document:
    """Return the value of a YAML text on the command line, everything in it at one place. Never raises."""
    return _read(text, place, lambda line: place)


def _read(text: str, whole: Place, locate: Callable[[int], Place]) -> Document:
    builder = _Builder(locate)
    document = builder.document
    document.places[()] = whole
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
        finally:
            loader.dispose()
        if node is not None:
            document.value = builder.build(node, (), ())
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        if error.context == "while scanning a simple key":
            mark = error.context_mark  # the key itself; the problem is noticed a line later
        document.problems.append(Located(locate(mark.line + 1 if mark else 1), _syntax(error)))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        document.problems.append(Located(locate(line), f"the character {_shown(error)} cannot stand in YAML"))
    except RecursionError:
        document.problems.append(Located(whole, "values are nested too deeply"))
    except _TooManyValuesError:
        document.problems.append(Located(whole, f"there are more than {MOST_VALUES:,} values in it"))
    return document


class _TooManyValuesError(Exception):
    pass


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: ClassVar[dict[Any, Any]] = {}  # type: ignore[misc]


def _plain(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(tag, re.compile(f"(?:{pattern})$"), list(first))


_plain(_NULL, "null|Null|NULL|~|", "nN~")
_Loader.add_implicit_resolver(_NULL, re.compile("$"), [""])
_plain(_BOOL, "true|True|TRUE|false|False|FALSE", "tTfF")
_plain(_INT, r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", "-+0123456789")
_plain(
    _FLOAT,
    r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)",
    "-+.0123456789",
)


_DIGITS = 1_000
"""Of an integer; Python reads longer ones, in powers of two, that it cannot write in decimals any more."""


def _integer(text: str) -> int:
    if len(text) > _DIGITS:
        raise ValueError("the number is too long")
    prefix = text[:2].lower()
    return int(text, 8) if prefix == "0o" else int(text, 16) if prefix == "0x" else int(text)


def _float(text: str) -> float:
    return float(text.lower().replace(".inf", "inf").replace(".nan", "nan"))


_SCALARS: dict[str, Callable[[str], Any]] = {
    _NULL: lambda text: None,
    _BOOL: lambda text: text.lower() == "true",
    _INT: _integer,
    _FLOAT: _float,
    _STR: str,
}


class _Builder:
    """Turns YAML nodes into values and notes where each is written."""

    def __init__(self, locate: Callable[[int], Place]) -> None:
        self.document = Document()
        self._locate = locate
        self._values = 0

    def build(self, node: yaml.Node, path: Path, around: tuple[int, ...]) -> Any:
        """Return the value of a node; `around` are the identities of the nodes that hold it."""
        self._values += 1
        if self._values > MOST_VALUES:
            raise _TooManyValuesError
        if id(node) in around:
            self._report(node, "the alias stands inside what it repeats")
            return None
        inside = (*around, id(node))
        if isinstance(node, yaml.MappingNode) and node.tag == _MAP:
            return self._mapping(node, path, inside)
        if isinstance(node, yaml.SequenceNode) and node.tag == _SEQ:
            return self._sequence(node, path, inside)
        if isinstance(node, yaml.ScalarNode) and node.tag in _SCALARS:
            try:
                return _SCALARS[node.tag](node.value)
            except ValueError:
                return node.value
        self._report(
            node, f"the tag {node.tag.replace(_CORE, '!!')} is not known here; write the plain value"
        )
        return None

    def _mapping(self, node: yaml.MappingNode, path: Path, around: tuple[int, ...]) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        lines: dict[str, int] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._report(key_node, "a key must be a word")
                continue
            key = key_node.value
            if key == "<<":
                self._report(key_node, "merge keys (<<) are not known here; write the keys out")
            elif key in lines:
                self._report(key_node, f"the key {key!r} is given twice; the first is on line {lines[key]}")
            else:
                lines[key] = line
                self.document.places[(*path, key)] = self._locate(line)
                mapping[key] = self.build(value_node, (*path, key), around)
        return mapping

    def _sequence(self, node: yaml.SequenceNode, path: Path, around: tuple[int, ...]) -> list[Any]:
        sequence = []
        for index, item in enumerate(node.value):
            self.document.places[(*path, index)] = self._locate(item.start_mark.line + 1)
            sequence.append(self.build(item, (*path, index), around))
        return sequence

    def _report(self, node: yaml.Node, message: str) -> None:
        self.document.problems.append(Located(self._locate(node.start_mark.line + 1), message))


_SYNTAX = (
    ("character '\\t'", "a tab cannot indent in YAML; use spaces"),
    ("mapping values are not allowed", "a ':' too many, too much indentation, or a line above lacks its ':'"),
    ("expected <block end>", "the indentation does not match the lines above"),
    ("could not find expected ':'", "a key without its ':'"),
    (
        "expected ',' or ']'",
        "a ',' or the closing ']' is missing; put text with any of [ ] { } , : in quotes",
    ),
    (
        "expected ',' or '}'",
        "a ',' or the closing '}' is missing; put text with any of [ ] { } , : in quotes",
    ),
    ("unexpected end of stream", "a quote or bracket is never closed"),
    ("expected the node content, but found '<stream end>'", "a bracket is never closed"),
    ("but found another document", "a file holds one scenario; '---' begins a second one"),
    ("cannot start any token", "put text that begins with this character in quotes"),
    ("undefined alias", "the alias (*) names no anchor (&) above it"),
)


def _shown(error: yaml.reader.ReaderError) -> str:
    # PyYAML's own types say str here, its code stores the code point.
    code = error.character
    return f"U+{code if isinstance(code, int) else ord(code):04X}"


def _syntax(error: yaml.MarkedYAMLError) -> str:
    said = " ".join(filter(None, (error.context, error.problem)))
    meanings = (meaning for sign, meaning in _SYNTAX if sign in said)
    meaning = next(meanings, error.problem or "it cannot be read")
    opened = error.context_mark
    if opened and error.problem_mark and opened.line < error.problem_mark.line and "never closed" in meaning:
        meaning += f"; it opens on line {opened.line + 1}"
    return f"not valid YAML: {meaning}"
