"""What a field of a scenario expects, in plain words."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt, MaxLen, MinLen
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from simulator.core.errors import RunFailedError
from simulator.core.units import ByteRate, Duration, Rate, format_duration
from simulator.scenario.document import Path
from simulator.scenario.kinds import ByKey

_DURATION, _RATE, _BYTE_RATE = (get_args(unit)[-1] for unit in (Duration, Rate, ByteRate))


@dataclass(frozen=True, slots=True)
class Expected:
    """A type with its constraints.

    Attributes:
        annotation: the bare type, without `Annotated` and without None.
        metadata: all constraints and marks on it.
    """

    annotation: Any
    metadata: tuple[Any, ...] = ()

    @classmethod
    def of(cls, annotation: Any, metadata: Sequence[Any] = ()) -> Expected:
        """Return the expectation of an annotation."""
        found = tuple(metadata)
        while True:
            if get_origin(annotation) is Annotated:
                annotation, *more = get_args(annotation)
                for mark in more:
                    found += tuple(mark.metadata) if isinstance(mark, FieldInfo) else (mark,)
                continue
            arms = _arms(annotation)
            if len(arms) != 1 or arms[0] is annotation:
                return cls(annotation, found)
            annotation = arms[0]

    @property
    def is_duration(self) -> bool:
        """Whether it is seconds, written with a unit."""
        return any(mark is _DURATION for mark in self.metadata)

    @property
    def is_rate(self) -> bool:
        """Whether it is messages a second, written with a unit."""
        return any(mark is _RATE for mark in self.metadata)

    @property
    def is_byte_rate(self) -> bool:
        """Whether it is bytes a second, written with a unit."""
        return any(mark is _BYTE_RATE for mark in self.metadata)

    @property
    def has_unit(self) -> bool:
        """Whether it is a quantity, which is written with its unit."""
        return self.is_duration or self.is_rate or self.is_byte_rate

    def __str__(self) -> str:
        if self.is_duration:
            return f"a duration with its unit,{self._range(format_duration) or ' such as 30s, 5m or 6h'}"
        if self.is_rate:
            return f"a rate with its unit,{self._range(lambda rate: f'{rate:,.12g}/s') or ' such as 5000/s'}"
        if self.is_byte_rate:
            return "bytes or bits a second with their unit, such as 64kB/s or 2Mbit/s"
        annotation = self.annotation
        if get_origin(annotation) is Literal:
            return one_of(get_args(annotation))
        if isinstance(annotation, type) and issubclass(annotation, Enum):
            return one_of([member.value for member in annotation])
        if annotation in _WORDS:
            return _WORDS[annotation] + self._range(_number) + self._length("character", "characters")
        if get_origin(annotation) in {list, tuple}:
            return f"a list{self._length('entry', 'entries')}"
        if get_origin(annotation) is dict or is_model(annotation):
            return "a mapping of keys to values"
        return " or ".join(str(Expected.of(arm)) for arm in _arms(annotation) if arm is not annotation)

    def _range(self, write: Any) -> str:
        low = _bound(self.metadata, Ge, "ge")
        above = _bound(self.metadata, Gt, "gt")
        high = _bound(self.metadata, Le, "le")
        below = _bound(self.metadata, Lt, "lt")
        if low is not None and high is not None:
            return f" from {write(low)} to {write(high)}"
        words = [
            f" {word} {write(bound)}"
            for word, bound in (("of at least", low), ("above", above), ("up to", high), ("below", below))
            if bound is not None
        ]
        return " and".join(words)

    def _length(self, noun: str, nouns: str) -> str:
        least = _bound(self.metadata, MinLen, "min_length")
        most = _bound(self.metadata, MaxLen, "max_length")
        if most is not None:
            return f" of {least or 0} to {most:,} {nouns}"
        return f" of at least {least} {noun if least == 1 else nouns}" if least else ""


def find(model: type[BaseModel], path: Path, value: Any) -> Expected | None:
    """Return what a model expects at a path, or None where it expects nothing.

    Args:
        model: a class of options.
        path: how to get to the field.
        value: what was written for the model; its `kind` and `shape` keys say which options stand where.
    """
    expected: Expected | None = Expected.of(model)
    for step in path:
        expected = _inside(expected.annotation, step) if expected else None
        value = _value_at(value, step)
        mark = (
            next((mark for mark in expected.metadata if isinstance(mark, ByKey)), None) if expected else None
        )
        if mark and isinstance(value, dict):
            try:
                options = mark.options(value.get(mark.key))
            except RunFailedError:
                options = None
            expected = Expected(options) if options else None
    return expected


def one_of(choices: Sequence[object]) -> str:
    """Return "a, b or c"."""
    *most, last = map(str, choices)
    return f"{', '.join(most)} or {last}" if most else last


def _inside(annotation: Any, step: str | int) -> Expected | None:
    for arm in _arms(annotation):
        bare = Expected.of(arm).annotation
        arguments = get_args(bare)
        if is_model(bare):
            info = keys(bare).get(str(step))
            if info:
                return Expected.of(info.annotation, info.metadata)
        elif get_origin(bare) in {list, tuple, set, frozenset} and arguments:
            return Expected.of(arguments[0])
        elif get_origin(bare) is dict:
            return Expected.of(arguments[1])
    return None


def keys(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a model by the key under which each is written."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


def _value_at(value: Any, step: str | int) -> Any:
    try:
        return value[step]
    except (KeyError, IndexError, TypeError):
        return None


def _arms(annotation: Any) -> tuple[Any, ...]:
    if get_origin(annotation) in {Union, types.UnionType}:
        return tuple(arm for arm in get_args(annotation) if arm is not types.NoneType)
    return (annotation,)


def is_model(annotation: Any) -> bool:
    """Return whether an annotation is a class of options."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def _bound(metadata: Sequence[Any], mark: type, name: str) -> Any:
    return next((getattr(found, name) for found in reversed(metadata) if isinstance(found, mark)), None)


def _number(value: float) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:,.12g}"


_WORDS: dict[Any, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}
