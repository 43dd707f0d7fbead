"""The shape of each attack: rates, counts, packets and what the truth keeps, as the catalogue has them."""

from __future__ import annotations

from base64 import b32encode
from collections import Counter, defaultdict
from datetime import datetime
from itertools import pairwise

import msgspec
import pytest
from raided import MINUTE, Stream, scenario, stream

from simulator.attacks.frames import text
from simulator.attacks.mutations import ODD_TOPICS
from simulator.core.actions import Claim, Command, Connect, Dial, Drop, Freeze, Publish, Raw, Subscribe
from simulator.core.campaigns import Credential
from simulator.devices.smart_speaker.slots import PRICES

AT = 5 * MINUTE


def stream_of(minutes: int, attack: dict[str, object]) -> Stream:
    return Stream(scenario(attack, duration=f"{minutes}m"))


def one(kind: str, **options: object) -> Stream:
    return stream({"kind": kind, "at": "5m", "for": "10m", **options})


class TestCredentialBruteForce:
    def test_attempts_come_at_the_rate_each_with_another_password(self) -> None:
        connects = one("credential_brute_force", rate="1/s").did(Connect)
        assert len(connects) == pytest.approx(600, rel=0.02)
        assert len({connect.claim.password for connect in connects}) == len(connects)
        assert {connect.claim.user for connect in connects} < one("credential_brute_force").devices.keys()

    @pytest.mark.parametrize(
        ("vary", "many"),
        [("client_id", "client_id"), ("user", "user"), ("address", "source"), ("nothing", None)],
    )
    def test_one_key_varies_and_the_others_stay(self, vary: str, many: str | None) -> None:
        connects = one("credential_brute_force", vary=vary).did(Connect)
        keys = {
            "client_id": {connect.client_id or connect.device for connect in connects},
            "user": {connect.claim.user for connect in connects},
            "source": {connect.source for connect in connects},
        }
        assert {name for name, values in keys.items() if len(values) > 1} == ({many} if many else set())

    def test_it_crosses_fifteen_in_a_minute_unless_stealthy(self) -> None:
        loud = one("credential_brute_force", rate="1/s").campaign.threshold
        quiet = one("credential_brute_force", rate="1/s", stealth="on")
        assert loud is not None
        assert (loud.count, loud.within, loud.crossed_at) == (15, 60, AT + 15)
        threshold = quiet.campaign.threshold
        assert threshold is not None
        assert threshold.crossed_at is None
        times = [connect.at for connect in quiet.did(Connect)]
        assert all(later - earlier > MINUTE for earlier, later in zip(times, times[15:], strict=False))

    def test_the_right_password_stands_at_a_known_place(self) -> None:
        raid = one("credential_brute_force", rate="1/s", succeeds_after=100)
        connects = raid.did(Connect)
        assert len(connects) == 100
        assert connects[-1].claim == Claim(connects[-1].claim.user)
        guess, use = raid.campaign.phases
        assert (guess.name, use.name) == ("guess", "use")
        assert use.at == pytest.approx(connects[-1].at, abs=5)
        owner = connects[-1].claim.user
        assert all(owner in sent.action.topic for sent in raid.attack if isinstance(sent.action, Publish))
        assert len(raid.attack) == pytest.approx(50, rel=0.1)


class TestSlowDos:
    def test_as_many_connections_as_asked_all_idle(self) -> None:
        raid = one("slow_dos", devices=200, rate="100/s")
        connects = raid.did(Connect)
        assert len(connects) == len({connect.device for connect in connects}) == 200
        assert {connect.keep_alive for connect in connects} == {65_535}
        assert connects[-1].at - connects[0].at == pytest.approx(2, abs=0.1)
        assert not raid.did(Publish)
        assert not raid.did(Subscribe)
        assert {drop.at for drop in raid.did(Drop)} == {raid.campaign.until}

    def test_it_stays_below_the_files_that_a_broker_may_open(self) -> None:
        with pytest.raises(ValueError, match="900"):
            scenario({"kind": "slow_dos", "devices": 1_024})

    def test_too_few_cross_nothing(self) -> None:
        threshold = one("slow_dos", devices=99).campaign.threshold
        assert threshold is not None
        assert threshold.crossed_at is None


def test_enumeration_asks_for_wildcards_and_for_others_topics() -> None:
    raid = one("topic_enumeration")
    filters = {action.topic_filter for action in raid.did(Subscribe)}
    assert {"#", "+/#", "$SYS/#", "+/+/+/+/+"} <= filters
    assert {f"{name}" for name in raid.campaign.victims} == {
        level for topic in filters for level in topic.split("/") if level in raid.devices
    }
    assert not raid.did(Publish)


