"""Canaries: invented, from reserved ranges, and known again anywhere."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.privacy import Canaries, Canary, CanaryType, Mode, Subject, compact, is_token, is_word, run_key
from simulator.privacy.token import TOKEN_LENGTH, WORD_LENGTH, gs1_check, luhn, token, word

SUBJECT = Subject("n0-h3-p1", "n0-h3", female=True, born=1987)
SISTER = Subject("n0-h3-p2", "n0-h3", female=True, born=1991)

SHAPES = {
    CanaryType.NAME: r"[A-Z][a-z]+ Vexo[a-z]{14}",
    CanaryType.CONTACT: r"[A-Z][a-z]+ Vexo[a-z]{14}",
    CanaryType.ADDRESS: r"\d{1,3} Vexo[a-z]{14} [A-Z][a-z]+, Wirrabeen SA 5999",
    CanaryType.PHONE: r"\+1 [2-9]\d\d 555 01\d\d ext\. \d{6}",
    CanaryType.EMAIL: r"[a-z]+\.vexo[a-z2-7]{19}@example\.(org|com|net)",
    CanaryType.BIRTH_DATE: r"1987-\d\d-\d\dT13:37:[0-5]\d\.\d{3}Z",
    CanaryType.ACCOUNT: r"AC-VEXO[A-Z2-7]{19}",
    CanaryType.DEVICE_SERIAL: r"SN-VEXO[A-Z2-7]{19}",
    CanaryType.DEVICE_MAC: r"00:00:5e:00:53:[0-9a-f]{2}",
    CanaryType.PAYMENT_CARD: r"424242\d{10}",
    CanaryType.LOYALTY_NUMBER: r"2424242\d{11}",
    CanaryType.HEALTH_CONDITION: r"[A-Za-z0-9' ]+ \(record vexo[a-z2-7]{19}\)",
}


def canaries(seed: int = 7, mode: Mode = Mode.RECOGNISABLE) -> Canaries:
    return Canaries(run_key(seed), mode)


def everybody(count: int) -> list[Canary]:
    people = (
        Subject(f"n0-h{i // 2}-p{i % 2}", f"n0-h{i // 2}", bool(i % 2), 1940 + i % 80) for i in range(count)
    )
    return [canary for person in people for canary in canaries().of(person)]


class TestEachOfThem:
    @pytest.mark.parametrize("kind", CanaryType)
    def test_is_in_its_reserved_range_and_in_its_usual_shape(self, kind: CanaryType) -> None:
        for seed in range(50):
            value = canaries(seed).make(kind, SUBJECT).value
            assert re.fullmatch(SHAPES[kind], value), value

    @pytest.mark.parametrize("mode", Mode)
    def test_is_the_same_whenever_it_is_made(self, mode: Mode) -> None:
        assert list(canaries(7, mode).of(SUBJECT)) == list(canaries(7, mode).of(SUBJECT))

    def test_depends_on_the_run_and_on_the_person(self) -> None:
        mine = {canary.value for canary in canaries().of(SUBJECT)}
        assert not mine & {canary.value for canary in canaries(8).of(SUBJECT)}
        other = Subject("n0-h4-p1", "n0-h4", female=True, born=1987)
        assert not mine & {canary.value for canary in canaries().of(other)}

    @pytest.mark.parametrize("mode", Mode)
    def test_its_core_is_part_of_it(self, mode: Mode) -> None:
        for canary in canaries(7, mode).of(SUBJECT):
            text = canary.compact.replace("ext", "") if canary.type is CanaryType.PHONE else canary.compact
            assert canary.core in text
            assert len(canary.core) >= 12

    def test_cannot_be_mistaken_when_it_must_not_be(self) -> None:
        for canary in canaries(mode=Mode.UNMISTAKABLE).of(SUBJECT):
            assert canary.value.startswith("canary-")
            assert is_token(canary.core)


class TestTogether:
    def test_no_two_people_share_one_but_what_a_home_shares_and_macs(self) -> None:
        shared = {CanaryType.NAME, CanaryType.ADDRESS, CanaryType.DEVICE_MAC}
        made = everybody(4_000)
        cores = Counter((canary.type, canary.core) for canary in made if canary.type not in shared)
        assert max(cores.values()) == 1
        names = Counter(canary.value for canary in made if canary.type is CanaryType.NAME)
        assert max(names.values()) <= 2, "two of a home may have one first name"

    def test_a_family_has_one_surname_and_one_address(self) -> None:
        for kind in (CanaryType.NAME, CanaryType.ADDRESS):
            assert canaries().make(kind, SUBJECT).core == canaries().make(kind, SISTER).core

    def test_contacts_are_several_different_people(self) -> None:
        assert len({canaries().make(CanaryType.CONTACT, SUBJECT, n).value for n in range(5)}) == 5


class TestChecks:
    def test_check_digits_are_the_standards(self) -> None:
        """Examples of ISO/IEC 7812-1 annex B, of a well-known test card, and of GS1's manual."""
        assert luhn("1789372997") == "4"
        assert luhn("424242424242424") == "2"
        assert gs1_check("629104150021") == "3"

    def test_cards_and_loyalty_numbers_and_phones_end_with_theirs(self) -> None:
        for canary in everybody(200):
            match canary.type:
                case CanaryType.PAYMENT_CARD | CanaryType.PHONE:
                    assert luhn(canary.core[:-1]) == canary.core[-1]
                case CanaryType.LOYALTY_NUMBER:
                    assert gs1_check(canary.core[:-1]) == canary.core[-1]

    @given(
        st.binary(min_size=10, max_size=10), st.integers(0, TOKEN_LENGTH - 1), st.sampled_from("abcxyz234567")
    )
    def test_a_token_is_known_without_the_key_and_a_changed_one_is_not(
        self, bits: bytes, place: int, other: str
    ) -> None:
        true = token(bits)
        assert is_token(true)
        assert is_token(true.upper())
        changed = true[:place] + other + true[place + 1 :]
        assert is_token(changed) == (changed == true)

    @given(st.binary(min_size=5, max_size=5))
    def test_so_is_a_token_in_syllables(self, bits: bytes) -> None:
        assert is_word(word(bits))
        assert len(word(bits)) == WORD_LENGTH

    def test_compact_keeps_letters_and_digits(self) -> None:
        assert compact("+1 (212) 555-0123 Ext. 7 Ärger") == "12125550123ext7rger"
