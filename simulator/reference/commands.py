"""The page of all commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simulator.reference.markdown import block, code, page, plain, section, table


@dataclass(frozen=True, slots=True)
class OptionHelp:
    """What the help of a command says about an option.

    Attributes:
        names: such as ``-o, --output DIR``.
        default: empty if there is none.
    """

    names: str
    meaning: str
    default: str = ""


@dataclass(frozen=True, slots=True)
class CommandHelp:
    """What a command says about itself.

    Attributes:
        name: without ``fleetsim``.
        usage: the arguments that it takes.
        paragraphs: what it does.
        examples: what the help ends with.
    """

    name: str
    usage: str
    paragraphs: Sequence[str]
    options: Sequence[OptionHelp]
    examples: str


def commands_page(commands: Sequence[CommandHelp]) -> str:
    """Return the page."""
    names = ", ".join(f"[{one.name}](#fleetsim-{one.name})" for one in commands)
    return page(
        "Commands",
        f"`fleetsim COMMAND --help` says the same: {names}. How they end: [exit-codes.md](exit-codes.md).",
        *(_section(one) for one in commands),
    )


def _section(command: CommandHelp) -> str:
    rows = [(code(one.names), _meaning(one)) for one in command.options]
    return section(
        f"fleetsim {command.name}",
        block(f"fleetsim {command.name} {command.usage}".strip()),
        *map(plain, command.paragraphs),
        table(("option", "meaning"), rows) if rows else "",
        block(command.examples),
    )


def _meaning(option: OptionHelp) -> str:
    return plain(option.meaning) + (f" Default: {code(option.default)}." if option.default else "")
