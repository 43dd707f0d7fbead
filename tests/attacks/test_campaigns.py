"""What holds for every attack: its label, its members, its phases, and that nobody else is touched by it."""

from __future__ import annotations

import pytest
from raided import MINUTE, Stream, scenario, stream

from simulator.attacks import campaign_of
from simulator.core import plugins
from simulator.core.actions import Connect, Dial, Disconnect, Drop, Publish, Raw
from simulator.core.campaigns import Credential, Role
from simulator.core.ids import device_id
from simulator.core.seeds import Seeds
from simulator.core.shard import Shard

KINDS = plugins.kinds("simulator.attacks")

CATALOGUE = {
    *("credential_brute_force", "slow_dos", "topic_enumeration", "id_takeover", "retained_poisoning"),
    *("will_abuse", "malformed", "oversize", "qos2_half_open", "subscription_exhaustion", "slow_subscriber"),
    *("publish_flood", "replay", "time_shift", "false_data", "slow_drift", "exfiltration", "sybil"),
    *("firmware_spoof", "wrong_voice", "botnet", "breach"),
}

TAME = {"publish_flood": {"rate": "20/s"}, "botnet": {"rate": "20/s"}}


def raided(kind: str) -> Stream:
    return stream({"kind": kind, "at": "5m", "for": "15m", **TAME.get(kind, {})})


def test_the_catalogue_is_whole() -> None:
    assert set(KINDS) >= CATALOGUE


@pytest.mark.parametrize("kind", KINDS)
class TestEveryAttack:
    def test_its_row_says_what_it_is(self, kind: str) -> None:
        row = raided(kind).campaign
        campaign = campaign_of(scenario({"kind": kind}).attacks[0])
        assert (row.campaign, row.kind, row.at, row.until) == (f"{kind}-0", kind, 5 * MINUTE, 20 * MINUTE)
        assert row.control is campaign.control
        assert row.technique == campaign.technique
        assert row.technique.startswith("T0")
        assert row.phases[0].at == row.at
        assert row.phases[-1].until == row.until
        assert all(one.until == two.at for one, two in zip(row.phases, row.phases[1:], strict=False))
        assert row.members

    def test_who_takes_part_does_nothing_else_than_that(self, kind: str) -> None:
        """Outsiders act between its begin and its end alone, and are offline afterwards."""
        raid = raided(kind)
        for identity, member in raid.members.items():
            deeds = [action for action, _ in raid.steps if action.device == identity]
            if member.role is Role.OUTSIDER:
                assert identity not in raid.devices
                assert all(5 * MINUTE <= action.at <= 20 * MINUTE for action in deeds)
                opened = [action for action in deeds if isinstance(action, Connect | Dial)]
                assert opened
                assert isinstance(deeds[-1], Disconnect | Drop)
            else:
                assert identity in raid.devices
                assert member.cause
                assert member.credential is Credential.OWN

    def test_ids_have_the_form_of_the_fleets_own(self, kind: str) -> None:
        form = device_id(Seeds(1), "any")
        for identity in raided(kind).members:
            assert len(identity) == len(form)
            assert identity.isalnum()
            assert identity == identity.lower()

    def test_all_that_it_sends_is_labelled(self, kind: str) -> None:
        raid = raided(kind)
        for action, truth in raid.steps:
            if action.device in raid.outsiders and isinstance(action, Publish):
                assert truth is not None
                assert truth.attack == f"{kind}-0"
            if truth is not None and truth.attack is not None:
                assert action.device in raid.members
                assert isinstance(action, Publish | Raw)
                assert truth.device == action.device
                assert truth.at == action.at
                assert 5 * MINUTE <= truth.at <= 20 * MINUTE
                if isinstance(action, Publish):
                    assert (truth.id, truth.topic, truth.size) == (
                        action.id,
                        action.topic,
                        len(action.payload),
                    )
                    assert (truth.qos, truth.retain) == (action.qos, action.retain)

    def test_nobody_else_is_touched(self, kind: str) -> None:
        raid = raided(kind)
        assert raid.of_others() == stream().without(raid.members)

    def test_time_runs_forward(self, kind: str) -> None:
        times = [action.at for action, _ in raided(kind).steps]
        assert times == sorted(times)


def test_several_attacks_do_not_touch_each_other() -> None:
    alone = stream({"kind": "sybil", "at": "5m", "for": "15m"})
    beside = stream({"kind": "sybil", "at": "5m", "for": "15m"}, {"kind": "topic_enumeration", "at": "5m"})
    theirs = [step for step in alone.steps if step[0].device in alone.members]
    assert theirs == [step for step in beside.steps if step[0].device in alone.members]


def test_the_same_seed_gives_the_same_attack_and_another_one_another() -> None:
    attack = {"kind": "credential_brute_force", "at": "5m", "for": "5m"}
    first = Stream(scenario(attack, duration="12m"))
    again = Stream(scenario(attack, duration="12m"))
    other = Stream(scenario(attack, duration="12m", seed=12))
    assert first.steps == again.steps
    assert first.campaigns == again.campaigns
    assert first.members.keys() != other.members.keys()


def test_shards_share_the_members_and_nothing_changes_for_them() -> None:
    attacks = ({"kind": "sybil", "at": "5m", "devices": 7}, {"kind": "false_data", "at": "5m", "devices": 5})
    whole = Stream(scenario(*attacks))
    parts = [Stream(scenario(*attacks), Shard(index, 3)) for index in range(3)]
    assert len(whole.outsiders) == 7
    assert len(whole.compromised) == 5
    assert whole.outsiders == {name: label for part in parts for name, label in part.outsiders.items()}
    assert whole.compromised == {name: label for part in parts for name, label in part.compromised.items()}
    together = sorted((step for part in parts for step in part.steps), key=lambda s: (s[0].at, s[0].device))
    in_order = sorted(whole.steps, key=lambda s: (s[0].at, s[0].device))
    assert together == in_order


def test_without_attacks_there_are_none() -> None:
    calm = stream()
    assert not calm.campaigns
    assert not calm.outsiders
    assert not calm.attack


def test_what_begins_after_the_end_does_not_happen() -> None:
    assert not stream({"kind": "sybil", "at": "40m"}).campaigns


def test_it_ends_with_the_scenario_at_the_latest() -> None:
    raid = stream({"kind": "topic_enumeration", "at": "25m", "for": "1h"})
    assert raid.campaign.until == 30 * MINUTE
