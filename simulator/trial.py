"""A trial of controls: taps and controls of one run, from before its load begins to after it has ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.broker import BrokerHandle
from simulator.controls import Controls, Surroundings, placed
from simulator.core.endpoint import Protocol
from simulator.plan import Plan
from simulator.taps import Taps
from simulator.truth import RunFolder

_LAST_WORDS = 0.5
"""Seconds of silence that say that controls which have ended have nothing more to say."""


class Trial:
    """Has controls run beside a load, and records what comes out of them; use it in a ``with``.

    Args:
        plan: the load; its `origin` is what the taps count their seconds from.
        broker: of the run; taps and controls talk to it directly, whatever is wrong with the network.
        place: the folder in which the controls run.
        folder: of the run.
        say: told what is started before it is, and at once what goes wrong.
    """

    def __init__(
        self, plan: Plan, broker: BrokerHandle, place: Path, folder: RunFolder, say: Callable[[str], None]
    ) -> None:
        self._plan = plan
        self._broker = broker
        self._place = place
        self._folder = folder
        self._say = say
        self._stack = ExitStack()
        self._taps: Taps | None = None
        self._controls: Controls | None = None
        self._restless: list[str] = []

    def start(self, stopped: Callable[[], bool]) -> None:
        """Start the taps and then the controls, and wait until all are ready.

        Raises:
            RunFailedError: one cannot be started, or is not ready in time.
        """
        scenario = self._plan.scenario
        ports: Mapping[str, int] = {}
        if scenario.taps:
            taps = placed(scenario.taps, scenario.controls, self._folder.controls)
            origin = self._plan.origin or 0.0
            self._taps = self._stack.enter_context(Taps(self._plan, taps, self._folder.egress, origin))
            ports = self._taps.ports
            for name, port in ports.items():
                self._say(f"tap {name} takes HTTP at http://127.0.0.1:{port}")
        surroundings = Surroundings(
            plan=self._plan,
            legacy=self._broker.endpoint(Protocol.MQTT_311),
            modern=self._broker.endpoint(Protocol.MQTT_5),
            place=self._place,
            folder=self._folder.controls,
            ports=ports,
            log=self._broker.connection_log,
        )
        self._controls = self._stack.enter_context(Controls(scenario.controls, surroundings, self._say))
        self._controls.start(stopped)

    def look(self) -> None:
        """Say so if a control has ended."""
        if self._controls is not None:
            for death in self._controls.newly_dead():
                self._say(death)

    @property
    def death(self) -> str | None:
        """What is to be said about the first control that has ended too early, None if all run."""
        return None if self._controls is None else self._controls.death

    def conclude(self, stopped: Callable[[], bool]) -> None:
        """Wait until what comes out has settled, end the controls, and hear what they say last.

        Args:
            stopped: whether the user has given up; then it does not wait.

        Raises:
            RunFailedError: the taps are gone.
        """
        if self._taps is not None and not self.death:
            self._restless = self._taps.settle(stopped)
        self.look()
        if self._controls is not None:
            self._controls.stop()
        if self._taps is not None:
            self._taps.settle(stopped, _LAST_WORDS)
            if not stopped():
                self._taps.record_kept()
            self._taps.stop()

    @property
    def rows(self) -> Mapping[str, int]:
        """What each tap has received."""
        return {} if self._taps is None else self._taps.rows

    @property
    def distrust(self) -> tuple[str, ...]:
        """Reasons not to trust that all is recorded; empty if there is none."""
        reasons = [f"something still came out at tap {name} when the run ended" for name in self._restless]
        if self._taps is not None and self._taps.lost:
            reasons.append(f"the taps lost their connection to the broker {self._taps.lost} times")
        return tuple(reasons)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
