"""Which scenario a user asks for and what they change about it, on a command line or in a program."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.scenario import Scenario, Source

FIELDS = {
    "broker": "mqtt.broker",
    "seed": "seed",
    "duration": "duration",
    "speed": "speed",
    "rate": "rate",
}
"""Which field of the scenario an option overrides."""

CLEARS = {"speed": ("rate", "stages"), "rate": ("speed", "stages")}
"""The fields that an option empties, because only one of them can set the pace."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A scenario with what is changed about it.

    Attributes:
        source: a file, the name of a shipped scenario, a mapping as a file would hold it, or a scenario.
        scale: by how much households and shops are multiplied.
        overrides: values as they would be written in the file, by dotted path.
        labels: how messages name each of them, by the same path.
        scale_label: likewise of the scale.
    """

    source: Source
    scale: float | None = None
    overrides: dict[str, str] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    scale_label: str | None = None

    def override(self, option: str, text: str, label: str) -> None:
        """Set what an option stands for, and empty what cannot go with it.

        Args:
            option: one of `FIELDS`.
            text: the value as it would be written in the file.
            label: how messages name it.
        """
        for path, value in ((FIELDS[option], text), *((other, "null") for other in CLEARS.get(option, ()))):
            self.overrides[path], self.labels[path] = value, label

    def load(self) -> Scenario:
        """Return the scenario.

        Raises:
            ScenarioError: with everything wrong in it and in what is changed.
        """
        from simulator.scenario import load_scenario

        scenario = load_scenario(self.source, self.overrides, self.labels)
        return scenario if self.scale is None else scenario.scaled(self.scale, self.scale_label)

    def place(self) -> Path:
        """Return the folder that the scenario is in; that of the process if it is in no file.

        Raises:
            ScenarioError: there is no such scenario.
        """
        from simulator.scenario import scenario_file

        if isinstance(self.source, (str, Path)):
            return scenario_file(self.source).absolute().parent
        return Path().absolute()
