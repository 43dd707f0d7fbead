"""Topic templates: which topics one stands for."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces in a template, or in a level of one."""
    return frozenset(name for _, name, _, _ in Formatter().parse(text) if name is not None)


def topic_filter(template: str, known: Mapping[str, str]) -> str:
    """Return a topic template as a filter: levels with a placeholder that is not known become ``+``."""
    return "/".join(_level(level, known) for level in template.split("/"))


def _level(level: str, known: Mapping[str, str]) -> str:
    return level.format(**known) if placeholders(level) <= known.keys() else "+"