def test_takeover_comes_back_as_the_victim_at_the_rate() -> None:
    raid = one("id_takeover", rate="30/min")
    (victim,) = raid.campaign.victims
    connects = raid.did(Connect)
    assert {connect.client_id for connect in connects} == {victim}
    assert [member.client_id for member in raid.members.values()] == [victim]
    assert len(connects) == pytest.approx(300, rel=0.02)


@pytest.mark.parametrize("aim", ["command", "state"])
def test_poison_is_left_on_victims_topics_and_taken_away(aim: str) -> None:
    raid = one("retained_poisoning", aim=aim)
    left = [sent for sent in raid.attack if sent.truth.size]
    taken = [sent for sent in raid.attack if not sent.truth.size]
    assert len(left) == len(raid.campaign.victims) == 4
    assert {sent.truth.topic for sent in left} == {sent.truth.topic for sent in taken}
    assert all(sent.truth.retain for sent in raid.attack)
    assert all(any(victim in sent.truth.topic for victim in raid.campaign.victims) for sent in left)
    poison, clean = raid.campaign.phases
    assert all(poison.at <= sent.at < poison.until for sent in left)
    assert all(clean.at <= sent.at < clean.until for sent in taken)
    if aim == "command":
        assert {sent.payload["name"] for sent in left} == {"report_interval"}
    else:
        assert {sent.payload["device"] for sent in left} == set(raid.campaign.victims)


def test_wills_are_on_victims_topics_and_connections_break() -> None:
    raid = one("will_abuse", every="20s")
    connects = raid.did(Connect)
    assert len(connects) == len(raid.did(Drop)) == pytest.approx(30, abs=3)
    for connect in connects:
        assert any(f"/{victim}/" in connect.will.topic for victim in raid.campaign.victims)
        assert connect.device not in connect.will.topic


class TestCapturesInFull:
    """Attacks at the rate of a capture of MQTTset, and for as long as its first megabyte lasts."""

    def test_as_many_attempts_as_in_half_an_hour_of_guessing(self) -> None:
        raid = stream_of(40, {"kind": "credential_brute_force", "at": "1m", "for": "1929s", "rate": "0.66/s"})
        attempts = raid.did(Connect)
        assert len(attempts) == pytest.approx(1_271, rel=0.02)
        between = [later.at - earlier.at for earlier, later in pairwise(attempts)]
        assert 0.8 / 0.66 <= min(between) <= max(between) <= 1.2 / 0.66

    def test_as_many_odd_packets_as_in_six_minutes_and_as_many_odd_topics(self) -> None:
        raid = stream_of(8, {"kind": "malformed", "at": "1m", "for": "371s"})
        sent = [raw.data for raw in raid.did(Raw)]
        assert len(raid.did(Dial)) == pytest.approx(866, rel=0.02)
        odd = {topic for topic in ODD_TOPICS if any(text(topic) in data for data in sent)}
        assert len(ODD_TOPICS) == 52
        assert len(odd) > 40
        assert 600 <= max(map(len, sent)) <= 691

    def test_as_many_idle_connections_as_a_broker_may_have_in_as_short_a_time(self) -> None:
        raid = stream_of(2, {"kind": "slow_dos", "at": "1m", "for": "30s", "devices": 900})
        times = [connect.at for connect in raid.did(Connect)]
        assert (len(times) - 1) / (times[-1] - times[0]) == pytest.approx(1_024 / 0.7, rel=0.01)


def test_malformed_packets_come_one_a_connection() -> None:
    raid = one("malformed", rate="2/s")
    dials, raws = raid.did(Dial), raid.did(Raw)
    greeted = [dial for dial in dials if dial.hello is not None]
    assert 0 < len(greeted) < len(dials) == pytest.approx(1_200, rel=0.03)
    subscriptions = len(greeted)  # to the command topic, as devices do; the packet that is wrong follows
    assert len(raws) == len(dials) + subscriptions
    assert all(dial.abrupt for dial in dials)
    assert len({raw.data for raw in raws}) > 50


def test_the_ladder_doubles_to_its_end() -> None:
    raid = one("oversize", largest=1 << 20, every="5s")
    sizes = [sent.truth.size for sent in raid.attack]
    assert sizes == [1_024 << step for step in range(11)]
    assert all(later.at > earlier.at for earlier, later in pairwise(raid.attack))
    for sent in raid.attack:
        assert isinstance(sent.action, Raw)
        assert sent.truth.size < len(sent.action.data) < sent.truth.size + 200
        assert sent.action.id == sent.truth.id


