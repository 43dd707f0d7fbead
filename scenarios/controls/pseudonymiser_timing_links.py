"""A pseudonymiser that fails in one way: names change, but numbers and seconds go on from one to the next."""

from __future__ import annotations

from base import Fields, run
from pseudonymiser import TELLING, Pseudonymiser


class TimingLinks(Pseudonymiser):
    """Hands on messages under a pseudonym with the number and the time that they had."""

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message under a pseudonym."""
        left = {name: value for name, value in fields.items() if name not in TELLING - {"seq"}}
        left["pseudonym"] = self.pseudonym(fields["device"], fields["time"])
        self.send(fields["event"], self.clean(left))


if __name__ == "__main__":
    run(TimingLinks)
