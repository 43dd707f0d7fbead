from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.verify import SinkError
from simulator.verify.alerts import Alert, AlertFormat, Alerts, read_alerts
from simulator.verify.alerts.alert import Endpoint

FIXTURES = Path(__file__).parent / "fixtures"
AROUND = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
AT = datetime(2026, 3, 2, 7, 30, 3, 500_000, tzinfo=UTC).timestamp()
CLIENT, OTHER = "k0cz0mty6n3w", "xy4t2m9c6v8b"


def read(path: Path, *lines: str | bytes) -> Alerts:
    whole = [line.encode() if isinstance(line, str) else line for line in lines]
    path.write_bytes(b"".join(line + b"\n" for line in whole))
    return read_alerts(path, AROUND)


def only(found: Alerts) -> Alert:
    assert not found.broken, found.examples
    (alert,) = found.alerts
    return alert


class TestNative:
    def test_an_alert_says_when_who_and_what(self, tmp_path: Path) -> None:
        row = {
            "time": "2026-03-02T07:30:03.5Z",
            "client": CLIENT,
            "user": "9bej3pz1q6r0",
            "address": "127.0.0.3:4711",
            "signature": "many connects",
            "campaign": "brute_force",
            "unheard_of": {"x": 1},
        }
        alert = only(read(tmp_path / "a.jsonl", json.dumps(row)))
        assert alert.format is AlertFormat.NATIVE
        assert (alert.time, alert.received) == (AT, None)
        assert alert.names == (CLIENT, "9bej3pz1q6r0")
        assert alert.endpoints == (Endpoint("127.0.0.3", 4711),)
        assert (alert.signature, alert.campaign) == ("many connects", "brute_force")

    @pytest.mark.parametrize(
        ("told", "ends"),
        [
            ({"src_ip": "10.0.0.1", "src_port": 99}, (Endpoint("10.0.0.1", 99),)),
            ({"address": "10.0.0.1"}, (Endpoint("10.0.0.1"),)),
            ({"address": "::1"}, (Endpoint("::1"),)),
            ({"address": "[::1]:99"}, (Endpoint("::1", 99),)),
        ],
    )
    def test_addresses_with_and_without_a_port(
        self, told: dict[str, object], ends: tuple[Endpoint, ...], tmp_path: Path
    ) -> None:
        assert only(read(tmp_path / "a.jsonl", json.dumps(told))).endpoints == ends

    def test_broken_lines_are_counted_and_the_rest_is_read(self, tmp_path: Path) -> None:
        good = json.dumps({"client": CLIENT})
        found = read(tmp_path / "a.jsonl", good, '{"client": ', "what is this", "{}", b"\xff\xfe{", "", good)
        assert (len(found.alerts), found.broken) == (2, 4)
        assert found.examples[0].endswith("a.jsonl:2: it is no whole JSON object")
        (reason,) = found.distrust
        assert reason.startswith("4 of 6 lines are broken")

    def test_a_few_broken_lines_do_not_matter(self, tmp_path: Path) -> None:
        found = read(tmp_path / "a.jsonl", *[json.dumps({"client": CLIENT})] * 9, "{")
        assert found.broken == 1
        assert not [*found.distrust]

    def test_a_quiet_detector_is_no_error_but_a_missing_file_is(self, tmp_path: Path) -> None:
        assert not read(tmp_path / "a.jsonl").alerts
        with pytest.raises(SinkError, match=r"cannot read the alerts in .*none\.jsonl"):
            read_alerts(tmp_path / "none.jsonl", AROUND)


class TestTaps:
    def test_rows_of_a_tap_hold_alerts_of_any_kind(self, tmp_path: Path) -> None:
        eve = (FIXTURES / "eve.json").read_text().splitlines()
        payloads = [
            json.dumps({"client": CLIENT}),
            json.dumps([{"client": CLIENT}, {"client": OTHER}]),
            "\n".join(eve[:2]),
            f"<34>1 2026-03-02T07:30:03.5Z host guard - - - client={CLIENT}",
            {"base64": "eyJjbGllbnQiOiAieSJ9"},
        ]
        rows = [
            json.dumps({"received": number + 0.5, "topic": "alerts/guard", "payload": payload})
            for number, payload in enumerate(payloads)
        ]
        found = read(tmp_path / "tap.jsonl", *rows)
        assert found.broken == 0
        assert [alert.received for alert in found.alerts] == [0.5, 1.5, 1.5, 2.5, 3.5, 4.5]
        assert [alert.names[0] for alert in found.alerts] == [CLIENT, CLIENT, OTHER, CLIENT, CLIENT, "y"]
        assert found.others == {"mqtt": 1}


