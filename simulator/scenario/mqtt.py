"""How the fleet talks MQTT: broker, session, topic, payload and bounds."""

from __future__ import annotations

import re
from string import Formatter
from typing import Annotated, TypeVar

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    ValidationInfo,
    WithJsonSchema,
    field_validator,
)

from simulator.core.credentials import Authentication
from simulator.core.endpoint import Protocol
from simulator.core.nearest import nearest, suggestion
from simulator.core.options import Options, PayloadName
from simulator.core.transport import Transport
from simulator.core.units import DAY, HOUR, MINUTE, SECOND, Duration, OnOff, Rate, format_duration
from simulator.scenario.addresses import Addresses, expand

PLACEHOLDERS = ("neighbourhood", "kind", "device", "event")
"""What a topic template may hold in braces."""

OWN_BROKERS = ("embedded", "mosquitto")
"""Brokers that Fleetsim starts itself."""

_CREDENTIALS = re.compile(r"(?<=://).*@|(?:(?<=[=\s'\"])|^)(?!\S*://)[^\s:@='\"]+:\S*@")
_SCHEMES = ("mqtt://", "mqtts://", "ws://", "wss://")
_REQUIRED = ("device", "event")
_OWN_CLAIMS = ("sub", "iat", "exp")
_VERSIONS = {"3.1.1": Protocol.MQTT_311, "5": Protocol.MQTT_5}
_WRITTEN: dict[Protocol, str | int] = {Protocol.MQTT_311: "3.1.1", Protocol.MQTT_5: 5}


def without_credentials(text: str) -> str:
    """Return a text with the user name and password taken out of every URL in it, be it one or nearly so."""
    return _CREDENTIALS.sub("", text)


def _check_broker(broker: str) -> str:
    # Only the form: whether the host may be a target is for the broker room to say, when it is resolved.
    if broker in OWN_BROKERS or broker.startswith(_SCHEMES):
        return broker
    hint = "write embedded, mosquitto, mqtt[s]://HOST:PORT or ws[s]://HOST:PORT/PATH"
    if "://" in broker:
        raise ValueError(f"only {', '.join(_SCHEMES)} URLs are known; {hint}")
    close = nearest(broker, OWN_BROKERS) or (
        f"mqtt://{broker}" if re.fullmatch(r"[\w.-]+:\d+", broker) else None
    )
    shown = without_credentials(broker)
    raise ValueError(f"no broker is called {shown!r}; {f'did you mean {close!r}?' if close else hint}")


def _parse_version(value: object) -> Protocol:
    if isinstance(value, Protocol):
        return value
    version = _VERSIONS.get(str(value))
    if version is None:
        raise ValueError(f"the MQTT versions are 3.1.1 and 5, not {value!r}")
    return version


def _check_topic(template: str) -> str:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise ValueError(f"the braces do not match: {error}") from error
    names = [name for _, name, _, _ in parts if name is not None]
    for _, name, spec, conversion in parts:
        if name is not None and (name not in PLACEHOLDERS or spec or conversion):
            written = name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "")
            valid = [f"{{{placeholder}}}" for placeholder in PLACEHOLDERS]
            raise ValueError(f"no placeholder is called {{{written}}}; {suggestion(f'{{{name}}}', valid)}")
    for name in _REQUIRED:
        if name not in names:
            raise ValueError(f"a topic needs {{{name}}}, so that no two devices or events share one")
    literal = "".join(text for text, *_ in parts)
    if forbidden := sorted({"+", "#", "\0"} & set(literal)):
        raise ValueError(f"a topic to publish on cannot hold {' or '.join(map(repr, forbidden))}")
    if template.startswith("$"):
        raise ValueError("a topic cannot begin with '$'; brokers keep those for themselves")
    return template


def _check_property(text: str) -> str:
    if "\0" in text or not text.isprintable():
        raise ValueError(f"a user property is text that can be printed, not {text!r}")
    return text


def _check_claim(name: str) -> str:
    if name in _OWN_CLAIMS:
        raise ValueError(f"the claim {name!r} is set for each token by itself")
    return name


Value = TypeVar("Value")

PropertyText = Annotated[str, AfterValidator(_check_property), Field(min_length=1, max_length=1000)]
"""The name or the value of a user property."""

ClaimName = Annotated[str, AfterValidator(_check_claim), Field(min_length=1, max_length=200)]
"""The name of a claim in a token."""

ClaimText = Annotated[str, Field(max_length=4000)]
"""What a claim says."""

Version = Annotated[
    Protocol,
    BeforeValidator(_parse_version),
    PlainSerializer(_WRITTEN.__getitem__),
    WithJsonSchema({"enum": ["3.1.1", 5]}),
]
"""An MQTT version, written ``3.1.1`` or ``5``."""


