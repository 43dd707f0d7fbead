"""Text that any XML document may hold."""

from __future__ import annotations

import re

_NOT_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) allows in no document, however it is escaped."""


def xml_text(text: str) -> str:
    """Return a text with the replacement character for each that no XML document may hold."""
    return _NOT_XML.sub("�", text)
