from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from staged import Sent, Staged, record

from simulator.cli.app import fleetsim
from simulator.core.errors import ExitCode


@pytest.fixture(scope="module")
def town() -> Staged:
    return Staged(homes=24, hours=12)


@pytest.fixture(scope="module")
def run(town: Staged, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return town.write(tmp_path_factory.mktemp("command") / "run").path


def called(*arguments: object) -> Result:
    return CliRunner().invoke(fleetsim, ["verify", *map(str, arguments)], standalone_mode=False)


def redacted(sent: Sent) -> list[dict[str, Any]]:
    return [{**sent.payload, "transcript": "..."} if sent.truth.spans else sent.payload]


def test_what_held_ends_with_0_and_prints_the_shape_of_the_design(
    run: Path, town: Staged, tmp_path: Path
) -> None:
    out = record(tmp_path / "out.jsonl", town.through(redacted))
    result = called(run, "--egress", f"it={out}", "--only", "leak", "--json", "--quiet")
    assert result.return_value == ExitCode.OK
    told = json.loads(result.stdout)
    assert told["status"] == "held"
    assert told["join"]["joined"] == len(town.messages)
    assert told["join"]["unjoined"] == 0
    (check,) = told["checks"]
    wanted = {"check", "control", "verdict", "value", "low", "high", "threshold", "evidence"}
    assert wanted <= check.keys()
    assert (check["check"], check["control"], check["verdict"]) == ("leak", "it", "held")
    assert (run / "verify.json").read_text() == result.stdout


def test_what_failed_ends_with_3_and_what_proves_nothing_with_4(
    run: Path, town: Staged, tmp_path: Path
) -> None:
    out = record(tmp_path / "out.jsonl", town.through(lambda sent: [sent.payload]))
    result = called(run, "--egress", out, "--only", "leak")
    assert result.return_value == ExitCode.THRESHOLD_FAILED
    assert "out.jsonl" in "".join(result.stdout.split())  # long paths are wrapped
    assert "reading the truth" in result.stderr
    out.write_text("")
    assert called(run, "--egress", out, "--only", "leak").return_value == ExitCode.UNTRUSTED


@pytest.mark.parametrize("wrong", [["--only", "leek", "--egress", "x"], [], ["--egress", "x="]])
def test_what_cannot_be_meant_is_a_usage_error(run: Path, wrong: list[str]) -> None:
    result = called(run, *wrong)
    assert getattr(result.exception, "exit_code", None) == ExitCode.USAGE


def test_every_check_is_listed() -> None:
    result = CliRunner().invoke(fleetsim, ["list", "checks", "--json"], standalone_mode=False)
    names = json.dumps(json.loads(result.stdout))
    for check in ("leak", "redaction", "consent", "erasure", "k_anonymity", "differential_privacy"):
        assert check in names
