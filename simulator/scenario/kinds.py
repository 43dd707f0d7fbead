"""Options of which one key says whose they are: that one's own model validates them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from simulator.core import plugins
from simulator.core.errors import RunFailedError
from simulator.core.nearest import suggestion
from simulator.core.options import Options

WRONG_KIND = "wrong_kind"
"""Type of the validation error of a key that is missing, names nothing, or names what cannot be loaded."""

KEYS = ("kind", "shape")
"""The keys that say whose options a mapping holds; no mapping has two of them."""


class ByKey(ABC):
    """Marks a field in which one key says whose options these are.

    Attributes:
        key: one of `KEYS`.
        noun: what its values are called in messages, such as ``device kind``.
    """

    key: ClassVar[str]
    noun: str

    @abstractmethod
    def names(self) -> tuple[str, ...]:
        """Return what may stand at the key."""

    @abstractmethod
    def options(self, name: object) -> type[Options] | None:
        """Return the model of the options of a name, or None if there is no such name."""

    def validate(self, value: object) -> Options:
        """Return validated options.

        Raises:
            ValidationError: they are wrong; located relative to `value`.
            PydanticCustomError: they are no mapping.
        """
        if isinstance(value, Options):
            return value
        names, key = self.names(), self.key
        if not isinstance(value, Mapping):
            raise PydanticCustomError(
                "kind_needed",
                "{message}",
                {"message": f"write a mapping with a {key}; {suggestion('', names)}"},
            )
        if key not in value:
            raise self._at_key(value, f"a {key} is missing; {suggestion('', names)}")
        name = value[key]
        try:
            model = self.options(name)
        except RunFailedError as error:
            raise self._at_key(value, str(error)) from error
        if model is None:
            raise self._at_key(value, f"no {self.noun} is called {name!r}; {suggestion(str(name), names)}")
        return model.model_validate(value)

    def _at_key(self, value: Mapping[Any, Any], message: str) -> ValidationError:
        error = PydanticCustomError(WRONG_KIND, "{message}", {"message": message})
        details = InitErrorDetails(type=error, loc=(self.key,), input=value.get(self.key))
        return ValidationError.from_exception_data("options", [details])

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self.validate, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        variants = [self._variant(name, handler) for name in self.names()]
        return {"oneOf": variants} if variants else {"not": {}}  # nothing is valid where nothing is installed

    def _variant(self, name: str, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        model = self.options(name)
        assert model is not None
        reference = handler(model.__pydantic_core_schema__)
        definition = handler.resolve_ref_schema(reference)
        definition["properties"][self.key] = definition["properties"][self.key] | {"const": name}
        definition["properties"][self.key].pop("default", None)
        definition["required"] = sorted({self.key, *definition.get("required", ())})
        return reference


def at_kind(place: tuple[int | str, ...], kind: str, message: str) -> ValidationError:
    """Return an error of what a kind cannot be, at the `kind` of the mapping at a place."""
    error = PydanticCustomError(WRONG_KIND, "{message}", {"message": message})
    details = InitErrorDetails(type=error, loc=(*place, "kind"), input=kind)
    return ValidationError.from_exception_data("options", [details])


@dataclass(frozen=True, slots=True)
class ByKind(ByKey):
    """Marks a field whose `kind` says which entry point of a group owns its options.

    Attributes:
        group: entry point group, such as ``simulator.devices``.
        noun: what its members are called in messages, such as ``device kind``.
    """

    group: str
    noun: str
    key: ClassVar[str] = "kind"

    def names(self) -> tuple[str, ...]:
        """Return the kinds that are installed."""
        return plugins.kinds(self.group)

    def options(self, name: object) -> type[Options] | None:
        """Return the options model of a kind, or None if there is no such kind.

        Raises:
            RunFailedError: it cannot be loaded.
        """
        if not isinstance(name, str) or name not in self.names():
            return None
        model: type[Options] = plugins.load(self.group, name).options
        return model
