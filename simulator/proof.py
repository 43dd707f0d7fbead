"""Proof of control: shows that whoever starts a run beyond this machine also rules the broker there.

A stranger could name somebody else's broker as allowed. What a stranger cannot do is publish, with
credentials that the fleet does not have, on a topic on which no device may write. So Fleetsim asks for
just that: a nonce, new in each run, published by the operator with other means, which a session with the
fleet's own credentials must receive; and first that session tries to publish there itself and must fail.
Where anybody may publish anywhere, the nonce would prove nothing, and the run is refused.

The sessions of the proof are all that is sent beyond this machine before it, and only to a host that the
user has named and that is no known public broker.
"""

from __future__ import annotations

import secrets
import shlex
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from simulator.core.actions import Connect, Publish, Subscribe
from simulator.core.credentials import CONTROL
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.errors import RunFailedError, TargetRefusedError, UsageError
from simulator.core.records import Delivered, Outcome
from simulator.mqtt import Delivery, DeliveryOptions

TIMEOUT = 60.0
"""Seconds that the operator has."""

_TRIES = 3
"""How often the device tries to publish if the broker closes the connection instead of answering."""

_ANSWER = 10.0
"""Seconds for the broker to answer a connect or a publish."""

_STEADY = 0.5
"""Seconds that a connection must hold before the operator is asked: some brokers (Mosquitto 2.0.11) answer a
publish that they deny and then close the connection, and what is published meanwhile would be missed."""

_REMIND = 15.0
"""Seconds between two reminders of what the run waits for."""

_TURN = 0.05

_KEEP_ALIVE = 30


@dataclass(frozen=True, slots=True)
class ProofOptions:
    """How control of a broker is to be proven.

    Attributes:
        topic: under which the operator publishes, on a level that is named anew in each run.
        timeout: seconds that the operator has.

    Raises:
        UsageError: the topic is none to publish on.
    """

    topic: str = CONTROL
    timeout: float = TIMEOUT

    def __post_init__(self) -> None:
        if not self.topic or set("+#\0") & set(self.topic) or self.topic.startswith("$"):
            raise UsageError(
                f"{self.topic!r} is no topic to prove control on: it may hold no + or # and not begin with $"
            )


def prove_control(
    endpoint: Endpoint,
    device: str,
    delivery: DeliveryOptions,
    ask: Callable[[str], None],
    options: ProofOptions | None = None,
    stopped: Callable[[], bool] = lambda: False,
    clock: Callable[[], float] = time.monotonic,
) -> Endpoint:
    """Have the operator prove control of a broker; return its endpoint, cleared for one address.

    Args:
        endpoint: a broker that the target guard has resolved; on this machine it needs no proof.
        device: a device of the fleet, by its id; the proof connects as it.
        delivery: how the fleet connects.
        ask: tells the operator what to do and how long there is for it.
        options: where to publish, and how long there is for it.
        stopped: asked now and then; says whether the user has given up.
        clock: seconds.

    Raises:
        TargetRefusedError: control was not proven in time, or the broker lets devices publish anywhere.
        RunFailedError: the broker cannot be reached or does not let the device in.
        KeyboardInterrupt: the user has given up.
    """
    if not endpoint.beyond_loopback:
        return endpoint
    options = options or ProofOptions()
    reasons = {}
    for candidate in _candidates(endpoint):
        session = _Session(candidate, device, delivery, options, stopped, clock)
        try:
            reason = session.connect()
            if reason is None:
                session.refuse_a_broker_open_to_devices()
                session.await_the_operator(ask)
                return replace(candidate, protocol=endpoint.protocol)
            reasons[candidate.address] = reason
        finally:
            session.close()
    said = "; ".join(f"{address}: {reason}" for address, reason in reasons.items())
    raise RunFailedError(f"the broker at {endpoint.host}:{endpoint.port} did not let {device} in ({said})")


def _candidates(endpoint: Endpoint) -> Iterator[Endpoint]:
    """Yield the broker at each address: in MQTT 5, which can tell why it refuses, and as the fleet speaks."""
    for address in endpoint.pinned or (endpoint.address,):
        for protocol in sorted({Protocol.MQTT_5, endpoint.protocol}, reverse=True):
            yield replace(endpoint.at(address), protocol=protocol)


