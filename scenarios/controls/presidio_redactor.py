"""Microsoft Presidio as its users can run it in CI: all its pattern recognisers, and no model.

Redacts every text of a message but the envelope's, and the topic. It finds what it is at least as sure of as
PRESIDIO_THRESHOLD says: by default of anything at all, as Presidio itself has it.
"""

from __future__ import annotations

import os
import sys
from functools import cache
from typing import Any

from base import Control, Fields, run

try:
    import spacy
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import SpacyNlpEngine
    from presidio_anonymizer import AnonymizerEngine
except ImportError as error:
    sys.exit(f"Presidio is not there ({error}); install it with pip install 'fleetsim[presidio]'")

ENVELOPE = frozenset({"id", "device", "event", "time"})
"""Fields without which a message is of no use to anybody; Presidio would take out their dates and numbers."""

# Presidio asks it for the ends of addresses, and it would fetch the newest list of them.
tldextract.extract = tldextract.TLDExtract(cache_dir=None, suffix_list_urls=())


class WithoutModel(SpacyNlpEngine):
    """Splits English text into words, and knows nothing about them."""

    def __init__(self) -> None:
        super().__init__()
        self.nlp = {"en": spacy.blank("en")}


class PresidioRedactor(Control):
    """Hands on messages with `<TYPE>` in the place of what Presidio finds."""

    def __init__(self, *known: object) -> None:
        super().__init__(*known)  # type: ignore[arg-type]
        threshold = float(os.environ.get("PRESIDIO_THRESHOLD", "0"))
        analyzer = AnalyzerEngine(
            nlp_engine=WithoutModel(), supported_languages=["en"], default_score_threshold=threshold
        )
        anonymizer = AnonymizerEngine()

        @cache
        def redact(text: str) -> str:
            found: Any = analyzer.analyze(text, language="en")
            return anonymizer.anonymize(text, found).text

        self.redact = redact

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message without what Presidio finds in it."""
        clean = {name: one if name in ENVELOPE else self.clean(one) for name, one in fields.items()}
        self.send(self.redact(topic), clean)

    def clean(self, value: Any) -> Any:
        """Return a value of a payload, redacted with all that is in it."""
        if isinstance(value, str):
            return self.redact(value)
        if isinstance(value, list):
            return [self.clean(one) for one in value]
        if isinstance(value, dict):
            return {name: self.clean(one) for name, one in value.items()}
        return value


if __name__ == "__main__":
    run(PresidioRedactor)
