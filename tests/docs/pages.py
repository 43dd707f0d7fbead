"""The blocks of a page of documentation, with what the page says about running them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")])
"""Every page of the documentation."""

WALKS = (
    "tutorial.md",
    "how-to/test-an-acl.md",
    "how-to/test-a-detector.md",
    "how-to/reproduce-a-run.md",
)
"""Pages in ``docs`` that are done from beginning to end; of the others each command is run by itself."""

_MARK = re.compile(r"<!-- ([\w -]+?)(?:: (.*))? -->")
_FENCE = re.compile(r"```(\w*)")


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes:
        line: of the page at which its fence stands, counted from 1.
        language: of the fence, such as ``sh``.
        mark, about: what a comment right above it says, such as ``file`` and ``watch.py``; else empty.
    """

    page: Path
    line: int
    language: str
    text: str
    mark: str = ""
    about: str = ""

    def __str__(self) -> str:
        page = self.page.relative_to(ROOT) if self.page.is_relative_to(ROOT) else self.page
        return f"{page}:{self.line}"


def blocks(page: Path) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    mark = about = language = ""
    start, inside = 0, list[str]()
    for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
        if start:
            if line.startswith("```"):
                yield Block(page, start, language, "\n".join(inside), mark, about)
                start, mark, about = 0, "", ""
            else:
                inside.append(line)
        elif fence := _FENCE.match(line):
            start, language, inside = number, fence[1], []
        elif found := _MARK.fullmatch(line):
            mark, about = found[1], found[2] or ""
        elif line:
            mark = about = ""
