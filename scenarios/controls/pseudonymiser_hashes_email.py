"""A pseudonymiser that fails in one way: it replaces an e-mail address by its digest, without salt.

Whoever guesses an address can tell whether it is the one: that is a name like any other.
"""

from __future__ import annotations

import hashlib

from base import run
from personal import PATTERNS
from pseudonymiser import Pseudonymiser


class HashesEmail(Pseudonymiser):
    """Puts a digest in the place of an address."""

    def clean_text(self, text: str) -> str:
        """Return a text, redacted but for the digests of addresses."""
        return super().clean_text(PATTERNS["email"].sub(lambda found: digest(found[0]), text))


def digest(address: str) -> str:
    """Return the SHA-256 of an address."""
    return hashlib.sha256(address.encode()).hexdigest()


if __name__ == "__main__":
    run(HashesEmail)
