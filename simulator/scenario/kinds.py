"""Options that belong to an installed kind: the kind's own model validates them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from simulator.core import plugins
from simulator.core.errors import RunFailedError
from simulator.core.nearest import suggestion
from simulator.core.options import Options

WRONG_KIND = "wrong_kind"
"""Type of the validation error of a `kind` that is missing, unknown or cannot be loaded."""


@dataclass(frozen=True, slots=True)
class ByKind:
    """Marks a field whose `kind` says which entry point of a group owns its options.

    Attributes:
        group: entry point group, such as ``simulator.devices``.
        noun: what its members are called in messages, such as ``device kind``.
    """

    group: str
    noun: str

    def options(self, kind: object) -> type[Options] | None:
        """Return the options model of a kind, or None if there is no such kind."""
        if not isinstance(kind, str) or kind not in plugins.kinds(self.group):
            return None
        model: type[Options] = plugins.load(self.group, kind).options
        return model

    def validate(self, value: object) -> Options:
        """Return validated options.

        Raises:
            ValidationError: they are wrong; located relative to `value`.
            PydanticCustomError: they are no mapping.
        """
        if isinstance(value, Options):
            return value
        kinds = plugins.kinds(self.group)
        if not isinstance(value, Mapping):
            raise PydanticCustomError(
                "kind_needed",
                "{message}",
                {"message": f"write a mapping with a kind; {suggestion('', kinds)}"},
            )
        if "kind" not in value:
            raise _at_kind(value, f"a kind is missing; {suggestion('', kinds)}")
        kind = value["kind"]
        try:
            model = self.options(kind)
        except RunFailedError as error:
            raise _at_kind(value, str(error)) from error
        if model is None:
            raise _at_kind(value, f"no {self.noun} is called {kind!r}; {suggestion(str(kind), kinds)}")
        return model.model_validate(value)

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"oneOf": [self._variant(kind, handler) for kind in plugins.kinds(self.group)]}

    def _variant(self, kind: str, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        model = self.options(kind)
        assert model is not None
        reference = handler(model.__pydantic_core_schema__)
        definition = handler.resolve_ref_schema(reference)
        definition["properties"]["kind"] = definition["properties"]["kind"] | {"const": kind}
        definition["properties"]["kind"].pop("default", None)
        definition["required"] = sorted({"kind", *definition.get("required", ())})
        return reference


def _at_kind(value: Mapping[Any, Any], message: str) -> ValidationError:
    error = PydanticCustomError(WRONG_KIND, "{message}", {"message": message})
    details = InitErrorDetails(type=error, loc=("kind",), input=value.get("kind"))
    return ValidationError.from_exception_data("options", [details])
