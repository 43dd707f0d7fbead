"""A step of a fleet's stream: what the model side hands over, one after the other."""

from __future__ import annotations

from simulator.core.actions import Action
from simulator.core.records import MessageTruth

Step = tuple[Action, MessageTruth | None]
"""An action and, for a publish, what is true about it."""
