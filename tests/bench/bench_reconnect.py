"""How a fleet comes back to a broker that was killed: `python tests/bench/bench_reconnect.py [DEVICES]`.

Draws, in steps of 100 ms from the kill on, the attempts to connect and the devices connected: once with
backoff (exponential with full jitter) and once without (ten attempts a second and device). The broker, a
Mosquitto on loopback, is away for two seconds.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from simulator.broker import LocalMosquitto
from simulator.core.actions import Connect
from simulator.core.descriptors import require_descriptors
from simulator.core.endpoint import Protocol
from simulator.core.records import SessionChange, SessionMoment
from simulator.mqtt import Delivery, DeliveryOptions

STEP = 0.1
AWAY = 2.0
DRAWN = 80
"""Steps that fit on a line; the stragglers of a backoff come later."""

PATIENCE = 60.0
_BARS = " ▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Storm:
    """What happened in each step from the kill on.

    Attributes:
        attempts: connections that were begun in it.
        connected: devices connected at its end.
        back: seconds from the broker's return until the devices were connected again.
    """

    attempts: list[int]
    connected: list[int]
    back: float

    @property
    def peak(self) -> int:
        """Most attempts in any two steps that follow each other."""
        return max(this + that for this, that in pairwise(self.attempts))


def storm(devices: int, *, backoff: bool, back: float = 1.0) -> Storm:
    """Connect devices, kill their broker, start it again, and wait until a share of them is back."""
    require_descriptors(devices)
    changes: list[SessionChange] = []
    with LocalMosquitto() as broker:
        delivery = Delivery(
            broker.endpoint(Protocol.MQTT_5),
            DeliveryOptions(),
            clock=time.monotonic,
            on_outcome=lambda _publish, _delivered: None,
            on_message=lambda _device, _topic, _payload: None,
            jitter_seed=1,
            on_session=changes.append,
        )
        for number in range(devices):
            delivery.submit(Connect(0.0, f"device-{number:05}", 300, clean=True, backoff=backoff), 0.0)
        turn_until(delivery, lambda: delivery.connections.now_connected == devices)
        killed = time.monotonic()
        broker.kill()
        turn_until(delivery, lambda: time.monotonic() >= killed + AWAY)
        returned = time.monotonic()
        broker.start()
        turn_until(delivery, lambda: delivery.connections.now_connected >= back * devices)
        end = time.monotonic()
        delivery.finish(10.0)
    during = [change for change in changes if killed <= change.at <= end]
    return _curves(during, devices, killed, end, returned)


def turn_until(delivery: Delivery, done: Callable[[], bool]) -> None:
    """Turn the loop until something is so."""
    deadline = time.monotonic() + PATIENCE
    while not done():
        if time.monotonic() > deadline:
            raise TimeoutError("the devices did not come back")
        delivery.poll(0.01)


def _curves(changes: list[SessionChange], devices: int, killed: float, end: float, returned: float) -> Storm:
    steps = int((end - killed) / STEP) + 1
    attempts, balance = [0] * steps, [0] * steps
    for change in changes:
        step = int((change.at - killed) / STEP)
        attempts[step] += change.state is SessionMoment.CONNECTING
        balance[step] += (change.state is SessionMoment.CONNECTED) - (change.state is SessionMoment.DROPPED)
    connected, now = [], devices
    for change_of in balance:
        now += change_of
        connected.append(now)
    return Storm(attempts, connected, end - returned)


def drawn(values: list[int], most: int) -> str:
    """Return values from 0 to `most` as bars."""
    return "".join(_BARS[-(-value * (len(_BARS) - 1) // most) if most else 0] for value in values)


def main() -> None:
    """Measure both and draw the curves on one scale."""
    devices = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    storms = {"on": storm(devices, backoff=True), "off": storm(devices, backoff=False)}
    most = max(max(each.attempts) for each in storms.values())
    print(f"{devices:,} devices, the broker is away for {AWAY:g} s; a bar is 100 ms, from the kill on")
    for backoff, each in storms.items():
        print(
            f"backoff {backoff}: {sum(each.attempts):,} attempts, at most {each.peak:,} in 200 ms; "
            f"all back {each.back:.1f} s after the broker"
        )
        print(f"  attempts   |{drawn(each.attempts[:DRAWN], most)}| of {most:,}")
        if max(each.attempts) < most:
            own = max(each.attempts)
            print(f"  enlarged   |{drawn(each.attempts[:DRAWN], own)}| of {own:,}")
        print(f"  connected  |{drawn(each.connected[:DRAWN], devices)}| of {devices:,}")


if __name__ == "__main__":
    main()
