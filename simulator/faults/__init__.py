"""Faults: what goes wrong with devices, and with the network between fleet and broker."""

from simulator.core.options import FaultOptions
from simulator.faults.base import DeviceFault, NetworkFault, Spell
from simulator.faults.line import Ends, Layer, Line, Message, Process
from simulator.faults.mark import Mark
from simulator.faults.network import NetworkTrouble, network_conditions
from simulator.faults.options import DeviceFaultOptions
from simulator.faults.subject import Subject
from simulator.faults.trouble import Affliction, Trouble
from simulator.faults.window import Window

__all__ = [
    "Affliction",
    "DeviceFault",
    "DeviceFaultOptions",
    "Ends",
    "FaultOptions",
    "Layer",
    "Line",
    "Mark",
    "Message",
    "NetworkFault",
    "NetworkTrouble",
    "Process",
    "Spell",
    "Subject",
    "Trouble",
    "Window",
    "network_conditions",
]
