"""When each message is due: pure functions of simulated time and of the count of messages."""

from simulator.pacing.max_pacer import MaxPacer
from simulator.pacing.pacer import Pacer
from simulator.pacing.rate_pacer import RatePacer
from simulator.pacing.speed_pacer import SpeedPacer

__all__ = ["MaxPacer", "Pacer", "RatePacer", "SpeedPacer"]
