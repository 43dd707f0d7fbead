"""What attackers learn about people from what comes out: pseudonyms, positions, habits."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from staged import SHOP, Payload, Sent, Staged, record

from simulator.verify import CheckResult, Source, Verdict, verify
from simulator.verify.checks.preferences import guess

HELD, FAILED, UNTRUSTED = Verdict
MIDNIGHT = datetime(2026, 3, 2, 0, 0, tzinfo=UTC)

Naming = Callable[[Sent], str]


@pytest.fixture(scope="module")
def town() -> Staged:
    return Staged(homes=60, hours=12, start=MIDNIGHT, shopping=True)


@pytest.fixture(scope="module")
def run(town: Staged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.write(tmp_path_factory.mktemp("people") / "run").path


def secret(text: str) -> str:
    return hmac.digest(b"secret", text.encode(), "sha256").hex()[:20]


def in_shop(sent: Sent) -> bool:
    return sent.payload.get("latitude") == SHOP[0]


def watches(town: Staged) -> Iterator[Sent]:
    return (sent for sent in town.messages if sent.truth.kind == "wearable" and not in_shop(sent))


def named(town: Staged, path: Path, name: Naming, *hidden: str, late: bool = False) -> Path:
    """Write what comes out of a control that gives senders other names, and hides some fields."""
    generator = np.random.default_rng(1)

    def rows() -> Iterator[tuple[float, str, Payload]]:
        for sent in watches(town):
            kept = {field: value for field, value in sent.payload.items() if field not in hidden}
            if late:
                at = sent.truth.at // 900 * 900 + float(generator.uniform(0, 900))
                kept["time"] = (town.start + timedelta(seconds=at)).isoformat()
            yield sent.due, "out", {**kept, "device": name(sent)}

    return record(path, rows())


def judged(run: Path, path: Path, *only: str) -> dict[str, CheckResult]:
    found = verify(run, [Source("it", path)], only=only, write=False)
    assert not found.distrust
    return {one.part: one for one in found.checks}


def failing(found: dict[str, CheckResult]) -> set[str]:
    return {part for part, one in found.items() if one.verdict is FAILED}


def by_device(sent: Sent) -> str:
    return secret(sent.truth.device)


def by_device_and_hours(sent: Sent) -> str:
    return secret(f"{sent.truth.device} {sent.truth.at // (3 * 3600)}")


class TestPseudonyms:
    def test_a_keyed_pseudonym_holds(self, run: Path, town: Staged, tmp_path: Path) -> None:
        found = judged(run, named(town, tmp_path / "out.jsonl", by_device), "pseudonyms")
        assert set(found) == {"identifiers", "hashes", "within scope", "collisions"}
        assert {one.verdict for one in found.values()} == {HELD}

    def test_no_pseudonym_is_a_failure(self, run: Path, town: Staged, tmp_path: Path) -> None:
        out = named(town, tmp_path / "out.jsonl", lambda sent: sent.truth.device)
        assert failing(judged(run, out, "pseudonyms")) == {"identifiers"}

    @pytest.mark.parametrize(
        "digest",
        [
            lambda sent: hashlib.sha256(sent.truth.device.encode()).hexdigest(),
            lambda sent: "u-" + hashlib.md5(sent.truth.device.encode()).hexdigest()[:12],
            lambda sent: hashlib.sha1(str(sent.truth.person).encode()).hexdigest().upper(),
        ],
    )
    def test_a_digest_without_salt_is_found_whole_or_cut(
        self, run: Path, town: Staged, tmp_path: Path, digest: Naming
    ) -> None:
        found = judged(run, named(town, tmp_path / "out.jsonl", digest), "pseudonyms")
        assert failing(found) == {"hashes"}
        assert "of the" in found["hashes"].evidence[0].what

    def test_a_digest_of_an_e_mail_is_found(self, run: Path, town: Staged, tmp_path: Path) -> None:
        emails = {row.person: row.value for row in town.canaries if row.type == "email"}
        out = named(
            town,
            tmp_path / "out.jsonl",
            lambda sent: hashlib.sha256(
                emails.get(str(sent.truth.person), sent.truth.device).encode()
            ).hexdigest(),
        )
        found = judged(run, out, "pseudonyms")
        assert any("sha256 of the email" in one.what for one in found["hashes"].evidence)

    def test_a_new_pseudonym_for_each_message_links_too_little(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = named(town, tmp_path / "out.jsonl", lambda sent: secret(sent.truth.id), "seq", late=True)
        assert "within scope" in failing(judged(run, out, "pseudonyms"))

    def test_a_pseudonym_for_several_people_is_a_collision(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = named(town, tmp_path / "out.jsonl", lambda sent: secret(sent.truth.device[-2:-1] + "x"))
        found = judged(run, out, "pseudonyms")
        assert failing(found) == {"collisions"}
        assert "stands for" in found["collisions"].evidence[0].what

    def test_a_rotation_that_the_numbering_gives_away(self, run: Path, town: Staged, tmp_path: Path) -> None:
        out = named(town, tmp_path / "out.jsonl", by_device_and_hours, "latitude", "longitude", late=True)
        found = judged(run, out, "pseudonyms")
        assert failing(found) == {"beyond scope"}
        assert found["beyond scope"].value is not None

    def test_a_rotation_that_the_timing_gives_away(self, run: Path, town: Staged, tmp_path: Path) -> None:
        out = named(town, tmp_path / "out.jsonl", by_device_and_hours, "seq", "latitude", "longitude")
        assert failing(judged(run, out, "pseudonyms")) == {"beyond scope"}

    def test_a_rotation_that_nothing_gives_away(self, run: Path, town: Staged, tmp_path: Path) -> None:
        out = named(
            town, tmp_path / "out.jsonl", by_device_and_hours, "seq", "latitude", "longitude", late=True
        )
        found = judged(run, out, "pseudonyms")
        assert failing(found) == set()
        assert found["beyond scope"].verdict is HELD
        assert found["beyond scope"].trials >= 59

    def test_one_pseudonym_for_two_purposes(self, run: Path, town: Staged, tmp_path: Path) -> None:
        one = named(town, tmp_path / "one.jsonl", by_device)
        for name, verdict in ((by_device, FAILED), (lambda sent: secret("ads" + sent.truth.device), HELD)):
            two = named(town, tmp_path / "two.jsonl", name)
            sources = [Source("it", one, "service"), Source("it", two, "marketing")]
            found = verify(run, sources, only=["pseudonyms"], write=False)
            (across,) = [one for one in found.checks if one.part == "across purposes"]
            assert across.verdict is verdict

    def test_what_has_no_pseudonyms_is_not_judged_unless_asked(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = named(town, tmp_path / "out.jsonl", lambda sent: sent.truth.device)
        found = verify(run, [Source("it", out)], write=False)
        assert found.verdict("it", "pseudonyms") is None


class TestPositions:
    """A watch sends a position each quarter of an hour from home, and one a minute from the shop."""

    def positions(self, town: Staged, path: Path, change: Callable[[Any], Any]) -> Path:
        def rows() -> Iterator[tuple[float, str, Payload]]:
            for sent in town.messages:
                if sent.truth.event == "position":
                    yield sent.due, "out", change(sent.payload)

        return record(path, rows())

    def coarse(self, payload: Payload) -> Payload:
        return {**payload, "latitude": round(payload["latitude"]), "longitude": round(payload["longitude"])}

    def rounded_as_text_alone(self, payload: Payload) -> Payload:
        where = f"{payload['latitude']:.0f}, {payload['longitude']:.0f}"
        nested = {"lat": str(payload["latitude"]), "lon": str(payload["longitude"])}
        kept = {name: value for name, value in payload.items() if name not in ("latitude", "longitude")}
        return {**kept, "where": where, "raw": nested}

    @pytest.mark.parametrize("check", ["unicity", "home_inference", "linkage"])
    def test_positions_as_they_are_give_people_away(
        self, run: Path, town: Staged, tmp_path: Path, check: str
    ) -> None:
        found = judged(run, self.positions(town, tmp_path / "out.jsonl", dict), check)
        assert found[""].verdict is FAILED
        assert found[""].trials >= 30

    @pytest.mark.parametrize("check", ["unicity", "home_inference", "linkage"])
    def test_coarse_and_seldom_positions_do_not(
        self, run: Path, town: Staged, tmp_path: Path, check: str
    ) -> None:
        rows = (
            (sent.due, "out", self.coarse(sent.payload))
            for sent in town.messages
            if sent.truth.event == "position" and not in_shop(sent)
        )
        found = judged(run, record(tmp_path / "out.jsonl", rows), check)
        assert found[""].verdict is HELD

    def test_coarse_positions_that_come_more_often_from_the_shop_do(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        found = judged(run, self.positions(town, tmp_path / "out.jsonl", self.coarse), "linkage")
        assert found[""].verdict is FAILED

    @pytest.mark.parametrize("check", ["unicity", "home_inference", "linkage"])
    def test_a_position_beside_a_rounded_text_does(
        self, run: Path, town: Staged, tmp_path: Path, check: str
    ) -> None:
        out = self.positions(town, tmp_path / "out.jsonl", self.rounded_as_text_alone)
        assert judged(run, out, check)[""].verdict is FAILED

    def test_baskets_alone_link_nobody(self, run: Path, town: Staged, tmp_path: Path) -> None:
        rows = ((sent.due, "out", sent.payload) for sent in town.messages if sent.truth.event == "shelf")
        out = record(tmp_path / "out.jsonl", rows)
        assert judged(run, out, "linkage")[""].verdict is UNTRUSTED


class TestPreferences:
    def test_traces_that_go_with_a_segment_give_it_away(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        """The retired send in the morning, the others in the afternoon."""
        retired = {person.person for person in town.people if person.occupation == "retired"}
        early = [
            (sent.due, "out", sent.payload)
            for sent in watches(town)
            if (sent.truth.at < 6 * 3600) == (sent.truth.person in retired)
        ]
        out = record(tmp_path / "out.jsonl", early)
        found = judged(run, out, "preference_inference")
        assert found["occupation"].verdict is FAILED
        assert found["occupation"].value == 1.0

    def test_traces_that_are_all_alike_give_nothing_away(
        self, run: Path, town: Staged, tmp_path: Path
    ) -> None:
        out = named(town, tmp_path / "out.jsonl", by_device)
        found = judged(run, out, "preference_inference")
        assert FAILED not in {one.verdict for one in found.values()}
        assert found["chronotype"].verdict is HELD

    def test_nobody_is_guessed_from_themselves(self) -> None:
        generator = np.random.default_rng(1)
        features = np.abs(generator.normal(size=(200, 50)))
        segments = [str(number) for number in generator.integers(0, 2, 200)]
        assert 0.35 < guess(features, segments).value < 0.65
