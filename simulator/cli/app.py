"""The command group: finds commands without importing the others, and presents errors."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from io import StringIO
from typing import NoReturn

import click

from simulator.cli.screen import columns, folded
from simulator.core.errors import ExitCode, FleetsimError
from simulator.core.nearest import suggestion
from simulator.core.version import __version__

COMMANDS = {
    "run": "Run a scenario against a broker.",
    "generate": "Write the same messages to a file, without a broker.",
    "validate": "Check a scenario.",
    "schema": "Print the JSON Schema of a scenario, for editors.",
    "list": "List scenarios, devices, payloads, attacks, faults, hazards and checks.",
    "init": "Write a commented scenario to start from.",
    "broker": "Run the embedded broker alone.",
    "provision": "Make credentials for a fleet, and configure a broker for them.",
    "clean": "Remove what a killed run has left on its broker.",
    "bench": "Measure the most that this machine sends.",
    "verify": "Score a control by what came out of it, against the truth of a run.",
    "report": "Make the report of a run, also beside an earlier one.",
    "labels": "Write a run's traffic with labels of attacks, to train detectors.",
    "dashboard": "Write Grafana dashboards, Prometheus rules and a compose file.",
    "inspect": "Show what is simulated, and hold it against published figures.",
}
"""Every command with its short help; ``simulator/cli/NAME.py`` holds it as ``command``."""

_HIDDEN = ("reference",)
"""Commands for those who work on Fleetsim, likewise."""

_EXAMPLES = """\b
Examples:
  fleetsim run quickstart
  fleetsim init home && fleetsim run home.yaml
  fleetsim list"""


@dataclass(slots=True)
class Invocation:
    """One call of the command line.

    Attributes:
        debug: show the traceback of an error.
    """

    debug: bool = False


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called, so that help is quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands, in the order in which they are shown."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, or None if there is no such command."""
        if cmd_name not in (*COMMANDS, *_HIDDEN):
            return None
        command: click.Command = import_module(f"simulator.cli.{cmd_name}").command
        if not any(parameter.name == "debug" for parameter in command.params):
            # So that --debug works at the end of a line, too, where one adds it after an error.
            command.params.append(_debug_option(hidden=True))
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments call, or say which one was meant."""
        name = args[0]
        if name not in (*COMMANDS, *_HIDDEN) and not name.startswith("-"):
            ctx.fail(f"no command is called {name!r}; {suggestion(name, COMMANDS)}")
        _, command, rest = super().resolve_command(ctx, args)
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the table of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


def _debug_option(*, hidden: bool = False) -> click.Option:
    return click.Option(
        ["--debug"],
        is_flag=True,
        hidden=hidden,
        expose_value=False,
        callback=_set_debug,
        help="Show the traceback of an error.",
    )


def _set_debug(ctx: click.Context, parameter: click.Parameter, value: bool) -> None:
    if value and isinstance(ctx.obj, Invocation):
        ctx.obj.debug = True


@click.group(cls=LazyGroup, epilog=_EXAMPLES, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="fleetsim", message="%(prog)s %(version)s")
def fleetsim() -> None:
    """Simulate a fleet of IoT devices and the people around them, over MQTT.

    People live through their day; wearables, smart speakers and shop sensors watch them and publish
    what they see to a broker. Beside the messages Fleetsim keeps the truth about each of them.
    """


fleetsim.params.append(_debug_option())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code.

    A command returns its exit code, or None for success. Errors are a few lines on stderr; the traceback
    is shown only with ``--debug``.

    Args:
        arguments: the command line without the program's name; that of the process if left out.
    """
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    invocation = Invocation()
    try:
        code = fleetsim.main(arguments, prog_name="fleetsim", standalone_mode=False, obj=invocation)
        return code if isinstance(code, int) else ExitCode.OK
    except click.ClickException as error:
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        return ExitCode.INTERRUPTED
    except FleetsimError as error:
        if invocation.debug:
            traceback.print_exc()
        _say(str(error))
        return error.exit_code
    except Exception as error:
        if invocation.debug:
            traceback.print_exc()
        _say(f"unexpected {type(error).__name__}: {error}")
        if not invocation.debug:
            _say("this is a fault in Fleetsim; the same command with --debug shows where")
        return ExitCode.RUN_FAILED


def _say(message: str) -> None:
    for line in message.splitlines() or [""]:
        click.echo(folded(line, columns(sys.stderr), "fleetsim: "), err=True)


def _show(error: click.ClickException) -> None:
    """Show what click says about a mistake in the command line."""
    said = StringIO()
    error.show(said)
    for line in said.getvalue().splitlines():
        click.echo(folded(line, columns(sys.stderr)), err=True)
