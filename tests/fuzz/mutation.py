"""Bytes that were good once: what an attacker, a broken disk or a cut line makes of them."""

from __future__ import annotations

from hypothesis import strategies as st

NASTY = [
    *(b"\xff" * 4, b"\0", b'"', b"{", b"\n", b"\xed\xa0\x80", b"1e999", b"-1", b"null"),
    *(b"[" * 3_000, b"9" * 5_000),
]


def mutated(good: bytes) -> st.SearchStrategy[bytes]:
    """Return strategies for good bytes with some changed, removed, repeated, put in or cut off."""
    places = st.integers(0, len(good))
    pieces = st.binary(max_size=6) | st.sampled_from(NASTY)
    change = st.tuples(places, st.integers(0, 12), pieces)
    return st.lists(change, min_size=1, max_size=4).map(lambda changes: _changed(good, changes))


def _changed(good: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    for place, removed, piece in changes:
        good = good[:place] + piece + good[place + removed :]
    return good
