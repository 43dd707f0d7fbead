"""Fleetsim: a simulated IoT device fleet and MQTT load generator that knows the truth.

What a program needs is here, and imported quickly: what takes long is imported when it is called.
"""

from simulator.api import drill, generate, run
from simulator.core.errors import (
    ExitCode,
    FleetsimError,
    Problem,
    RunFailedError,
    ScenarioError,
    TargetRefusedError,
    UsageError,
)
from simulator.core.shard import Shard
from simulator.core.verdicts import Verdict
from simulator.core.version import __version__
from simulator.harness import Fleetsim, RunningBroker
from simulator.result import Drill, Judgement, Run
from simulator.stream import Stream

__all__ = [
    "Drill",
    "ExitCode",
    "Fleetsim",
    "FleetsimError",
    "Judgement",
    "Problem",
    "Run",
    "RunFailedError",
    "RunningBroker",
    "ScenarioError",
    "Shard",
    "Stream",
    "TargetRefusedError",
    "UsageError",
    "Verdict",
    "__version__",
    "drill",
    "generate",
    "run",
]
