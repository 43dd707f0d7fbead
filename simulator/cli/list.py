"""``fleetsim list``: what there is to choose from, a line each."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable

import click

from simulator.cli.screen import columns, folded
from simulator.core.errors import FleetsimError


def _scenarios() -> dict[str, str]:
    from simulator.scenario import summaries

    return summaries()


def _hazards() -> dict[str, str]:
    from simulator.core.readings import Hazard

    return {hazard.value: hazard.summary for hazard in Hazard}


def _installed(group: str) -> dict[str, str]:
    from simulator.core import plugins

    return {kind: _summary(group, kind) for kind in plugins.kinds(group)}


def _summary(group: str, kind: str) -> str:
    from simulator.core import plugins

    try:
        return str(plugins.load(group, kind).summary)
    except FleetsimError as error:
        return str(error)


_LISTS: dict[str, Callable[[], dict[str, str]]] = {
    "scenarios": _scenarios,
    "devices": lambda: _installed("simulator.devices"),
    "payloads": lambda: _installed("simulator.payloads"),
    "attacks": lambda: _installed("simulator.attacks"),
    "faults": lambda: _installed("simulator.faults"),
    "hazards": _hazards,
    "checks": lambda: _installed("simulator.checks"),
}


@click.command(
    epilog="""\b
Examples:
  fleetsim list
  fleetsim list devices
  fleetsim list scenarios --json"""
)
@click.argument("what", required=False, type=click.Choice(list(_LISTS)))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def command(what: str | None, as_json: bool) -> None:
    """List scenarios, device kinds, payload formats, attacks, faults, hazards and checks, or some of them."""
    lists = {name: _LISTS[name]() for name in ([what] if what else _LISTS)}
    if as_json:
        rows = {
            name: [{"name": entry, "summary": summary} for entry, summary in entries.items()]
            for name, entries in lists.items()
        }
        click.echo(json.dumps(rows, indent=2))
        return
    screen = columns(sys.stdout)
    width = max((len(entry) for entries in lists.values() for entry in entries), default=0)
    for index, (name, entries) in enumerate(lists.items()):
        if what is None:
            click.echo(f"{chr(10) if index else ''}{name}:")
        for entry, summary in entries.items():
            indent = "" if what else "  "
            click.echo(folded(summary, screen, f"{indent}{entry:<{width}}  "))