class TestSyslog:
    @pytest.mark.parametrize(
        "text",
        [
            f'<34>1 2026-03-02T07:30:03.500Z host guard 12 ID47 [fleet@32473 client="{CLIENT}" rule="x\\"y"]',
            f'<34>1 2026-03-02T08:30:03.5+01:00 host guard - - - {{"client": "{CLIENT}", "rule": "x\\"y"}}',
            f'<34>1 2026-03-02T07:30:03.5Z host guard - - - @cee: {{"client": "{CLIENT}", "rule": "x\\"y"}}',
            f'<34>1 2026-03-02T07:30:03.5Z host guard - - - client={CLIENT} rule="x\\"y"',
        ],
    )
    def test_of_the_new_form(self, text: str, tmp_path: Path) -> None:
        alert = only(read(tmp_path / "a.log", text))
        assert (alert.format, alert.time, alert.names) == (AlertFormat.SYSLOG, AT, (CLIENT,))
        assert alert.signature == 'x"y'

    @pytest.mark.parametrize("tag", ["guard[77]", "guard"])
    def test_of_the_old_form(self, tag: str, tmp_path: Path) -> None:
        alert = only(
            read(tmp_path / "a.log", f"<13>Mar  2 07:30:03 host {tag}: connects from {CLIENT} again")
        )
        assert alert.time == AT - 0.5
        assert alert.names == ()
        assert CLIENT in alert.text
        assert alert.signature == f"connects from {CLIENT} again"

    @pytest.mark.parametrize(
        ("around", "text", "year"),
        [((2026, 1, 1), "Dec 31 23:59:59", 2025), ((2025, 12, 31), "Jan  1 00:00:01", 2026)],
    )
    def test_a_time_without_a_year_is_the_nearest_to_the_run(
        self, around: tuple[int, int, int], text: str, year: int, tmp_path: Path
    ) -> None:
        (tmp_path / "a.log").write_text(f"<13>{text} host guard: client={CLIENT}\n")
        alert = only(read_alerts(tmp_path / "a.log", datetime(*around, tzinfo=UTC)))
        assert alert.time is not None
        assert datetime.fromtimestamp(alert.time, UTC).year == year

    @pytest.mark.parametrize("text", ["<999>1 - - - - - - x", "<13>nonsense", "<34>1 - h a - - [broken x"])
    def test_what_is_none_is_broken(self, text: str, tmp_path: Path) -> None:
        assert read(tmp_path / "a.log", text).broken == 1


class TestEve:
    def test_alerts_name_the_client_of_their_flow(self) -> None:
        found = read_alerts(FIXTURES / "eve.json", AROUND)
        first, second = found.alerts
        assert first.format is AlertFormat.EVE
        assert first.time == AT
        assert first.names == (CLIENT, "9bej3pz1q6r0")
        assert first.signature == "MQTT SUBSCRIBE to all topics"
        assert first.campaign == "topic_enumeration"
        assert first.endpoints == (Endpoint("127.0.0.1", 50096), Endpoint("127.0.0.1", 1883))
        assert second.names == (OTHER,)
        assert found.others == {"mqtt": 1, "stats": 1}
        assert found.broken == 1

    def test_an_alert_without_its_field_is_broken(self, tmp_path: Path) -> None:
        row = {"timestamp": "2026-03-02T07:30:03.5+0000", "event_type": "alert"}
        assert read(tmp_path / "eve.json", json.dumps(row)).broken == 1


class TestZeek:
    @pytest.mark.parametrize("ending", [".log", ".json.log"])
    def test_notices_name_the_client_of_their_connection(self, ending: str, tmp_path: Path) -> None:
        for name in ("notice", "mqtt_connect"):
            shutil.copy(FIXTURES / f"{name}{ending}", tmp_path)
        found = read_alerts(tmp_path, AROUND)
        alert = found.alerts[0]
        assert alert.format is AlertFormat.ZEEK
        assert alert.time == pytest.approx(AT)
        assert alert.names == (CLIENT,)
        assert alert.endpoints[0] == Endpoint("127.0.0.1", 50096)
        assert alert.signature == "MQTT::Topic_Enumeration: subscribed to #"
        assert alert.campaign == "Topic_Enumeration"
        assert found.others == {"log": 1}

    def test_a_table_without_a_client_names_an_address_and_keeps_its_text(self) -> None:
        found = read_alerts(FIXTURES / "notice.log", AROUND)
        alert = found.alerts[1]
        assert (alert.names, alert.endpoints) == ((), (Endpoint("127.0.0.9"),))
        assert OTHER in alert.text
        assert found.broken == 1
        assert found.examples[0].endswith(":11: it has 2 columns where #fields names 21")

    def test_a_log_of_messages_holds_no_alert(self) -> None:
        found = read_alerts(FIXTURES / "mqtt_publish.log", AROUND)
        assert (found.alerts, found.broken, found.others) == ([], 0, {"log": 1})


@given(st.lists(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)), max_size=8))
def test_no_line_breaks_the_reader(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    path = tmp_path_factory.mktemp("any") / "a.log"
    found = read(path, *lines)
    assert found.lines <= sum(line.count(b"\n") + 1 for line in lines)
