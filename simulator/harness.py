"""Fleets for tests of a service: brokers to connect it to, runs against them, and the truth about those."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from simulator.api import chosen, generate, run
from simulator.core.errors import UsageError
from simulator.core.nearest import suggestion
from simulator.result import Run
from simulator.stream import Stream

if TYPE_CHECKING:
    from simulator.report import Update
    from simulator.scenario import Scenario, Source

_SETTLE = "500ms"
"""Silence that ends the record of what goes in: its messages are acknowledged when the run asks."""

Tapped = str | Sequence[str] | Mapping[str, object]
"""A topic filter, several, or a tap as a scenario describes it but for its name."""


@dataclass(frozen=True, slots=True)
class RunningBroker:
    """A broker on this machine that runs for the time of a test; anybody here may connect.

    Attributes:
        kind: ``embedded`` or ``mosquitto``.
        host: where it listens.
        port: for MQTT 3.1.1.
        port_mqtt5: for MQTT 5; the embedded broker has a port of its own for it.
    """

    kind: str
    host: str
    port: int
    port_mqtt5: int

    @property
    def url(self) -> str:
        """The same for MQTT 3.1.1, such as ``mqtt://127.0.0.1:1883``."""
        return f"mqtt://{self.host}:{self.port}"


class Fleetsim:
    """What the pytest fixture ``fleetsim`` gives a test; also of use without pytest, in a ``with``.

    Args:
        folder: takes a folder for each run.
        place: the folder in which controls run that a scenario starts, unless it is in a file.
        seed: of every run and stream that names none; that of the scenario if left out.
        kind: of the broker, unless another is asked for.

    Attributes:
        runs: those that are over, in order.
    """

    def __init__(
        self, folder: Path, *, place: Path | None = None, seed: int | None = None, kind: str | None = None
    ) -> None:
        self.runs: list[Run] = []
        self._folder = folder
        self._place = place
        self._seed = seed
        self._kind = kind
        self._brokers: dict[str, RunningBroker] = {}
        self._stack = ExitStack()

    def broker(self, kind: Literal["embedded", "mosquitto"] | None = None) -> RunningBroker:
        """Return a broker, started if it does not run yet; it runs until the end of the test.

        Args:
            kind: ``embedded`` if left out, or what pytest was told by ``--fleetsim-broker``. A Mosquitto
                must be installed.

        Raises:
            UsageError: there is no such broker.
            RunFailedError: it cannot be started.
        """
        from simulator.broker import EmbeddedBroker, LocalMosquitto, OwnBroker
        from simulator.core.endpoint import Protocol

        wanted = kind or self._kind or OwnBroker.EMBEDDED
        if wanted not in [*OwnBroker]:
            raise UsageError(f"no broker is called {wanted!r}; {suggestion(wanted, map(str, OwnBroker))}")
        if wanted not in self._brokers:
            own: EmbeddedBroker | LocalMosquitto
            own = LocalMosquitto() if wanted == OwnBroker.MOSQUITTO else EmbeddedBroker()
            self._stack.enter_context(own)
            legacy, modern = (own.endpoint(one) for one in (Protocol.MQTT_311, Protocol.MQTT_5))
            self._brokers[wanted] = RunningBroker(str(wanted), legacy.host, legacy.port, modern.port)
        return self._brokers[wanted]

    def run(
        self,
        scenario: Source,
        *,
        broker: RunningBroker | str | None = None,
        taps: Mapping[str, Tapped] | None = None,
        checks: Sequence[str] = (),
        seed: int | None = None,
        duration: float | str | None = None,
        speed: float | Literal["max"] | None = None,
        rate: float | str | None = None,
        scale: float | None = None,
        changes: Mapping[str, object] | None = None,
        progress: Callable[[Update], None] | None = None,
    ) -> Run:
        """Run a fleet against the test's broker, and return its result; see `simulator.run`.

        Args:
            scenario: likewise.
            broker: the one that `broker` has started if left out; if it has not, that of the scenario, or of
                ``--fleetsim-broker``, which then lasts for this run.
            taps: what comes out of the service, by the name that its verdicts are to have: a topic filter,
                several, or a tap as a scenario describes it, such as ``{"file": "out.jsonl"}``. What goes
                into it is then recorded as well.
            checks: those that judge what comes out at `taps`; every one that can if empty.
            seed: likewise; that of ``--fleetsim-seed`` if left out.
            duration: likewise.
            speed: likewise.
            rate: likewise.
            scale: likewise.
            changes: likewise.
            progress: likewise.

        Raises:
            FleetsimError: as `simulator.run`.
        """
        choice = chosen(
            scenario,
            scale=scale,
            changes=changes,
            seed=self._seed if seed is None else seed,
            duration=duration,
            speed=speed,
            rate=rate,
        )
        resolved = choice.load()
        if taps:
            resolved = _tapped(resolved, taps, checks)
        done = run(
            resolved,
            broker=self._url(broker, resolved),
            output=self._folder / f"{resolved.name}-{len(self.runs) + 1}",
            place=choice.place() if isinstance(scenario, str | Path) else self._place,
            progress=progress,
        )
        self.runs.append(done)
        return done

    def generate(
        self,
        scenario: Source,
        *,
        seed: int | None = None,
        duration: float | str | None = None,
        scale: float | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> Stream:
        """Return all that a fleet does with the truth, without a broker; see `simulator.generate`.

        Raises:
            ScenarioError: likewise.
        """
        return generate(
            scenario,
            seed=self._seed if seed is None else seed,
            duration=duration,
            scale=scale,
            changes=changes,
        )

    def explain(self) -> str:
        """Return how the runs went, with what speaks against each."""
        return "\n\n".join(run.explain() for run in self.runs)

    def close(self) -> None:
        """End the brokers; safe to call twice."""
        self._stack.close()
        self._brokers.clear()

    def _url(self, broker: RunningBroker | str | None, scenario: Scenario) -> str | None:
        """Return where to run a scenario; None for where it says."""
        from simulator.core.endpoint import Protocol

        if broker is None and len(self._brokers) > 1:
            which = " or ".join(f"broker={kind!r}" for kind in self._brokers)
            raise UsageError(f"several brokers run; say {which}")
        if broker is None:
            broker = next(iter(self._brokers.values()), self._kind)
        elif isinstance(broker, str):
            broker = self._brokers.get(broker, broker)
        if isinstance(broker, RunningBroker):
            modern = scenario.mqtt.version is Protocol.MQTT_5
            return f"mqtt://{broker.host}:{broker.port_mqtt5 if modern else broker.port}"
        return broker

    def __repr__(self) -> str:
        return f"<Fleetsim: {len(self._brokers)} brokers, {len(self.runs)} runs, in {self._folder}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _tapped(scenario: Scenario, taps: Mapping[str, Tapped], checks: Sequence[str]) -> Scenario:
    """Return a scenario with further taps, and one on what goes in if it has none.

    Raises:
        ScenarioError: they are no such taps.
    """
    from simulator.core.topics import topic_filter
    from simulator.scenario import changed
    from simulator.scenario.controls import INPUT

    wanted = {name: _tap(name, tap) for name, tap in taps.items()}
    if all(tap.name != INPUT for tap in scenario.taps):
        heard = {"topics": [topic_filter(scenario.mqtt.topic, {})], "settle": _SETTLE}
        wanted.setdefault(INPUT, _tap(INPUT, heard))
    told = {control.name for control in scenario.controls}
    judged = dict.fromkeys(str(tap.get("control") or name) for name, tap in wanted.items() if name != INPUT)
    fields = scenario.model_dump(mode="json")
    fields["taps"] += wanted.values()
    if checks:
        fields["controls"] += [{"name": name, "checks": [*checks]} for name in judged if name not in told]
    return changed(scenario, fields)


def _tap(name: str, tap: Tapped) -> dict[str, object]:
    """Return a tap as a scenario describes it."""
    if isinstance(tap, Mapping):
        return {"name": name, **tap}
    return {"name": name, "topics": [tap] if isinstance(tap, str) else list(tap)}
