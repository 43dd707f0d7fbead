"""Brokers that anybody may use and nobody may load.

A list cannot be complete: it covers the public test brokers that tutorials name, their subdomains, names
that are an alias of one, and the addresses below. Any other public broker is stopped by the rules that hold
for every host beyond this machine: it has to be named by the user and prove that the user controls it,
which a broker where everybody may publish everywhere never does.
"""

from __future__ import annotations

from simulator.broker.target.addresses import Address, parse_address, plain
from simulator.core.errors import TargetRefusedError

PUBLIC_BROKERS = frozenset(
    {
        "broker-cn.emqx.io",
        "broker.emqx.io",
        "broker.freemqtt.com",
        "broker.hivemq.com",
        "broker.losant.com",
        "broker.mqtt-dashboard.com",
        "broker.mqtt.cool",
        "broker.mqttdashboard.com",
        "broker.shiftr.io",
        "demo.thingsboard.io",
        "dev.rabbitmq.com",
        "io.adafruit.com",
        "iot.eclipse.org",
        "maqiatto.com",
        "mqtt-dashboard.com",
        "mqtt.beebotte.com",
        "mqtt.dioty.co",
        "mqtt.eclipse.org",
        "mqtt.eclipseprojects.io",
        "mqtt.flespi.io",
        "mqtt.fluux.io",
        "mqtt.mydevices.com",
        "mqtt.sensetecnic.com",
        "mqtt.swifitch.cz",
        "mqtt.thingspeak.com",
        "mqtt3.thingspeak.com",
        "mqttdashboard.com",
        "public.cloud.shiftr.io",
        "public.mqtthq.com",
        "test.mosca.io",
        "test.mosquitto.org",
    }
)
"""Public brokers by name; their subdomains are meant too."""

PUBLIC_ADDRESSES = {
    parse_address(address): name
    for name, addresses in {
        "test.mosquitto.org": (
            "5.196.78.28",
            "5.196.95.208",
            "54.36.178.49",
            "85.119.83.194",
            "91.121.93.94",
            "2001:41d0:a:3a10::1",
            "2001:41d0:a:6f1c::1",
        ),
        "mqtt.eclipseprojects.io": ("137.135.83.217",),
        "iot.eclipse.org": ("198.41.30.241",),
    }.items()
    for address in addresses
}
"""Addresses at which these brokers were found in published code until 2025. Only hosts that keep an
address for years are worth a line: those behind a cloud's load balancer change theirs too often."""


def refuse_public_name(name: str, host: str) -> None:
    """Refuse a host of which `name`, in its normal form, is a name or an alias.

    Raises:
        TargetRefusedError: the name is a public broker's or a subdomain of one.
    """
    for public in PUBLIC_BROKERS:
        if name == public or name.endswith("." + public):
            raise _refusal(host, public)


def refuse_public_address(address: Address, host: str) -> None:
    """Refuse a host with this address.

    Raises:
        TargetRefusedError: the address is known as a public broker's.
    """
    public = PUBLIC_ADDRESSES.get(plain(address))
    if public is not None:
        raise _refusal(host, f"{public} at {address}")


def _refusal(host: str, public: str) -> TargetRefusedError:
    return TargetRefusedError(
        f"{host} is a public broker ({public}), shared by strangers: a fleet is never sent there. "
        "Use --broker embedded, --broker mosquitto, or a broker of your own"
    )
