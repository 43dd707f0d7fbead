"""What is to be simulated: a YAML file as a frozen, validated model."""

from simulator.scenario.loader import load_scenario
from simulator.scenario.model import Pace, Scenario, World
from simulator.scenario.mqtt import Mqtt
from simulator.scenario.schema import schema
from simulator.scenario.shipped import shipped, summaries
from simulator.scenario.starter import starter

__all__ = ["Mqtt", "Pace", "Scenario", "World", "load_scenario", "schema", "shipped", "starter", "summaries"]
