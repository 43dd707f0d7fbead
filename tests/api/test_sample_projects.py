"""Projects of somebody else: a service tested with the fixture, a device family, a payload format, a check.

Each is built and unpacked as pip would install it, so that Fleetsim finds it by its entry points.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[1]


@dataclass(frozen=True)
class Project:
    """A project that is installed, in a copy without anything of Fleetsim's own tests around it."""

    folder: Path
    site: Path

    def python(self, *arguments: str, code: int = 0) -> str:
        """Run Python in the project's folder; return what it printed."""
        path = os.pathsep.join(filter(None, [str(self.site), os.environ.get("PYTHONPATH")]))
        told = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=os.environ | {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", "NO_COLOR": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        assert told.returncode == code, told.stdout
        return told.stdout

    def pytest(self, *arguments: str, code: int = 0) -> str:
        """Run the project's tests with all warnings as errors; return what pytest printed."""
        return self.python("-m", "pytest", "-p", "no:cacheprovider", "-W", "error", *arguments, code=code)


def install(folder: Path, site: Path) -> Project:
    """Build a project, and unpack it as pip would."""
    site.mkdir()
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", site],
        cwd=folder,
        check=True,
        capture_output=True,
    )
    (wheel,) = site.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return Project(folder, site)


def sample(name: str, tmp_path: Path) -> Project:
    """Install one of the sample projects."""
    folder = tmp_path / name
    shutil.copytree(SAMPLES / name, folder, ignore=shutil.ignore_patterns("__pycache__"))
    assert len(list(folder.iterdir())) == 3
    return install(folder, tmp_path / "site")


def test_a_service_of_a_sample_project_is_tested_with_the_fixture(tmp_path: Path) -> None:
    told = sample("sample_service", tmp_path).pytest()
    assert "2 passed" in told
    assert "fleetsim: seed 11" in told  # of the project's own configuration


def test_a_device_family_is_a_module_of_thirty_lines_and_an_entry_point(tmp_path: Path) -> None:
    project = sample("sample_device", tmp_path)
    assert len((project.folder / "kettle.py").read_text().splitlines()) <= 30
    listed = project.python("-m", "simulator", "list", "devices")
    assert re.search(r"kettle +Kettle: how much water it boils, and when\.", listed)
    assert "2 passed" in project.pytest()


PYPROJECT = """\
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[project]
name = "third-party"
version = "1.0.0"

[project.entry-points."simulator.payloads"]
lines = "third_party:FORMAT"

[project.entry-points."simulator.checks"]
brevity = "third_party:CHECK"

[tool.hatch.build.targets.wheel]
include = ["third_party.py"]
"""

THIRD_PARTY = '''
from simulator.core.verdicts import Verdict
from simulator.verify.check import Examiner, Question, result


class Lines:
    """A line a field: ``id=…``, then whatever was observed."""

    name = "lines"
    summary = "A line a field."

    def encode(self, id, device, sequence, time, reading):
        fields = {"id": id, "event": reading.event, **reading.values}
        return "".join(f"{name}={value}\\n" for name, value in fields.items()).encode()

    def identify(self, payload):
        first = payload.split(b"\\n")[0].decode()
        return first.removeprefix("id=") if first.startswith("id=") else None


class Brevity(Examiner):
    """Asks whether every record is short."""

    longest = 0

    def see(self, batch):
        self.longest = max(self.longest, *(len(str(one.record())) for one in batch.outputs))

    def conclude(self):
        verdict = Verdict.HELD if self.longest < 1_000 else Verdict.FAILED
        yield result(verdict, f"the longest has {self.longest} letters")


FORMAT = Lines()
CHECK = Question("Records are short.", Brevity)
'''

SCRIPT = """
import simulator

scenario = {
    "name": "third-party",
    "duration": "10m",
    "world": {"households": 3, "shops": 1},
    "devices": [{"kind": "inventory_sensor", "per_shop": 4}],
    "mqtt": {"payload": "lines"},
    "witness": 1.0,
    "taps": [{"name": "all", "topics": ["fleet/#"], "settle": "0s"}],
    "controls": [{"name": "all", "checks": ["brevity"]}],
}
run = simulator.run(scenario, speed="max", output="run")
assert run.summary.witness.received == run.summary.messages.due > 0, run.summary.witness
judged = run.verdict("brevity")
assert judged.held, judged
print(next(iter(run.heard("all"))).payload)
print(judged.explain())
"""


def test_a_payload_format_and_a_check_of_a_third_party_work_by_their_entry_points(tmp_path: Path) -> None:
    folder = tmp_path / "third_party"
    folder.mkdir()
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "third_party.py").write_text(THIRD_PARTY)
    project = install(folder, tmp_path / "site")
    told = project.python("-c", SCRIPT)
    assert re.match(r"id=[0-9a-f]+\nevent=\w+\n", told)
    assert "all: brevity held: the longest has" in told


FAILING = """
from simulator import Fleetsim

STREET = {
    "name": "street",
    "duration": "10m",
    "world": {"households": 3, "shops": 0},
    "devices": [{"kind": "smart_speaker", "per_household": 1.0}],
    "thresholds": ["publish_latency_p50 < 0.001ms"],
    "controls": [{"name": "service", "command": ["python", "service.py"], "ready": {"line": "ready"}}],
}


def test_latency(fleetsim: Fleetsim) -> None:
    run = fleetsim.run(STREET, speed="max")
    assert run.summary.seed == 5
    assert "Mosquitto" in run.summary.broker
    assert run.passed
"""


def test_a_failure_says_what_was_wrong_and_where_everything_is(tmp_path: Path) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_latency.py").write_text(FAILING)
    # Beside the test, and started by the run.
    (tmp_path / "tests" / "service.py").write_text("import time; print('ready'); time.sleep(60)")
    project = Project(tmp_path, tmp_path)
    told = project.pytest("--fleetsim-seed", "5", "--fleetsim-broker", "mosquitto", code=1)
    assert "fleetsim: seed 5, broker mosquitto" in told
    assert re.search(r"where False = <run of street: failed \(publish_latency_p50 < 0\.001ms\), in /", told)
    section = told.partition("- fleetsim -")[2]
    assert "street: failed\nthreshold missed: publish_latency_p50 < 0.001ms (it was " in section
    assert re.search(r"everything is in /.*/fleetsim/street-1\n", section)


def test_the_plugin_imports_nothing_that_takes_long_before_a_test_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "test_nothing.py").write_text(
        "import sys\n\n"
        "def test_nothing():\n"
        "    heavy = {'numpy', 'pydantic', 'simpy', 'rich', 'paho', 'yaml', 'msgspec'}\n"
        "    assert 'simulator.pytest_plugin' in sys.modules\n"
        "    assert not heavy & {name.partition('.')[0] for name in sys.modules}\n"
    )
    Project(tmp_path, tmp_path).pytest("-p", "no:hypothesispytest", "-p", "no:anyio")


@pytest.mark.parametrize("line", ["fleetsim_seed = many", "fleetsim_broker = emqx"])
def test_a_setting_that_cannot_be_is_told(line: str, tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(f"[pytest]\n{line}\n")
    (tmp_path / "test_nothing.py").write_text("def test_nothing(fleetsim): pass\n")
    told = Project(tmp_path, tmp_path).pytest(code=4)
    name, _, value = line.partition(" = ")
    assert f"{name} must be" in told
    assert value in told
