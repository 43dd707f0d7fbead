"""The scenario: what is simulated, how fast, and how it is sent."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    Field,
    SerializeAsAny,
    SerializerFunctionWrapHandler,
    ValidationInfo,
    field_serializer,
    field_validator,
)

from simulator.core import plugins
from simulator.core.errors import Problem, ScenarioError
from simulator.core.nearest import nearest
from simulator.core.options import LONGEST, AttackOptions, DeviceOptions, FaultOptions, Options
from simulator.core.stages import Shape, Stage
from simulator.core.thresholds import VerdictThreshold, parse_threshold
from simulator.core.units import DAY, HOUR, Duration, OnOff, Rate
from simulator.scenario.brokers import BrokerOptions, check_drill
from simulator.scenario.clock import Pace, Speed, Start, Zone
from simulator.scenario.controls import BROKER, ControlOptions, TapOptions, check_names
from simulator.scenario.detection import Detection
from simulator.scenario.kinds import ByKind, at_kind
from simulator.scenario.mqtt import Mqtt
from simulator.scenario.privacy import OrOff, Privacy
from simulator.scenario.stages import MOST_RATE, StageEntry, StageOptions
from simulator.scenario.world import MOST_HOUSEHOLDS, MOST_SHOPS, World

DEFAULT_SPEED = 60.0
"""A simulated hour a minute."""

REAL_TIME = 1.0
"""A simulated second a second."""

_NAME = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")
_LONGEST_NAME = 64
_UNKNOWN: Any = object()
_OFF: Any = False
"""What stands in a scenario for a section that is left out; None there is one whose keys are."""


def _check_threshold(text: str) -> str:
    return parse_threshold(text).expression


def check_name(name: str) -> str:
    """Return a scenario's name.

    Raises:
        ValueError: it is not lower-case letters, digits and single hyphens or underscores, or too long.
    """
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        slug = re.sub(r"[^a-z0-9_]+", "-", name.lower()[:_LONGEST_NAME]).strip("-_")
        example = slug if _NAME.fullmatch(slug) else "my-home"
        raise ValueError(f"write lower-case letters, digits and hyphens, such as {example}, not {name!r}")
    return name


DeviceGroup = Annotated[SerializeAsAny[DeviceOptions], ByKind("simulator.devices", "device kind")]
"""Some devices of one kind, with the options of that kind's family."""

FaultEntry = Annotated[SerializeAsAny[FaultOptions], ByKind("simulator.faults", "fault")]
"""A fault, with the options of its kind."""


AttackEntry = Annotated[SerializeAsAny[AttackOptions], ByKind("simulator.attacks", "attack")]
"""An attack, with the options of its kind."""


