"""Each reference control by hand-made messages: what comes out of the right ones, and of those that fail."""

from __future__ import annotations

import base64
import hashlib
import importlib
import json
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import load_scenario, shipped

FOLDER = shipped()["privacy_drill"].parent / "controls"
EMAIL = "rosa.vexoabcdefghijklmnop234@example.org"
NAME = "Rosa Vexobadagalohijoku"
PHONE = "+1 212 555 0123 ext. 123456"
SUBJECTS = {"rosa": ["watch", "speaker"], "hugo": ["speaker"], "neve": ["other-watch"]}

Sent = list[tuple[str, Any, bool]]


@pytest.fixture(autouse=True)
def beside_them(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let them find each other as they do when they run."""
    monkeypatch.syspath_prepend(str(FOLDER))
    yield
    for name in [path.stem for path in FOLDER.glob("*.py")]:
        sys.modules.pop(name, None)


class Bench:
    """A control, and what it has published."""

    def __init__(self, module: str, control: str) -> None:
        self.sent: Sent = []
        made = getattr(importlib.import_module(module), control)
        self.control = made(self._out, "analytics")

    def _out(self, topic: str, payload: bytes, keep: bool) -> None:
        self.sent.append((topic, json.loads(payload) if payload else None, keep))

    def message(self, device: str, event: str, kind: str = "wearable", **values: Any) -> Any:
        """Let a device publish; return what came out, None if nothing did."""
        self.sent.clear()
        fields = {"id": "a1", "device": device, "seq": 7, "time": "2026-03-02T07:30:21.500Z", "event": event}
        topic = f"fleet/n0/{kind}/{device}/{event}"
        self.control.take(topic, json.dumps(fields | values).encode())
        return self.sent[-1][1] if self.sent else None

    def consent(self, subject: str, analytics: bool) -> None:
        told = {"subject": subject, "version": 1, "time": "2026-03-02T06:30:00.000Z"}
        told |= {"purposes": {"analytics": analytics}, "devices": SUBJECTS[subject]}
        self.control.take(f"fleet/n0/consent/{subject}", json.dumps(told).encode())

    def erase(self, subject: str) -> None:
        told = {"subject": subject, "kind": "erasure", "until": "2026-03-02T09:30:00.000Z"}
        self.control.take(f"fleet/n0/request/{subject}", json.dumps(told).encode())

    def kept(self) -> set[str]:
        """Return the topics on which the broker keeps something."""
        topics: dict[str, bool] = {}
        for topic, fields, keep in self.sent:
            if keep:
                topics[topic] = fields is not None
        return {topic for topic, there in topics.items() if there}


def text_of(fields: Any) -> str:
    return json.dumps(fields)


def test_the_drill_has_all_of_them_and_of_each_kind_one_that_is_right() -> None:
    drill = load_scenario("privacy_drill")
    started = {Path(str((control.command or ())[1])).stem for control in drill.controls}
    others = {"base", "broker_log", "personal", "presidio_redactor", "detector", "detector_careless"}
    assert started == {path.stem for path in FOLDER.glob("*.py")} - others
    right = {control.name for control in drill.controls if set(control.expect.values()) == {"held"}}
    kinds = ("redactor", "consent-filter", "pseudonymiser", "location-coarsener", "aggregator", "store")
    assert right == set(kinds)
    for kind in kinds:
        assert sum(control.name.startswith(kind) for control in drill.controls) > 1


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"my name is {NAME} and moon big", "my name is [name] and moon big"),
        (f"mail {EMAIL} please", "mail [email] please"),
        (f"call {NAME} on {PHONE} before", "call [name] on [phone] before"),
        ("12 Vexobadagalohijoku Street, Wirrabeen SA 5999 is home", "[address] is home"),
        ("paid with 4242420123456789", "paid with [card]"),
        ("card 242424212345678901 twice", "card [loyalty_number] twice"),
        ("new for type 2 diabetes (record vexoabcdefghijklmnop234)", "new for [health]"),
        ("account AC-VEXOABCDEFGHIJKLMNOP234", "account [account]"),
        ("it shows 00:00:5e:00:53:af", "it shows [mac]"),
        ("born 1955-12-03T13:37:34.967Z", "born [birth_date]"),
        ("at 2026-03-02T13:36:34.967Z", "at 2026-03-02T13:36:34.967Z"),
        ("turn on the light at 7", "turn on the light at 7"),
    ],
)
def test_the_redactor_takes_out_what_is_personal_and_nothing_else(text: str, left: str) -> None:
    assert Bench("redactor", "Redactor").message("d", "note", text=text)["text"] == left


def test_the_redactor_looks_into_other_encodings_topics_and_what_lies_within() -> None:
    bench = Bench("redactor", "Redactor")
    came = bench.message(
        "d",
        "note:SN-VEXOABCDEFGHIJKLMNOP234",
        wide=EMAIL.encode("utf-16-le").decode("latin-1"),
        encoded=base64.b64encode(EMAIL.encode()).decode(),
        hexed=EMAIL.encode().hex(),
        owner={"name": NAME, "others": [PHONE]},
        noise="QB4RVG33CQ7U3NDUVPQEHDRP",
        bpm=61,
    )
    assert bench.sent[0][0] == "fleet/n0/wearable/d/note:[serial]"
    assert (came["wide"], came["encoded"], came["hexed"]) == ("[encoded]",) * 3
    assert came["owner"] == {"name": "[name]", "others": ["[phone]"]}
    assert (came["noise"], came["bpm"], came["id"]) == ("QB4RVG33CQ7U3NDUVPQEHDRP", 61, "a1")


def test_one_redactor_misses_what_is_in_utf_16() -> None:
    came = Bench("redactor_misses_utf16", "MissesUtf16").message("d", "note", text=EMAIL)
    assert came["text"] == "[email]"
    assert came["text_wide"].replace("\0", "") == EMAIL


def test_one_redactor_misses_what_is_in_base_64() -> None:
    came = Bench("redactor_misses_base64", "MissesBase64").message("d", "note", text=EMAIL)
    assert came["text"] == "[email]"
    assert json.loads(base64.b64decode(came["original"]))["text"] == EMAIL


def test_the_consent_filter_asks_everybody_whose_data_it_may_be() -> None:
    bench = Bench("consent_filter", "ConsentFilter")
    bench.consent("rosa", True)
    bench.consent("hugo", False)
    assert bench.message("watch", "steps")
    assert bench.message("speaker", "status") is None
    bench.consent("hugo", True)
    assert bench.message("speaker", "status")
    assert bench.kept() == {"fleet/n0/wearable/speaker/status"}
    bench.consent("rosa", False)
    assert bench.kept() == set()
    assert bench.message("watch", "steps") is None
    assert bench.message("shelf", "inventory"), "nobody's device needs nobody's consent"


def test_one_consent_filter_forgets_what_the_broker_keeps() -> None:
    bench = Bench("consent_filter_forgets_retained", "ForgetsRetained")
    bench.consent("rosa", True)
    bench.message("watch", "steps")
    bench.consent("rosa", False)
    assert bench.kept() == {"fleet/n0/wearable/watch/steps"}
    assert bench.message("watch", "steps") is None


def test_one_consent_filter_leaves_what_is_the_households() -> None:
    bench = Bench("consent_filter_leaves_household", "LeavesHousehold")
    for subject in SUBJECTS:
        bench.consent(subject, False)
    assert bench.message("other-watch", "steps") is None
    assert bench.message("speaker", "status"), "it is Rosa's and Hugo's"


def test_the_pseudonymiser_changes_names_and_leaves_nothing_that_goes_on() -> None:
    bench = Bench("pseudonymiser", "Pseudonymiser")
    first = bench.message("watch", "heart_rate", bpm=61, hub="H", text=EMAIL)
    assert bench.sent[0][0] == "heart_rate"
    assert first.keys() == {"id", "time", "event", "bpm", "text", "pseudonym"}
    assert (first["time"], first["text"]) == ("2026-03-02T07:30:00.000Z", "[email]")
    assert bench.message("watch", "steps")["pseudonym"] == first["pseudonym"]
    assert bench.message("other", "steps")["pseudonym"] != first["pseudonym"]
    later = bench.message("watch", "steps", time="2026-03-02T13:30:21.500Z")
    assert later["pseudonym"] != first["pseudonym"]
    assert hashlib.sha256(b"watch").hexdigest()[:20] != first["pseudonym"]
    assert Bench("pseudonymiser", "Pseudonymiser").message("watch", "x")["pseudonym"] != first["pseudonym"]


def test_one_pseudonymiser_hashes_addresses_without_salt() -> None:
    came = Bench("pseudonymiser_hashes_email", "HashesEmail").message("d", "note", text=f"to {EMAIL} now")
    assert came["text"] == f"to {hashlib.sha256(EMAIL.encode()).hexdigest()} now"


def test_one_pseudonymiser_leaves_numbers_and_seconds() -> None:
    came = Bench("pseudonymiser_timing_links", "TimingLinks").message("watch", "steps", latitude=1.5)
    assert (came["seq"], came["time"]) == (7, "2026-03-02T07:30:21.500Z")
    assert not came.keys() & {"device", "latitude"}


POSITION = {"latitude": -30.998861, "longitude": 137.754332, "accuracy": 51.8, "owner": NAME}


def test_the_coarsener_hands_on_cells_and_thirds_of_a_day() -> None:
    bench = Bench("location_coarsener", "LocationCoarsener")
    came = bench.message("watch", "position", **POSITION)
    assert (came["latitude"], came["longitude"]) == (-30.75, 137.75)
    assert came["time"] == "2026-03-02T00:00:00.000Z"
    assert came.keys() == {"id", "device", "event", "time", "latitude", "longitude"}
    assert bench.message("watch", "steps") is None


def test_one_coarsener_only_shortens_the_numbers() -> None:
    came = Bench("location_coarsener_rounds_text", "RoundsText").message("watch", "position", **POSITION)
    assert (came["latitude"], came["longitude"]) == (-30.999, 137.754)


@pytest.mark.parametrize(
    ("module", "control", "told"),
    [("aggregator", "Aggregator", [("steps", 6, 5)]), ("aggregator_tells_all", "TellsAll", "both")],
)
def test_aggregators_count_what_they_may_tell(module: str, control: str, told: Any) -> None:
    bench = Bench(module, control)
    for device in ("a", "b", "c", "d", "e", "e"):
        bench.message(device, "steps")
    for device in ("a", "b", "c", "d"):
        bench.message(device, "note")
    bench.message("a", "status", kind="smart_speaker")
    bench.sent.clear()
    bench.control.finish()
    found = [(fields["event"], fields["count"], fields["people"]) for _, fields, _ in bench.sent]
    assert found == (told if told != "both" else [("note", 4, 4), ("steps", 6, 5)])
    assert bench.sent[-1][1]["window_start"] == "2026-03-02T07:00:00Z"


def test_an_hour_is_told_of_once_it_is_over_and_not_again() -> None:
    bench = Bench("aggregator_tells_all", "TellsAll")
    bench.message("a", "steps")
    assert bench.message("a", "steps", time="2026-03-02T13:59:00.000Z") is None
    assert bench.message("a", "steps", time="2026-03-02T14:01:00.000Z")["window_start"].startswith(
        "2026-03-02T07"
    )
    assert bench.message("b", "steps", time="2026-03-02T07:59:00.000Z") is None


def stored(bench: Bench) -> list[str]:
    database: sqlite3.Connection = bench.control.database
    return [device for (device,) in database.execute("SELECT device FROM messages ORDER BY rowid")]


def fill(bench: Bench) -> Sent:
    """Let three people's devices publish; Rosa asks for erasure, and her devices go on."""
    for subject in SUBJECTS:
        bench.consent(subject, True)
    everything: Sent = []
    for device in ("watch", "speaker", "other-watch"):
        bench.message(device, "status")
        everything += bench.sent
    bench.sent.clear()
    bench.erase("rosa")
    everything += bench.sent
    for device in ("watch", "speaker", "other-watch"):
        bench.message(device, "status")
        everything += bench.sent
    bench.sent = everything
    return everything


def test_the_store_erases_all_that_may_be_somebodys_and_takes_no_more_of_it() -> None:
    bench = Bench("store", "Store")
    fill(bench)
    assert stored(bench) == ["other-watch", "other-watch"]
    assert bench.kept() == {"fleet/n0/wearable/other-watch/status"}


def test_one_store_forgets_what_the_broker_keeps() -> None:
    bench = Bench("store_forgets_retained", "ForgetsRetained")
    fill(bench)
    assert stored(bench) == ["other-watch", "other-watch"]
    assert bench.kept() == {
        f"fleet/n0/wearable/{device}/status" for device in ("watch", "speaker", "other-watch")
    }


def test_one_store_leaves_what_is_the_households() -> None:
    bench = Bench("store_leaves_household", "LeavesHousehold")
    fill(bench)
    assert stored(bench) == ["speaker", "other-watch", "speaker", "other-watch"]
    assert "fleet/n0/wearable/watch/status" not in bench.kept()


@pytest.mark.parametrize("payload", [b"\xff\xfe", b"[]", b"", b'{"id": 1}', b"null"])
def test_what_cannot_be_read_is_not_handed_on(payload: bytes) -> None:
    bench = Bench("redactor", "Redactor")
    bench.control.take("fleet/n0/wearable/d/x", payload)
    assert bench.sent == []
