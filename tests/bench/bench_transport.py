"""How many messages a second each transport brings to a broker: `python tests/bench/bench_transport.py`.

One process sends as fast as it can over many connections to a Mosquitto of its own; nobody subscribes.
The rate is the broker's own count, from its `$SYS` topics, over the time from the first message until the
last was confirmed. Transports take turns in every round, so that whatever else the machine does meets all.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, product

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Publish, Subscribe
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Delivered, Outcome
from simulator.mqtt import Delivery, DeliveryOptions, Transport, require_descriptors

COUNTER = "$SYS/broker/publish/messages/received"
WAITING = 4_000
"""Messages that may wait for their window to open before the sender pauses."""


@dataclass(frozen=True)
class Shape:
    """What is sent."""

    connections: int
    payload: bytes
    protocol: Protocol
    seconds: float
    batch: int


@dataclass(frozen=True)
class Result:
    """What came of it.

    Attributes:
        rate: messages a second by the broker's count.
        own: messages a second by ours.
        cpu: microseconds of this process's processor time a message.
    """

    rate: float
    own: float
    cpu: float


class Ear:
    """Reads the broker's own count of PUBLISH packets received, on a connection of its own."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._heard: list[int] = []
        self._delivery = Delivery(
            endpoint,
            DeliveryOptions(),
            time.monotonic,
            on_outcome=lambda _publish, _delivered: None,
            on_message=lambda _device, _topic, payload: self._heard.append(int(payload)),
        )
        self._delivery.submit(Connect(0.0, "ear", 60, True), 0.0)
        self._delivery.submit(Subscribe(0.0, "ear", COUNTER, 0), 0.0)

    def count(self) -> int:
        """Return the count once it has stood still for two of the broker's intervals."""
        end = time.monotonic() + 2.5
        while time.monotonic() < end:
            self._delivery.poll(0.1)
        return self._heard[-1]

    def close(self) -> None:
        self._delivery.finish(1.0)


def measure(broker: LocalMosquitto, transport: Transport, qos: int, shape: Shape) -> Result:
    """Send for a while and return how fast it went."""
    endpoint = broker.endpoint(shape.protocol)
    ear = Ear(endpoint)
    outcomes = dict.fromkeys(Outcome, 0)

    def ended(_publish: Publish, delivered: Delivered) -> None:
        outcomes[delivered.outcome] += 1

    delivery = Delivery(
        endpoint,
        DeliveryOptions(transport=transport, session_queue=WAITING, confirm_within=5.0),
        time.monotonic,
        on_outcome=ended,
        on_message=lambda _device, _topic, _payload: None,
    )
    devices = [f"bench{number:05}" for number in range(shape.connections)]
    for device in devices:
        delivery.submit(Connect(0.0, device, 60, True), 0.0)
    while not delivery.settled:
        delivery.poll(0.1)
    messages = endless(devices, shape.payload, qos)
    before = ear.count()
    began, cpu = time.perf_counter(), time.process_time()
    end = began + shape.seconds
    sent = 0
    while time.perf_counter() < end:
        for message in islice(messages, shape.batch):
            delivery.submit(message, time.monotonic())
        sent += shape.batch
        delivery.poll(0)
        while delivery.queued > WAITING:
            delivery.poll(0.1)
    delivery.finish(30.0)
    took = time.perf_counter() - began
    cpu = time.process_time() - cpu
    received = ear.count() - before
    ear.close()
    assert outcomes[Outcome.ACKNOWLEDGED] == sent, f"not all was acknowledged: {outcomes}"
    assert received >= sent, f"the broker counted {received} of {sent}"
    return Result(received / took, sent / took, cpu / sent * 1e6)


def endless(devices: list[str], payload: bytes, qos: int) -> Iterator[Publish]:
    """Yield messages of one device after the other."""
    topics = [f"fleet/n0/bench/{device}/steps" for device in devices]
    for number, (device, topic) in enumerate(cycle(zip(devices, topics, strict=True))):
        yield Publish(0.0, device, str(number), "bench", "steps", topic, payload, qos)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--payload", type=int, default=256, help="bytes")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--batch", type=int, default=1_000, help="messages between two turns of the loop")
    parser.add_argument("--protocol", type=int, default=4, choices=[4, 5])
    parser.add_argument("--qos", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--transports", type=Transport, nargs="+", default=[Transport.PAHO, Transport.FAST])
    asked = parser.parse_args()
    require_descriptors(asked.connections)
    shape = Shape(
        asked.connections, bytes(asked.payload), Protocol(asked.protocol), asked.seconds, asked.batch
    )
    print(
        f"{shape.connections:,} connections, {len(shape.payload)} bytes, {shape.protocol.name}, "
        f"{shape.batch} messages a turn, median of {asked.rounds}"
    )
    print(f"{'QoS':>3} {'transport':>9} {'broker msg/s':>13} {'own msg/s':>10} {'CPU us':>7} {'of paho':>8}")
    for qos in asked.qos:
        results: dict[Transport, list[Result]] = {transport: [] for transport in asked.transports}
        for _, transport in product(range(asked.rounds), asked.transports):
            with LocalMosquitto() as broker:
                results[transport].append(measure(broker, transport, qos, shape))
        paho = (
            statistics.median(each.rate for each in results.get(Transport.PAHO, []))
            if Transport.PAHO in results
            else None
        )
        for transport, of in results.items():
            middle = sorted(of, key=lambda each: each.rate)[len(of) // 2]
            ratio = f"{middle.rate / paho:.2f}" if paho else "-"
            print(
                f"{qos:>3} {transport:>9} {middle.rate:>13,.0f} {middle.own:>10,.0f} "
                f"{middle.cpu:>7.1f} {ratio:>8}"
            )


if __name__ == "__main__":
    main()
