"""What people say to a smart speaker: templates with slots, and what goes into the slots. All invented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.devices.smart_speaker.intent import Intent

ADULT_TEMPLATES: Mapping[Intent, Sequence[str]] = {
    Intent.MUSIC: (
        "play {music}",
        "play some {music}",
        "play {music} in the {room}",
        "put on my {playlist} playlist",
        "play the song from {film}",
        "shuffle {music}",
    ),
    Intent.SEARCH: (
        "what is {topic}",
        "how many {conversion}",
        "how do you spell {hard_word}",
        "who wrote {book}",
        "how long does it take to cook {dish}",
        "what time does the {business} close",
        "what are the symptoms of {condition}",
        "how far is it to {town}",
    ),
    Intent.SMART_HOME: (
        "turn on the {appliance}",
        "turn off the {appliance}",
        "dim the {room} lights to {percent} percent",
        "set the heating to {degrees} degrees",
        "turn everything off",
        "is the back door locked",
    ),
    Intent.TIMER: (
        "set a timer for {minutes} minutes",
        "set a timer for the {dish} for {minutes} minutes",
        "wake me up at {time}",
        "how long is left on the timer",
        "cancel the timer",
    ),
    Intent.WEATHER: (
        "what is the weather today",
        "will it rain {day}",
        "how hot will it get {day}",
        "do I need an umbrella",
        "what is the weather in {town}",
    ),
    Intent.NEWS: ("what is the news", "play the news", "what are the headlines", "play the {sport} results"),
    Intent.CALL: (
        "call {contact}",
        "call {relation}",
        "ring {contact} on the mobile",
        "call {clinic}",
        "send a message to {contact} that I will be late",
    ),
    Intent.REMINDER: (
        "remind me to put the bins out {day}",
        "remind me to take my {medicine} at {time}",
        "remind me to ring {contact} {day}",
        "add an appointment at {clinic} {day} at {time}",
        "remind me to pick {relation} up at {time}",
    ),
    Intent.SHOPPING_LIST: (
        "add {grocery} to the shopping list",
        "put {grocery} and {grocery} on the list",
        "what is on my shopping list",
    ),
    Intent.FUN: ("tell me a joke", "good morning", "good night", "sing me a song", "flip a coin"),
    Intent.CONTROL: (
        "stop",
        "pause",
        "next song",
        "turn it up",
        "turn it down",
        "skip this one",
        "stop the music",
    ),
    Intent.PURCHASE: ("buy {grocery}", "order more {grocery}", "order {grocery} again"),
}

CHILD_TEMPLATES: Mapping[Intent, Sequence[str]] = {
    Intent.MUSIC: ("play {kids_music}", "play {kids_music} again", "play the song from {film}"),
    Intent.SEARCH: (
        "what do {animal} eat",
        "how big are {animal}",
        "why is {thing} {colour}",
        "what is {number} times {number}",
        "how do you spell {hard_word}",
    ),
    Intent.FUN: (
        "tell me a joke",
        "tell me a story about {animal}",
        "what noise do {animal} make",
        "how old are you",
        "do you like {animal}",
    ),
    Intent.SMART_HOME: ("turn on my light", "turn off my light", "turn the {appliance} on"),
    Intent.CALL: ("call {relation}", "call daddy", "call my friend {contact}"),
    Intent.TIMER: ("set a timer for {minutes} minutes", "how many minutes until {time}"),
    Intent.CONTROL: ("stop", "louder", "next one", "play it again"),
}

SLOTS: Mapping[str, Sequence[str]] = {
    "music": (
        "jazz",
        "the eighties hits",
        "some piano",
        "country",
        "the radio",
        "film music",
        "soul",
        "indie rock",
    ),
    "kids_music": ("the bus song", "the dinosaur song", "the frog song", "the counting song", "lullabies"),
    "playlist": ("running", "cooking", "Sunday morning", "party", "focus"),
    "film": ("the snow queen", "the jungle film", "the pirate film", "the space film"),
    "room": ("living room", "kitchen", "bedroom", "hall"),
    "topic": ("the capital of Peru", "a good soup for a cold", "the square root of two", "daylight saving"),
    "conversion": ("grams in a cup", "metres in a mile", "millilitres in a pint", "minutes in a week"),
    "hard_word": ("necessary", "rhythm", "restaurant", "separate", "Wednesday"),
    "book": ("the hobbit", "emma", "the odyssey", "war and peace"),
    "dish": ("rice", "pasta", "eggs", "sweet potatoes", "lentils"),
    "business": ("pharmacy", "hardware shop", "library", "swimming pool"),
    "condition": ("shingles", "diabetes", "depression", "an ulcer", "pneumonia", "early pregnancy"),
    "town": ("Wirrabeen", "Port Callow", "Lake Merrin", "Tallow Creek"),
    "appliance": ("lamp", "kitchen lights", "fan", "television", "porch light", "heater"),
    "percent": ("20", "30", "50", "70"),
    "degrees": ("18", "20", "21", "22"),
    "minutes": ("3", "5", "7", "10", "12", "15", "20", "45"),
    "time": ("six", "half past six", "seven", "quarter to eight", "nine", "three o'clock"),
    "day": ("today", "tomorrow", "tonight", "on Thursday", "this weekend"),
    "sport": ("football", "cricket", "tennis", "netball"),
    "relation": ("mum", "dad", "grandma", "my sister", "my brother", "the neighbours"),
    "clinic": (
        "the fertility clinic",
        "the oncology ward",
        "the dentist",
        "the heart clinic",
        "my psychologist",
    ),
    "medicine": ("insulin", "blood pressure tablets", "antidepressants", "the pill", "antibiotics"),
    "grocery": ("milk", "nappies", "coffee", "dog food", "eggs", "batteries", "toilet paper", "olive oil"),
    "animal": ("sharks", "penguins", "elephants", "dinosaurs", "spiders", "kangaroos"),
    "thing": ("the sky", "the sea", "grass", "blood"),
    "colour": ("blue", "green", "red"),
    "number": ("three", "six", "seven", "eight", "twelve"),
}

CONTACTS: Sequence[str] = (
    "Alma Brennock", "Bashir Teale", "Cora Whitlow", "Dinh Calloway", "Edda Farrant", "Felix Oduya",
    "Greta Sandquist", "Hugo Marchetti", "Ines Talbot", "Jonas Wrede", "Kavya Pillai", "Leo Haddon",
    "Mina Kowal", "Nuri Aslan", "Orla Dunphy", "Pavel Strand", "Quinn Abara", "Rosa Linfield",
)  # fmt: skip
"""Invented people whom a household may know."""

PERSONAL: Mapping[str, str] = {
    "contact": "name",
    "relation": "family",
    "clinic": "health",
    "medicine": "health",
    "condition": "health",
}
"""Slots whose content is personal, and in what way."""

FRAGMENTS: Sequence[str] = (
    "uh", "the", "so then", "and", "right", "over there", "mm", "you know", "went", "hey", "never", "what",
    "in the", "again", "yeah", "she", "no way", "ten", "look",
)  # fmt: skip
"""Bits of speech in what a false wake records."""

PRICES: Mapping[str, float] = {
    "milk": 3.1, "nappies": 19.5, "coffee": 12.0, "dog food": 24.0, "eggs": 6.4, "batteries": 9.9,
    "toilet paper": 10.5, "olive oil": 14.0,
}  # fmt: skip
"""Dollars for each thing that can be bought by voice."""
