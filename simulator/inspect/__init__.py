"""Pictures of what is simulated: one self-contained page, or the same for machines."""

from simulator.inspect.machine import overview
from simulator.inspect.page import render
from simulator.inspect.seen import Seen

__all__ = ["Seen", "overview", "render"]
