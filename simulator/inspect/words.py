"""Words for what the page shows."""

from __future__ import annotations

from simulator.core.calendar import Calendar
from simulator.world import Activity, Person, Spell

_DOING = {
    Activity.ASLEEP: "asleep",
    Activity.HOME: "at home",
    Activity.COMMUTE: "commutes",
    Activity.WORK: "works",
    Activity.SCHOOL: "at school",
    Activity.SHOP: "shops",
    Activity.EXERCISE: "exercises",
    Activity.OUT: "out",
}


def clock(calendar: Calendar, at: float) -> str:
    """Return the local clock time, such as ``07:30``."""
    return calendar.local(round(at)).strftime("%H:%M")


def describe_person(person: Person) -> str:
    """Return who somebody is in a few letters, such as ``f 34, worker``."""
    return f"{person.sex.value[0]} {person.age}, {person.occupation.value.replace('_', ' ')}"


def describe_spell(spell: Spell) -> str:
    """Return what somebody does and where, such as ``works (n0-work7)`` or ``out by car to n0-shop0``."""
    doing = _DOING.get(spell.activity, spell.activity.value)
    if spell.trip is not None:
        return f"{doing} by {spell.trip.mode.value} to {spell.trip.destination.id}"
    return doing if spell.place is None else f"{doing} ({spell.place.id})"
