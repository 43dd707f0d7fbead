"""What is to be simulated: a YAML file as a frozen, validated model."""

from simulator.scenario.brokers import BrokerOptions, Entry
from simulator.scenario.controls import ControlOptions, Ready, TapKind, TapOptions
from simulator.scenario.loader import Source, changed, load_scenario, scenario_file, written
from simulator.scenario.model import Pace, Scenario, World
from simulator.scenario.mqtt import Mqtt
from simulator.scenario.schema import schema
from simulator.scenario.shipped import shipped, summaries
from simulator.scenario.starter import starter

__all__ = [
    "BrokerOptions",
    "ControlOptions",
    "Entry",
    "Mqtt",
    "Pace",
    "Ready",
    "Scenario",
    "Source",
    "TapKind",
    "TapOptions",
    "World",
    "changed",
    "load_scenario",
    "scenario_file",
    "schema",
    "shipped",
    "starter",
    "summaries",
    "written",
]
