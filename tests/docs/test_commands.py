"""Every command in the documentation, and every example that the help of a command ends with, works.

They are run as they stand, but for less time and with fewer devices; what needs something that a test has not
is at least understood.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from desk import lay_out
from lines import Line, lines_of_help, lines_of_pages
from pages import WALKS, blocks

from simulator.broker import EmbeddedBroker
from simulator.cli import main
from simulator.cli.app import COMMANDS
from simulator.cli.app import fleetsim as group
from simulator.core.endpoint import Protocol
from simulator.core.errors import ExitCode

JUDGING = {ExitCode.OK, ExitCode.THRESHOLD_FAILED, ExitCode.UNTRUSTED}
"""How a command may end that says whether something held: in a minute there is not enough to tell."""

SHORTER = {
    "run": ("--duration", "30s", "--metrics-port", "0", "--metrics-linger", "0s"),
    "generate": ("--duration", "30s", "--scale", "0.1"),
    "inspect": ("--duration", "2h", "--scale", "0.1"),
}
"""What is added to a command, and wins over what it says itself."""

UNDERSTOOD = {
    r"^broker": "it runs until Ctrl-C; the tutorial does that",
    r"^bench": "it measures for half a minute; tests/run/test_bench.py has it do so for less",
    r"--calibration": "it takes minutes",
    r"(privacy|attack|breach)_drill|presidio_check": "they have tests of their own, which take a minute",
    r"DEVICE|USER:PASSWORD": "it stands for what only its reader knows",
    r"wss?://|mqtts://|home\.yaml.*credentials=credentials": "it needs a broker of that kind",
    r"--push-to": "it needs a Pushgateway; tests/run/test_pushing_metrics.py has one",
    r"allow-target|\.lab|\.example(?! -o)": "the host is not this machine",
}
"""What is not run, and why."""

PROGRAMS = {
    *("fleetsim", ".venv/bin/fleetsim"),
    *("python3", ".venv/bin/pip", "pip", ".venv/bin/pytest"),  # .ci/run does what they do
    *("mosquitto", "head", "less", "docker"),
}
"""What commands of the documentation call; pages that are done as a whole may call others."""

LINES = {
    " ".join(line.arguments): line
    for line in [*lines_of_help(), *lines_of_pages()]
    if not line.place.removeprefix("docs/").startswith(WALKS)
    if line.program.endswith("fleetsim") and (line.block is None or not line.block.mark)
}
"""Each command once."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("desk")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        lay_out(folder, fleetsim)
    return folder


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Where a broker listens for as long as it is needed."""
    with EmbeddedBroker() as broker:
        yield broker.endpoint(Protocol.MQTT_311).port


def fleetsim(*arguments: str) -> ExitCode:
    """Run a command in this process."""
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    return ExitCode(int(ended.value.code or 0))


def shorter(line: Line) -> list[str]:
    """Return the arguments of a command that takes less time."""
    name, *_ = line.arguments or ("",)
    more = list(SHORTER.get(name, ()))
    if name == "run" and "--rate" not in line.arguments:
        more += ["--speed", "max"]
    if "city_throughput" in line.arguments:
        more += ["--scale", "0.1"]
    if "--household" in line.arguments:
        more = more[:2]  # it would not be there any more
    return [*line.arguments, *more]


@pytest.mark.parametrize("line", LINES.values(), ids=LINES)
def test_a_command_works(
    line: Line, desk: Path, port: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, *rest = line.arguments
    if any(re.search(pattern, " ".join(line.arguments)) for pattern in UNDERSTOOD):
        command = group.get_command(click.Context(group), name)
        assert command is not None
        assert command.make_context(name, rest).params, line.place
        return
    if name != "init":
        spared = () if any("credentials" in one for one in rest) else ("credentials",)
        ignore = shutil.ignore_patterns("run", *spared)
        shutil.copytree(desk, tmp_path, symlinks=True, ignore=ignore, dirs_exist_ok=True)
    for block in blocks(line.block.page) if line.block else ():
        if block.mark == "file":
            (tmp_path / block.about).write_text(block.text)
    if "--truth" in rest:
        (tmp_path / "truth").unlink()  # it is a new one that is written
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(click, "launch", lambda _url: 0)
    arguments = [one.replace("localhost:1883", f"127.0.0.1:{port}") for one in shorter(line)]
    arguments = [one.replace("127.0.0.1:1883", f"127.0.0.1:{port}") for one in arguments]
    allowed = JUDGING if name in {"run", "verify"} else {ExitCode.OK}
    assert fleetsim(*arguments) in allowed, line.place


def test_nothing_else_is_called() -> None:
    strange = [
        f"{line.place}: {line}"
        for line in lines_of_pages()
        if line.program not in PROGRAMS and not line.place.removeprefix("docs/").startswith(WALKS)
        if line.block is not None and not line.block.mark
    ]
    assert strange == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_in_its_help(name: str) -> None:
    assert any(
        f"fleetsim {name} --help" == line.place and line.arguments[0] == name for line in lines_of_help()
    )
