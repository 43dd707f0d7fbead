"""How much memory a held connection takes: `python tests/bench/bench_connections.py [CONNECTIONS]`.

Two processes connect half each to a Mosquitto on loopback, from several source addresses, hold, and tell
by how much they grew. The model is left out: what is measured is the delivery side.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from simulator.bench.static_source import StaticSource
from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect
from simulator.core.descriptors import require_descriptors
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.shard import Shard
from simulator.core.transport import Transport
from simulator.mqtt import Delivery, DeliveryOptions
from simulator.scenario import Scenario

WORKERS = 2
SOURCES = ("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5")
HOLD = 10.0


@dataclass(frozen=True)
class Held:
    """What connections took: how many, bytes grown, seconds to connect, processor seconds to hold."""

    reached: int
    grown: int
    seconds: float
    cpu: float


def measure(transport: Transport, asked: int, seconds: float = HOLD) -> Held:
    """Hold connections on two processes and return what they took together."""
    with LocalMosquitto() as broker, multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
        carry = partial(hold, broker.endpoint(Protocol.MQTT_311), transport, asked // WORKERS, seconds)
        halves = pool.map(carry, range(WORKERS))
        pool.close()
        pool.join()
    return Held(
        sum(half.reached for half in halves),
        sum(half.grown for half in halves),
        max(half.seconds for half in halves),
        sum(half.cpu for half in halves),
    )


def hold(endpoint: Endpoint, transport: Transport, devices: int, seconds: float, index: int) -> Held:
    """Connect a worker's share and hold it."""
    require_descriptors(devices)
    scenario = Scenario.model_validate({"name": "static", "devices": [{"kind": "wearable"}]})
    source = StaticSource(scenario, Shard(index, WORKERS), devices=devices * WORKERS, payload_bytes=256)
    connects = [Connect(0.0, device, keep_alive=300, clean=True) for device in source.devices]
    delivery = Delivery(
        endpoint,
        DeliveryOptions(transport=transport, source_addresses=SOURCES),
        clock=time.monotonic,
        on_outcome=lambda _publish, _delivered: None,
        on_message=lambda _device, _topic, _payload: None,
    )
    gc.collect()
    before, begin = resident(), time.monotonic()
    for connect in connects:
        delivery.submit(connect, begin)
    while not delivery.settled:
        delivery.poll(0.1)
    connected = time.monotonic() - begin
    cpu, end = time.process_time(), time.monotonic() + seconds
    while time.monotonic() < end:
        delivery.poll(0.1)
    gc.collect()
    grown, reached = resident() - before, delivery.connections.now_connected
    cpu = time.process_time() - cpu
    delivery.finish(10.0)
    return Held(reached, grown, connected, cpu)


def resident() -> int:
    """Return the bytes of this process that are in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Measure both transports and print a table."""
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 15_000
    print("transport    asked    held  seconds  bytes a connection  CPU to hold")
    for transport in (Transport.FAST, Transport.PAHO):
        held = measure(transport, asked)
        print(
            f"{transport:10} {asked:7,} {held.reached:7,} {held.seconds:8.1f} "
            f"{held.grown / held.reached:19,.0f} {held.cpu / HOLD:12.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
