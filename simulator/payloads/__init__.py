"""Payload formats: how a reading is written down, found by entry point."""

from simulator.payloads.format import Format

__all__ = ["Format"]
