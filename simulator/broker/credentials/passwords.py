"""Passwords, and their hashes in the form that each broker wants."""

from __future__ import annotations

import base64
import hashlib
import secrets

_BYTES = 24
"""Of randomness in a password: 192 bits, which no hash has to protect from being guessed."""

_SALT = 12
"""Bytes of salt, as mosquitto_passwd takes them."""

ITERATIONS = 101
"""Of PBKDF2, as mosquitto_passwd writes them; a broker spends them at every connect."""


def new_password() -> str:
    """Return a new password of 32 characters that need no quoting anywhere, from the system's randomness."""
    return secrets.token_urlsafe(_BYTES)


def mosquitto_hash(password: str, salt: bytes | None = None) -> str:
    """Return a password as Mosquitto keeps it: ``$7$iterations$salt$hash``, PBKDF2 with HMAC-SHA-512.

    The form is that of mosquitto_passwd 2.0; salt (12 bytes) and hash (64 bytes) are in base 64.

    Args:
        password: in plain text.
        salt: a new one if left out.
    """
    salt = secrets.token_bytes(_SALT) if salt is None else salt
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, ITERATIONS)
    return f"$7${ITERATIONS}${_base64(salt)}${_base64(derived)}"


def is_mosquitto_hash(hashed: str, password: str) -> bool:
    """Return whether a password file's entry is the hash of a password, as `mosquitto_hash` makes it."""
    try:
        _, form, iterations, salt, _ = hashed.split("$")
        expected = mosquitto_hash(password, base64.b64decode(salt, validate=True))
    except ValueError:
        return False
    return (form, iterations) == ("7", str(ITERATIONS)) and secrets.compare_digest(expected, hashed)


def emqx_hash(password: str, salt: str | None = None) -> tuple[str, str]:
    """Return a password as EMQX keeps it unless told otherwise, SHA-256 of salt and password: hash and salt.

    Both are hexadecimal, and EMQX hashes the salt as the text that it is. Its slower hashes would gain
    nothing: the passwords are random.

    Args:
        password: in plain text.
        salt: 32 hexadecimal digits; a new one if left out.
    """
    salt = secrets.token_hex(16) if salt is None else salt
    return hashlib.sha256((salt + password).encode()).hexdigest(), salt


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
