"""Options that several commands share: each overrides a field of the scenario, whose model checks it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

import click

from simulator.choice import CLEARS, FIELDS, Choice

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


def scenario_options(command: CommandT) -> CommandT:
    """Give a command the argument SCENARIO and the options that change it, as one `Choice`.

    The decorated function is called with ``choice`` in place of them.
    """
    return _with_scenario(command, click.argument("scenario"))


def optional_scenario_options(command: CommandT) -> CommandT:
    """Give a command the same, but it can do without a scenario: ``choice`` is then None."""
    return _with_scenario(command, click.argument("scenario", required=False))


def _with_scenario(command: CommandT, argument: Callable[[Any], Any]) -> CommandT:

    @wraps(command)
    def chosen(**values: Any) -> Any:
        own = {name: value for name, value in values.items() if name not in _TAKEN}
        return command(choice=_choice(values) if values["scenario"] else None, **own)

    decorated: Any = chosen
    for parameter in reversed((argument, *_PARAMETERS)):
        decorated = parameter(decorated)
    return decorated  # type: ignore[no-any-return]


def _choice(values: dict[str, Any]) -> Choice:
    choice = Choice(values["scenario"], values["scale"], dict(values["settings"]))
    for option in FIELDS:
        if (value := values[option]) is not None:
            choice.override(option, value, f"--{option} {value}")
    return choice


def _setting(ctx: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> list[tuple[str, str]]:
    settings = []
    for text in given:
        path, equals, value = text.partition("=")
        if not equals or not path:
            raise click.BadParameter(f"write PATH=VALUE, such as world.households=20, not {text!r}")
        settings.append((path.strip(), value))
    return settings


def _not_both(ctx: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    other, _ = CLEARS[str(parameter.name)]
    if value is not None and ctx.params.get(other) is not None:
        raise click.UsageError("give --speed or --rate, not both")
    return value


_PARAMETERS = (
    click.option(
        "--broker", metavar="URL", help="embedded, mosquitto, mqtt[s]://HOST:PORT or ws[s]://HOST:PORT/PATH."
    ),
    click.option("--seed", metavar="N", help="The same seed gives the same messages."),
    click.option("--duration", metavar="TIME", help="Simulated time, such as 6h."),
    click.option(
        "--speed",
        metavar="X",
        callback=_not_both,
        help="Simulated seconds a second, or max; replaces rate and stages.",
    ),
    click.option(
        "--rate",
        metavar="N",
        callback=_not_both,
        help="Messages a second, such as 500/s; replaces speed and stages.",
    ),
    click.option("--scale", metavar="F", type=float, help="Multiply households and shops by this."),
    click.option(
        "--set",
        "settings",
        metavar="PATH=VALUE",
        multiple=True,
        callback=_setting,
        help="Set any field, such as devices.0.qos=2; may be repeated.",
    ),
)
_TAKEN = {"scenario", "scale", "settings", *FIELDS}
