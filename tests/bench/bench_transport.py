"""How many messages a second each transport brings to a broker.

    python tests/bench/bench_transport.py

One process sends as fast as it can over many connections to a Mosquitto of its own, to which nobody
subscribes. The rate is the broker's own count of PUBLISH packets (`$SYS`) over the time from the first
message until the last was confirmed. The contestants take turns, so that whatever else the machine does
meets all of them, and the medians are compared. `plain paho` is the yardstick: paho-mqtt as its manual says,
each client on its own socket, all on one selector (its external-loop interface), without our sessions.

At QoS 0 each device has several messages a turn of the loop, which our sessions put into one write. With one
frame a write Mosquitto is faster than one Python process, falls asleep between two messages, and waking it
with every write costs more than all of Python's part. At QoS 1 its answers keep it awake, and set the limit.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice, product

from simulator.bench import OwnCount
from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect, Publish
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.records import Delivered, Outcome
from simulator.mqtt import Delivery, DeliveryOptions, PlainPaho, Transport, require_descriptors

PLAIN = "plain paho"
KIND = "bench"

EACH = {0: 8, 1: 1}
"""Messages of a device in a turn of the loop, by QoS."""

WAITING = 2_000
"""Messages that may wait for their turn before the sender pauses."""

PATIENCE = 30.0


@dataclass(frozen=True)
class Load:
    """What is sent."""

    connections: int
    payload: bytes
    protocol: Protocol
    seconds: float
    batch: int
    qos: int = 0

    @property
    def devices(self) -> list[str]:
        return [f"bench{number:05}" for number in range(self.connections)]

    @property
    def topics(self) -> dict[str, str]:
        return {device: f"fleet/n0/{KIND}/{device}/steps" for device in self.devices}

    def messages(self) -> Iterator[Publish]:
        """Yield messages of one device after the other, without end."""
        for number, (device, topic) in enumerate(cycle(self.topics.items())):
            yield Publish(0.0, device, f"{number:x}", KIND, "steps", topic, self.payload, self.qos)


@dataclass(frozen=True)
class Result:
    """What came of it: messages by our count, seconds, and this process's processor time in seconds."""

    messages: int
    seconds: float
    cpu: float


class Ours:
    """Our sessions over one of the transports."""

    def __init__(self, transport: Transport, endpoint: Endpoint, load: Load) -> None:
        self._load = load
        self._acknowledged = 0
        options = DeliveryOptions(transport=transport, session_queue=WAITING + load.batch)
        self._delivery = Delivery(endpoint, options, time.monotonic, self._ended, on_message=lambda *_: None)
        for device in load.devices:
            self._delivery.submit(Connect(0.0, device, 300, True), 0.0)
        while not self._delivery.settled:
            self._delivery.poll(0.1)

    def _ended(self, _publish: Publish, delivered: Delivered) -> None:
        assert delivered.outcome is Outcome.ACKNOWLEDGED, delivered
        self._acknowledged += 1

    def send(self) -> int:
        """Send for the load's time and until all is confirmed; return how many messages that were."""
        delivery, messages = self._delivery, self._load.messages()
        end = time.monotonic() + self._load.seconds
        while (now := time.monotonic()) < end:
            for message in islice(messages, self._load.batch):
                delivery.submit(message, now)
            delivery.poll(0)
            while delivery.queued > WAITING:
                delivery.poll(0.1)
        delivery.finish(PATIENCE)
        return self._acknowledged


class Plain:
    """The yardstick, under the same load."""

    def __init__(self, endpoint: Endpoint, load: Load) -> None:
        self._load = load
        self._paho = PlainPaho(endpoint, load.topics, load.payload, load.qos)

    def send(self) -> int:
        """Send for the load's time and until all is confirmed; return how many messages that were."""
        end = time.monotonic() + self._load.seconds
        return self._paho.send(lambda: time.monotonic() >= end, self._load.batch)


def measure(contestant: str, load: Load) -> Result:
    """Let a contestant send to a fresh broker, and check its count against the broker's."""
    with LocalMosquitto() as broker:
        endpoint = broker.endpoint(load.protocol)
        sender = Plain(endpoint, load) if contestant == PLAIN else Ours(Transport(contestant), endpoint, load)
        with OwnCount(endpoint) as own:
            before = own.settled()
            began, cpu = time.perf_counter(), time.process_time()
            sent = sender.send()
            seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
            after = own.settled()
        assert before is not None
        assert after is not None
        assert after - before == sent, f"{contestant} counts {sent} messages, the broker {after - before}"
        return Result(sent, seconds, cpu)


def main() -> None:
    """Measure and print one table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--connections", type=int, default=1_000)
    parser.add_argument("--payload", type=int, default=256, help="bytes of a message")
    parser.add_argument("--seconds", type=float, default=4.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--each", type=int, help="messages of a device in a turn of the loop; see above")
    parser.add_argument("--protocol", type=int, default=4, choices=[4, 5], help="level: 4 is 3.1.1")
    parser.add_argument("--qos", type=int, nargs="+", default=[0, 1], choices=[0, 1])
    asked = parser.parse_args()
    require_descriptors(asked.connections)
    contestants = [PLAIN, Transport.PAHO.value, Transport.FAST.value]
    print(
        f"{asked.connections:,} connections, {asked.payload} bytes, {Protocol(asked.protocol).name}, "
        f"median of {asked.rounds} rounds of {asked.seconds:g} s"
    )
    print("QoS  each  transport   messages/s  CPU us  of plain  of paho")
    for qos in asked.qos:
        each = asked.each or EACH[qos]
        load = Load(
            asked.connections,
            bytes(asked.payload),
            Protocol(asked.protocol),
            asked.seconds,
            asked.connections * each,
            qos,
        )
        results: dict[str, list[Result]] = {contestant: [] for contestant in contestants}
        for _, contestant in product(range(asked.rounds), contestants):
            results[contestant].append(measure(contestant, load))
        rates = {}
        for contestant, of in results.items():
            middle = sorted(of, key=lambda result: result.messages / result.seconds)[len(of) // 2]
            rates[contestant] = rate = middle.messages / middle.seconds
            cpu = middle.cpu / middle.messages * 1e6
            plain, paho = rate / rates[PLAIN], rate / rates.get(Transport.PAHO.value, rate)
            print(
                f"{qos:>3} {each:>5}  {contestant:<10} {rate:>11,.0f} {cpu:>7.1f} {plain:>9.2f} {paho:>8.2f}"
            )


if __name__ == "__main__":
    main()
