"""How far a command may send: the hosts that the user has named, the proof for them, and the caps there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from simulator.broker import BrokerHandle, open_broker, resolve_gateway
from simulator.broker.credentials import Credentials
from simulator.core.endpoint import Endpoint, Protocol
from simulator.core.limits import ON_THIS_MACHINE, Limits, usual_limits
from simulator.metrics import Gateway
from simulator.mqtt import DeliveryOptions
from simulator.proof import ProofOptions, prove_control


@dataclass(frozen=True, slots=True)
class Reach:
    """What the user of one command allows; never part of a scenario, which may come from somebody else.

    Attributes:
        allow: hosts beyond this machine that may be sent to once control of them is proven.
        proof: how it is to be proven.
        limits: caps that differ from the usual ones, by name.
        ask: tells the operator what to do for the proof.

    Raises:
        UsageError: a cap is named that there is not.
    """

    allow: frozenset[str] = frozenset()
    proof: ProofOptions = field(default_factory=ProofOptions)
    limits: Mapping[str, int] = field(default_factory=dict)
    ask: Callable[[str], None] = lambda _line: None
    _proven: dict[Endpoint, Endpoint] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        ON_THIS_MACHINE.changed(self.limits)  # so that a mistake is found before anything begins

    @contextmanager
    def open(
        self,
        spec: str,
        protocol: Protocol,
        device: Callable[[], str],
        delivery: Callable[[Endpoint], DeliveryOptions] = lambda _endpoint: DeliveryOptions(),
        stopped: Callable[[], bool] = lambda: False,
        credentials: Credentials | None = None,
        talkative: bool = False,
    ) -> Iterator[BrokerHandle]:
        """Give a broker for the time of a run, proven to be the user's if it is beyond this machine.

        Args:
            spec: ``embedded``, ``mosquitto`` or a URL.
            protocol: MQTT version that the run will speak.
            device: names a device of the fleet, for the proof.
            delivery: says how the fleet connects to an endpoint, likewise.
            stopped: says whether the user has given up.
            credentials: those of the fleet, for a broker that is started here.
            talkative: whether a Mosquitto that is started here logs each connection.

        Raises:
            UsageError: the URL is none, or the credentials are not for such a broker.
            TargetRefusedError: the guard refuses it, or control was not proven.
            RunFailedError: the broker cannot be started or reached.
            KeyboardInterrupt: the user has given up.
        """

        def prove(target: Endpoint) -> Endpoint:
            if target not in self._proven:  # one proof is enough for one command
                self._proven[target] = prove_control(
                    target, device(), delivery(target), self.ask, self.proof, stopped
                )
            return self._proven[target]

        with open_broker(spec, protocol, self.allow, prove, credentials, talkative) as broker:
            yield broker

    def limits_for(self, endpoint: Endpoint) -> Limits:
        """Return the caps for a broker."""
        return usual_limits(endpoint).changed(self.limits)

    def gateway(self, url: str) -> Gateway:
        """Return the Pushgateway at a URL, if metrics may be pushed there and something listens.

        Raises:
            UsageError: it is no such URL.
            TargetRefusedError: it is neither on this machine nor at a host that the user has named.
            RunFailedError: it cannot be reached.
        """
        gateway = Gateway(url, *resolve_gateway(url, self.allow))
        gateway.check()
        return gateway
