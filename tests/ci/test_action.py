"""The GitHub Action: its file is what GitHub takes, and its steps do with a scenario what they say."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from fleetsim_process import read

from simulator.cli.app import fleetsim as group
from simulator.core.thresholds import parse_threshold

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())

SCENARIO = """\
name: two words
duration: 10m
speed: max
world: {households: 3, shops: 0}
devices: [{kind: smart_speaker, per_household: 1.0}]
thresholds: ["delivered_ratio == 1"]
"""


@dataclass
class Runner:
    """Does the steps of the action that are shell scripts, as GitHub's runner would.

    Attributes:
        outputs: of the steps so far, by ``ID.NAME``.
        summary: what the job's page shows.
        said: what the last step printed.
    """

    folder: Path
    inputs: dict[str, str]
    outputs: dict[str, str]
    summary: str = ""
    said: str = ""

    def do(self, name: str) -> int:
        """Do the step of a name; return its exit code."""
        (step,) = (step for step in ACTION["runs"]["steps"] if step.get("name") == name)
        assert step["shell"] == "bash"
        files = {key: self.folder / key for key in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("")
        environment = {key: self._filled(value) for key, value in step["env"].items()}
        environment |= {key: str(file) for key, file in files.items()}
        environment |= {"RUNNER_TEMP": str(self.folder / "temp"), "COLUMNS": "80"}
        script = self.folder / "step.sh"
        script.write_text(step["run"])
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.folder,
            env=os.environ | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for line in files["GITHUB_OUTPUT"].read_text().splitlines():
            key, _, value = line.partition("=")
            self.outputs[f"{step['id']}.{key}"] = value
        self.summary += files["GITHUB_STEP_SUMMARY"].read_text()
        self.said = ended.stdout
        return ended.returncode

    def _filled(self, text: str) -> str:
        """Return an expression's value."""

        def value(found: re.Match[str]) -> str:
            kind, *path = found[1].split(".")
            if kind == "inputs":
                return self.inputs.get(path[0], str(ACTION["inputs"][path[0]].get("default", "")))
            return self.outputs[f"{path[0]}.{path[2]}"]

        return re.sub(r"\$\{\{ ([\w.-]+) \}\}", value, text)


def runner(here: Path, **inputs: str) -> Runner:
    """Return a runner on which Fleetsim is installed."""
    programs = here / "temp" / "fleetsim" / "bin"
    programs.mkdir(parents=True)
    for name, module in {"python": "", "fleetsim": "-m simulator"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n')
        (programs / name).chmod(0o755)
    (here / "two words.yaml").write_text(SCENARIO.replace("two words", "two-words"))
    return Runner(here, {"scenario": "two words.yaml"} | inputs, {})


@pytest.mark.parametrize(
    ("file", "schema", "options"),
    [
        ("action.yml", "vendor.github-actions", []),
        ("docs/ci/github.yml", "vendor.github-workflows", []),
        ("docs/ci/gitlab-ci.yml", "vendor.gitlab-ci", ["--data-transform", "gitlab-ci"]),
    ],
)
def test_the_files_for_ci_follow_their_published_schemas(file: str, schema: str, options: list[str]) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *options, ROOT / file]
    checked = subprocess.run(command, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_workflow_of_the_documentation_gives_the_action_what_it_takes() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "ci" / "github.yml").read_text())
    (given,) = (step["with"] for step in workflow["jobs"]["fleet"]["steps"] if step["uses"] == "./fleetsim")
    assert given.keys() <= ACTION["inputs"].keys()


def test_the_commands_of_the_pages_for_ci_are_understood() -> None:
    workflow = yaml.safe_load((ROOT / "docs" / "ci" / "github.yml").read_text())
    given = workflow["jobs"]["fleet"]["steps"][-1]["with"]
    (line,) = yaml.safe_load((ROOT / "docs" / "ci" / "gitlab-ci.yml").read_text())["fleet"]["script"]
    program, name, *arguments = shlex.split(line)
    assert (program, name) == ("/opt/fleetsim/bin/fleetsim", "run")
    run = group.get_command(click.Context(group), "run")
    assert run is not None
    for words in (arguments, [given["scenario"], *shlex.split(given["arguments"])]):
        choice = run.make_context("run", words).params["scenario"]
        assert choice == "ci_smoke"
    assert all(map(parse_threshold, given["thresholds"].splitlines()))


def test_inputs_reach_scripts_as_variables_only() -> None:
    scripts = [step["run"] for step in ACTION["runs"]["steps"] if "run" in step]
    assert len(scripts) == 4
    assert not any("${{" in script for script in scripts)  # what is pasted into a script could be code


def test_a_threshold_that_is_missed_ends_the_job_when_all_is_reported(tmp_path: Path) -> None:
    github = runner(
        tmp_path,
        arguments="--seed 3 --set 'description=two words'",
        thresholds="\n  publish_latency_p50 < 0.001ms\n\n  delivered_ratio == 1\n",
        folder="out put",
    )
    assert github.do("Run the scenario") == 0
    assert github.outputs == {"run.exit-code": "3"}
    manifest = read(tmp_path / "out put" / "manifest.json")
    assert (manifest["seed"], manifest["scenario"]["description"]) == (3, "two words")
    thresholds = read(tmp_path / "out put" / "summary.json")["thresholds"]
    assert {one["expression"]: one["held"] for one in thresholds} == {
        "publish_latency_p50 < 0.001ms": False,
        "delivered_ratio == 1": True,
    }
    assert (tmp_path / "out put" / "junit.xml").is_file()
    assert github.do("Report") == 0
    assert re.search(r"^#+ .*two-words", github.summary, re.MULTILINE)
    assert "publish_latency_p50 < 0.001ms" in github.summary
    assert github.do("End as the run did") == 3


def test_a_run_that_holds_ends_the_job_well(tmp_path: Path) -> None:
    github = runner(tmp_path)
    github.outputs["run.exit-code"] = "0"
    assert github.do("End as the run did") == 0


def test_a_mistake_is_in_the_log_and_ends_the_job(tmp_path: Path) -> None:
    github = runner(tmp_path, arguments="--speed '$(touch owned)'")
    assert github.do("Run the scenario") == 0
    assert "--speed $(touch owned)" in github.said
    assert not (tmp_path / "owned").exists()
    assert github.do("Report") == 0
    assert "Fleetsim left no result of `two words.yaml` (exit code 2)" in github.summary
    assert github.do("End as the run did") == 2
