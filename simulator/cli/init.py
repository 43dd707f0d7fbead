"""``fleetsim init``: a commented scenario to start from."""

from __future__ import annotations

from pathlib import Path

import click

from simulator.cli.files import write_text


@click.command(
    epilog="""\b
Examples:
  fleetsim init home
  fleetsim validate home.yaml
  fleetsim run home.yaml"""
)
@click.argument("name")
def command(name: str) -> None:
    """Write NAME.yaml, a commented scenario to start from. A file that exists is left as it is."""
    from simulator.scenario import starter

    path = Path(name if name.endswith((".yaml", ".yml")) else f"{name}.yaml")
    write_text(path, starter(path.stem), replace=False)
    click.echo(f"wrote {path}; check it with: fleetsim validate {path}; run it with: fleetsim run {path}")