def test_half_open_messages_have_ids_of_their_own_and_no_release() -> None:
    raid = one("qos2_half_open", messages=50)
    raws = [raw for raw in raid.did(Raw) if raw.id is not None]
    assert len(raws) == 50
    assert {raw.data[0] for raw in raws} == {0x34}  # PUBLISH at QoS 2
    assert len({raw.id for raw in raws}) == 50
    assert {sent.truth.qos for sent in raid.attack} == {2}
    threshold = raid.campaign.threshold
    assert threshold is not None
    assert threshold.crossed_at == AT + 1


def test_filters_overlap_and_none_comes_twice() -> None:
    raid = one("subscription_exhaustion", filters=1_000)
    filters = [action.topic_filter for action in raid.did(Subscribe)][1:]
    assert len(filters) == len(set(filters)) == 1_000
    assert sum("+" in topic for topic in filters) > 900


def test_a_slow_subscriber_stops_reading_and_asks_for_all() -> None:
    raid = one("slow_subscriber")
    assert "+/+/+/+/+" in {action.topic_filter for action in raid.did(Subscribe)}
    (freeze,) = raid.did(Freeze)
    assert freeze.writing
    assert freeze.at == AT + 2


class TestPublishFlood:
    def test_it_has_the_rate_of_the_captures(self) -> None:
        flood = stream({"kind": "publish_flood", "at": "5m", "for": "5s", "devices": 15, "rate": "1602/s"})
        assert len(flood.attack) == pytest.approx(8_010, rel=0.02)
        per = Counter(sent.truth.device for sent in flood.attack)
        assert len(per) == 15
        assert max(per.values()) - min(per.values()) < 20

    def test_a_stealthy_one_stays_below_the_limit_of_a_client(self) -> None:
        flood = stream({"kind": "publish_flood", "at": "5m", "for": "5s", "stealth": "on"})
        assert len(flood.attack) == pytest.approx(400, rel=0.02)
        threshold = flood.campaign.threshold
        assert threshold is not None
        assert threshold.crossed_at is None

    def test_payloads_are_as_long_as_those_of_devices(self) -> None:
        flood = stream({"kind": "publish_flood", "at": "5m", "for": "5s", "devices": 15, "rate": "1602/s"})
        honest = [len(a.payload) for a, t in flood.steps if isinstance(a, Publish) and t and not t.attack]
        sizes = [sent.truth.size for sent in flood.attack]
        assert min(honest) - 5 <= min(sizes) <= max(sizes) <= max(honest) + 5


def test_replayed_messages_are_the_victims_own_to_the_last_byte() -> None:
    raid = one("replay", listens="4m", every="10s", devices=3)
    by_id = {a.id: a for a, t in raid.steps if isinstance(a, Publish) and t is not None and not t.attack}
    assert raid.attack
    for sent in raid.attack:
        assert isinstance(sent.action, Publish)
        original = by_id[sent.action.id]
        assert (sent.action.payload, sent.action.topic) == (original.payload, original.topic)
        assert original.device in raid.campaign.victims
        assert sent.at > original.at >= AT
        assert sent.at >= raid.campaign.phases[1].at
        assert raid.members[sent.action.device].user == original.device


def busy(kind: str, **options: object) -> Stream:
    """Devices that report often are turned."""
    kinds = options.pop("kinds", ["inventory_sensor"])
    return stream({"kind": kind, "at": "5m", "for": "20m", "devices": 60, "kinds": kinds, **options})


@pytest.mark.parametrize("back", [True, False])
def test_shifted_times_are_in_the_payload_alone(back: bool) -> None:
    raid, calm = busy("time_shift", by="2h", back=back), stream()
    assert raid.attack
    honest = {a.id: time_in(a) for a, t in calm.steps if isinstance(a, Publish)}
    for sent in raid.attack:
        assert isinstance(sent.action, Publish)
        shift = time_in(sent.action) - honest[sent.action.id]
        assert shift == pytest.approx(-7_200 if back else 7_200, abs=0.01)
        assert sent.truth.observed <= sent.truth.at


def time_in(publish: Publish) -> float:
    """What the payload says of when."""
    return datetime.fromisoformat(msgspec.json.decode(publish.payload)["time"]).timestamp()


@pytest.mark.parametrize("kind", ["false_data", "slow_drift"])
def test_the_truth_keeps_the_clean_values(kind: str) -> None:
    raid, calm = busy(kind), stream()
    honest = {a.id: a for a, t in calm.steps if isinstance(a, Publish)}
    assert raid.attack
    for sent in raid.attack:
        assert sent.truth.facts is not None
        clean = sent.truth.facts["clean"]
        assert isinstance(clean, dict)
        assert clean
        original = msgspec.json.decode(honest[sent.truth.id].payload)
        assert {name: original[name] for name in clean} == clean
        assert {**sent.payload, **clean} == original
        for name, value in clean.items():
            share = sent.payload[name] / value if value else 1.0
            if kind == "false_data" and abs(value) > 10:
                assert share == pytest.approx(1.5, abs=0.06)
            elif abs(value) > 100:
                assert share <= 1.0 + 0.02 * (20 / 60) + 0.006


