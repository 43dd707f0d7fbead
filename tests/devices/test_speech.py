"""The templates of what people say."""

from __future__ import annotations

import re

import pytest
from hand_driven import HandDrivenTown
from hypothesis import given
from hypothesis import strategies as st

from simulator.devices.smart_speaker.intent import ADULT_WEIGHTS, CHILD_WEIGHTS, Intent
from simulator.devices.smart_speaker.transcripts import (
    ADULT_TEMPLATES,
    CHILD_TEMPLATES,
    CONTACTS,
    PERSONAL,
    PRICES,
    SLOTS,
)
from simulator.devices.smart_speaker.utterance import compose_command, compose_nonsense


def test_there_are_words_for_whatever_anybody_may_want() -> None:
    assert set(ADULT_TEMPLATES) == {*ADULT_WEIGHTS, Intent.CONTROL, Intent.PURCHASE}
    assert set(CHILD_TEMPLATES) == {*CHILD_WEIGHTS, Intent.CONTROL}


def test_every_slot_can_be_filled() -> None:
    used = {
        slot
        for templates in (*ADULT_TEMPLATES.values(), *CHILD_TEMPLATES.values())
        for template in templates
        for slot in re.findall(r"\{(\w*)\}", template)
    }
    assert used == {*SLOTS, "contact"}
    assert set(PERSONAL) <= used
    assert set(PRICES) == set(SLOTS["grocery"])


@given(seed=st.integers(0, 10**6), child=st.booleans(), data=st.data())
def test_a_command_is_filled_in_and_understood_or_partly_lost(
    seed: int, child: bool, data: st.DataObject
) -> None:
    intent = data.draw(st.sampled_from(sorted(CHILD_TEMPLATES if child else ADULT_TEMPLATES)))
    draws = HandDrivenTown(seed).seeds.draws("listening", "speaker")
    utterance = compose_command(intent, child, CONTACTS[:2], draws)
    assert "{" not in utterance.said
    assert 0 <= utterance.confidence <= 1
    assert utterance.seconds > 0.5
    if utterance.intent is intent:
        assert utterance.transcript == utterance.said
    else:
        assert utterance.intent is Intent.UNKNOWN
        assert set(utterance.transcript.split()) <= set(utterance.said.split())
        assert utterance.confidence <= 0.6


@pytest.mark.parametrize("seed", range(20))
def test_a_false_wake_makes_no_sense(seed: int) -> None:
    utterance = compose_nonsense(HandDrivenTown(seed).seeds.draws("listening", "speaker"))
    assert utterance.intent is Intent.NONE
    assert utterance.personal == []
    assert 0 < utterance.seconds <= 60
