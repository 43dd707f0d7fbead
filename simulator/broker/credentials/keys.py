"""Private keys: elliptic curve P-256, which every broker and TLS library takes and which is quick to make."""

from __future__ import annotations

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

Key = ec.EllipticCurvePrivateKey


def new_key() -> Key:
    """Return a new private key, from the system's source of randomness and never from a scenario's seed."""
    return ec.generate_private_key(ec.SECP256R1())


def load_key(pem: bytes) -> Key | None:
    """Return the private key in a PEM file, or None if it holds no P-256 key."""
    try:
        key = serialization.load_pem_private_key(pem, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Key) and isinstance(key.curve, ec.SECP256R1) else None


def private_pem(key: Key) -> bytes:
    """Return a private key as PEM (PKCS #8, not encrypted: the file's mode protects it)."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def public_pem(key: Key) -> bytes:
    """Return the public half of a key as PEM (SubjectPublicKeyInfo)."""
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
