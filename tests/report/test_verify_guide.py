"""The guide to verdicts says what the reports say."""

from __future__ import annotations

import re
import shlex
from io import StringIO
from pathlib import Path

import msgspec
import pytest
from rich.console import Console
from verifications import FORGETFUL, verification

from simulator.cli.verify import command
from simulator.core.errors import ExitCode
from simulator.report.verification import print_verification
from simulator.verify import Verdict, encode_verification
from simulator.verify.clauses import DISCLAIMER, find_clause

GUIDE = (Path(__file__).parents[2] / "docs" / "verify.md").read_text()
EXAMPLES = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)


def printed() -> str:
    file = StringIO()
    print_verification(verification(), Console(file=file, width=80, color_system=None))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_what_is_printed(example: str) -> None:
    assert example in printed()


def test_the_example_for_scripts_is_what_is_written() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    assert msgspec.json.decode(example) == msgspec.json.decode(msgspec.json.encode(FORGETFUL[2]))
    keys = msgspec.json.decode(encode_verification(verification())).keys()
    assert {"status", "join", "distrust", "sources", "checks"} <= keys


@pytest.mark.parametrize("line", re.findall(r"^fleetsim verify (.*)$", GUIDE, re.MULTILINE))
def test_commands_are_understood(line: str) -> None:
    assert command.make_context("verify", shlex.split(line)).params["run"] == Path("runs/privacy-drill")


def test_all_verdicts_are_explained_with_their_exit_codes() -> None:
    rows = dict(re.findall(r"^\| (\w+) \|.*?\| (\d) \|", GUIDE, re.MULTILINE))
    codes = {one.value: str(int(verification(status=one).exit_code)) for one in Verdict}
    assert rows == codes
    assert codes["untrusted"] == str(int(ExitCode.UNTRUSTED))


def test_the_clauses_that_it_names_are_in_the_data() -> None:
    for tag in ("GDPR Art. 5(1)(c)", "EN 303 645 5.8"):
        assert tag in GUIDE
        assert find_clause(tag) is not None
    assert DISCLAIMER in " ".join(GUIDE.split())
