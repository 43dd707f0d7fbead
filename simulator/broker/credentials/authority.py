"""The fleet's certificate authority: issues certificates, judges them, and revokes them."""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from simulator.broker.credentials.keys import Key, load_key, new_key, private_pem

AUTHORITY_LIFETIME = timedelta(days=3650)
LIFETIME = timedelta(days=730)
"""Of a device's or a server's certificate."""

RENEW_BEFORE = timedelta(days=30)
"""A certificate with less left than this is issued anew."""

_BACKDATED = timedelta(hours=1)
"""A certificate begins this long before it is made, for machines whose clocks are behind."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its private key, both as PEM.

    Attributes:
        certificate: the certificate.
        key: its private key; never printed.
    """

    certificate: bytes
    key: bytes

    def __repr__(self) -> str:
        return "Issued(a certificate and its key)"


class Authority:
    """A certificate authority of our own. Whoever trusts it trusts every device of the fleet.

    Args:
        certificate: its own certificate, self-signed.
        key: the private key that belongs to it.
    """

    def __init__(self, certificate: x509.Certificate, key: Key) -> None:
        self._certificate = certificate
        self._key = key
        self._extension = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())

    @classmethod
    def new(cls, now: datetime) -> Self:
        """Return a new authority that is valid for ten years."""
        key = new_key()
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Fleetsim test authority")])
        usage = _key_usage(key_cert_sign=True, crl_sign=True)
        certificate = (
            _builder(name, name, key, now - _BACKDATED, now + AUTHORITY_LIFETIME)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(usage, critical=True)
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @classmethod
    def load(cls, files: Issued, now: datetime) -> Self | None:
        """Return the authority that these files hold, or None if they hold none that is still valid."""
        key = load_key(files.key)
        certificate = _load(files.certificate)
        if key is None or certificate is None or not _is_signed_by(certificate, certificate):
            return None
        if certificate.public_key() != key.public_key():
            return None
        return cls(certificate, key) if now + RENEW_BEFORE < certificate.not_valid_after_utc else None

    @property
    def files(self) -> Issued:
        """The authority's own certificate and key."""
        return Issued(self._certificate.public_bytes(Encoding.PEM), private_pem(self._key))

    def issue(
        self,
        name: str,
        *,
        now: datetime,
        key: Key | None = None,
        hosts: Collection[str] = (),
        not_before: datetime | None = None,
        not_after: datetime | None = None,
    ) -> Issued:
        """Return a new certificate.

        Args:
            name: its common name: a device's id, or what a server is called.
            now: the time.
            key: the private key; a new one if left out.
            hosts: of a server, the names and addresses that it answers to; none makes it a client's.
            not_before: when it begins to be valid; an hour ago if left out.
            not_after: when it ends, which may be in the past; in two years if left out.

        Raises:
            ValueError: it ends before it begins, or the name is longer than the 64 characters of a common
                name (RFC 5280, appendix A).
        """
        key = key or new_key()
        usage = ExtendedKeyUsageOID.SERVER_AUTH if hosts else ExtendedKeyUsageOID.CLIENT_AUTH
        begin = not_before or (min(now, not_after - _BACKDATED) if not_after else now) - _BACKDATED
        builder = (
            _builder(
                x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]),
                self._certificate.subject,
                key,
                begin,
                not_after or now + LIFETIME,
            )
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(digital_signature=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
            .add_extension(self._extension, critical=False)
        )
        if hosts:
            names = x509.SubjectAlternativeName([_general_name(host) for host in hosts])
            builder = builder.add_extension(names, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Issued(certificate.public_bytes(Encoding.PEM), private_pem(key))

    def holds(self, name: str, files: Issued, *, now: datetime, hosts: Collection[str] = ()) -> bool:
        """Return whether a certificate is this authority's, for this name and key, and good for a while."""
        key = load_key(files.key)
        certificate = _load(files.certificate)
        if key is None or certificate is None or not _is_signed_by(certificate, self._certificate):
            return False
        return (
            certificate.public_key() == key.public_key()
            # As they were written: what we can read with something added, OpenSSL may not.
            and files == Issued(certificate.public_bytes(Encoding.PEM), private_pem(key))
            and _common_name(certificate) == name
            and certificate.not_valid_before_utc <= now
            and now + RENEW_BEFORE < certificate.not_valid_after_utc
            and _hosts(certificate) == {str(_general_name(host).value) for host in hosts}
        )

    def revocation_list(self, serials: Collection[int], now: datetime) -> bytes:
        """Return a list (PEM) of revoked certificates, by serial number.

        It is valid as long as the authority: nobody publishes another when it runs out, and a broker with
        a list that has run out lets nobody in.
        """
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._certificate.subject)
            .last_update(now - _BACKDATED)
            .next_update(self._certificate.not_valid_after_utc)
            .add_extension(self._extension, critical=False)
            .add_extension(x509.CRLNumber(int(now.timestamp())), critical=False)
        )
        for serial in sorted(serials):
            revoked = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(revoked.revocation_date(now - _BACKDATED).build())
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.PEM)

    def revoked(self, revocation_list: bytes) -> set[int] | None:
        """Return the serial numbers in a list, or None if it is not one of this authority's."""
        try:
            found = x509.load_pem_x509_crl(revocation_list)
        except ValueError:
            return None
        public = self._certificate.public_key()
        if not isinstance(public, type(self._key.public_key())) or not found.is_signature_valid(public):
            return None
        return {entry.serial_number for entry in found}


def serial_number(certificate: bytes) -> int | None:
    """Return the serial number of a certificate (PEM), or None if it is none."""
    found = _load(certificate)
    return None if found is None else found.serial_number


def _builder(
    subject: x509.Name, issuer: x509.Name, key: Key, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin.astimezone(UTC))
        .not_valid_after(end.astimezone(UTC))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(
    *, digital_signature: bool = False, key_cert_sign: bool = False, crl_sign: bool = False
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.DNSName | x509.IPAddress:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _load(pem: bytes) -> x509.Certificate | None:
    try:
        return x509.load_pem_x509_certificate(pem)
    except (ValueError, x509.InvalidVersion):
        return None


def _is_signed_by(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Return whether nothing in a certificate has changed since its authority signed it."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def _common_name(certificate: x509.Certificate) -> str | None:
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else None


def _hosts(certificate: x509.Certificate) -> set[str]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return set()
    return {str(name.value) for name in names}
