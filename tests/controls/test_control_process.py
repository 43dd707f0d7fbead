"""A control is a process of its own: no shell reads its command, and it ends with the run."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fleetsim_process import wait_for

from simulator.controls.control import Control, command_line
from simulator.controls.guardian import Guardian
from simulator.core.errors import RunFailedError
from simulator.scenario import ControlOptions

Start = Callable[..., Control]


def never() -> bool:
    return False


def options(*command: str, **others: Any) -> ControlOptions:
    return ControlOptions.model_validate({"name": "c", "command": list(command), **others})


def python(program: str, **others: Any) -> ControlOptions:
    return options("python", "-c", program, **others)


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except FileNotFoundError:
        return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start controls; all end with the test."""
    with ExitStack() as stack:
        guardian = stack.enter_context(Guardian())

        def starting(wanted: ControlOptions) -> Control:
            control = Control(wanted, tmp_path, tmp_path, {"FLEETSIM_NAME": "c"}, guardian)
            stack.callback(control.kill)
            return control

        yield starting


def said(folder: Path) -> str:
    return (folder / "c.log").read_text()


def test_its_arguments_are_its_own(start: Start, tmp_path: Path) -> None:
    text = "$HOME; touch here | `id` 'quoted' \\"
    program = "import os, sys; print(sys.argv[1], os.environ['FLEETSIM_NAME'], os.getcwd(), file=sys.stderr)"
    control = start(options("python", "-c", program, text))
    wait_for(lambda: control.ended is not None, "its end")
    assert said(tmp_path) == f"{text} c {tmp_path}\n"
    assert not (tmp_path / "here").exists()


def test_its_command_is_shown_as_one_could_type_it_but_no_secret() -> None:
    shown = command_line(options("python", "a b.py", "$x", env={"PASSWORD": "secret"}))
    assert shown == "PASSWORD=… python 'a b.py' '$x'"


def test_its_environment_is_ours_with_its_own_and_what_it_is_told(start: Start, tmp_path: Path) -> None:
    program = "import os; print(os.environ['OWN'], os.environ['FLEETSIM_NAME'], os.environ['PATH'])"
    control = start(python(program, env={"OWN": "mine"}))
    wait_for(lambda: control.ended is not None, "its end")
    assert said(tmp_path) == f"mine c {os.environ['PATH']}\n"


def test_it_is_ready_when_it_prints_the_line(start: Start) -> None:
    program = "import sys, time; print('x' * 70_000 + 'ready now', file=sys.stderr); time.sleep(60)"
    start(python(program, ready={"line": "ready now"})).await_ready(never, never)


def test_one_that_is_not_ready_in_time_is_told_of_with_its_last_words(start: Start) -> None:
    program = "print('no broker', flush=True); import time; time.sleep(60)"
    control = start(python(program, ready={"line": "ready", "patience": "500ms"}))
    with pytest.raises(RunFailedError, match=r"not ready within 0.5 s: no line with 'ready' seen.*no broker"):
        control.await_ready(never, never)


def test_one_that_ends_before_it_is_ready_is_told_of(start: Start) -> None:
    control = start(python("import sys; sys.exit('cannot go on')", ready={"line": "ready"}))
    with pytest.raises(RunFailedError, match=r"ended with code 1 after .*cannot go on.*not ready yet"):
        control.await_ready(never, never)


def test_a_program_that_is_not_there_is_told_of(start: Start) -> None:
    with pytest.raises(RunFailedError, match=r"c cannot be started: .*No such file.*\(command nothing-here"):
        start(options("nothing-here"))


def test_it_ends_when_it_is_asked_and_says_its_last_words(start: Start, tmp_path: Path) -> None:
    program = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit('so be it'))\n"
        "print('ready', flush=True); time.sleep(60)"
    )
    control = start(python(program, ready={"line": "ready"}))
    control.await_ready(never, never)
    control.ask_to_end()
    assert control.end() is None
    assert said(tmp_path) == "ready\nso be it\n"


def test_it_is_killed_if_it_does_not_listen_and_its_children_with_it(start: Start, tmp_path: Path) -> None:
    program = (
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "print(child.pid, 'ready', flush=True); time.sleep(60)"
    )
    control = start(python(program, ready={"line": "ready"}, stop_within="200ms"))
    control.await_ready(never, never)
    child = int(said(tmp_path).split()[0])
    control.ask_to_end()
    assert control.end() == "the control c did not end within 0.2 s and was killed"
    wait_for(lambda: not alive(child), "the end of its child")


def test_it_ends_if_the_run_is_killed(tmp_path: Path) -> None:
    program = f"""
import os, signal, sys
from pathlib import Path
from simulator.controls.control import Control
from simulator.controls.guardian import Guardian
from simulator.scenario import ControlOptions
folder = Path({str(tmp_path)!r})
with Guardian() as guardian:
    sleeper = ControlOptions.model_validate({{"name": "c", "command": ["sleep", "60"]}})
    control = Control(sleeper, folder, folder, {{}}, guardian)
    print(control._process.pid, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    pid = int(killed.stdout)
    wait_for(lambda: not alive(pid), "the end of the control")
