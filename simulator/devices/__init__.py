"""Device families, found by entry point; this face has what they share."""

from simulator.devices.base import Device, Family, Habitat, Placement, Process

__all__ = ["Device", "Family", "Habitat", "Placement", "Process"]
