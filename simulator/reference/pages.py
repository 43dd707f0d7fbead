"""All pages of the reference."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simulator.reference.commands import CommandHelp, commands_page
from simulator.reference.exit_codes import exit_codes_page
from simulator.reference.hazards import hazards_page
from simulator.reference.kinds import attacks_page, checks_page, devices_page, faults_page, payloads_page
from simulator.reference.metrics import metrics_page
from simulator.reference.run_folder import run_folder_page
from simulator.reference.scenario import scenario_page
from simulator.reference.schema import Schema
from simulator.scenario import schema


def pages(commands: Sequence[CommandHelp]) -> Mapping[str, str]:
    """Return the pages of the reference by file name.

    Args:
        commands: what each command says about itself, in the order in which they are shown.
    """
    scenario = Schema(schema())
    return {
        "attacks.md": attacks_page(scenario),
        "checks.md": checks_page(),
        "commands.md": commands_page(commands),
        "devices.md": devices_page(scenario),
        "exit-codes.md": exit_codes_page(),
        "faults.md": faults_page(scenario),
        "hazards.md": hazards_page(),
        "metrics.md": metrics_page(),
        "payloads.md": payloads_page(),
        "run-folder.md": run_folder_page(),
        "scenario.md": scenario_page(scenario),
    }
