"""What people say, what a recogniser makes of it, and where the personal words end up."""

from __future__ import annotations

import re
from collections import Counter
from statistics import mean

import pytest
from hand_driven import HandDrivenTown
from hypothesis import given
from hypothesis import strategies as st

from simulator.core.seeds import Draws, Seeds
from simulator.devices.smart_speaker.adult_speech import ADULT_TEMPLATES
from simulator.devices.smart_speaker.child_speech import CHILD_TEMPLATES
from simulator.devices.smart_speaker.intent import ADULT_WEIGHTS, CHILD_WEIGHTS, Intent
from simulator.devices.smart_speaker.mishearing import Filling, Word, find_spans, hear, sounds_like
from simulator.devices.smart_speaker.slots import CONTACTS_OWN, OWN, PERSONAL, PRICES, SLOTS
from simulator.devices.smart_speaker.utterance import Utterance, compose_command, compose_nonsense
from simulator.privacy import CanaryType, compact
from simulator.privacy.particulars import SpokenCanaries
from simulator.world.particulars import CONTACTS, Detail
from simulator.world.person import Person, VoiceGroup

RESERVED_PHONE = re.compile(r"\+1 \d{3} 555 01\d\d ext\. \d+")


def draws(seed: int) -> Draws:
    return Seeds(seed).draws("listening", "speaker")


def somebody(seed: int = 1, age: int = 70) -> Person:
    return HandDrivenTown(seed).person(age, name=f"n0-h{seed}")


def particulars(person: Person, seed: int) -> SpokenCanaries:
    return HandDrivenTown(seed).particulars(person)


def spoken(count: int, voice: VoiceGroup = VoiceGroup.FAMILIAR) -> list[Utterance]:
    """Return commands of many people, each intent as often as the others."""
    intents = sorted(ADULT_TEMPLATES)
    stream = draws(5)
    people = [particulars(somebody(1 + number), number) for number in range(40)]
    return [
        compose_command(
            intents[number % len(intents)],
            False,
            people[number % 40],
            voice,
            stream,
        )
        for number in range(count)
    ]


def edits(said: list[str], heard: list[str]) -> int:
    """Return the least number of words to change, drop or add (Levenshtein 1966)."""
    row = list(range(len(heard) + 1))
    for number, word in enumerate(said, start=1):
        above, row = row, [number]
        for column, other in enumerate(heard, start=1):
            row.append(min(above[column] + 1, row[-1] + 1, above[column - 1] + (word != other)))
    return row[-1]


def test_there_are_words_for_whatever_anybody_may_want() -> None:
    assert set(ADULT_TEMPLATES) == {*ADULT_WEIGHTS, Intent.CONTROL, Intent.PURCHASE}
    assert set(CHILD_TEMPLATES) == {*CHILD_WEIGHTS, Intent.CONTROL}
    assert sum(map(len, ADULT_TEMPLATES.values())) > 140
    assert sum(map(len, CHILD_TEMPLATES.values())) > 45


def test_every_slot_can_be_filled_and_is_used() -> None:
    used = {
        slot
        for templates in (*ADULT_TEMPLATES.values(), *CHILD_TEMPLATES.values())
        for template in templates
        for slot in re.findall(r"\{(\w*)\}", template)
    }
    assert used == {*SLOTS, *OWN, *CONTACTS_OWN}
    assert {*OWN, *CONTACTS_OWN} <= set(PERSONAL) <= used
    assert set(PRICES) == set(SLOTS["grocery"])


