from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from raid_scene import Raided, device_id, outsider

from simulator.core.campaigns import (
    AccessAction,
    AccessTruth,
    Claimant,
    Control,
    Credential,
    MemberTruth,
    Overheard,
    Role,
)
from simulator.core.records import OWN_DROP, Outcome, SessionMoment
from simulator.verify import CheckResult, Verdict, verify

HELD, FAILED, UNTRUSTED = Verdict
DEVICE = device_id(1)


def answer(
    action: AccessAction,
    topic: str,
    *,
    happened: bool,
    claimant: Claimant = Claimant.OWN,
    allowed: bool = False,
    acknowledged: bool | None = None,
    clear: bool = True,
) -> AccessTruth:
    return AccessTruth(claimant, DEVICE, action, topic, 5, allowed, happened, acknowledged, True, clear)


ALIVE = answer(AccessAction.PUBLISH, f"fleet/n0/wearable/{DEVICE}/status", happened=True, allowed=True)
"""What every broker lets happen: without it nobody knows whether the witness heard anything."""


def judged(
    town: Raided, path: Path, *answers: AccessTruth, only: tuple[str, ...] = ()
) -> dict[str, CheckResult]:
    folder = town.write(path / "run")
    (folder.truth / "access.jsonl").write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in answers))
    found = verify(folder.path, only=only, write=False)
    return {one.check: one for one in found.checks if one.control == "broker"}


@pytest.mark.parametrize(
    ("check", "action", "topic"),
    [
        ("access_control", AccessAction.PUBLISH, "fleet/n0/wearable/other/status"),
        ("access_control", AccessAction.RECEIVE, "fleet/n0/wearable/other/status"),
        ("wildcards", AccessAction.RECEIVE, "#"),
        ("wildcards", AccessAction.RECEIVE, "fleet/+/+/other/+"),
        ("retained_messages", AccessAction.RETAIN, "fleet/n0/wearable/other/status"),
        ("will_messages", AccessAction.WILL, "fleet/n0/wearable/other/status"),
        ("client_id_takeover", AccessAction.TAKE_OVER, "other"),
        ("keep_alive_limit", AccessAction.KEEP_ALIVE, "65535"),
        ("keep_alive_limit", AccessAction.STAY_SILENT, "1"),
        ("authentication", AccessAction.CONNECT, ""),
    ],
)
@pytest.mark.parametrize("happened", [True, False])
def test_what_must_not_happen_fails_a_check_if_it_does(
    check: str, action: AccessAction, topic: str, happened: bool, tmp_path: Path
) -> None:
    asked = answer(action, topic, happened=happened, claimant=Claimant.NOBODY)
    found = judged(Raided(devices=3, seconds=60.0), tmp_path, ALIVE, asked)
    assert found[check].verdict is (FAILED if happened else HELD)
    assert found[check].value == float(happened)
    if happened:
        assert found[check].evidence[0].what.startswith("somebody without credentials ")


def test_an_acknowledgement_counts_for_nothing(tmp_path: Path) -> None:
    lied = answer(AccessAction.PUBLISH, "elsewhere", happened=False, acknowledged=True)
    found = judged(Raided(devices=3, seconds=60.0), tmp_path, ALIVE, lied)["access_control"]
    assert found.verdict is HELD
    assert "the broker acknowledged 1 that no witness saw" in found.reason


def test_who_is_denied_what_is_theirs_shows_a_broken_list(tmp_path: Path) -> None:
    denied = answer(AccessAction.PUBLISH, "its own", happened=False, allowed=True)
    forbidden = answer(AccessAction.PUBLISH, "elsewhere", happened=False)
    found = judged(Raided(devices=3, seconds=60.0), tmp_path, ALIVE, denied, forbidden)["access_control"]
    assert (found.verdict, found.value) == (FAILED, 0.0)
    assert "1 of 2 were denied that must happen" in found.reason


def test_a_witness_that_saw_nothing_proves_nothing(tmp_path: Path) -> None:
    dead = answer(AccessAction.PUBLISH, "its own", happened=False, allowed=True)
    forbidden = answer(AccessAction.PUBLISH, "elsewhere", happened=False)
    found = judged(Raided(devices=3, seconds=60.0), tmp_path, dead, forbidden)["access_control"]
    assert found.verdict is UNTRUSTED


@pytest.mark.parametrize(("clear", "verdict"), [(True, FAILED), (False, HELD)])
def test_clear_text_is_told(clear: bool, verdict: Verdict, tmp_path: Path) -> None:
    entered = answer(AccessAction.CONNECT, "", happened=True, allowed=True, clear=clear)
    assert judged(Raided(devices=3, seconds=60.0), tmp_path, ALIVE, entered)["tls_only"].verdict is verdict


