"""``fleetsim schema``: the JSON Schema of a scenario."""

from __future__ import annotations

import json
from pathlib import Path

import click

from simulator.cli.files import write_text


@click.command(
    epilog="""\b
Examples:
  fleetsim schema -o fleetsim.schema.json
  fleetsim schema | less

\b
An editor with a YAML language server checks a scenario that begins with
  # yaml-language-server: $schema=fleetsim.schema.json"""
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="File to write; standard output if left out.",
)
def command(output: Path | None) -> None:
    """Print the JSON Schema (draft 2020-12) of a scenario.

    It knows the options of all installed device kinds.
    """
    from simulator.scenario import schema

    text = json.dumps(schema(), indent=2)
    if output is None:
        click.echo(text)
    else:
        write_text(output, f"{text}\n")
        click.echo(f"wrote {output}")
