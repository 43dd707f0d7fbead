"""What the page shows, for machines."""

from __future__ import annotations

from typing import Any

from simulator.core.units import HOUR
from simulator.inspect.seen import Seen
from simulator.inspect.words import describe_spell


def overview(seen: Seen) -> dict[str, Any]:
    """Return what was simulated: counts, traffic, distributions, and one household's day; plain JSON values.

    Times are simulated seconds since the scenario's start.
    """
    chronicle = seen.chronicle
    kinds = list(chronicle.fleet.devices.values())
    return {
        "scenario": seen.scenario.name,
        "seed": seen.scenario.seed,
        "start": seen.scenario.start.isoformat(),
        "duration": seen.scenario.duration,
        "people": len(chronicle.people),
        "households": len(chronicle.households),
        "shops": len(chronicle.shops),
        "kinds": {
            kind: {
                "devices": kinds.count(kind),
                "messages": seen.traffic[kind].messages,
                "by_hour": [seen.traffic[kind].by_hour[hour] for hour in range(24)],
                "by_day": [count for _, count in sorted(seen.traffic[kind].by_day.items())],
            }
            for kind in dict.fromkeys(kinds)
        },
        "distributions": {
            "steps": list(seen.steps.values()),
            "sleep_hours": [round(seconds / HOUR, 3) for seconds in seen.asleep.values()],
            "pulse": [[bpm, seen.pulses[bpm]] for bpm in sorted(seen.pulses)],
            "basket": seen.baskets,
        },
        "household": _household(seen),
    }


def _household(seen: Seen) -> dict[str, Any]:
    home = seen.household
    return {
        "id": home.id,
        "from": seen.start,
        "to": seen.end,
        "members": [
            {
                "person": person.id,
                "age": person.age,
                "sex": person.sex.value,
                "occupation": person.occupation.value,
                "spells": [
                    {
                        "from": max(lived.start, seen.start),
                        "to": min(lived.end, seen.end),
                        "activity": lived.spell.activity.value,
                        "place": None if lived.spell.place is None else lived.spell.place.id,
                        "says": describe_spell(lived.spell),
                    }
                    for lived in seen.chronicle.lived(person.id, seen.start)
                    if lived.start < seen.end
                ],
            }
            for person in home.members
        ],
        "television": [[at, on] for at, on in seen.chronicle.television[home.id]],
        "events": [
            {"at": sighting.at, "event": sighting.event, "person": sighting.person, "values": sighting.values}
            for sighting in seen.sightings
        ],
    }
