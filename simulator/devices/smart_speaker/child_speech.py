"""What children say to a smart speaker, by what they want; see `slots` for what fills the braces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.devices.smart_speaker.intent import Intent

CHILD_TEMPLATES: Mapping[Intent, Sequence[str]] = {
    Intent.MUSIC: (
        "play {kids_music}",
        "play {kids_music} again",
        "play {kids_music} again and again",
        "can you play {kids_music}",
        "I want {kids_music}",
        "play the song from {film}",
        "play the {film} song really loud",
        "put on {kids_music} for my little brother",
    ),
    Intent.SEARCH: (
        "what do {animal} eat",
        "how big are {animal}",
        "are {animal} scared of {animal}",
        "who would win {animal} or {animal}",
        "why is {thing} {colour}",
        "what is {number} times {number}",
        "what is {number} plus {number}",
        "how do you spell {hard_word}",
        "how many sleeps until my birthday on {birthday}",
        "what is the biggest number",
        "where do babies come from",
        "what does {condition} mean",
    ),
    Intent.FUN: (
        "tell me a joke",
        "tell me a joke about {animal}",
        "tell me a story about {animal}",
        "tell me a scary story",
        "what noise do {animal} make",
        "how old are you",
        "do you like {animal}",
        "do you have a mummy",
        "can you count to {number}",
        "let us play a game",
        "say poo",
        "my name is {own_name} and I am big",
        "I live at {own_address} where do you live",
    ),
    Intent.SMART_HOME: (
        "turn on my light",
        "turn off my light",
        "turn the {appliance} on",
        "turn the {appliance} off",
        "make my light {colour}",
        "turn on the {appliance} it is dark",
    ),
    Intent.CALL: (
        "call {relation}",
        "call daddy",
        "call my friend {contact}",
        "can you ring {relation} please",
        "call mummy on {own_phone}",
        "tell {relation} I am hungry",
    ),
    Intent.TIMER: (
        "set a timer for {minutes} minutes",
        "how many minutes until {time}",
        "tell me when it is {time}",
        "how long can I still play",
    ),
    Intent.CONTROL: ("stop", "louder", "next one", "play it again", "not this one", "turn it up more"),
}
