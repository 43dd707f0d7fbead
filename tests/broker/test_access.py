"""Rights derived from topic templates."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from paho.mqtt.client import topic_matches_sub
from provisioned import FLEET, TOPIC, topic

from simulator.broker.credentials.access import USER, Access, Grant, derive_access
from simulator.core.credentials import CONTROL, OPERATOR, WITNESS
from simulator.core.errors import UsageError
from simulator.proof import ProofOptions

COMMAND = "command"


def may(access: Access, device: str, topic: str, *, read: bool = False) -> bool:
    """Whether a device may publish to a topic, or be given what is published there."""
    filters = [
        topic_filter.replace(USER, device)
        for grant in access.devices
        if grant.user in (None, device)
        for topic_filter in (grant.reads if read else grant.writes)
    ]
    return any(topic_matches_sub(topic_filter, topic) for topic_filter in filters)


def test_a_template_with_a_level_for_the_device_gives_one_rule_for_all() -> None:
    access = derive_access(TOPIC, COMMAND, FLEET)
    assert access.devices == (
        Grant(None, (f"fleet/+/+/{USER}/+",), (f"fleet/+/+/{USER}/command", f"{CONTROL}/#")),
    )
    assert access.commands == "fleet/+/+/+/command"


def test_any_other_template_gives_a_rule_for_each() -> None:
    access = derive_access("site/{neighbourhood}-{device}/{event}", COMMAND, FLEET)
    assert [grant.user for grant in access.devices] == [identity.device for identity in FLEET]
    first = FLEET[0]
    level = f"{first.neighbourhood}-{first.device}"
    assert access.devices[0].writes == (f"site/{level}/+",)
    assert access.devices[0].reads == (f"site/{level}/command", f"{CONTROL}/#")


def test_the_witness_may_do_all_and_the_operator_what_an_operator_does() -> None:
    witness, operator = derive_access(TOPIC, COMMAND, FLEET).staff
    assert witness == Grant(WITNESS, ("#",), ("#", "$SYS/#"))
    assert operator == Grant(
        OPERATOR, ("fleet/+/+/+/command", f"{CONTROL}/#"), ("fleet/+/+/+/+", f"{CONTROL}/#")
    )


def test_the_operator_proves_control_where_the_guard_asks_for_it() -> None:
    assert ProofOptions().topic == CONTROL


@pytest.mark.parametrize("template", ["fleet/{device}-{event}", "{event}.{device}", "{device}{event}/x"])
def test_a_template_that_no_list_can_guard_is_refused(template: str) -> None:
    with pytest.raises(UsageError, match=r"needs a level for it, as in fleet/\{device\}/\{event\}"):
        derive_access(template, COMMAND, FLEET)


@pytest.mark.parametrize("character", ["%", "$", '"', "\\", "\n"])
def test_what_means_something_else_to_a_broker_is_refused(character: str) -> None:
    with pytest.raises(UsageError, match="means something else in a broker's access control list"):
        derive_access(f"a{character}u/{{device}}/{{event}}", COMMAND, FLEET)


_words = st.sampled_from(["a", "b", "-"])
_names = st.sampled_from(["{neighbourhood}", "{kind}", "{device}", "{event}"])
_levels = st.lists(_words | _names, min_size=1, max_size=3).map("".join)
TEMPLATES = st.lists(_levels, min_size=1, max_size=5).map("/".join)


@given(TEMPLATES)
def test_own_topics_are_allowed_and_others_never(template: str) -> None:
    template = f"{template}/{{device}}x/{{event}}"
    access = derive_access(template, COMMAND, FLEET)
    for sender in FLEET:
        for owner in FLEET:
            own = sender is owner
            assert may(access, sender.device, topic(owner, "steps", template)) == own
            assert may(access, sender.device, topic(owner, COMMAND, template), read=True) == own
            assert not may(access, sender.device, f"{CONTROL}/1f")
            assert may(access, sender.device, f"{CONTROL}/1f", read=True)
