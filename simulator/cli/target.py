"""Options of every command that sends to a broker: how far it may go beyond this machine."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from simulator.core.credentials import CONTROL

if TYPE_CHECKING:
    from simulator.reach import Reach

CommandT = TypeVar("CommandT", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class TargetChoice:
    """What a command line allows.

    Attributes:
        allow: hosts beyond this machine.
        proof_topic: under which the operator proves to control them.
        proof_timeout: seconds for the proof.
        limits: caps that differ from the usual ones.
    """

    allow: frozenset[str] = frozenset()
    proof_topic: str = CONTROL
    proof_timeout: float = 60.0
    limits: dict[str, int] = field(default_factory=dict)

    def reach(self) -> Reach:
        """Return it as the rest of the program takes it; what the operator is asked goes to stderr.

        Raises:
            UsageError: the topic is none to publish on.
        """
        from simulator.proof import ProofOptions
        from simulator.reach import Reach

        options = ProofOptions(self.proof_topic, self.proof_timeout)
        return Reach(self.allow, options, self.limits, ask=lambda line: click.echo(line, err=True))


def target_options(command: CommandT) -> CommandT:
    """Give a command the options of a `TargetChoice`; it is called with ``target`` in place of them."""

    @wraps(command)
    def chosen(**values: Any) -> Any:
        own = {name: value for name, value in values.items() if name not in _TAKEN}
        target = TargetChoice(
            frozenset(values["allow_targets"]),
            values["proof_topic"],
            values["proof_timeout"],
            dict(values["limits"]),
        )
        return command(target=target, **own)

    decorated: Any = chosen
    for parameter in reversed(_PARAMETERS):
        decorated = parameter(decorated)
    return decorated  # type: ignore[no-any-return]


def duration(_context: click.Context, _parameter: click.Parameter, text: str) -> float:
    """Return the seconds in an option's value; the callback of a click option."""
    from simulator.core.units import parse_duration

    try:
        return parse_duration(text)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def _limit(
    _context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]
) -> list[tuple[str, int]]:
    limits = []
    for text in given:
        name, _, value = text.partition("=")
        if not (name and value.isascii() and value.replace("_", "").isdecimal()):
            raise click.BadParameter(
                f"write one of connections, bytes_per_second and payload_bytes with its number, such as "
                f"connections=20000, not {text!r}"
            )
        limits.append((name, int(value.replace("_", ""))))
    return limits


_PARAMETERS = (
    click.option(
        "--allow-target",
        "allow_targets",
        metavar="HOST",
        multiple=True,
        help="Allow a broker beyond this machine, by its name as in the URL, once you have proven to "
        "control it; may be repeated.",
    ),
    click.option(
        "--proof-topic",
        default=CONTROL,
        show_default=True,
        metavar="TOPIC",
        help="Where you prove it: devices may read below this topic and not write.",
    ),
    click.option(
        "--proof-timeout",
        callback=duration,
        default="60s",
        show_default=True,
        metavar="TIME",
        help="How long you have for the proof.",
    ),
    click.option(
        "--limit",
        "limits",
        metavar="NAME=N",
        multiple=True,
        callback=_limit,
        help="Change a hard cap: connections, bytes_per_second or payload_bytes; may be repeated.",
    ),
)
_TAKEN = {"allow_targets", "proof_topic", "proof_timeout", "limits"}
