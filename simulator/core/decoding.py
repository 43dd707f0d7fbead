"""What it means that bytes from elsewhere are not the JSON that they should be."""

from __future__ import annotations

import msgspec

UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What msgspec raises for JSON that it cannot decode: its own errors, and two of Python's, for text that is
not UTF-8 and for values that are nested too deeply."""
