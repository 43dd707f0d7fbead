"""Links from page to page lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pages import PAGES, ROOT

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"#+ (.*)")


def without_blocks(page: Path) -> str:
    """Return a page's text without its fenced blocks."""
    return re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    headings = (_HEADING.fullmatch(line) for line in without_blocks(page).splitlines())
    texts = (re.sub(r"[^\w\- ]", "", heading[1].lower()) for heading in headings if heading)
    return {text.replace(" ", "-") for text in texts}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    broken = []
    for link in _LINK.findall(without_blocks(page)):
        path, _, anchor = link.partition("#")
        if not path.startswith(("http://", "https://")):
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(link)
    assert broken == []


def test_the_index_names_every_page() -> None:
    index = ROOT / "docs" / "README.md"
    named = {(index.parent / link.partition("#")[0]).resolve() for link in _LINK.findall(index.read_text())}
    assert {page for page in PAGES if page.parent != ROOT} - named - {index} == set()
