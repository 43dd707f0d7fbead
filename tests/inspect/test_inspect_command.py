"""`fleetsim inspect` on the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SMALL = ("--set", "world.households=6", "--duration", "1h", "--quiet")


def fleetsim(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator", "inspect", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True)


def test_a_page_of_a_scenario_named_after_it(tmp_path: Path) -> None:
    ran = fleetsim("quickstart", *SMALL, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    page = (tmp_path / "quickstart.html").read_text(encoding="utf-8")
    assert page.lstrip().startswith("<!doctype html>")
    assert "<h1>quickstart</h1>" in page


def test_for_machines(tmp_path: Path) -> None:
    ran = fleetsim("quickstart", *SMALL, "--json", cwd=tmp_path)
    told = json.loads(ran.stdout)
    assert told["scenario"] == "quickstart"
    assert told["households"] == 6
    assert not list(tmp_path.iterdir())


def test_the_calibration_for_machines(tmp_path: Path) -> None:
    ran = fleetsim("--calibration", "--only", "bearing_ims", "--only", "pill", "--json", cwd=tmp_path)
    rows = {each["id"]: each for each in json.loads(ran.stdout)["calibration"]}
    assert rows["bearing_ims"]["verdict"] == "held"
    assert rows["bearing_ims"]["low"] < rows["bearing_ims"]["value"] < rows["bearing_ims"]["high"]
    assert rows["pill_detected"]["verdict"] == "left_out"
    assert rows["pill_detected"]["reason"]
    assert ran.returncode == 0


def test_the_calibration_as_a_table(tmp_path: Path) -> None:
    ran = fleetsim("--calibration", "--only", "bearing_ims", "--only", "vehicle", cwd=tmp_path)
    assert "1 held, 0 missed, 3 left out" in ran.stdout
    assert "driver_day: There is no family of connected vehicles." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((), "name a SCENARIO, or ask for --calibration"),
        (("--only", "shrink", "quickstart"), "--only chooses rows of the calibration: add --calibration"),
        (("--calibration", "--household", "n0-h1"), "--household needs a SCENARIO"),
        (("--calibration", "--open"), "--open needs a page"),
        (("--calibration", "--only", "shrnk"), "did you mean 'shrink'?"),
        (("quickstrat",), "quickstart"),
        (("quickstart", "--household", "n0-h999", "--quiet"), "there is no household 'n0-h999' among 40"),
        (("quickstart", *SMALL, "-o", "no/such/folder.html"), "cannot write no/such/folder.html"),
    ],
)
def test_what_cannot_be_done_says_what_to_do(tmp_path: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = fleetsim(*arguments, cwd=tmp_path)
    assert ran.returncode in (1, 2)
    assert says in ran.stderr
    assert "Traceback" not in ran.stderr
