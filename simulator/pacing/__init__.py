"""When each message is due, and who is connected: pure functions of time and of the count of messages."""

from simulator.pacing.churn import Churn
from simulator.pacing.connection_plan import ConnectionPlan
from simulator.pacing.course import Course
from simulator.pacing.max_pacer import MaxPacer
from simulator.pacing.pacer import Pacer
from simulator.pacing.pacer_share import PacerShare
from simulator.pacing.presence import comings, presence_actions
from simulator.pacing.rank import rank
from simulator.pacing.rate_pacer import RatePacer
from simulator.pacing.speed_pacer import SpeedPacer
from simulator.pacing.spell import Spell, common
from simulator.pacing.stages_pacer import StagesPacer

__all__ = [
    "Churn",
    "ConnectionPlan",
    "Course",
    "MaxPacer",
    "Pacer",
    "PacerShare",
    "RatePacer",
    "SpeedPacer",
    "Spell",
    "StagesPacer",
    "comings",
    "common",
    "presence_actions",
    "rank",
]
