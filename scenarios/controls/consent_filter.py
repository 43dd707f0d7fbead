"""A consent filter: hands on what people agree to, and has the broker keep the latest of each device.

As soon as somebody no longer agrees, it has the broker forget what that keeps of theirs.
"""

from __future__ import annotations

from base import Control, Fields, run


class ConsentFilter(Control):
    """Lets a message pass if everybody whose data it may be agrees to the purpose."""

    def __init__(self, *known: object) -> None:
        super().__init__(*known)  # type: ignore[arg-type]
        self.kept: dict[str, set[str]] = {}
        """Topics on which the broker keeps something of each device."""

    def consent(self, fields: Fields) -> None:
        """Somebody has changed their mind."""
        super().consent(fields)
        for device in fields.get("devices", ()):
            if not self.agreed_by_all(device):
                self.withdraw(device)

    def message(self, topic: str, fields: Fields) -> None:
        """Hand on a message that may be."""
        device = fields["device"]
        if self.passes(device):
            self.kept.setdefault(device, set()).add(topic)
            self.send(topic, fields, keep=True)

    def passes(self, device: str) -> bool:
        """Return whether what a device says may be handed on."""
        return self.agreed_by_all(device)

    def agreed_by_all(self, device: str) -> bool:
        """Return whether everybody agrees whose data a device may hold; true for a device of nobody's."""
        return all(self.agreed.get(subject, False) for subject in self.subjects.get(device, ()))

    def withdraw(self, device: str) -> None:
        """Have the broker forget what it keeps of a device."""
        for topic in self.kept.pop(device, ()):
            self.forget(topic)


if __name__ == "__main__":
    run(ConsentFilter)