@given(seed=st.integers(0, 10**6), child=st.booleans(), voice=st.sampled_from(VoiceGroup), data=st.data())
def test_a_command_is_filled_in_and_its_spans_lie_in_what_was_heard(
    seed: int, child: bool, voice: VoiceGroup, data: st.DataObject
) -> None:
    intent = data.draw(st.sampled_from(sorted(CHILD_TEMPLATES if child else ADULT_TEMPLATES)))
    own = particulars(somebody(seed), seed)
    utterance = compose_command(intent, child, own, voice, draws(seed))
    assert "{" not in utterance.said
    assert 0 <= utterance.confidence <= 1
    assert utterance.seconds > 0.5
    assert utterance.intent in (intent, Intent.UNKNOWN)
    fillings = [filling for slot, filling in utterance.slots if slot in PERSONAL]
    assert len(utterance.spans) <= len(fillings)
    for span in utterance.spans:
        part = utterance.transcript[span.start : span.end]
        assert part.strip() == part != ""
        if span.exact:
            assert part in fillings


@given(
    seed=st.integers(0, 10**6), before=st.integers(0, 4), inside=st.integers(1, 3), after=st.integers(0, 4)
)
def test_the_span_of_misheard_words_is_where_what_is_left_of_them_stands(
    seed: int, before: int, inside: int, after: int
) -> None:
    name = ["Alma", "Quick", "Brennock"][:inside]
    words = [*map(Word, ["play"] * before), *(Word(part, 0) for part in name), *map(Word, ["please"] * after)]
    heard = hear(words, VoiceGroup.UNFAMILIAR, draws(seed))
    contact = Filling("contact", Detail(" ".join(name), "contact", 2))
    spans = [span for _, span in find_spans(heard, [contact], "n0-h0-p0")]
    kept = [word.text for word in heard.words if word.filling == 0]
    assert bool(spans) is bool(kept)
    for span in spans:
        part = heard.transcript[span.start : span.end].split()
        assert (part[0], part[-1]) == (kept[0], kept[-1])
        assert span.exact is (part == name)
        assert (span.type, span.person, span.number) == ("contact", "n0-h0-p0", 2)


def test_words_are_misheard_as_often_as_recognisers_do_it_and_unequally() -> None:
    """Koenecke 2020: word error rates of 0.19 and 0.35 of two groups of speakers."""
    for voice, rate in ((VoiceGroup.FAMILIAR, 0.19), (VoiceGroup.UNFAMILIAR, 0.35)):
        pairs = [(u.said.split(), u.transcript.split()) for u in spoken(3000, voice)]
        errors = sum(edits(said, heard) for said, heard in pairs)
        assert errors / sum(len(said) for said, _ in pairs) == pytest.approx(rate, abs=0.02)
        lengths = [len(heard) - len(said) for said, heard in pairs]
        assert min(lengths) < 0 < max(lengths), "words are lost, and some are too many"


def test_who_is_misheard_more_is_understood_less_and_with_less_confidence() -> None:
    familiar, unfamiliar = spoken(3000), spoken(3000, VoiceGroup.UNFAMILIAR)
    lost, more_lost = (mean(u.intent is Intent.UNKNOWN for u in us) for us in (familiar, unfamiliar))
    assert 0 < lost < 0.03 < more_lost < 0.15
    assert mean(u.confidence for u in unfamiliar) < mean(u.confidence for u in familiar) - 0.05
    right = [u.confidence for u in familiar if u.said == u.transcript]
    wrong = [u.confidence for u in familiar if u.said != u.transcript]
    assert mean(right) > mean(wrong) + 0.1


def test_a_misheard_word_sounds_like_the_one_that_was_said() -> None:
    assert "weather" not in sounds_like("weather")
    assert "tell" in sounds_like("dial")
    assert sounds_like("Grimstead") == ("Krimstead",)
    assert sounds_like("a") == ("ha",)


def test_whatever_is_misheard_no_number_or_address_becomes_another() -> None:
    for utterance in spoken(4000, VoiceGroup.UNFAMILIAR):
        said = set(utterance.said.split())
        for word in utterance.transcript.split():
            assert word in said or not re.search(r"[\d@]", word)


def test_nothing_personal_is_heard_that_was_not_said() -> None:
    names = {
        part for number in range(40) for part in particulars(somebody(1 + number), number).name.text.split()
    }
    for utterance in spoken(2000, VoiceGroup.UNFAMILIAR):
        assert not (set(utterance.transcript.split()) - set(utterance.said.split())) & names