class Churn(Options):
    """Devices that end their session in order now and then and open it again later, in real time."""

    every: Duration = Field(gt=0, le=30 * DAY, description="Mean time for which a device stays connected.")
    away: Duration = Field(gt=0, le=30 * DAY, description="How long it is away each time.")
    share: float = Field(default=1.0, ge=0, le=1, description="Share of the devices that do so.")


class Mqtt(Options):
    """How the fleet talks MQTT."""

    broker: Annotated[
        str, AfterValidator(_check_broker), PlainSerializer(without_credentials, return_type=str)
    ] = Field(
        default="embedded",
        min_length=1,
        max_length=500,
        description="`embedded`, `mosquitto` (a local one that Fleetsim starts), or a URL: "
        "mqtt[s]://HOST:PORT, or ws[s]://HOST:PORT/PATH for WebSocket.",
    )
    version: Version = Field(
        default=Protocol.MQTT_311,
        description="MQTT version that the devices speak: 3.1.1 or 5.",
        json_schema_extra={"default": "3.1.1"},
    )
    credentials: str | None = Field(
        default=None,
        min_length=1,
        max_length=1000,
        description="Folder that `fleetsim provision` has filled; the devices log in with what is there.",
    )
    authentication: Authentication | None = Field(
        default=None,
        description="How devices prove who they are: `password` (if there are credentials and nothing is "
        "said), `certificate`, `jwt` or `none`.",
    )
    token_lifetime: Duration = Field(
        default=HOUR,
        ge=10 * SECOND,
        le=DAY,
        description="How long a token is valid (`authentication: jwt`); a device makes a new one in time.",
    )
    token_claims: dict[ClaimName, ClaimText] = Field(
        default={},
        max_length=20,
        description="Further claims of every token, such as `aud` or `scope`, if the broker asks for them; "
        "`{device}` stands for the device's id.",
    )
    transport: Transport = Field(
        default=Transport.AUTO,
        description="What speaks MQTT for the devices: `fast` (our own), `paho`, or `auto` to choose.",
    )
    qos: int = Field(default=1, ge=0, le=2, description="QoS of the fleet's messages.")
    topic: Annotated[str, AfterValidator(_check_topic)] = Field(
        default="fleet/{neighbourhood}/{kind}/{device}/{event}",
        max_length=1000,
        description="Topic template; it may hold "
        f"{', '.join(f'{{{name}}}' for name in PLACEHOLDERS)} and needs {{device}} and {{event}}.",
    )
    payload: PayloadName = Field(
        default="json", description="Payload format; `fleetsim list payloads` names them."
    )
    keep_alive: Duration = Field(
        default=MINUTE,
        ge=SECOND,
        le=65535 * SECOND,
        description="Longest silence of a device before it pings the broker; whole seconds.",
    )
    clean: bool = Field(
        default=True, description="Start each session clean; otherwise the broker keeps it while away."
    )
    session_expiry: Duration | None = Field(
        default=None,
        ge=SECOND,
        le=366 * DAY,
        description="How long the broker keeps the session of a device whose connection broke (MQTT 5). If "
        "left out, not at all, or an hour if sessions do not start clean.",
    )
    message_expiry: Duration | None = Field(
        default=None,
        ge=SECOND,
        le=366 * DAY,
        description="How long the broker tries to deliver a message (MQTT 5); for ever if left out.",
    )
    user_properties: dict[PropertyText, PropertyText] = Field(
        default={},
        max_length=20,
        description="Names and values that every message carries beside its payload (MQTT 5).",
    )
    topic_alias: OnOff = Field(
        default=False,
        description="Send each topic once a connection, and then a number that stands for it, as far as the "
        "broker goes along (MQTT 5).",
    )
    will_delay: Duration | None = Field(
        default=None,
        ge=SECOND,
        le=366 * DAY,
        description="How long the broker waits with the will of a device whose connection broke, in case "
        "that it comes back (MQTT 5); the session has to last as long.",
    )
    witness_sessions: int = Field(
        default=1,
        ge=1,
        le=64,
        description="Sessions of the run's own subscriber; several share its subscriptions (`$share`, "
        "MQTT 5).",
    )
    retain: bool = Field(default=False, description="Ask the broker to retain every message.")
    queue: int = Field(
        # A watch that comes back to its phone sends days of stored samples at one moment: over a thousand.
        default=10_000,
        ge=1,
        le=1_000_000,
        description="Messages that a device holds back while it cannot send; more are dropped and counted.",
    )
    largest_packet: int = Field(
        default=1 << 20,
        ge=1024,
        le=268_435_460,
        description="Bytes of the longest packet that a device takes from the broker, such as a command; a "
        "longer one ends its connection. It bounds the memory that a broker can make the fleet use.",
    )
    in_flight: int = Field(
        default=20, ge=1, le=65535, description="Unacknowledged messages of a device at any time."
    )
    backoff: OnOff = Field(
        default=True,
        description="Devices that cannot connect wait longer from attempt to attempt; with `off` they try "
        "again ten times a second.",
    )
    connect_window: int = Field(
        default=64,
        ge=1,
        le=1024,
        description="Connections being opened at any time; Mosquitto holds a backlog of 100.",
    )
    settle: Duration = Field(
        default=10 * SECOND,
        ge=0,
        le=HOUR,
        description="How long the clock waits for the first connections before the simulated time starts.",
    )
    grace: Duration = Field(
        default=45 * SECOND,
        ge=0,
        le=HOUR,
        description="How long the end of the run waits for devices that back off and have messages left, "
        "before those are dropped; ten seconds at most if the broker is away.",
    )
    connect_rate: Rate | None = Field(
        default=None,
        gt=0,
        le=1_000_000,
        description="Connections opened a second at most, such as 200/s; as fast as they go if left out.",
    )
    churn: Churn | None = Field(
        default=None, description="Devices that leave and come back; none do if left out."
    )
    source_addresses: Addresses | None = Field(
        default=None,
        description="Loopback addresses that devices connect from in turn, such as 127.0.0.2 or "
        "127.0.0.0/28; more than 28,000 connections need several. Linux only.",
    )

    @field_validator("credentials")
    @classmethod
    def _for_a_broker_that_checks(cls, credentials: str | None, info: ValidationInfo) -> str | None:
        if credentials is not None and info.data.get("broker") == "embedded":
            raise ValueError("the embedded broker checks no credentials; name another in mqtt.broker")
        return credentials

    @field_validator("authentication")
    @classmethod
    def _with_credentials(cls, authentication: Authentication | None, info: ValidationInfo) -> Authentication:
        if "credentials" not in info.data:  # wrong itself, which is reported
            return Authentication.NONE
        present = info.data["credentials"] is not None
        if authentication is None:
            return Authentication.PASSWORD if present else Authentication.NONE
        if authentication is not Authentication.NONE and not present:
            raise ValueError(
                f"{authentication} needs credentials: make them with `fleetsim provision`, and name their "
                "folder in mqtt.credentials"
            )
        plain = info.data.get("broker", "").startswith(("mqtt://", "ws://"))
        if authentication is Authentication.CERTIFICATE and plain:
            raise ValueError(
                "a certificate is shown in a TLS handshake; write the broker as mqtts://HOST:PORT "
                "or wss://HOST:PORT"
            )
        return authentication

    @field_validator(
        "session_expiry", "message_expiry", "user_properties", "topic_alias", "will_delay", "witness_sessions"
    )
    @classmethod
    def _where_mqtt_5_is_spoken(cls, value: Value, info: ValidationInfo) -> Value:
        default = cls.model_fields[str(info.field_name)].get_default(call_default_factory=False)
        if value == default:
            return value
        if info.data.get("version", Protocol.MQTT_5) is not Protocol.MQTT_5:
            raise ValueError("MQTT 3.1.1 has no such thing; set mqtt.version to 5")
        if info.data.get("broker") == "embedded":
            raise ValueError(
                "the embedded broker has no such thing; name another in mqtt.broker, such as mosquitto"
            )
        return value

    @field_validator("will_delay")
    @classmethod
    def _while_the_session_lasts(cls, delay: float | None, info: ValidationInfo) -> float | None:
        if delay is not None and {"session_expiry", "clean"} <= info.data.keys():
            kept = _kept_for(info.data["session_expiry"], info.data["clean"])
            if delay > kept:
                raise ValueError(
                    "a will is sent when its session ends, if not before; set mqtt.session_expiry to "
                    f"{format_duration(delay)} or more"
                )
        return delay

    @property
    def carries_properties(self) -> bool:
        """Whether messages can carry properties: MQTT 5, and not on the embedded broker."""
        return self.version is Protocol.MQTT_5 and self.broker != "embedded"

    @property
    def kept_for(self) -> float:
        """Seconds for which the broker keeps the session of a device that is away."""
        return _kept_for(self.session_expiry, self.clean)

    @property
    def leaves_sessions(self) -> bool:
        """Whether a broker may still have sessions of the fleet when its run is over."""
        return self.kept_for > 0

    @property
    def sources(self) -> tuple[str, ...]:
        """Each of the source addresses; empty if the system is to choose."""
        return expand(self.source_addresses or ())


def _kept_for(session_expiry: float | None, clean: bool) -> float:
    if session_expiry is not None:
        return session_expiry
    return 0.0 if clean else HOUR
