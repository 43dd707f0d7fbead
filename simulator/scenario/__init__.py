"""What is to be simulated: a YAML file as a frozen, validated model."""

from simulator.scenario.loader import load_scenario, read_scenario
from simulator.scenario.model import Pace, Scenario, World
from simulator.scenario.mqtt import Mqtt
from simulator.scenario.schema import schema
from simulator.scenario.shipped import shipped

__all__ = ["Mqtt", "Pace", "Scenario", "World", "load_scenario", "read_scenario", "schema", "shipped"]
