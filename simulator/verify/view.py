"""Views of a block of values: as it is, and with one encoding after another undone."""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

import numpy as np

from simulator.verify.leak import Encoding

Offsets = np.ndarray[Any, np.dtype[np.int64]]
Keys = np.ndarray[Any, np.dtype[np.uint64]]
Flags = np.ndarray[Any, np.dtype[np.bool_]]

DEEPEST = 3
"""Encodings within each other that are undone."""

SEPARATOR = b"\x1e"
"""Between two values of a block: a character that compact text does not keep."""

SHORTEST_RUN = 16
"""Characters of the shortest text that holds anything in base 64, or is the beginning of a digest in hex."""

_SHORTEST_HEX = 24
_MOST_INFLATED = 16 << 20
"""Bytes read of one compressed value: more than any message, less than what a bomb needs to do harm."""

_GZIP = b"\x1f\x8b\x08"
_GZIP_AS_TEXT = _GZIP.decode("latin-1").encode()
_DIGESTS_IN_BASE64 = (22, 27, 43)
_DIGEST_LENGTHS = (32, 40, 64)

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_IN_BASE64 = bytes(byte in _ALPHABET + b"+/-_" for byte in range(256))
_IS_CAPITAL = bytes(65 <= byte <= 90 for byte in range(256))
_IN_HEX = bytes(byte in b"0123456789abcdefABCDEF" for byte in range(256))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_LOWER = bytes(byte + 32 if 65 <= byte <= 90 else byte for byte in range(256))
_NOT_COMPACT = bytes(byte for byte in range(256) if byte not in _ALPHABET)
_DIGIT = np.array([int(chr(byte), 16) if _IN_HEX[byte] else 0 for byte in range(256)], np.uint8)
_COMPACT = np.array([byte in _ALPHABET for byte in range(256)])

_UNDO: tuple[tuple[Encoding, bytes, re.Pattern[bytes], Callable[[bytes], bytes]], ...]


