"""``fleetsim validate``: check a scenario and say everything that is wrong with it."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from simulator.choice import Choice
from simulator.cli.options import scenario_options
from simulator.cli.screen import columns, folded
from simulator.core.errors import ExitCode, ScenarioError

if TYPE_CHECKING:
    from simulator.scenario import Scenario


@click.command(
    epilog="""\b
Examples:
  fleetsim validate home.yaml
  fleetsim validate quickstart --set world.households=500 --speed max
  fleetsim validate home.yaml --json"""
)
@scenario_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object instead of text.")
def command(choice: Choice, as_json: bool) -> int:
    """Check SCENARIO, a file or the name of a shipped one, and print every mistake in it.

    Exits with 0 if it is valid and 2 if it is not.
    """
    try:
        scenario = choice.load()
    except ScenarioError as error:
        if not as_json:
            raise
        problems = [{"where": problem.where, "message": problem.message} for problem in error.problems]
        click.echo(json.dumps({"valid": False, "problems": problems}, indent=2))
        return ExitCode.USAGE
    if as_json:
        resolved = scenario.model_dump(mode="json")
        click.echo(json.dumps({"valid": True, "scenario": resolved}, indent=2))
    else:
        click.echo(folded(f"{choice.source}: valid. {_describe(scenario)}", columns(sys.stdout)))
    return ExitCode.OK


def _describe(scenario: Scenario) -> str:
    from simulator.core.units import format_duration

    world = scenario.world
    kinds = ", ".join(dict.fromkeys(options.kind for options in scenario.devices))
    length = format_duration(scenario.duration)
    if scenario.stages is not None:
        stages, last = _count(len(scenario.stages), "stage"), format_duration(scenario.stages_last or 0.0)
        speed = f" at speed {scenario.speed:g}" if isinstance(scenario.speed, float) else ""
        pace = f"at most{speed}, with {stages} for {last}"
    elif scenario.rate is not None:
        pace = f"at {scenario.rate:,g} messages/s"
    elif isinstance(scenario.speed, float):
        pace = (
            f"at speed {scenario.speed:g}, which takes {format_duration(scenario.duration / scenario.speed)}"
        )
    else:
        pace = "as fast as this machine goes"
    return (
        f"{scenario.name} has {_count(world.households, 'household')} and {_count(world.shops, 'shop')} "
        f"in {_count(scenario.neighbourhoods, 'neighbourhood')}, watched by {kinds}, for {length} {pace}."
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
