"""Attacks: campaigns of turned devices and of outsiders, and what honest looks like them."""

from simulator.attacks.base import AnyCampaign, Campaign, Threshold
from simulator.attacks.look_alikes import look_alikes
from simulator.attacks.member import Cause, Ground, Member, Process
from simulator.attacks.options import CompromisedOptions, OutsiderOptions, RatedOptions, Shown
from simulator.attacks.raids import Raids, campaign_of, label_of
from simulator.attacks.target import Disguise, Message, Send, Target

__all__ = [
    "AnyCampaign",
    "Campaign",
    "Cause",
    "CompromisedOptions",
    "Disguise",
    "Ground",
    "Member",
    "Message",
    "OutsiderOptions",
    "Process",
    "Raids",
    "RatedOptions",
    "Send",
    "Shown",
    "Target",
    "Threshold",
    "campaign_of",
    "label_of",
    "look_alikes",
]
