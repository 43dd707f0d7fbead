"""The JSON Schema of a scenario, for editors that complete and check as one types."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from simulator.core.units import Duration, format_duration, parse_duration
from simulator.scenario.model import Scenario

_BOUNDS = {"gt", "ge", "lt", "le"}
_DURATION = TypeAdapter(Duration).json_schema()["pattern"]

_EXCLUSIVE = (
    {"required": ["rate", "speed"]},
    {"required": ["rate", "stages"]},
    {"required": ["speed", "stages"], "properties": {"stages": {"contains": {"required": ["rate"]}}}},
    {"required": ["speed", "stages"], "properties": {"speed": {"const": "max"}}},
)
"""What cannot stand together: one thing sets the pace."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a scenario, with the options of all installed kinds."""
    body = _with_units(Scenario.model_json_schema())
    body["not"] = {"anyOf": [*_EXCLUSIVE]}
    return {"$schema": GenerateJsonSchema.schema_dialect, **body, "title": "Fleetsim scenario"}


def _with_units(part: Any) -> Any:
    """Return a part of a schema with default durations as people write them, not in plain seconds."""
    if isinstance(part, list):
        return [_with_units(item) for item in part]
    if not isinstance(part, dict):
        return part
    # Pydantic leaves the bounds of a quantity, which are numbers, on the text that people write.
    part = {key: _with_units(value) for key, value in part.items() if key not in _BOUNDS}
    default = part.get("default")
    arms = [part, *part.get("anyOf", ())]
    if isinstance(default, float) and any(arm.get("pattern") == _DURATION for arm in arms):
        text = format_duration(default).replace(" ", "")
        part["default"] = text if parse_duration(text) == default else f"{default:g}s"
    return part
