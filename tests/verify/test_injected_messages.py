"""What attackers publish is judged by what a listener received, whatever the broker acknowledged."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from raid_scene import Raided, device_id, outsider

from simulator.core.campaigns import Control, Credential, MemberTruth, Overheard, Role
from simulator.core.records import SessionMoment
from simulator.truth import RunFolder
from simulator.verify import CheckResult, Verdict, verify

HELD, FAILED, UNTRUSTED = Verdict
VICTIM = device_id(0)


def member(credential: Credential, user: str | None = None) -> MemberTruth:
    return MemberTruth(outsider(0), Role.OUTSIDER, credential, user=user)


def tapped(town: Raided, path: Path, heard: Sequence[str]) -> RunFolder:
    """A run whose tap on what consumers are given has heard messages with these ids."""
    folder = town.write(path / "run", taps=[{"name": "input", "topics": ["fleet/#"]}])
    folder.egress.mkdir()
    rows = [{"received": 1.0, "topic": "t", "payload": json.dumps({"id": one})} for one in heard]
    tape = folder.egress / "input.jsonl"
    tape.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def judged(folder: RunFolder, *only: str) -> dict[tuple[str, str], CheckResult]:
    found = verify(folder.path, only=only, write=False)
    return {(one.check, one.part): one for one in found.checks}


def attacked(who: MemberTruth, messages: int = 4) -> tuple[Raided, str, list[str]]:
    """A town with an attack, its label, and the ids of its messages."""
    town = Raided(devices=3, seconds=60.0)
    label = town.attack("sybil", 10.0, 50.0, [who], control=Control.AUTHENTICATION)
    town.session(who.device, 10.0, SessionMoment.CONNECTED)
    return town, label, [town.message(who.device, 20.0 + number, label) for number in range(messages)]


HONEST = f"{0:016x}"
"""Id of the first message of all."""


@pytest.mark.parametrize(("heard", "verdict"), [(0, HELD), (3, FAILED)])
@pytest.mark.parametrize(
    ("who", "check"),
    [
        (member(Credential.NONE), "forged_messages"),
        (member(Credential.GUESSED, VICTIM), "forged_messages"),
        (member(Credential.STOLEN, VICTIM), "forged_messages"),  # on a topic that is not the victim's
        (member(Credential.STOLEN, outsider(0)), "falsified_messages"),
        (MemberTruth(device_id(1), Role.COMPROMISED, Credential.OWN), "falsified_messages"),
    ],
)
def test_what_a_listener_received_has_reached_it(
    who: MemberTruth, check: str, heard: int, verdict: Verdict, tmp_path: Path
) -> None:
    town, label, sent = attacked(who)
    found = judged(tapped(town, tmp_path, [HONEST, *sent[:heard]]), "forged_messages", "falsified_messages")
    one = found[check, label]
    assert (one.verdict, one.value, one.trials) == (verdict, heard / 4, 4)
    assert one.reason == f"{heard} of 4 messages reached who listens"
    other = {"forged_messages": "falsified_messages", "falsified_messages": "forged_messages"}[check]
    assert found[other, ""].verdict is UNTRUSTED, "nothing was there to be judged"


@pytest.mark.parametrize(("copies", "verdict"), [(1, HELD), (2, FAILED)])
def test_a_replayed_message_has_arrived_if_it_came_once_more(
    copies: int, verdict: Verdict, tmp_path: Path
) -> None:
    town = Raided(devices=3, seconds=60.0)
    who = member(Credential.GUESSED, VICTIM)
    label = town.attack("replay", 10.0, 50.0, [who])
    town.session(who.device, 10.0, SessionMoment.CONNECTED)
    town.again(HONEST, who.device, 30.0, label)
    found = judged(tapped(town, tmp_path, [HONEST] * copies), "forged_messages")
    assert found["forged_messages", label].verdict is verdict


def test_a_listener_that_received_nothing_at_all_proves_nothing(tmp_path: Path) -> None:
    town, _, _ = attacked(member(Credential.NONE))
    assert judged(tapped(town, tmp_path, []), "forged_messages")["forged_messages", ""].verdict is UNTRUSTED


@pytest.mark.parametrize(
    ("identity", "topic", "verdict"),
    [
        ("f" * 16, f"fleet/n0/wearable/{VICTIM}/steps", FAILED),
        ("f" * 16, f"fleet/n0/wearable/{device_id(2)}/steps", HELD),  # of nobody whom it is aimed at
        (HONEST, f"fleet/n0/wearable/{VICTIM}/steps", HELD),
        (None, f"fleet/n0/wearable/{VICTIM}/offline", HELD),  # the victim's own will
    ],
)
def test_a_will_on_the_topic_of_another_was_published_if_a_listener_received_it(
    identity: str | None, topic: str, verdict: Verdict, tmp_path: Path
) -> None:
    town = Raided(devices=3, seconds=60.0)
    who = member(Credential.STOLEN, device_id(1))
    town.attack("will_abuse", 10.0, 50.0, [who], control=Control.WILL, victims=(VICTIM,))
    town.session(who.device, 10.0, SessionMoment.CONNECTED)
    folder = tapped(town, tmp_path, [HONEST])
    payload = json.dumps({"device": VICTIM} | ({} if identity is None else {"id": identity}))
    with (folder.egress / "input.jsonl").open("a") as tape:
        tape.write(json.dumps({"received": 20.0, "topic": topic, "payload": payload}) + "\n")
    assert judged(folder, "will_messages")["will_messages", ""].verdict is verdict


def test_without_a_tap_nothing_can_be_told(tmp_path: Path) -> None:
    town, _, _ = attacked(member(Credential.NONE))
    folder = town.write(tmp_path / "run")
    assert ("forged_messages", "") not in judged(folder)
    assert judged(folder, "forged_messages")["forged_messages", ""].verdict is UNTRUSTED


def test_a_broken_recording_proves_nothing(tmp_path: Path) -> None:
    town, _, sent = attacked(member(Credential.NONE))
    folder = tapped(town, tmp_path, sent)
    (folder.egress / "input.jsonl").write_text("{")
    assert judged(folder, "forged_messages")["forged_messages", ""].verdict is UNTRUSTED


@pytest.mark.parametrize(("read", "verdict"), [(0, HELD), (2, FAILED)])
def test_a_stolen_service_gives_away_what_it_was_given(read: int, verdict: Verdict, tmp_path: Path) -> None:
    town = Raided(devices=3, seconds=60.0)
    thief = member(Credential.SERVICE)
    label = town.attack("breach", 10.0, 50.0, [thief])
    town.session(thief.device, 10.0, SessionMoment.CONNECTED)
    town.overheard += [Overheard(thief.device, 20.0 + number, "fleet/x", 80) for number in range(read)]
    one = judged(town.write(tmp_path / "run"), "stolen_service")["stolen_service", label]
    assert (one.verdict, one.value) == (verdict, read)
    assert one.reason == f"the account gave away {read} messages, {80 * read} bytes"
