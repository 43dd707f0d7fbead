"""Text that Markdown takes as it is, in GitHub's and GitLab's dialects."""

from __future__ import annotations

import re

LONGEST = 60_000
"""Characters; code hosts refuse comments of more than 65,536."""

_SPECIAL = re.compile(r"([\\`*_\[\]|~])")


def plain(text: str) -> str:
    """Return a text in one line that is no markup."""
    return _SPECIAL.sub(r"\\\1", html(text))


def html(text: str) -> str:
    """Return a text in one line that is no markup of HTML."""
    text = " ".join(text.split())
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def code(text: str) -> str:
    """Return a text as code in one line, also within a table; empty for an empty one."""
    text = " ".join(text.split()).replace("`", "'").replace("|", "\\|")
    return f"`{text}`" if text else ""
