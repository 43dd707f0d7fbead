"""The invented town: people who move through their day, and the places they do it in."""

from simulator.core.purposes import Purpose
from simulator.world.agenda import Agenda
from simulator.world.builder import beginning, build_neighbourhood
from simulator.world.household import Household
from simulator.world.neighbourhood import Neighbourhood
from simulator.world.person import (
    Activity,
    Body,
    Occupation,
    Person,
    Sex,
    Spell,
    SpellObserver,
    TravelMode,
    Trip,
)
from simulator.world.place import Place, PlaceKind
from simulator.world.shop import Shop

__all__ = [
    "Activity",
    "Agenda",
    "Body",
    "Household",
    "Neighbourhood",
    "Occupation",
    "Person",
    "Place",
    "PlaceKind",
    "Purpose",
    "Sex",
    "Shop",
    "Spell",
    "SpellObserver",
    "TravelMode",
    "Trip",
    "beginning",
    "build_neighbourhood",
]
