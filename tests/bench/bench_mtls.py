"""What connections by certificate cost: `python tests/bench/bench_mtls.py [DEVICES]`.

Provisions a certificate for each device, connects all to a Mosquitto on loopback over mutual TLS, and
tells how many handshakes a second that were and by how much both sides grew, beside the same connections
over plain TCP. The model is left out: what is measured is the delivery side.
"""

from __future__ import annotations

import gc
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import BrokerKind, Credentials, Identity, Listener
from simulator.broker.credentials.provision import Wanted, provision
from simulator.core.actions import Connect
from simulator.core.credentials import Authentication
from simulator.core.descriptors import require_descriptors
from simulator.core.endpoint import Protocol
from simulator.mqtt import Delivery, DeliveryOptions

TOPIC = "fleet/{neighbourhood}/{kind}/{device}/{event}"


@dataclass(frozen=True)
class Secured:
    """What connections took.

    Attributes:
        reached: devices connected in the end.
        seconds: until all were.
        cpu: processor seconds of the delivery side.
        broker_cpu: those of the broker.
        grown: bytes by which the delivery side grew.
        broker_grown: bytes by which the broker grew.
    """

    reached: int
    seconds: float
    cpu: float
    broker_cpu: float
    grown: int
    broker_grown: int


def devices_of(count: int) -> list[str]:
    """Return the ids of so many devices."""
    return [f"device-{number:05}" for number in range(count)]


def provisioned(folder: Path, devices: Sequence[str]) -> Path:
    """Make the credentials of devices, and return where they are."""
    identities = [Identity(device, "wearable", "n0") for device in devices]
    provision(folder, Wanted(identities, TOPIC, "command", BrokerKind.MOSQUITTO, {}))
    return folder


def connect_all(folder: Path, devices: Sequence[str], listener: Listener = Listener.MTLS) -> Secured:
    """Connect all devices to a Mosquitto that was started for them, and hold them until it is measured."""
    require_descriptors(len(devices))
    by_certificate = listener is Listener.MTLS
    how = Authentication.CERTIFICATE if by_certificate else Authentication.PASSWORD
    credentials = Credentials.open(folder, how)
    with LocalMosquitto(credentials=credentials) as broker:
        delivery = Delivery(
            broker.endpoint(Protocol.MQTT_5, listener),
            DeliveryOptions(credentials=credentials),
            clock=time.monotonic,
            on_outcome=lambda _publish, _delivered: None,
            on_message=lambda _device, _topic, _payload: None,
        )
        gc.collect()
        before, broker_before = resident("self"), resident(broker.process_id)
        cpu, broker_cpu = time.process_time(), broker.cpu_seconds() or 0.0
        begin = time.monotonic()
        for device in devices:
            delivery.submit(Connect(0.0, device, keep_alive=300, clean=True), begin)
        while not delivery.settled:
            delivery.poll(0.1)
        seconds = time.monotonic() - begin
        cpu, broker_cpu = time.process_time() - cpu, (broker.cpu_seconds() or 0.0) - broker_cpu
        gc.collect()
        secured = Secured(
            delivery.connections.now_connected,
            seconds,
            cpu,
            broker_cpu,
            resident("self") - before,
            resident(broker.process_id) - broker_before,
        )
        delivery.finish(10.0)
    return secured


def resident(process: int | str) -> int:
    """Return the bytes of a process that are in memory."""
    return int(Path(f"/proc/{process}/statm").read_text().split()[1]) * 4096


def main() -> None:
    """Measure and print a table."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    devices = devices_of(count)
    with tempfile.TemporaryDirectory() as folder:
        begin = time.monotonic()
        provisioned(Path(folder), devices)
        print(f"{count:,} devices provisioned in {time.monotonic() - begin:.1f} s")
        print("listener    held  connects/s  CPU ms a device (broker)  kB a device (broker)")
        for listener in (Listener.MTLS, Listener.TCP):
            # In a process of its own, which has not grown before.
            with multiprocessing.get_context("spawn").Pool(1) as pool:
                took = pool.apply(connect_all, (Path(folder), devices, listener))
            print(
                f"{listener:8} {took.reached:7,} {took.reached / took.seconds:11,.0f} "
                f"{took.cpu / count * 1e3:15.2f} ({took.broker_cpu / count * 1e3:.2f}) "
                f"{took.grown / count / 1e3:14.1f} ({took.broker_grown / count / 1e3:.1f})",
                flush=True,
            )


if __name__ == "__main__":
    main()
