"""A redactor that fails in one way: for its support staff it adds the message as it came, in base 64."""

from __future__ import annotations

import base64
import json

from base import Fields, run
from personal import redact
from redactor import Redactor


class MissesBase64(Redactor):
    """Redacts texts, and adds a copy of the message in which it looks for nothing."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message, and the same in base 64."""
        original = base64.b64encode(json.dumps(fields).encode()).decode()
        self.send(redact(topic), self.clean(fields) | {"original": original})


if __name__ == "__main__":
    run(MissesBase64)
