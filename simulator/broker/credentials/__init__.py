"""Credentials of a fleet: made once by `provision`, used by every run through `Credentials`.

Making them needs the package cryptography, so `provision` and the authority are imported from their own
modules, where they are needed.
"""

from simulator.broker.credentials.access import Identity
from simulator.broker.credentials.extra import cryptography_needed
from simulator.broker.credentials.folder import CredentialFolder
from simulator.broker.credentials.listeners import LONGEST_KEEP_ALIVE, BrokerKind, Listener
from simulator.broker.credentials.store import Credentials

__all__ = [
    "LONGEST_KEEP_ALIVE",
    "BrokerKind",
    "CredentialFolder",
    "Credentials",
    "Identity",
    "Listener",
    "cryptography_needed",
]
