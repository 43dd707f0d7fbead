"""The redactor against a street of invented people, of whom it is known what they said and wrote."""

import re

from redactor import Redactor, redact

from simulator import Fleetsim

STREET = {
    "name": "street",
    "start": "2026-03-02T17:00:00+10:30",
    "duration": "3h",
    "speed": "max",
    "world": {"households": 10, "shops": 0},
    "devices": [{"kind": "wearable", "owners": 0.7}, {"kind": "smart_speaker", "per_household": 1.0}],
    "privacy": {"hazards": {"note_pii": 0.8, "transcript_pii": 0.8, "payload_identifier": 0.2}},
}

TAPS = {
    name: {"topics": [f"out/{name}/#"], "settle": "500ms"}  # nothing more comes after so much silence
    for name in ("redactor", "careless")
}


def no_addresses(fields: dict[str, object]) -> dict[str, object]:
    """Return a message without e-mail addresses: many a redactor knows no more."""
    return {
        name: re.sub(r"\S+@\S+", "[address]", text) if isinstance(text, str) else text
        for name, text in fields.items()
    }


def test_nothing_personal_comes_out(fleetsim: Fleetsim) -> None:
    broker = fleetsim.broker()
    with (
        Redactor("redactor", broker.host, broker.port),
        Redactor("careless", broker.host, broker.port, no_addresses),
    ):
        run = fleetsim.run(STREET, taps=TAPS, checks=["leak", "redaction"])
    assert run.verdict("leak", "redactor").held
    assert run.verdict("redaction", "redactor").held
    assert run.verdict("leak", "careless").failed
    assert {row.topic for row in run.heard("redactor")} >= {"out/redactor/heart_rate", "out/redactor/steps"}


def test_every_word_that_is_personal_is_dropped(fleetsim: Fleetsim) -> None:
    fields = {span.field for _, truth in fleetsim.generate(STREET).messages() for span in truth.spans}
    words = fields - {"topic", "client_id", "will"}
    assert words
    assert not redact(dict.fromkeys(words, "a word"))