class Scenario(Options):
    """A run, described: who lives where, which devices watch them, and how their messages are sent."""

    name: Annotated[str, AfterValidator(check_name)] = Field(
        json_schema_extra={"pattern": f"^{_NAME.pattern}$", "maxLength": _LONGEST_NAME},
        description="Short name: lower-case letters, digits and hyphens.",
    )
    description: str = Field(default="", max_length=2000, description="What the scenario is for.")
    seed: int = Field(
        default=7, ge=0, le=2**63 - 1, description="The same scenario and seed give the same messages."
    )
    start: Start = Field(
        default=datetime.fromisoformat("2026-03-02T17:00:00+10:30"),
        description="Simulated date and time at which the fleet goes online, with its zone.",
    )
    zone: Zone | None = Field(
        default=None,
        description="IANA name of the town's time zone, such as `Australia/Adelaide`, whose clock is "
        "changed between summer and winter; if left out, the start's offset holds for good.",
    )
    duration: Duration = Field(
        default=6 * HOUR, gt=0, le=LONGEST, description="How much simulated time passes."
    )
    rate: Rate | None = Field(
        default=None,
        gt=0,
        le=MOST_RATE,
        description="Messages a second, whatever the simulated time; instead of speed.",
    )
    stages: tuple[StageEntry, ...] | None = Field(
        default=None,
        min_length=1,
        max_length=100,
        description="How the load changes from stage to stage, by messages a second instead of speed or "
        "rate, or by the share of the fleet connected. The run ends with the last stage, or before it "
        "when the simulated duration is over.",
    )
    speed: Speed = Field(
        default=None,
        description="Simulated seconds a second, or max; 60 (an hour a minute) if neither rate nor stages "
        "say how many messages a second there are.",
        json_schema_extra={"default": DEFAULT_SPEED},
    )
    world: World = Field(default_factory=World, description="The town.")
    devices: tuple[DeviceGroup, ...] = Field(
        min_length=1, description="Which devices there are; `fleetsim list devices` names the kinds."
    )
    mqtt: Mqtt = Field(default_factory=Mqtt, description="Broker, session, topic and payload.")
    privacy: Annotated[Privacy | None, OrOff()] = Field(
        default=_OFF,
        description="Hazards, canaries and consent; with `off`, or if left out, there are only the hazards "
        "that the stream has by nature, and nobody changes their mind.",
    )
    faults: tuple[FaultEntry, ...] = Field(
        default=(),
        max_length=100,
        description="What goes wrong with devices and network; `fleetsim list faults` names the kinds.",
    )
    attacks: tuple[AttackEntry, ...] = Field(
        default=(),
        max_length=100,
        description="Attacks of turned devices and of outsiders; `fleetsim list attacks` names the kinds. "
        "There are none but those named here.",
    )
    detection: Detection = Field(
        default_factory=Detection, description="What detectors, and the broker behind them, have to reach."
    )
    audit: OnOff = Field(
        default=False,
        description="Try at the end of the run, with two of its devices, who may connect, publish, receive "
        "and take over sessions at the broker, in both versions of MQTT.",
    )
    controls: tuple[ControlOptions, ...] = Field(
        default=(),
        max_length=100,
        description="Controls under test, started with the run and ended with it. One called `broker` is the "
        "broker itself, judged by what attacks and the audit got done.",
    )
    taps: tuple[TapOptions, ...] = Field(
        default=(), max_length=100, description="Where what comes out of controls is recorded."
    )
    brokers: tuple[BrokerOptions, ...] = Field(
        default=(),
        max_length=10,
        description="Mosquittos of a drill: the scenario is run against each, one after the other, and each "
        "is judged by what attacks and the audit got done.",
    )
    thresholds: tuple[Annotated[str, AfterValidator(_check_threshold)], ...] = Field(
        default=(),
        description="What must hold for the run to pass, such as `publish_latency_p99 < 100ms` or "
        "`verdict.redactor.leak == held`.",
    )
    late_after: Duration = Field(
        default=0.1, gt=0, le=HOUR, description="A message sent this long after it was due counts as late."
    )
    drop_after: Duration | None = Field(
        default=None,
        gt=0,
        le=HOUR,
        description="A message that could only be handed over more than this after it was due is dropped "
        "and counted; if left out, all are sent, however late.",
    )
    hold: Duration = Field(
        default=0.0,
        ge=0,
        le=30 * DAY,
        description="How long the connections stay open after the last message, in real time.",
    )
    witness: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Share of the devices whose messages the run itself subscribes to, to measure the "
        "latency from end to end.",
    )

    @field_validator("world", "mqtt", mode="before")
    @classmethod
    def _empty_section(cls, value: object) -> object:
        # A section whose keys are all commented out.
        return {} if value is None else value

    @field_validator("privacy", mode="before")
    @classmethod
    def _section_or_off(cls, value: object) -> object:
        return OrOff.read(value)

    @field_serializer("privacy", mode="wrap")
    def _off_or_section(self, value: Privacy | None, write: SerializerFunctionWrapHandler) -> object:
        return False if value is None else write(value)

    @field_validator("attacks")
    @classmethod
    def _not_sped_up(
        cls, attacks: tuple[AttackOptions, ...], info: ValidationInfo
    ) -> tuple[AttackOptions, ...]:
        # What counts in windows, as rate limits and bans do, counts in real time.
        if "speed" in info.data and info.data["speed"] != REAL_TIME:
            for index, attack in enumerate(attacks):
                if plugins.load("simulator.attacks", attack.kind).wall_time:
                    raise at_kind(
                        (index,),
                        attack.kind,
                        f"{attack.kind} cannot be sped up, since brokers count in real time; write speed: 1",
                    )
        return attacks

    @field_validator("controls", "taps", "brokers")
    @classmethod
    def _names_of_their_own(cls, entries: Any) -> Any:
        check_names(entries)
        return entries

    @field_validator("controls")
    @classmethod
    def _seen_by_the_broker(
        cls, controls: tuple[ControlOptions, ...], info: ValidationInfo
    ) -> tuple[ControlOptions, ...]:
        embedded = "mqtt" in info.data and info.data["mqtt"].broker == "embedded"
        if embedded and any(control.ready.subscriptions is not None for control in controls):
            raise ValueError(
                "the embedded broker does not count subscriptions; have the control print a line, and write "
                "ready: {line: ...}, or name another in mqtt.broker, such as mosquitto"
            )
        return controls

    @field_validator("brokers")
    @classmethod
    def _of_a_drill(
        cls, brokers: tuple[BrokerOptions, ...], info: ValidationInfo
    ) -> tuple[BrokerOptions, ...]:
        if brokers:
            check_drill(info.data.get("mqtt"), info.data.get("controls", ()))
        return brokers

    @field_validator("thresholds")
    @classmethod
    def _of_what_is_tapped(cls, thresholds: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        tapped = {tap.of for tap in info.data.get("taps", ())}
        tapped |= {BROKER for control in info.data.get("controls", ()) if control.name == BROKER}
        tapped |= {broker.name for broker in info.data.get("brokers", ())}
        for threshold in map(parse_threshold, thresholds if "taps" in info.data else ()):
            if isinstance(threshold, VerdictThreshold) and threshold.control not in tapped:
                close = nearest(threshold.control, filter(None, tapped))
                hint = f"did you mean {close!r}?" if close else "add a tap on its output"
                raise ValueError(f"nothing can judge {threshold.control!r}; {hint}")
        return thresholds

    @field_validator("stages")
    @classmethod
    def _stages_or_rate(
        cls, stages: tuple[StageOptions, ...] | None, info: ValidationInfo
    ) -> tuple[StageOptions, ...] | None:
        if stages is not None and isinstance(info.data.get("rate"), float):
            raise ValueError("give stages or rate, not both")
        return stages

    @field_validator("speed")
    @classmethod
    def _speed_or_others(cls, speed: float | Pace | None, info: ValidationInfo) -> float | Pace | None:
        rate, stages = info.data.get("rate", _UNKNOWN), info.data.get("stages", _UNKNOWN)
        if rate is _UNKNOWN or stages is _UNKNOWN:
            return speed
        staged = stages is not None and any(stage.rate is not None for stage in stages)
        if rate is not None or staged:
            if speed is not None:
                other = "stages that set a rate" if staged else "rate"
                raise ValueError(f"give speed or {other}, not both")
            return None
        if stages is not None and speed is Pace.MAX:
            raise ValueError("stages that connect a share of the fleet take time, so the speed cannot be max")
        return DEFAULT_SPEED if speed is None else speed

    @property
    def rate_stages(self) -> tuple[Stage, ...]:
        """The course of the messages a second through the stages; empty if none sets a rate."""
        stages = self.stages or ()
        if all(stage.rate is None for stage in stages):
            return ()
        return tuple(stage.rates() for stage in stages)

    @property
    def connection_stages(self) -> tuple[Stage, ...]:
        """The course of the share of the fleet connected; empty if no stage sets it.

        The fleet connects at the start as usual if the first stage says nothing about it, else from none.
        """
        stages = self.stages or ()
        if all(stage.connected is None for stage in stages):
            return ()
        first, *rest = (stage.connections() for stage in stages)
        if first.level is None:
            first = Stage(Shape.STEADY, first.seconds, 1.0)
        return first, *rest

    @property
    def stages_last(self) -> float | None:
        """The seconds that the stages take together, in real time; None if there are none."""
        return None if self.stages is None else sum(stage.seconds for stage in self.stages)

    @property
    def leaves_retained(self) -> bool:
        """Whether a broker may still have retained messages of the fleet when its run is over."""
        return self.mqtt.retain or self.privacy is not None

    @property
    def neighbourhoods(self) -> int:
        """How many neighbourhoods there are."""
        return math.ceil(self.world.households / self.world.households_per_neighbourhood)

    def households_in(self, index: int) -> int:
        """Return how many households live in a neighbourhood; two of them differ by one at most."""
        return _share(self.world.households, self.neighbourhoods, index)

    def shops_in(self, index: int) -> int:
        """Return how many shops a neighbourhood has; two of them differ by one at most."""
        return _share(self.world.shops, self.neighbourhoods, index)

    def scaled(self, factor: float, label: str | None = None) -> Self:
        """Return the same scenario with `factor` times the households and shops, at least one of each.

        A world without shops stays without.

        Args:
            factor: above 0.
            label: how messages name it; ``--scale FACTOR`` if left out.

        Raises:
            ScenarioError: the factor is not positive, or gives more of them than a world may have.
        """
        world = self.world
        where = label or f"--scale {factor:g}"
        if not 0 < factor < math.inf:
            raise ScenarioError([Problem(where, "the scale must be a number above 0")])
        households = max(1, round(world.households * factor))
        shops = max(1, round(world.shops * factor)) if world.shops else 0
        counts = (("households", households, MOST_HOUSEHOLDS), ("shops", shops, MOST_SHOPS))
        problems = [
            Problem(where, f"the world would have {count:,} {noun}; the most is {most:,}")
            for noun, count, most in counts
            if count > most
        ]
        if problems:
            raise ScenarioError(problems)
        resized = world.model_copy(update={"households": households, "shops": shops})
        return self.model_copy(update={"world": resized})


def _share(total: int, parts: int, index: int) -> int:
    return total // parts + (index < total % parts)
