"""What is to be simulated: a YAML file as a frozen, validated model."""

from simulator.scenario.brokers import BrokerOptions, Entry
from simulator.scenario.clock import Pace
from simulator.scenario.controls import ControlOptions, Ready, TapKind, TapOptions
from simulator.scenario.loader import Source, changed, load_scenario, scenario_file, written
from simulator.scenario.model import Scenario
from simulator.scenario.mqtt import Mqtt
from simulator.scenario.schema import schema
from simulator.scenario.shipped import shipped, summaries
from simulator.scenario.starter import starter
from simulator.scenario.world import World

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
