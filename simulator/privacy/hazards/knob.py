"""What every hazard is: a name, and what it does to a device that bears it."""

from __future__ import annotations

from typing import Protocol

from simulator.privacy.exposure import Bearer, Exposure


class Knob(Protocol):
    """A hazard.

    Attributes:
        name: under which a scenario sets its rate.
    """

    name: str

    def put(self, bearer: Bearer, exposure: Exposure, rate: float | None) -> None:
        """Do to a device what the hazard does, with the chance that the rate gives.

        A device that does not bear it gets its twin, where there is one: as much of the same kind that is
        about nobody, so that neither size nor shape tells who bears it.

        Args:
            bearer: the device.
            exposure: takes what is done.
            rate: 0 to 1; None for what is natural.
        """
