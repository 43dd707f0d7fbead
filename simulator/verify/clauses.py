"""Clauses of standards that hazards touch: tags to look a finding up by, from ``clauses.toml``.

A check says ``clauses=clauses_of(concern)`` in its result; reports look each tag up again with `find_clause`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

DISCLAIMER = (
    "Clauses are tags to look a finding up by: they claim neither compliance nor a breach, "
    "and are no legal advice."
)
"""What every report says beside them."""

_ABOUT = frozenset({"says"})
"""Keys of a hazard that are no framework."""


@dataclass(frozen=True, slots=True)
class Framework:
    """A standard, a law or a catalogue.

    Attributes:
        id: its key in ``clauses.toml``.
        name: as it is cited, such as ``GDPR``.
        version: edition that the tags are of.
        title: in full.
        prefix: what stands between name and clause when it is cited.
    """

    id: str
    name: str
    version: str
    title: str
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a framework, such as ``5(1)(c)`` of the GDPR."""

    framework: Framework
    id: str

    def __str__(self) -> str:
        return f"{self.framework.name} {self.framework.prefix}{self.id}"


def clauses_of(hazard: str) -> tuple[str, ...]:
    """Return the tags of a hazard or `Concern`, such as ``GDPR Art. 5(1)(c)``.

    Raises:
        KeyError: ``clauses.toml`` has no such hazard.
    """
    return tuple(map(str, _by_hazard()[hazard]))


def find_clause(tag: str) -> Clause | None:
    """Return the clause that a tag stands for; None if these versions of the frameworks have no such tag."""
    return _by_tag().get(tag)


def tags_version() -> str:
    """Return the version of the assignment of clauses to hazards."""
    return str(_data()["version"])


@cache
def frameworks() -> tuple[Framework, ...]:
    """Return all frameworks."""
    return tuple(Framework(id=key, **about) for key, about in _data()["frameworks"].items())


@cache
def _by_hazard() -> dict[str, tuple[Clause, ...]]:
    by_id = {framework.id: framework for framework in frameworks()}
    return {
        hazard: tuple(
            Clause(by_id[key], clause) for key, ids in row.items() if key not in _ABOUT for clause in ids
        )
        for hazard, row in _data()["hazards"].items()
    }


@cache
def _by_tag() -> dict[str, Clause]:
    return {str(clause): clause for clauses in _by_hazard().values() for clause in clauses}


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(resources.files("simulator.verify").joinpath("clauses.toml").read_text("utf-8"))
