"""The command lines in blocks and in the help of commands."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from dataclasses import dataclass

import click
from pages import PAGES, Block, blocks

from simulator.cli.app import COMMANDS
from simulator.cli.app import fleetsim as group

SHELL = ("sh", "console")
"""Languages of blocks that hold commands."""

_BETWEEN = "|&;<>"


@dataclass(frozen=True)
class Line:
    """One command as it is printed.

    Attributes:
        place: where.
        program: what it calls.
        arguments: what it gives to that.
        block: in which it stands; None in the help of a command.
    """

    place: str
    program: str
    arguments: tuple[str, ...]
    block: Block | None = None

    def __str__(self) -> str:
        return shlex.join([self.program, *self.arguments])


def lines_of_help() -> Iterator[Line]:
    """Yield the examples of all commands."""
    context = click.Context(group)
    for name in ["", *COMMANDS]:
        command = group.get_command(context, name) if name else group
        assert command is not None
        for line in (command.epilog or "").splitlines():
            if line.startswith("  ") and "#" not in line:
                yield from _lines(line, f"fleetsim {name} --help".replace("  ", " "))


def lines_of_pages() -> Iterator[Line]:
    """Yield the commands of all pages."""
    for page in PAGES:
        for block in blocks(page):
            if block.language in SHELL:
                for line in block.text.replace("\\\n", " ").splitlines():
                    yield from _lines(line.removeprefix("$ "), str(block), block)


def _lines(text: str, place: str, block: Block | None = None) -> Iterator[Line]:
    """Yield the commands of a line, without what it hands from one to another or writes to a file."""
    words: list[str] = []
    written = False
    for word in [*_words(text), ";"]:
        if set(word) <= set(_BETWEEN):
            if words and not written:
                yield Line(place, words[0], tuple(words[1:]), block)
            written, words = ">" in word or "<" in word, []
        else:
            words.append(word)


def _words(text: str) -> Iterator[str]:
    lexer = shlex.shlex(text, posix=True, punctuation_chars=_BETWEEN)
    lexer.whitespace_split = True
    return iter(lexer)