@dataclass(frozen=True)
class View:
    """Values side by side, so that one search goes over all of them.

    Attributes:
        data: the values, decoded so far.
        starts: where each begins, ascending from 0.
        owners: the number of the value in the block that each belongs to.
        path: the encodings undone, from the outermost.
    """

    data: bytes
    starts: Offsets
    owners: Offsets
    path: tuple[Encoding, ...] = ()

    @classmethod
    def of(cls, values: Sequence[bytes], owners: Offsets | None = None) -> View:
        """Return the view of some values as they are."""
        data = SEPARATOR.join(values)
        ends = np.flatnonzero(np.frombuffer(data, np.uint8) == SEPARATOR[0])
        if len(ends) != max(len(values) - 1, 0):  # Some value holds a separator.
            ends = np.cumsum([len(value) + 1 for value in values])[:-1] - 1
        starts = np.append(0, ends + 1)
        return cls(data, starts, np.arange(len(values)) if owners is None else owners)

    def owners_at(self, offsets: Offsets) -> Offsets:
        """Return the numbers of the values that some bytes belong to."""
        owners: Offsets = self.owners[np.searchsorted(self.starts, offsets, "right") - 1]
        return owners

    def owner(self, offset: int) -> int:
        """Return the number of the value that a byte belongs to."""
        return int(self.owners_at(np.array([offset]))[0])

    @cached_property
    def compact(self) -> bytes:
        """All of it in lower case and without anything but Latin letters and digits.

        That undoes what separators, cases, wide characters and the bounds of fields do to a text.
        """
        return self.data.translate(_LOWER, _NOT_COMPACT)

    @cached_property
    def positions(self) -> Offsets:
        """Where in the data each character of the compact text is."""
        return np.flatnonzero(_COMPACT[np.frombuffer(self.data, np.uint8)])

    @cached_property
    def runs(self) -> tuple[Offsets, Offsets]:
        """Where the runs of characters begin and end that may be in base 64 or hex."""
        return _runs(self.data.translate(_IN_BASE64))

    @cached_property
    def hex_runs(self) -> tuple[Offsets, Offsets]:
        """Where the runs of hexadecimal digits begin and end."""
        return _runs(self.data.translate(_IN_HEX))

    def undone(self) -> Iterator[View]:
        """Yield what is left of the values that are encoded in some way, once that is undone."""
        if len(self.path) >= DEEPEST:
            return
        yield from self._without_zeros()
        for encoding, sign, pattern, undo in _UNDO:
            if sign in self.data:
                yield from self._unescaped(encoding, pattern, undo)
        yield from self._from_base64()
        yield from self._from_hex()
        yield from self._inflated()

    def digests(self, known: Callable[[Keys], Flags]) -> Iterator[tuple[int, bytes]]:
        """Yield the owner and the bytes of what may be a known digest, or the beginning of one.

        Args:
            known: tells of the first 8 bytes of digests, as numbers, which of them are worth a closer look.
        """
        starts, ends = self.hex_runs
        # A digest fills a run, or is at its beginning or end.
        begins = np.concatenate(
            [starts, *(ends[ends - starts > length] - length for length in _DIGEST_LENGTHS)]
        )
        finish = np.concatenate([ends, *(ends[ends - starts > length] for length in _DIGEST_LENGTHS)])
        digits = _DIGIT[np.frombuffer(self.data, np.uint8)[begins[:, None] + np.arange(16)]]
        keys = (digits[:, ::2] << 4 | digits[:, 1::2]).view(">u8")[:, 0].astype(np.uint64)
        for number in np.flatnonzero(known(keys)):
            begin, end = int(begins[number]), int(finish[number])
            text = self.data[begin : min(end, begin + max(_DIGEST_LENGTHS))]
            for length in (length for length in (*_DIGEST_LENGTHS, len(text)) if length <= len(text)):
                yield self.owner(begin), binascii.unhexlify(text[: length // 2 * 2])
        starts, ends = self.runs
        fits = np.isin(ends - starts, _DIGESTS_IN_BASE64)
        for start, run in zip(starts[fits], self._slices(starts[fits], ends[fits]), strict=True):
            padded = run.translate(_URL_SAFE) + b"=" * (-len(run) % 4)
            yield self.owner(start), binascii.a2b_base64(padded)

    def _segments(self, numbers: Offsets, encoding: Encoding, undo: Callable[[bytes], bytes]) -> View:
        """Return the segments of some numbers, with something done to each of them."""
        ends = np.append(self.starts[1:], len(self.data))
        values = [undo(self.data[self.starts[number] : ends[number]]) for number in numbers]
        view = View.of(values, self.owners[numbers])
        return View(view.data, view.starts, view.owners, (*self.path, encoding))

    def _segments_at(self, offsets: Offsets) -> Offsets:
        return np.unique(np.searchsorted(self.starts, offsets, "right") - 1)

    def _without_zeros(self) -> Iterator[View]:
        if b"\0" not in self.data or Encoding.UTF_16 in self.path:
            return
        zeros = np.flatnonzero(np.frombuffer(self.data, np.uint8) == 0)
        gaps = np.append(np.diff(zeros), (0, 0))
        two_bytes = (gaps[:-2] == 2) & (gaps[1:-1] == 2)
        four_bytes = (gaps[:-2] == 1) & (gaps[1:-1] == 1) & (gaps[2:] == 2)
        wide = zeros[:-1][two_bytes | four_bytes]
        if len(wide):
            yield self._segments(self._segments_at(wide), Encoding.UTF_16, _drop_zeros)

    def _unescaped(
        self, encoding: Encoding, pattern: re.Pattern[bytes], undo: Callable[[bytes], bytes]
    ) -> Iterator[View]:
        found = np.fromiter((match.start() for match in pattern.finditer(self.data)), np.int64)
        if len(found):
            yield self._segments(self._segments_at(found), encoding, undo)

    def _slices(self, starts: Offsets, ends: Offsets) -> Iterator[bytes]:
        data = self.data
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
            yield data[start:end]

    def _from_base64(self) -> Iterator[View]:
        starts, ends = self.runs
        if len(starts):
            # By no chance is text in base 64 without a capital: every fourth character stands for high bits.
            capitals = np.frombuffer(self.data.translate(_IS_CAPITAL) + b"\0", np.uint8)
            capital = np.maximum.reduceat(capitals, np.column_stack([starts, ends]).ravel())[::2] > 0
            starts, ends = starts[capital], ends[capital]
        if not len(starts):
            return
        # Each run begins at a multiple of 4 and is followed by characters that decode to nothing compact;
        # leaving out up to 3 characters at the front then shifts all of them to another alignment.
        padded = [_pad(run, 4) for run in self._slices(starts, ends)]
        joined = b"".join(padded).translate(_URL_SAFE)
        begins = np.cumsum([0, *map(len, padded)])[:-1]
        decoded = [binascii.a2b_base64(joined[shift:] + b"/" * shift) for shift in range(4)]
        size = len(joined) // 4 * 3
        yield View(
            b"".join(decoded),
            np.concatenate([begins // 4 * 3 + shift * size for shift in range(4)]),
            np.tile(self.owners_at(starts), 4),
            (*self.path, Encoding.BASE64),
        )

    def _from_hex(self) -> Iterator[View]:
        starts, ends = self.hex_runs
        long = ends - starts >= _SHORTEST_HEX
        if not long.any():
            return
        starts, ends = starts[long], ends[long]
        padded = [_pad(run, 2, b"f") for run in self._slices(starts, ends)]
        joined = b"".join(padded)
        begins = np.cumsum([0, *map(len, padded)])[:-1] // 2
        yield View(
            binascii.unhexlify(joined) + binascii.unhexlify(joined[1:] + b"f"),
            np.concatenate([begins, begins + len(joined) // 2]),
            np.tile(self.owners_at(starts), 2),
            (*self.path, Encoding.HEX),
        )

    def _inflated(self) -> Iterator[View]:
        texts: list[bytes] = []
        owners: list[int] = []
        size = 0
        for sign in (_GZIP, _GZIP_AS_TEXT):
            for at in _occurrences(self.data, sign):
                number = int(np.searchsorted(self.starts, at, "right"))
                end = self.starts[number] if number < len(self.starts) else len(self.data)
                packed = self.data[at:end]
                if sign is _GZIP_AS_TEXT:
                    # Bytes that were taken for characters and written as UTF-8.
                    packed = packed.decode(errors="ignore").encode("latin-1", "ignore")
                if text := _inflate(packed):
                    texts.append(text)
                    owners.append(int(self.owners[number - 1]))
                    size += len(text)
                if size >= _MOST_INFLATED:
                    yield self._of_inflated(texts, owners)
                    texts, owners, size = [], [], 0
        if texts:
            yield self._of_inflated(texts, owners)

    def _of_inflated(self, texts: list[bytes], owners: list[int]) -> View:
        view = View.of(texts, np.array(owners))
        return View(view.data, view.starts, view.owners, (*self.path, Encoding.GZIP))


def _runs(classes: bytes) -> tuple[Offsets, Offsets]:
    """Return where runs of at least `SHORTEST_RUN` ones begin and end.

    What is left of a run where each byte stands for itself and the 15 that follow is 15 bytes shorter, and
    nothing is left of a short one; that costs four passes, and no look at the many short runs.
    """
    left = np.frombuffer(b"\0" + classes + b"\0" * SHORTEST_RUN, np.uint8)
    step = 1
    while step < SHORTEST_RUN:
        left = left[:-step] & left[step:]
        step *= 2
    edges = np.flatnonzero(left[1:] != left[:-1])
    return edges[::2], edges[1::2] + SHORTEST_RUN - 1


def _pad(run: bytes, multiple: int, filler: bytes = b"/") -> bytes:
    return run + filler * (multiple + -len(run) % multiple)


def _occurrences(data: bytes, sign: bytes) -> Iterator[int]:
    at = data.find(sign)
    while at >= 0:
        yield at
        at = data.find(sign, at + 1)


def _drop_zeros(text: bytes) -> bytes:
    return text.replace(b"\0", b"")


def _inflate(data: bytes) -> bytes | None:
    try:
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, _MOST_INFLATED)
    except zlib.error:
        return None


_BACKSLASH = re.compile(rb"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})|\\([nrtbf/\"\\])")


def _unescape_json(text: bytes) -> bytes:
    return _BACKSLASH.sub(_character, text)


def _character(found: re.Match[bytes]) -> bytes:
    if found[3]:
        return found[3] if found[3] in b'/"\\' else b" "
    return chr(int(found[1] or found[2], 16)).encode(errors="surrogatepass")


def _unescape_html(text: bytes) -> bytes:
    return html.unescape(text.decode(errors="surrogateescape")).encode(errors="surrogateescape")


_UNDO = (
    (Encoding.URL, b"%", re.compile(rb"%[0-9a-fA-F]{2}"), unquote_to_bytes),
    (Encoding.JSON_ESCAPES, b"\\", re.compile(rb"\\(?:u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})"), _unescape_json),
    (Encoding.HTML_ENTITIES, b"&", re.compile(rb"&(?:#[0-9]+|#[xX][0-9a-fA-F]+|[a-zA-Z]+);"), _unescape_html),
)