class _Session:
    """A device's session at the broker, by which the fleet sees what the operator and the device can do."""

    def __init__(
        self,
        endpoint: Endpoint,
        device: str,
        delivery: DeliveryOptions,
        options: ProofOptions,
        stopped: Callable[[], bool],
        clock: Callable[[], float],
    ) -> None:
        self._endpoint = endpoint
        self._device = device
        self._credentials = delivery.credentials
        self._options = options
        self._stopped = stopped
        self._topic = f"{options.topic}/{secrets.token_hex(4)}"
        self._nonce = secrets.token_hex(16)
        self._forgery = secrets.token_hex(16)
        self._heard: set[bytes] = set()
        self._outcome: Outcome | None = None
        self._clock = clock
        begin = clock()
        self._delivery = Delivery(
            endpoint,
            replace(
                delivery,
                source_addresses=(),
                connect_timeout=_ANSWER,
                max_attempts=1,
                backoff_first=0.5,
                backoff_cap=2.0,
            ),
            clock=lambda: clock() - begin,
            on_outcome=self._ended,
            on_message=self._told,
        )

    def connect(self) -> str | None:
        """Open the session and subscribe it; return why that failed, None if it did not."""
        self._delivery.submit(Connect(0.0, self._device, _KEEP_ALIVE, clean=True), 0.0)
        self._delivery.submit(Subscribe(0.0, self._device, self._topic, qos=1), 0.0)
        self._turn_until(lambda: self._delivery.settled, _ANSWER + 1.0)
        if self._delivery.connections.now_connected:
            return None
        return next((report.reason for report in self._delivery.sessions()), None) or "no answer"

    def refuse_a_broker_open_to_devices(self) -> None:
        """Try to publish as a device.

        A broker that refuses may say so, close the connection, or keep quiet and pass nothing on; whether
        anything was passed on is seen for good when the operator's message has come.
        """
        for _ in range(_TRIES):
            self._outcome = None
            self._publish()
            self._turn_until(lambda: self._outcome is not None or self._forged, _ANSWER)
            if self._forged or self._outcome in (Outcome.ACKNOWLEDGED, Outcome.REFUSED):
                break
        self._await_steadiness()
        self._refuse_if_forged()
        if self._delivery.refused_subscriptions:
            raise TargetRefusedError(
                f"the broker at {self._place} does not let {self._device} read {self._topic}, so the fleet "
                f"cannot see a proof of control; allow every device to read {self._options.topic}/#"
            )

    def await_the_operator(self, ask: Callable[[str], None]) -> None:
        """Tell the operator what to do and wait until it is done."""
        seconds = self._options.timeout
        ask(
            f"{self._place} is beyond this machine. Prove within {seconds:.0f} s that you control it, with "
            f"credentials of your own, because no device may write there:\n  {self._command()}"
        )
        end = self._clock() + seconds
        while not self._proven and (left := end - self._clock()) > 0:
            breaks = self._breaks
            self._turn_until(lambda: self._proven or self._breaks > breaks, min(left, _REMIND))  # noqa: B023
            if self._breaks > breaks:
                self._begin_again(ask)
            elif not self._proven and (left := end - self._clock()) > 1.0:
                ask(f"waiting for the proof of control, {left:.0f} s left")
        self._turn_until(lambda: self._forged, _STEADY)  # a cluster may bring the older message later
        self._refuse_if_forged()
        if not self._proven:
            raise TargetRefusedError(
                f"nobody proved within {seconds:.0f} s to control the broker at {self._place}, so no load "
                f"goes there. Every device needs the right to read {self._options.topic}/# and only you that "
                "to write there; --proof-timeout gives more time"
            )
        ask(f"control of {self._place} is proven")

    def close(self) -> None:
        """Leave, in order if possible."""
        self._delivery.finish(1.0)

    @property
    def _place(self) -> str:
        endpoint = self._endpoint
        where = f"{endpoint.host}:{endpoint.port}"
        return where if endpoint.address == endpoint.host else f"{where} ({endpoint.address})"

    @property
    def _breaks(self) -> int:
        return self._delivery.connections.lost

    @property
    def _proven(self) -> bool:
        return self._nonce.encode() in self._heard

    @property
    def _forged(self) -> bool:
        return self._forgery.encode() in self._heard

    def _refuse_if_forged(self) -> None:
        if self._forged:
            raise TargetRefusedError(
                f"any device may publish on {self._topic} at {self._place}, so a message there proves "
                f"nothing, and no load goes there. If the broker is yours, give it an ACL that lets devices "
                f"read {self._options.topic}/# and write only their own topics"
            )

    def _command(self) -> str:
        endpoint, trust = self._endpoint, self._credentials
        # Most builds of mosquitto_pub speak no WebSocket; the operator knows another way in.
        port = str(endpoint.port) if endpoint.websocket is None else "YOUR_MQTT_PORT"
        words = ["mosquitto_pub", "-h", endpoint.address, "-p", port]
        if endpoint.tls:
            words[2] = endpoint.host  # a certificate is for a name
            words += ["--tls-use-os-certs"] if trust is None else ["--cafile", str(trust.authority)]
        words += ["-q", "1", "-u", "YOU", "-P", "YOUR_PASSWORD", "-t", self._topic, "-m", self._nonce]
        return shlex.join(words)

    def _publish(self) -> None:
        """Try to publish, as no device should be able to."""
        topic, payload = self._topic, self._forgery.encode()
        self._delivery.submit(
            Publish(0.0, self._device, secrets.token_hex(8), "proof", "control", topic, payload, qos=1),
            self._delivery.clock(),
        )

    def _begin_again(self, ask: Callable[[str], None]) -> None:
        """Carry on after the connection broke, with which both messages may have gone."""
        if self._outcome is not Outcome.REFUSED:
            self.refuse_a_broker_open_to_devices()
        self._await_steadiness()
        ask("the connection to the broker broke and is back: run the command again")

    def _await_steadiness(self) -> None:
        """Wait until the connection has held for a while."""
        end = self._clock() + _ANSWER
        while self._clock() < end:
            breaks = self._breaks
            self._turn_until(lambda: bool(self._delivery.connections.now_connected), _ANSWER)
            self._turn_until(lambda: self._breaks > breaks or self._forged, _STEADY)  # noqa: B023
            if self._breaks == breaks or self._forged:
                return

    def _turn_until(self, done: Callable[[], bool], seconds: float) -> None:
        end = self._clock() + seconds
        while not done() and (left := end - self._clock()) > 0:
            if self._stopped():
                raise KeyboardInterrupt
            self._delivery.poll(min(left, _TURN))

    def _ended(self, _publish: Publish, delivered: Delivered) -> None:
        self._outcome = delivered.outcome

    def _told(self, _device: str, topic: str, payload: bytes) -> None:
        if topic == self._topic:
            self._heard.add(payload.strip())
