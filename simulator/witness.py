"""The run's own subscriber: measures how long messages take end to end, and finds what went missing.

It also knows better than the sender what is lost: what it was given has been received, though no answer of
the broker's came back.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b

import msgspec

from simulator.core.actions import Publish
from simulator.core.consent_topics import REGISTRAR
from simulator.core.ids import device_id
from simulator.core.records import Delivered, Outcome
from simulator.core.seeds import Seeds
from simulator.core.topics import topic_filter
from simulator.metrics import Witnessed

REMEMBERED = 100_000
"""Messages received last, among which a second copy is known as one."""

Identify = Callable[[bytes], str | None]
"""Finds the id of a message in its payload."""

Ending = tuple[Publish, Delivered]
"""A message and how it ended."""


class Witness:
    """Watches some of the fleet's devices through the broker.

    Args:
        share: of the devices; which ones depends on their ids alone.
        identify: finds a message's id.
        record: takes the seconds from due to received of each message.
    """

    def __init__(self, share: float, identify: Identify, record: Callable[[float], None]) -> None:
        self._limit = share * 2**32
        self._identify = identify
        self._record = record
        self._watched: dict[str, bool] = {}
        self._pending: dict[str, tuple[float, str, int]] = {}
        self._sequence: dict[str, int] = {}
        self._latest: dict[str, int] = {}
        self._known: set[str] = set()
        self._oldest: deque[str] = deque()
        self._doubted: dict[str, list[Ending]] = {}
        self._counts = Witnessed()

    @property
    def waiting(self) -> int:
        """Messages that it expects and has not received."""
        return len(self._pending)

    def witnessed(self) -> Witnessed:
        """Return the counts so far; what is still on its way counts as missing."""
        return self._counts + Witnessed(missing=len(self._pending))

    def watches(self, device: str) -> bool:
        """Return whether a device is among those watched."""
        watched = self._watched.get(device)
        if watched is None:
            number = int.from_bytes(blake2b(device.encode(), digest_size=4).digest(), "big")
            watched = self._watched[device] = number < self._limit
        return watched

    def expect(self, publish: Publish, due: float) -> None:
        """Expect a message, call it before the message is sent; a copy of one will count as duplicated."""
        device = publish.device
        if publish.kind == REGISTRAR:
            return  # not a device's, and on topics of its own
        if self.watches(device) and publish.id not in self._pending and publish.id not in self._known:
            number = self._sequence.get(device, 0)
            self._sequence[device] = number + 1
            self._pending[publish.id] = (due, device, number)
            self._counts.expected += 1

    def receive(self, payload: bytes, now: float) -> Sequence[Ending]:
        """Take what the broker brought; messages of others are passed over.

        Returns:
            The messages that had no answer from the broker, and that this proves to have been received.
        """
        identifier = self._identify(payload)
        if identifier is None:
            return ()
        expected = self._pending.pop(identifier, None)
        if expected is None:
            self._counts.duplicated += identifier in self._known
            return ()
        due, device, number = expected
        self._record(now - due)
        self._remember(identifier)
        self._counts.received += 1
        if number < self._latest.get(device, -1):
            self._counts.reordered += 1
        else:
            self._latest[device] = number
        doubted = self._doubted.pop(identifier, ())
        return [(publish, _received(delivered)) for publish, delivered in doubted]

    def judge(self, publish: Publish, delivered: Delivered) -> Delivered | None:
        """Return how a message ended by all that is known; call it once a message.

        None for now, if all that speaks against a message is that the broker did not answer for it: the
        witness may yet be given it, and `receive` or `give_up` tells then.
        """
        if delivered.outcome is Outcome.LOST:
            if delivered.id in self._known:
                return _received(delivered)
            if delivered.id in self._pending:
                self._doubted.setdefault(delivered.id, []).append((publish, delivered))
                return None
        elif not delivered.outcome.delivered:
            self._pending.pop(delivered.id, None)
        return delivered

    def give_up(self) -> Iterator[Ending]:
        """Yield the messages that are lost: neither did the broker answer for them, nor did they arrive."""
        doubted, self._doubted = self._doubted, {}
        for identifier, endings in doubted.items():
            self._pending.pop(identifier, None)
            yield from endings

    def _remember(self, identifier: str) -> None:
        self._known.add(identifier)
        self._oldest.append(identifier)
        if len(self._oldest) > REMEMBERED:
            self._known.discard(self._oldest.popleft())


def _received(lost: Delivered) -> Delivered:
    return msgspec.structs.replace(lost, outcome=Outcome.RECEIVED)


def topic_filters(
    template: str, witness: Witness, share: float, neighbourhoods: Iterable[str], devices: Iterable[str]
) -> Iterator[str]:
    """Yield the filters under which the broker brings what a witness watches, and little else."""
    if share >= 1.0:
        # Templates without the neighbourhood give one filter for all.
        yield from dict.fromkeys(
            topic_filter(template, {"neighbourhood": neighbourhood}) for neighbourhood in neighbourhoods
        )
    else:
        for device in filter(witness.watches, devices):
            yield topic_filter(template, {"device": device})


def witness_ids(seed: int, shard: str, count: int) -> tuple[str, ...]:
    """Return the client ids of a shard's own subscriber."""
    names = (shard if number == 0 else f"{shard}-{number}" for number in range(count))
    return tuple(device_id(Seeds(seed), "witness", name) for name in names)