class TestAttacks:
    def member(self, credential: Credential, **more: str) -> MemberTruth:
        return MemberTruth(outsider(0), Role.OUTSIDER, credential, **more)

    @pytest.mark.parametrize(
        ("state", "verdict"), [(SessionMoment.CONNECTED, FAILED), (SessionMoment.REFUSED, HELD)]
    )
    def test_who_gets_in_by_guessing(self, state: SessionMoment, verdict: Verdict, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        town.attack(
            "credential_brute_force",
            30.0,
            60.0,
            [self.member(Credential.GUESSED)],
            control=Control.AUTHENTICATION,
        )
        town.session(outsider(0), 31.0, state)
        assert judged(town, tmp_path)["authentication"].verdict is verdict

    @pytest.mark.parametrize(
        ("topic", "verdict"),
        [
            ("fleet/n0/wearable/device000002/steps", FAILED),
            ("$SYS/broker/version", FAILED),
            (f"fleet/n0/wearable/{DEVICE}/command", HELD),  # of the device whose credentials it has
            ("fleetsim/control/x", HELD),
        ],
    )
    def test_what_an_outsider_was_given(self, topic: str, verdict: Verdict, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        thief = self.member(Credential.STOLEN, user=DEVICE)
        town.attack("topic_enumeration", 30.0, 60.0, [thief], control=Control.WILDCARDS)
        town.session(outsider(0), 31.0, SessionMoment.CONNECTED)
        town.overheard.append(Overheard(outsider(0), 32.0, topic, 80))
        found = judged(town, tmp_path)
        assert found["wildcards"].verdict is verdict
        assert "access_control" not in found

    @pytest.mark.parametrize("lost", [True, False])
    def test_whose_session_an_outsider_ended(self, lost: bool, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        thief = self.member(Credential.STOLEN, user=DEVICE, client_id=device_id(2))
        town.attack("id_takeover", 30.0, 60.0, [thief], control=Control.TAKEOVER)
        town.session(outsider(0), 31.0, SessionMoment.CONNECTED)
        town.session(device_id(2), 31.0 if lost else 90.0, SessionMoment.DROPPED)
        assert judged(town, tmp_path)["client_id_takeover"].verdict is (FAILED if lost else HELD)

    @pytest.mark.parametrize(("stopped", "verdict"), [(30.0, HELD), (5.0, HELD), (None, FAILED)])
    def test_whether_a_limit_bit(self, stopped: float | None, verdict: Verdict, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        town.flood(0, 30.0, 60.0, stopped=stopped)
        town.campaigns[0] = msgspec.structs.replace(town.campaigns[0], control=Control.RATE_LIMIT)
        assert judged(town, tmp_path)["rate_limit"].verdict is verdict

    @pytest.mark.parametrize(("reason", "verdict"), [(OWN_DROP, FAILED), ("the broker closed it", HELD)])
    def test_who_breaks_its_own_connection_off_was_not_thrown_out(
        self, reason: str, verdict: Verdict, tmp_path: Path
    ) -> None:
        town = Raided(devices=3, seconds=120.0)
        town.flood(0, 30.0)
        town.session(outsider(0), 85.0, SessionMoment.DROPPED, reason=reason)
        town.campaigns[0] = msgspec.structs.replace(town.campaigns[0], control=Control.RATE_LIMIT)
        assert judged(town, tmp_path)["rate_limit"].verdict is verdict

    def test_who_was_never_let_in_did_not_get_as_far_as_the_limit(self, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        town.attack(
            "slow_dos",
            30.0,
            60.0,
            [self.member(Credential.NONE)],
            crossed=40.0,
            control=Control.CONNECTION_LIMIT,
        )
        town.session(outsider(0), 31.0, SessionMoment.REFUSED)
        assert judged(town, tmp_path)["connection_limit"].verdict is HELD

    def test_a_limit_need_not_bite_who_stays_below_it(self, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        town.flood(0, 30.0)
        threshold = msgspec.structs.replace(town.campaigns[0].threshold, crossed_at=None)
        town.campaigns[0] = msgspec.structs.replace(
            town.campaigns[0], control=Control.RATE_LIMIT, threshold=threshold
        )
        assert "rate_limit" not in judged(town, tmp_path)
        asked = judged(town, tmp_path / "asked", only=("rate_limit",))["rate_limit"]
        assert asked.verdict is UNTRUSTED

    def test_lost_messages_are_no_sign_of_a_limit(self, tmp_path: Path) -> None:
        town = Raided(devices=3, seconds=120.0)
        label = town.flood(0, 30.0)
        town.message(outsider(0), 80.0, label, Outcome.LOST)
        town.campaigns[0] = msgspec.structs.replace(town.campaigns[0], control=Control.RATE_LIMIT)
        assert judged(town, tmp_path)["rate_limit"].verdict is FAILED
