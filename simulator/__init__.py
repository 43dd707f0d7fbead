"""Fleetsim: a simulated IoT device fleet and MQTT load generator that knows the truth."""

__version__ = "0.1.0"