def test_what_people_say_about_themselves_is_true() -> None:
    person = somebody(3)
    own = particulars(person, 3)
    said: Counter[str] = Counter()
    stream = draws(3)
    for intent in sorted(ADULT_TEMPLATES) * 60:
        for slot, filling in compose_command(intent, False, own, person.voice, stream).slots:
            if slot in OWN:
                said[slot] += 1
                detail = OWN[slot](own)
                assert detail is not None
                assert filling == detail.text
            elif slot in CONTACTS_OWN:
                assert filling in {CONTACTS_OWN[slot](own.contact(n)).text for n in range(CONTACTS)}
    assert {"own_name", "own_address", "own_phone", "doctor", "birthday"} <= set(said)


def test_those_who_are_well_speak_of_no_medicine_of_theirs() -> None:
    stream = draws(1)
    well = next(own for n in range(99) if (own := particulars(somebody(n, age=30), n)).ailment is None)
    for intent in sorted(ADULT_TEMPLATES) * 30:
        assert "health" not in compose_command(intent, False, well, VoiceGroup.FAMILIAR, stream).personal


def test_particulars_are_from_reserved_ranges_and_always_the_same() -> None:
    for number in range(200):
        own, again = (particulars(somebody(number), 1) for _ in range(2))
        for who in (own, own.contact(0)):
            assert RESERVED_PHONE.fullmatch(who.phone.text)
            assert re.search(r"@example\.(org|com|net)$", who.email.text)
        for slot, fill in OWN.items():
            assert fill(own) == fill(again), slot


def test_who_live_together_share_surname_and_address() -> None:
    town = HandDrivenTown()
    home = town.household(40, 38, 9)
    family = [town.particulars(person) for person in home.members]
    assert len({own.name.text.split()[-1] for own in family}) == 1
    assert len({own.address for own in family}) == 1
    assert len({own.phone for own in family}) > 1


def test_what_is_said_of_oneself_is_the_canary_or_says_so() -> None:
    for number in range(50):
        own = particulars(somebody(number), 1)
        for slot, fill in OWN.items():
            detail = fill(own)
            if detail is not None and detail.type != "health":
                canary = own.canary(CanaryType(detail.type), detail.number)
                assert detail.exact is (detail.text == canary.value), slot
                assert (
                    detail.exact or canary.core in compact(detail.text) or slot in ("birthday", "condition")
                )


@pytest.mark.parametrize("candour", [0.0, 0.3, 1.0])
def test_how_much_people_tell_can_be_set_and_does_not_show_in_how_long_they_speak(candour: float) -> None:
    stream, own = draws(8), particulars(somebody(2), 2)
    intents = sorted(ADULT_TEMPLATES)
    said = [
        compose_command(intents[n % len(intents)], False, own, VoiceGroup.FAMILIAR, stream, candour)
        for n in range(2000)
    ]
    told = [utterance for utterance in said if any(slot in PERSONAL for slot, _ in utterance.slots)]
    assert len(told) / len(said) == pytest.approx(candour, abs=0.03)
    if told and len(told) < len(said):
        lengths = [mean(len(u.said) for u in us) for us in (told, [u for u in said if u not in told])]
        assert lengths[0] == pytest.approx(lengths[1], rel=0.1)


def test_the_old_have_more_to_take_medicine_for() -> None:
    """ABS National Health Survey 2017-18: 80 % of people of 65 or older have a chronic condition."""
    for age, share in ((75, 0.8), (30, 0.38)):
        ill = [particulars(somebody(n, age), 2).ailment is not None for n in range(800)]
        assert mean(ill) == pytest.approx(share, abs=0.06)


@pytest.mark.parametrize("seed", range(20))
def test_a_false_wake_makes_no_sense(seed: int) -> None:
    utterance = compose_nonsense(HandDrivenTown(seed).seeds.draws("listening", "speaker"))
    assert utterance.intent is Intent.NONE
    assert utterance.personal == ()
    assert 0 < utterance.seconds <= 60
