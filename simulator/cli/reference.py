"""``fleetsim reference``: the reference pages of the documentation; for those who work on Fleetsim."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simulator.reference import CommandHelp, OptionHelp


@click.command(
    hidden=True,
    epilog="""\b
Examples:
  fleetsim reference -o docs/reference""",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="DIR", required=True, help="Where they go."
)
@click.pass_context
def command(ctx: click.Context, output: Path) -> None:
    """Write the reference pages of the documentation from the code.

    Commands, scenario, devices, payloads, attacks, faults, hazards, checks, metrics, exit codes, and the
    files of a run.
    """
    from simulator.cli.files import write_text
    from simulator.reference import pages

    assert ctx.parent is not None
    written = pages(described(ctx.parent))
    for name, text in written.items():
        write_text(output / name, text)
    click.echo(f"wrote {len(written)} pages to {output}")


def described(ctx: click.Context) -> list[CommandHelp]:
    """Return what each command of a group says about itself."""
    group = ctx.command
    assert isinstance(group, click.Group)
    commands = {name: group.get_command(ctx, name) for name in group.list_commands(ctx)}
    return [_described(name, one) for name, one in commands.items() if one is not None and not one.hidden]


def _described(name: str, command: click.Command) -> CommandHelp:
    from simulator.reference import CommandHelp

    arguments = [one for one in command.params if isinstance(one, click.Argument)]
    options = [one for one in command.params if isinstance(one, click.Option) and not one.hidden]
    usage = [_argument(one) for one in arguments] + (["[OPTIONS]"] if options else [])
    _, _, examples = (command.epilog or "").partition("Examples:\n")
    return CommandHelp(
        name,
        " ".join(usage),
        [_sentence(text) for text in (command.help or "").replace("\b\n", "").split("\n\n")],
        [_option(one) for one in options],
        "\n".join(line.removeprefix("  ") for line in examples.replace("\b\n", "").splitlines()),
    )


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    if isinstance(argument.type, click.Choice):
        name = "|".join(argument.type.choices)
    return name if argument.required else f"[{name}]"


def _option(option: click.Option) -> OptionHelp:
    from simulator.reference import OptionHelp

    names = ", ".join(option.opts)
    shown = option.show_default and option.default is not None
    meaning = (option.help or "") + (" Required." if option.required else "")
    return OptionHelp(f"{names} {_value(option)}".strip(), meaning, str(option.default) if shown else "")


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    if option.metavar:
        return option.metavar
    match option.type:
        case click.Choice():
            return "|".join(option.type.choices)
        case click.types.FloatParamType():
            return "X"
        case click.types.IntParamType():
            return "N"
        case _:
            return "FILE" if isinstance(option.type, click.Path) else "TEXT"
