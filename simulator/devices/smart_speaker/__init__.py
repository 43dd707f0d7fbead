"""Smart speakers: what a home says to them, and what they hear by mistake."""

from simulator.devices.smart_speaker.device import SmartSpeaker
from simulator.devices.smart_speaker.ecosystem import Ecosystem
from simulator.devices.smart_speaker.family import FAMILY, SmartSpeakerFamily, Spot
from simulator.devices.smart_speaker.options import SmartSpeakerOptions

__all__ = ["FAMILY", "Ecosystem", "SmartSpeaker", "SmartSpeakerFamily", "SmartSpeakerOptions", "Spot"]