def test_a_secret_leaves_in_a_field_and_is_known_to_the_truth() -> None:
    raid = busy("exfiltration", way="field", bytes=8)
    assert raid.campaign.facts is not None
    secrets = raid.campaign.facts["secrets"]
    assert isinstance(secrets, dict)
    assert secrets.keys() == raid.members.keys()
    pieces: dict[str, str] = {}
    for sent in raid.attack:
        assert 1 <= len(sent.payload["trace"]) <= 8
        pieces[sent.truth.device] = pieces.get(sent.truth.device, "") + sent.payload["trace"]
    assert len(pieces) > 10
    for device, coded in pieces.items():
        written = b32encode(secrets[device].encode()).decode().rstrip("=").lower()
        assert (9 * written).startswith(coded)


def test_a_secret_leaves_in_low_bits_and_changes_nothing_that_shows() -> None:
    raid = busy("exfiltration", way="low_bits")
    assert raid.attack
    for sent in raid.attack:
        assert sent.truth.facts is not None
        clean = sent.truth.facts["clean"]
        assert isinstance(clean, dict)
        for name, value in clean.items():
            places = len(repr(value).partition(".")[2])
            assert abs(sent.payload[name] - value) <= 1.01 * 10**-places


def test_sybils_of_a_neighbourhood_say_what_one_device_says() -> None:
    raid = stream({"kind": "sybil", "at": "0s", "for": "30m", "devices": 12})
    assert len(raid.members) == 12
    events: defaultdict[str, set[str]] = defaultdict(set)
    for sent in raid.attack:
        events[sent.truth.topic.split("/")[1]].add(sent.truth.kind)
    assert all(len(kinds) == 1 for kinds in events.values())
    assert {Counter(sent.truth.device for sent in raid.attack)[member] > 0 for member in raid.members} == {
        True
    }


def test_an_older_version_is_announced_once() -> None:
    raid = one("firmware_spoof", devices=6, version="0.8.1")
    assert [sent.payload["version"] for sent in raid.attack] == ["0.8.1"] * 6
    assert {sent.truth.event for sent in raid.attack} == {"firmware"}


@pytest.mark.parametrize("voice", ["child", "television"])
def test_orders_by_the_wrong_voice_look_like_any_other(voice: str) -> None:
    raid = stream(
        {"kind": "wrong_voice", "at": "0s", "for": "30m", "devices": 9, "voice": voice, "every": "5m"}
    )
    assert {raid.devices[member] for member in raid.members} == {"smart_speaker"}
    orders = [sent for sent in raid.attack if sent.truth.event == "voice_purchase"]
    assert len(orders) > 10
    for sent in orders:
        assert PRICES[sent.payload["item"]] == sent.payload["price"]
        assert sent.truth.facts is not None
        assert sent.truth.facts["voice"] == voice
        assert voice not in str(sent.payload)


def test_a_botnet_beats_as_one_and_then_floods() -> None:
    raid = one("botnet", devices=10, beat="30s", flood=0.1, rate="50/s")
    beat, flood = raid.campaign.phases
    beats = Counter(sent.at for sent in raid.attack if sent.at < beat.until)
    assert set(beats.values()) == {10}
    assert len(beats) == 18
    assert sum(sent.at >= flood.at for sent in raid.attack) == pytest.approx(3_000, rel=0.02)


def test_a_breach_has_the_account_of_a_service() -> None:
    raid = one("breach")
    (member,) = raid.members.values()
    assert member.credential is Credential.SERVICE
    assert [connect.claim for connect in raid.did(Connect)] == [Claim("fleetsim-witness")]
    assert raid.did(Subscribe)[-1].topic_filter == "#"
    quiet = one("breach", stealth="on")
    assert "#" not in {action.topic_filter for action in quiet.did(Subscribe)}


def test_what_is_shown_is_what_was_asked_for() -> None:
    for shown, meant in (
        ("none", Credential.NONE),
        ("guessed", Credential.GUESSED),
        ("stolen", Credential.STOLEN),
    ):
        raid = one("topic_enumeration", credentials=shown)
        (member,) = raid.members.values()
        (connect,) = raid.did(Connect)
        assert member.credential is meant
        assert connect.claim.user == member.user
        assert (connect.claim.password is not None) is (shown == "guessed")
        assert (member.user is None) is (shown == "none")


def test_a_poisoned_command_is_one_that_devices_know() -> None:
    raid = one("retained_poisoning")
    command = msgspec.json.decode(next(s.action.payload for s in raid.attack), type=Command)
    assert command.name == "report_interval"
