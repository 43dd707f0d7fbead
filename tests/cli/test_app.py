"""The command group: what is imported, what is meant, and how errors look."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import click
import pytest

from simulator.cli import app
from simulator.cli.app import COMMANDS
from simulator.core.errors import RunFailedError, TargetRefusedError

HEAVY = {
    *("numpy", "simpy", "pydantic", "paho", "yaml", "msgspec", "rich", "iotcore", "prometheus_client"),
    *("jinja2", "wsproto", "cryptography", "duckdb", "pyarrow"),
    *("asyncio", "email", "http", "multiprocessing", "ssl"),
}


def imported_by(*arguments: str) -> set[str]:
    code = (
        "import sys\n"
        "from simulator.cli import main\n"
        "try:\n    main(sys.argv[1:])\n"
        "finally:\n    print('IMPORTED', *{name.partition('.')[0] for name in sys.modules})"
    )
    ran = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True)
    return set(ran.stdout.rpartition("IMPORTED")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["validat"], ["init"], *([name, "--help"] for name in COMMANDS)],
    ids=" ".join,
)
def test_help_and_usage_errors_import_nothing_heavy(arguments: list[str]) -> None:
    names = imported_by(*arguments)
    assert "click" in names
    assert names & HEAVY == set()


def test_help_names_every_command(fleetsim: Any) -> None:
    ended = fleetsim("--help")
    assert ended.code == 0
    assert all(f"  {name} " in ended.out for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_with_examples_to_paste(fleetsim: Any, name: str) -> None:
    ended = fleetsim(name, "--help")
    assert ended.code == 0
    assert f"Usage: fleetsim {name}" in ended.out
    assert f"    fleetsim {name} " in ended.out or f"    fleetsim {name}\n" in ended.out


@pytest.mark.parametrize(("typed", "meant"), [("rnu", "run"), ("valdate", "validate"), ("lst", "list")])
def test_a_mistyped_command(fleetsim: Any, typed: str, meant: str) -> None:
    ended = fleetsim(typed, "x.yaml")
    assert ended.code == 2
    assert f"no command is called {typed!r}; did you mean {meant!r}?" in ended.err


def test_an_unknown_command_lists_those_there_are(fleetsim: Any) -> None:
    assert "choose from run, generate, validate" in fleetsim("xyzzy").err


def test_a_mistyped_option(fleetsim: Any) -> None:
    ended = fleetsim("validate", "quickstart", "--sped", "5")
    assert ended.code == 2
    assert "--speed" in ended.err


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Returns a function that makes ``fleetsim list`` raise."""

    def fail(error: BaseException) -> None:
        @click.command()
        def command() -> None:
            raise error

        monkeypatch.setattr("simulator.cli.list.command", command)

    return fail


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RunFailedError("no broker at x:1\nstart one"), 1),
        (TargetRefusedError("no broker at x:1\nstart one"), 5),
    ],
)
def test_a_failure_is_told_line_by_line_with_its_exit_code(
    fleetsim: Any, failing: Any, error: Exception, code: int
) -> None:
    failing(error)
    ended = fleetsim("list")
    assert (ended.code, ended.out) == (code, "")
    assert ended.err == "fleetsim: no broker at x:1\nfleetsim: start one\n"


def test_a_fault_of_our_own_is_one_line_and_a_hint(fleetsim: Any, failing: Any) -> None:
    failing(ZeroDivisionError("by nought"))
    ended = fleetsim("list")
    assert ended.code == 1
    assert ended.err.splitlines()[0] == "fleetsim: unexpected ZeroDivisionError: by nought"
    assert "--debug" in ended.err
    assert "Traceback" not in ended.err


@pytest.mark.parametrize("arguments", [["--debug", "list"], ["list", "--debug"]])
def test_debug_shows_the_traceback_wherever_it_is_written(
    fleetsim: Any, failing: Any, arguments: list[str]
) -> None:
    failing(RunFailedError("broken"))
    ended = fleetsim(*arguments)
    assert ended.code == 1
    assert ended.err.startswith("Traceback")
    assert ended.err.endswith("fleetsim: broken\n")


def test_ctrl_c(fleetsim: Any, failing: Any) -> None:
    failing(KeyboardInterrupt())
    ended = fleetsim("list")
    assert ended.code == 130
    assert ended.err.strip() == "fleetsim: interrupted"


def test_a_reader_that_leaves_early_is_no_error() -> None:
    reader, writer = os.pipe()
    os.close(reader)
    ran = subprocess.run([sys.executable, "-m", "simulator", "schema"], stdout=writer, stderr=subprocess.PIPE)
    os.close(writer)
    assert ran.stderr == b""


def test_a_command_returns_its_exit_code(fleetsim: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulator.cli.list.command", click.Command("list", callback=lambda: 4))
    assert fleetsim("list").code == 4


def test_the_table_of_commands_is_the_folder() -> None:
    present = {name for name in COMMANDS if app.fleetsim.get_command(click.Context(app.fleetsim), name)}
    assert present == set(COMMANDS)
