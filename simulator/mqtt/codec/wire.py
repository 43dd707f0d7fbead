"""The data types that MQTT packets are made of (MQTT 5.0, section 1.5), as bytes."""

from __future__ import annotations

from simulator.mqtt.codec.errors import MalformedPacketError, UnsendablePacketError
from simulator.mqtt.codec.reasons import ReasonCode

VARINT_LIMIT = 268_435_455
"""Largest variable byte integer, and so the most bytes that may follow a packet's fixed header."""


def malformed(message: str) -> MalformedPacketError:
    """A fault in the bytes themselves, to be raised."""
    return MalformedPacketError(ReasonCode.MALFORMED_PACKET, message)


def protocol_error(message: str) -> MalformedPacketError:
    """A packet that can be read but must not be sent, to be raised."""
    return MalformedPacketError(ReasonCode.PROTOCOL_ERROR, message)


def write_uint8(value: int) -> bytes:
    """A byte."""
    return _unsigned(value, 1)


def write_uint16(value: int) -> bytes:
    """A two byte integer, big endian."""
    return _unsigned(value, 2)


def write_uint32(value: int) -> bytes:
    """A four byte integer, big endian."""
    return _unsigned(value, 4)


def _unsigned(value: int, size: int) -> bytes:
    try:
        return value.to_bytes(size, "big")
    except OverflowError:
        message = f"{value} does not fit in {size} byte(s): use 0 to {256**size - 1}"
        raise UnsendablePacketError(message) from None


def write_varint(value: int) -> bytes:
    """A variable byte integer of the least length: seven bits a byte, lowest first, at most four bytes."""
    if 0 <= value < 128:
        return bytes((value,))
    if not 0 <= value <= VARINT_LIMIT:
        raise UnsendablePacketError(f"{value} is out of range for a length in MQTT: use 0 to {VARINT_LIMIT}")
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def write_binary(value: bytes) -> bytes:
    """Binary data after its length in two bytes."""
    if len(value) > 65_535:
        raise UnsendablePacketError(f"a field of {len(value)} bytes is too long for MQTT: use at most 65535")
    return len(value).to_bytes(2, "big") + value


def write_text(value: str) -> bytes:
    """A UTF-8 string after its length in bytes, itself in two bytes."""
    if "\0" in value:
        raise UnsendablePacketError(f"{value!r} holds U+0000, which MQTT strings must not")
    try:
        return write_binary(value.encode())
    except UnicodeEncodeError:
        raise UnsendablePacketError(f"{value!r} holds a lone surrogate, which UTF-8 cannot express") from None


def write_text_pair(value: tuple[str, str]) -> bytes:
    """A name and its value, both UTF-8 strings."""
    name, text = value
    return write_text(name) + write_text(text)


class Reader:
    """Reads fields one after the other from a packet's body.

    Every method raises MalformedPacketError where the body ends before the field does.
    """

    __slots__ = ("body", "position")

    def __init__(self, body: bytes, position: int = 0) -> None:
        self.body = body
        self.position = position

    @property
    def at_end(self) -> bool:
        """Whether all has been read."""
        return self.position == len(self.body)

    def take(self, size: int) -> bytes:
        """The next `size` bytes."""
        start, self.position = self.position, self.position + size
        if self.position > len(self.body):
            raise malformed(f"it ends {self.position - len(self.body)} byte(s) inside a field")
        return self.body[start : self.position]

    def uint8(self) -> int:
        """A byte."""
        return self.take(1)[0]

    def boolean(self) -> bool:
        """A byte that is 0 or 1."""
        value = self.uint8()
        if value > 1:
            raise protocol_error(f"a byte that may be 0 or 1 is {value}")
        return value == 1

    def uint16(self) -> int:
        """A two byte integer, big endian."""
        return int.from_bytes(self.take(2), "big")

    def uint32(self) -> int:
        """A four byte integer, big endian."""
        return int.from_bytes(self.take(4), "big")

    def varint(self) -> int:
        """A variable byte integer of MQTT 5, which must be of the least length."""
        value = 0
        for shift in (0, 7, 14, 21):
            byte = self.uint8()
            value |= (byte & 127) << shift
            if byte < 128:
                if byte == 0 and shift:
                    raise malformed("a variable byte integer is longer than it needs to be")
                return value
        raise malformed("a variable byte integer is longer than four bytes")

    def binary(self) -> bytes:
        """Binary data after its length."""
        return self.take(self.uint16())

    def text(self) -> str:
        """A UTF-8 string after its length."""
        return decode_text(self.binary())

    def text_pair(self) -> tuple[str, str]:
        """A name and its value."""
        return self.text(), self.text()

    def rest(self) -> bytes:
        """Everything left."""
        return self.take(len(self.body) - self.position)

    def finish(self) -> None:
        """Raise MalformedPacketError if anything is left."""
        if not self.at_end:
            raise malformed(f"{len(self.body) - self.position} byte(s) are left over at its end")


def decode_text(data: bytes) -> str:
    """The string that `data` holds in UTF-8; MalformedPacketError if it is not UTF-8 or holds U+0000."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise malformed(f"{data[:40]!r} is not UTF-8") from None
    if "\0" in text:
        raise malformed(f"{text[:40]!r} holds U+0000, which MQTT strings must not")
    return text
