"""Asides: what people add to a command about themselves."""

from __future__ import annotations

from collections.abc import Sequence

ASIDES: Sequence[str] = (
    "this is {own_name}",
    "and call me back on {own_phone}",
    "and send it to {own_email}",
    "I live at {own_address}",
    "and tell {contact} about it",
    "and let {contact} know on {contact_phone}",
    "my birthday is {birthday}",
    "before I take my {medicine}",
    "I have {condition} you know",
)
"""Something of oneself; see `slots` for what fills the braces."""
