"""A device that calls itself by a name, and says more beside each message than it has to."""

from __future__ import annotations

from simulator.broker.credentials.access import Identity, derive_access
from simulator.core.actions import Connect
from simulator.core.consent_topics import REGISTRAR
from simulator.core.endpoint import Endpoint, Protocol
from simulator.mqtt import DeliveryOptions, Features
from simulator.mqtt.features import message_properties
from simulator.mqtt.link import Hello

ACCOUNT = ("account", "AC-1")


def hello(connect: Connect) -> Hello:
    options = DeliveryOptions(features=Features(user_properties=(("site", "north"),)))
    return options.hello(connect, Endpoint("localhost", "127.0.0.1", 1883, Protocol.MQTT_5))


def test_a_device_goes_by_its_id_and_carries_what_all_carry() -> None:
    usual = hello(Connect(0.0, "device", 60, True))
    assert usual.client_id == "device"
    assert usual.features.user_properties == (("site", "north"),)


def test_one_with_another_client_id_and_properties_of_its_own_says_so() -> None:
    careless = hello(Connect(0.0, "device", 60, True, client_id="SN-1", properties=(ACCOUNT,)))
    assert careless.client_id == "SN-1"
    assert careless.features.user_properties == (("site", "north"), ACCOUNT)
    assert careless.features.of_will.user_properties == (("site", "north"), ACCOUNT)
    assert b"AC-1" in message_properties(careless.features, Protocol.MQTT_5)
    assert message_properties(careless.features, Protocol.MQTT_311) == b""


def test_only_registrars_may_publish_what_people_consent_to() -> None:
    access = derive_access(
        "fleet/{neighbourhood}/{kind}/{device}/{event}",
        "command",
        [Identity("r0", REGISTRAR, "n0"), Identity("d0", "wearable", "n0")],
    )
    grants = {grant.user: grant.writes for grant in access.staff}
    assert grants["r0"] == ("fleet/n0/consent/+", "fleet/n0/request/+")
    assert "d0" not in grants
