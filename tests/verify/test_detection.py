from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from raid_scene import ORIGIN, START, Raided, alert, device_id, outsider

from simulator.core.campaigns import Credential, MemberTruth, Overheard, Role
from simulator.core.errors import UsageError
from simulator.core.records import SessionMoment
from simulator.truth import RunFolder
from simulator.verify import CheckResult, Source, Verdict, Verification, verify

HELD, FAILED, UNTRUSTED = Verdict
ON_ALERTS = ("detection", "false_alarms", "time_to_detect")


def scored(folder: RunFolder, *lines: str, only: tuple[str, ...] = ON_ALERTS) -> Verification:
    path = folder.path / "told.jsonl"
    path.write_text("".join(line + "\n" for line in lines))
    return verify(folder.path, alerts=[Source("guard", path)], only=only, write=False)


def one(found: Verification, check: str, part: str = "", control: str = "guard") -> CheckResult:
    (result,) = [
        each for each in found.checks if (each.check, each.part, each.control) == (check, part, control)
    ]
    return result


@pytest.fixture(scope="module")
def sixty(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Sixty floods, a second apart, in a fleet that is large and quiet enough for a rate of 0.1 %."""
    town = Raided(devices=320)
    for number in range(60):
        town.flood(number, 60.0 + number, 30.0)
    return town.write(tmp_path_factory.mktemp("sixty") / "run")


class TestRecall:
    def test_sixty_of_sixty_are_enough_to_claim_95_in_100(self, sixty: RunFolder) -> None:
        found = scored(sixty, *[alert(63.0 + number, client=outsider(number)) for number in range(60)])
        whole = one(found, "detection")
        assert (whole.verdict, whole.value, whole.trials) == (HELD, 1.0, 60)
        assert whole.low is not None
        assert whole.low == pytest.approx(0.025 ** (1 / 60))  # Clopper and Pearson: no miss in n
        assert one(found, "detection", "publish_flood").verdict is HELD
        assert one(found, "false_alarms").verdict is HELD
        assert one(found, "false_alarms").value == 0.0
        assert (found.join.joined, found.join.unjoined) == (60, 0)

    def test_fifty_eight_are_too_few(self, tmp_path: Path) -> None:
        town = Raided()
        for number in range(58):
            town.flood(number, 60.0, 5.0)
        folder = town.write(tmp_path / "run")
        found = one(scored(folder, *[alert(62.0, client=outsider(n)) for n in range(58)]), "detection")
        assert found.verdict is UNTRUSTED
        assert "59 without a miss would do" in found.reason

    def test_half_of_them_has_failed_and_those_missed_are_named(self, sixty: RunFolder) -> None:
        found = scored(sixty, *[alert(63.0 + number, client=outsider(number)) for number in range(0, 60, 2)])
        whole = one(found, "detection")
        assert (whole.verdict, whole.value) == (FAILED, 0.5)
        assert whole.evidence[0].what.startswith("outsider0001 took part in publish_flood-1")

    def test_a_silent_detector_has_failed(self, sixty: RunFolder) -> None:
        found = scored(sixty)
        assert one(found, "detection").value == 0.0
        assert "does not see publish_flood at all" in one(found, "detection").reason
        assert one(found, "false_alarms").verdict is HELD
        assert one(found, "time_to_detect").verdict is UNTRUSTED

    @pytest.mark.parametrize(
        ("about", "told"),
        [
            ({"client": outsider(3)}, 1),
            ({"user": device_id(0)}, 35),  # whose credentials were stolen; all that attack then show them
            ({"address": "127.0.0.1:50003"}, 1),
            ({"address": "127.0.0.1", "port": 50003}, 1),
            ({"address": "127.0.0.1"}, 35),
            ({"campaign": "Publish Flood"}, 35),
            ({"campaign": "publish_flood-3"}, 1),
            ({"signature": f"much of {outsider(3)}"}, 1),
            ({"campaign": "slow_dos"}, 0),
            ({"address": "127.0.0.1:50999"}, 0),
            ({"client": "somebodyelse"}, 0),
        ],
    )
    def test_who_is_meant_is_told_by_id_address_kind_or_text(
        self, sixty: RunFolder, about: dict[str, object], told: int
    ) -> None:
        found = scored(sixty, alert(94.0, **about), *[alert(61.0, client=outsider(0))] * 10)
        assert one(found, "detection").value == pytest.approx(told / 60 + (told != 35) / 60)

    @pytest.mark.parametrize(("at", "counts"), [(62.0, False), (62.6, True), (152.9, True), (153.1, False)])
    def test_an_alert_counts_from_the_first_packet_until_a_minute_after_the_end(
        self, sixty: RunFolder, at: float, counts: bool
    ) -> None:
        found = scored(sixty, alert(at, client=outsider(3)), *[alert(61.0, client=outsider(0))] * 10)
        assert one(found, "detection").value == pytest.approx((1 + counts) / 60)

    def test_of_two_attacks_on_one_device_that_which_is_named(self, tmp_path: Path) -> None:
        town = Raided()
        town.flood(0, 60.0)
        thief = MemberTruth(outsider(9), Role.OUTSIDER, Credential.STOLEN, user=device_id(0))
        town.attack("topic_enumeration", 60.0, 120.0, [thief])
        town.session(outsider(9), 60.0, SessionMoment.CONNECTED)
        folder = town.write(tmp_path / "run")
        named = scored(folder, alert(70.0, device=device_id(0), campaign="publish_flood"))
        assert one(named, "detection").value == 0.5
        unnamed = scored(folder, alert(70.0, device=device_id(0)))
        assert one(unnamed, "detection").value == 1.0

    def test_simulated_times_are_understood(self, sixty: RunFolder) -> None:
        line = alert(63.0, client=outsider(3)).replace(f"{ORIGIN:%Y-%m-%dT%H}", f"{START:%Y-%m-%dT%H}")
        assert one(scored(sixty, line), "detection").value == pytest.approx(1 / 60)

    def test_who_never_did_anything_is_no_trial(self, tmp_path: Path) -> None:
        town = Raided()
        town.flood(0, 60.0)
        town.attack("slow_dos", 60.0, 90.0, [MemberTruth(outsider(9), Role.OUTSIDER, Credential.NONE)])
        found = one(scored(town.write(tmp_path / "run"), alert(61.0, client=outsider(0))), "detection")
        assert found.trials == 1
        assert "1 never did anything" in found.reason


class TestForms:
    """What another detector writes is scored as what is written in the form of Fleetsim's own."""

    def eve(self, number: int, at: float) -> list[str]:
        flow = {"flow_id": number, "src_ip": "127.0.0.1", "src_port": 50_000 + number, "dest_port": 1883}
        time = {"timestamp": f"{ORIGIN + timedelta(seconds=at):%Y-%m-%dT%H:%M:%S.%f}+0000"}
        return [
            json.dumps(
                {**time, **flow, "event_type": "mqtt", "mqtt": {"connect": {"client_id": outsider(number)}}}
            ),
            json.dumps(
                {**time, **flow, "event_type": "alert", "alert": {"signature": "flood", "severity": 1}}
            ),
        ]

    def zeek(self, number: int, at: float) -> list[str]:
        ends = {"id.orig_h": "127.0.0.1", "id.orig_p": 50_000 + number, "uid": f"C{number}"}
        time = {"ts": (ORIGIN + timedelta(seconds=at)).timestamp()}
        return [
            json.dumps({**time, **ends, "proto_name": "MQTT", "client_id": outsider(number)}),
            json.dumps({**time, **ends, "note": "MQTT::Flood", "msg": "too many", "a_new_field": [1]}),
        ]

    def syslog(self, number: int, at: float) -> list[str]:
        time = (ORIGIN + timedelta(seconds=at)).isoformat()
        return [f"<34>1 {time} host guard - - - client={outsider(number)} flood"]

    def native(self, number: int, at: float) -> list[str]:
        return [alert(at, client=outsider(number))]

    @pytest.mark.parametrize("form", ["native", "eve", "zeek", "syslog"])
    def test_the_same_scores(self, sixty: RunFolder, form: str) -> None:
        write = getattr(self, form)
        lines = [line for number in range(0, 60, 2) for line in write(number, 65.0 + number)]
        found = scored(sixty, *lines, "not of any form")
        assert one(found, "detection").value == 0.5
        assert one(found, "detection").verdict is FAILED
        assert one(found, "false_alarms").value == 0.0
        assert one(found, "time_to_detect").value == pytest.approx(5.0)
        assert one(found, "time_to_detect").reason.endswith("1 broken lines were passed over")
        assert found.join.joined == 30


class TestFalseAlarms:
    def test_one_device_that_is_told_of_often_counts_once_a_minute(self, sixty: RunFolder) -> None:
        lines = [alert(at, client=device_id(7)) for at in (200.0, 201.0, 202.0, 260.0)]
        found = one(scored(sixty, *lines), "false_alarms")
        # 320 devices in 10 minutes, without the one whose credentials were stolen, while they were used.
        assert found.trials == 3_200 - 3
        assert found.value == 2 / found.trials
        assert found.verdict is UNTRUSTED  # 2 in 3,197 may be fewer than 1 in 1,000, and may be more

    def test_a_few_more_are_too_many(self, sixty: RunFolder) -> None:
        found = one(scored(sixty, *[alert(200.0, client=device_id(n)) for n in range(1, 11)]), "false_alarms")
        assert found.verdict is FAILED
        assert found.evidence[0].what == f"it is odd about {device_id(1)}"
        assert found.evidence[0].row == 1

    def test_too_few_minutes_are_not_enough(self, tmp_path: Path) -> None:
        town = Raided(devices=20)
        town.flood(0, 60.0)
        found = one(scored(town.write(tmp_path / "run")), "false_alarms")
        assert (found.verdict, found.trials) == (UNTRUSTED, 200 - 2)
        assert "2,995 without one would do" in found.reason

    def test_what_only_looks_like_an_attack_is_honest(self, tmp_path: Path) -> None:
        town = Raided(devices=320)
        town.flood(0, 60.0)
        honest = [MemberTruth(device_id(n), Role.HONEST, Credential.OWN) for n in range(100, 110)]
        label = town.attack("power_cut", 300.0, 330.0, honest, benign=True, resembles=("botnet",))
        lines = [alert(335.0, client=device_id(n)) for n in range(100, 105)]
        found = scored(town.write(tmp_path / "run"), alert(61.0, client=outsider(0)), *lines)
        whole = one(found, "false_alarms")
        assert whole.verdict is FAILED
        assert f"5 of 10 devices of {label}, which only looks like an attack" in whole.reason
        assert "which looks like botnet" in whole.evidence[0].what
        assert (one(found, "false_alarms", label).verdict, one(found, "false_alarms", label).value) == (
            FAILED,
            0.5,
        )
        assert one(found, "detection").value == 1.0

    def test_a_turned_device_is_honest_before_and_no_trial_afterwards(self, tmp_path: Path) -> None:
        town = Raided(devices=10)
        turned = MemberTruth(device_id(3), Role.COMPROMISED, Credential.OWN, cause="weak password")
        label = town.attack("slow_drift", 300.0, 360.0, [turned])
        town.message(device_id(3), 301.0, label)
        lines = [alert(at, device=device_id(3)) for at in (100.0, 303.0, 599.0)]
        found = scored(town.write(tmp_path / "run"), *lines)
        assert one(found, "detection").value == 1.0
        assert one(found, "false_alarms").trials == 10 * 10 - 5
        assert one(found, "false_alarms").value == 1 / 95


class TestTime:
    def test_seconds_from_the_first_packet_and_from_the_crossing(self, sixty: RunFolder) -> None:
        lines = [alert(60.0 + n + (n + 1) * 0.5, client=outsider(n)) for n in range(60)]
        found = scored(sixty, *lines)
        assert one(found, "time_to_detect").value == pytest.approx(28.5)  # the 57th of 60
        assert one(found, "time_to_detect").verdict is HELD
        assert one(found, "time_to_detect", "first packet p50").value == pytest.approx(15.0)
        assert one(found, "time_to_detect", "crossing p50").value == pytest.approx(5.0)
        assert one(found, "time_to_detect", "crossing p95").value == pytest.approx(18.5)
        assert "19 before it" in one(found, "time_to_detect", "crossing p95").reason

    def test_too_late(self, sixty: RunFolder) -> None:
        found = one(
            scored(sixty, *[alert(60.0 + n + 70.0, client=outsider(n)) for n in range(60)]), "time_to_detect"
        )
        assert (found.verdict, found.threshold) == (FAILED, 60.0)
        assert "was told of after 70.0 s" in found.evidence[0].what

    def test_a_scenario_may_ask_for_more(self, sixty: RunFolder, tmp_path: Path) -> None:
        town = Raided(settings={"detection": {"detect_within": 100.0, "recall": 0.5}})
        for number in range(60):
            town.flood(number, 60.0, 5.0)
        folder = town.write(tmp_path / "run")
        found = scored(folder, *[alert(150.0, client=outsider(n)) for n in range(60)])
        assert one(found, "time_to_detect").verdict is HELD
        assert one(found, "detection").threshold == 0.5


class TestContainment:
    def contained(self, town: Raided, path: Path) -> CheckResult:
        folder = town.write(path / "run")
        return one(verify(folder.path, only=["containment"], write=False), "containment", control="broker")

    def test_who_gets_nothing_done_any_more_is_contained(self, tmp_path: Path) -> None:
        town = Raided()
        for number in range(60):
            town.flood(number, 60.0 + number, stopped=10.0)
        found = self.contained(town, tmp_path)
        assert found.verdict is HELD
        assert found.value == pytest.approx(9.75)

    def test_who_ends_by_itself_is_not(self, tmp_path: Path) -> None:
        town = Raided()
        for number in range(60):
            town.flood(number, 60.0 + number, stopped=10.0 if number % 2 else None)
        found = self.contained(town, tmp_path)
        assert found.verdict is FAILED
        assert (
            found.evidence[0].what
            == "outsider0000 of publish_flood-0 got 121 things done, the last after 59.8 s"
        )

    def test_what_it_was_given_is_a_thing_done(self, tmp_path: Path) -> None:
        town = Raided()
        member = MemberTruth(outsider(0), Role.OUTSIDER, Credential.STOLEN)
        town.attack("topic_enumeration", 60.0, 120.0, [member])
        town.session(outsider(0), 60.0, SessionMoment.CONNECTED)
        town.session(outsider(0), 70.0, SessionMoment.DROPPED)
        assert self.contained(town, tmp_path).value == 0.0
        town.overheard.append(Overheard(outsider(0), 65.0, "fleet/x", 10))
        assert self.contained(town, tmp_path / "given").value == 5.0


class TestHarm:
    def harm(self, path: Path, against: Path | None = None, **trouble: object) -> dict[str, CheckResult]:
        town = Raided(devices=100, between=(300.0, 400.0), **trouble)  # type: ignore[arg-type]
        town.flood(0, 300.0, 100.0)
        folder = town.write(path / "run")
        found = verify(folder.path, only=["harm"], against=against, write=False)
        return {each.part: each for each in found.checks if each.control == "broker"}

    def test_none(self, tmp_path: Path) -> None:
        found = self.harm(tmp_path)
        assert found["latency"].verdict is HELD
        assert found["latency"].value == pytest.approx(0.0)
        assert found["loss"].value == 0.0

    def test_slower(self, tmp_path: Path) -> None:
        found = self.harm(tmp_path, slow=0.5)
        assert (found["latency"].verdict, found["loss"].verdict) == (FAILED, UNTRUSTED)
        assert found["latency"].value == pytest.approx(0.5)
        assert "510.0 ms during attacks and 10.0 ms outside of attacks" in found["latency"].reason

    def test_lossy(self, tmp_path: Path) -> None:
        found = self.harm(tmp_path, lossy=10)
        assert (found["latency"].verdict, found["loss"].verdict) == (HELD, FAILED)
        assert found["loss"].value == pytest.approx(0.1, abs=0.01)

    def test_against_the_same_run_without_attacks(self, tmp_path: Path) -> None:
        calm = Raided(devices=100, slow=0.5, between=(300.0, 400.0)).write(tmp_path / "calm")
        found = self.harm(tmp_path, against=calm.path, slow=0.5)
        assert found["latency"].value == pytest.approx(0.0)
        assert "in the run without attacks" in found["latency"].reason

    def test_against_a_run_whose_fleet_took_longer_to_connect(self, tmp_path: Path) -> None:
        """The same simulated time counts, be it later by the clock of the load."""
        calm = Raided(devices=100, slow=0.5, between=(300.0, 400.0)).write(tmp_path / "calm")
        late = [msgspec.json.decode(line) for line in calm.delivery.read_bytes().splitlines()]
        for row in late:
            row |= {moment: row[moment] + 150.0 for moment in ("due", "sent", "acked")}
        calm.delivery.write_bytes(b"".join(msgspec.json.encode(row) + b"\n" for row in late))
        found = self.harm(tmp_path, against=calm.path, slow=0.5)
        assert found["latency"].value == pytest.approx(0.0)


class TestTrust:
    def test_alerts_of_another_run(self, sixty: RunFolder) -> None:
        found = scored(sixty, *[alert(63.0, client=f"stranger{n:04d}") for n in range(60)])
        assert {each.verdict for each in found.checks} == {UNTRUSTED}
        assert "are they of another run?" in found.sources[0].distrust[0]

    def test_broken_alerts(self, sixty: RunFolder) -> None:
        good = [alert(63.0 + number, client=outsider(number)) for number in range(60)]
        few = scored(sixty, *good, "{broken")
        assert one(few, "detection").verdict is HELD
        assert one(few, "detection").reason.endswith("1 broken lines were passed over")
        many = scored(sixty, *good, *["{broken"] * 10)
        assert one(many, "detection").verdict is UNTRUSTED

    def test_no_alerts_at_all_where_they_were_to_be(self, sixty: RunFolder, tmp_path: Path) -> None:
        found = verify(sixty.path, alerts=[Source("guard", tmp_path / "none")], only=ON_ALERTS, write=False)
        assert {each.verdict for each in found.checks} == {UNTRUSTED}

    def test_a_run_without_attacks_has_nothing_to_score(self, tmp_path: Path) -> None:
        folder = Raided(devices=2).write(tmp_path / "run")
        with pytest.raises(UsageError, match="--egress or --alerts"):
            verify(folder.path)


def test_a_tap_on_a_detector_is_scored_by_the_checks_that_it_is_for(tmp_path: Path) -> None:
    town = Raided()
    town.flood(0, 60.0)
    controls = [{"name": "guard", "checks": ["detection"]}, {"name": "shield", "checks": ["containment"]}]
    folder = town.write(tmp_path / "run", taps=[{"name": "guard"}], controls=controls)
    (folder.path / "egress").mkdir()
    row = '{"received": 63.5, "topic": "alerts", "payload": "{\\"client\\": \\"outsider0000\\"}"}\n'
    (folder.path / "egress" / "guard.jsonl").write_text(row)
    found = verify(folder.path, write=False)
    assert one(found, "detection").value == 1.0
    assert found.verdict("shield", "containment") is UNTRUSTED  # one who attacked is too few
    assert found.verdict("guard", "leak") is None
    assert {each.control for each in found.checks} == {"guard", "shield", "broker"}
