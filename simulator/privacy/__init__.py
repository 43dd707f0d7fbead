"""Invented personal data that is known again wherever it turns up."""

from simulator.privacy.canaries import CONTACTS, Canaries, run_key
from simulator.privacy.canary import Canary, compact
from simulator.privacy.canary_type import CanaryType, Mode
from simulator.privacy.subject import Subject
from simulator.privacy.token import is_token, is_word

__all__ = [
    "CONTACTS",
    "Canaries",
    "Canary",
    "CanaryType",
    "Mode",
    "Subject",
    "compact",
    "is_token",
    "is_word",
    "run_key",
]
