"""The controls of a run: started before the fleet connects, watched while it runs, ended after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from simulator.controls.control import Control, command_line
from simulator.controls.guardian import Guardian
from simulator.controls.subscriptions import SubscriptionCount
from simulator.core.consent_topics import CONSENT, REQUEST, consent_topic
from simulator.core.credentials import WITNESS, Authentication
from simulator.core.endpoint import Endpoint
from simulator.core.errors import RunFailedError
from simulator.core.purposes import Purpose
from simulator.core.topics import topic_filter
from simulator.plan import Plan, open_credentials
from simulator.scenario import ControlOptions, Scenario, TapKind, TapOptions

_SYS_PATIENCE = 15.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What controls are told.

    Attributes:
        plan: the load, with the broker itself as its endpoint.
        legacy: where the broker listens for MQTT 3.1.1, which every client speaks.
        modern: where it listens for MQTT 5.
        place: the folder in which they run.
        folder: takes their logs and their files.
        ports: where taps listen that take HTTP, by the tap's name.
        log: the file in which the broker logs connections, None if there is none.
    """

    plan: Plan
    legacy: Endpoint
    modern: Endpoint
    place: Path
    folder: Path
    ports: Mapping[str, int]
    log: Path | None = None


class Controls:
    """Runs controls for the time of a ``with``.

    Args:
        options: the controls; those without a command are somebody else's.
        surroundings: what they are told.
        say: told what is started before it is, and what goes wrong.
    """

    def __init__(
        self, options: Sequence[ControlOptions], surroundings: Surroundings, say: Callable[[str], None]
    ) -> None:
        self._options = [one for one in options if one.command is not None]
        self._surroundings = surroundings
        self._say = say
        self._controls: list[Control] = []
        self._stack = ExitStack()
        self._dead: dict[str, str] = {}

    def start(self, stopped: Callable[[], bool]) -> None:
        """Start them all, and wait until each is ready.

        Raises:
            RunFailedError: one cannot be started, ends, or is not ready in time.
        """
        if not self._options:
            return
        for options in self._options:
            self._say(f"starting control {options.name}: {command_line(options)}")
        guardian = self._stack.enter_context(Guardian())
        folder = self._surroundings.folder
        folder.mkdir(parents=True, exist_ok=True)
        self._stack.callback(self.stop)
        counted = [options for options in self._options if options.ready.subscriptions is not None]
        if counted:
            self._start_counted(counted, guardian, stopped)
        others = [self._start(one, guardian) for one in self._options if one not in counted]
        for control in others:
            control.await_ready(lambda: False, stopped)

    def _start_counted(
        self, counted: Sequence[ControlOptions], guardian: Guardian, stopped: Callable[[], bool]
    ) -> None:
        """Start those whose subscriptions are to be seen, one after the other: a count names nobody."""
        with SubscriptionCount(self._surroundings.plan) as count:
            if not count.begin(_SYS_PATIENCE):
                raise RunFailedError(
                    "the broker does not tell in $SYS how many subscriptions it has, so those of the control "
                    f"{counted[0].name} cannot be seen; have it print a line, and write ready: {{line: ...}}"
                )
            expected = 0
            for options in counted:
                expected += options.ready.subscriptions or 0
                self._start(options, guardian).await_ready(partial(count.reached, expected), stopped)

    def newly_dead(self) -> list[str]:
        """Return what is to be said about controls that have ended since the last time."""
        news = {
            control.name: ended
            for control in self._controls
            if control.name not in self._dead and (ended := control.ended) is not None
        }
        self._dead |= news
        return list(news.values())

    @property
    def death(self) -> str | None:
        """What is to be said about the first that has ended too early, None if all run."""
        return next(iter(self._dead.values()), None)

    def stop(self) -> None:
        """End them all: ask, wait, and kill what does not listen; safe to call twice."""
        controls, self._controls = self._controls, []
        for control in controls:
            control.ask_to_end()
        for control in controls:
            if late := control.end():
                self._say(late)

    def _start(self, options: ControlOptions, guardian: Guardian) -> Control:
        around = self._surroundings
        own = own_folder(around.folder, options.name)
        own.mkdir()
        environment = tell(options.name, around, own)
        control = Control(options, around.place, around.folder, environment, guardian)
        self._controls.append(control)
        return control

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()


def own_folder(folder: Path, name: str) -> Path:
    """Return the folder that a control has for its files."""
    return folder / name


def placed(taps: Sequence[TapOptions], controls: Sequence[ControlOptions], folder: Path) -> list[TapOptions]:
    """Return taps with absolute paths: a relative one is in the folder of its control, if that is ours."""
    started = {one.name for one in controls if one.command is not None}
    result = []
    for tap in taps:
        base = own_folder(folder, tap.of) if tap.of in started else Path()
        paths = {
            kind.value: str((base / path).absolute())
            for kind in (TapKind.FILE, TapKind.DIRECTORY, TapKind.STORE)
            if (path := getattr(tap, kind)) is not None
        }
        result.append(tap.model_copy(update=paths))
    return result


def tell(name: str, around: Surroundings, own: Path) -> dict[str, str]:
    """Return the variables that tell a control what it has to know."""
    scenario: Scenario = around.plan.scenario
    taps = [tap for tap in scenario.taps if tap.of == name]
    told = {
        "FLEETSIM_NAME": name,
        "FLEETSIM_BROKER_HOST": around.legacy.host,
        "FLEETSIM_BROKER_PORT": str(around.legacy.port),
        "FLEETSIM_BROKER_PORT_MQTT5": str(around.modern.port),
        "FLEETSIM_IN": topic_filter(scenario.mqtt.topic, {}),
        "FLEETSIM_CONSENT": consent_topic(CONSENT, "+", "+"),
        "FLEETSIM_REQUESTS": consent_topic(REQUEST, "+", "+"),
        "FLEETSIM_OUT": f"out/{name}",
        "FLEETSIM_PURPOSE": taps[0].purpose if taps else Purpose.ANALYTICS,
        "FLEETSIM_FOLDER": str(own.absolute()),
        # What they print is seen when they print it, and nothing is written beside their programs.
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    if around.log is not None:
        told["FLEETSIM_BROKER_LOG"] = str(around.log)
    told |= _credentials(around.legacy, scenario)
    if port := next((around.ports[tap.name] for tap in taps if tap.name in around.ports), None):
        told["FLEETSIM_HTTP"] = f"http://127.0.0.1:{port}"
    return told


def _credentials(endpoint: Endpoint, scenario: Scenario) -> dict[str, str]:
    """Return what a control logs in with: as whoever may read and write everything, or as the URL says."""
    told = {"FLEETSIM_BROKER_TLS": "1"} if endpoint.tls else {}
    username, password = endpoint.username, endpoint.password
    if (credentials := open_credentials(scenario)) is not None:
        login = credentials.login(WITNESS)
        username, password = login.username, login.password
        told["FLEETSIM_BROKER_CA"] = str(credentials.authority)
        if credentials.authentication is Authentication.CERTIFICATE:
            told["FLEETSIM_BROKER_CERTIFICATE"] = str(credentials.certificate(WITNESS))
            told["FLEETSIM_BROKER_KEY"] = str(credentials.key(WITNESS))
    if username is not None:
        told["FLEETSIM_BROKER_USERNAME"] = username
    if password is not None:
        told["FLEETSIM_BROKER_PASSWORD"] = password
    return told
