"""An aggregator: counts what wearables send by event and hour, and tells of no group that is too small."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from base import Control, Fields, Out, run

SMALLEST = 5
"""People that a group must have to be told of."""

WINDOW = timedelta(hours=1)

LATE = timedelta(hours=6)
"""How long it waits for what a wearable sends late, by the clock of the messages."""

Group = tuple[datetime, str, str]
"""Start of the hour, neighbourhood and event."""


class Aggregator(Control):
    """Publishes a count for each group once its hour is over."""

    def __init__(self, out: Out, purpose: str = "analytics") -> None:
        super().__init__(out, purpose)
        self.counts: defaultdict[Group, int] = defaultdict(int)
        self.people: defaultdict[Group, set[str]] = defaultdict(set)
        self.latest: datetime | None = None
        self.told: datetime | None = None
        """The hours before this one are over."""

    def message(self, topic: str, fields: Fields) -> None:
        """Count a message, and publish the hours that are over."""
        _, neighbourhood, kind, *_ = topic.split("/")
        if kind != "wearable":
            return  # of how many people a speaker or a shelf tells, nobody knows
        if "time" not in fields:
            return  # a will, which was written before it was known when it would be needed
        at = datetime.fromisoformat(fields["time"].replace("Z", "+00:00"))
        start = at.replace(minute=0, second=0, microsecond=0)
        if self.told is not None and start + WINDOW <= self.told:
            return  # too late
        group = start, neighbourhood, fields["event"]
        self.counts[group] += 1
        self.people[group].add(fields["device"])
        if self.latest is None or at > self.latest:
            self.latest = at
            self.publish_before(at - LATE)

    def finish(self) -> None:
        """Publish what is left."""
        if self.latest is not None:
            self.publish_before(self.latest + 2 * WINDOW)

    def publish_before(self, moment: datetime) -> None:
        """Publish the groups whose hour ended before a moment, and forget them."""
        self.told = moment
        for group in sorted(group for group in self.counts if group[0] + WINDOW <= moment):
            count, people = self.counts.pop(group), len(self.people.pop(group))
            if self.may_be_told(people):
                start, neighbourhood, event = group
                fields = {
                    "window_start": start.isoformat().replace("+00:00", "Z"),
                    "window_seconds": WINDOW.total_seconds(),
                    "neighbourhood": neighbourhood,
                    "kind": "wearable",
                    "event": event,
                    "count": count,
                    "people": people,
                }
                self.send(f"{neighbourhood}/{event}", fields)

    def may_be_told(self, people: int) -> bool:
        """Return whether a group is large enough."""
        return people >= SMALLEST


if __name__ == "__main__":
    run(Aggregator)
