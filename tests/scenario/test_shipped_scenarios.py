"""The scenarios that come with Fleetsim, and the one that `fleetsim init` writes, with the real families."""

from __future__ import annotations

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from simulator.core import plugins
from simulator.core.errors import UsageError
from simulator.scenario import load_scenario, schema, shipped, starter, summaries
from simulator.scenario.document import read_document

NAMES = (
    "attack_drill",
    "breach_drill",
    "ci_smoke",
    "city_throughput",
    "presidio_check",
    "privacy_drill",
    "quickstart",
    "retail_day",
    "smart_home_evening",
    "wearable_week",
)


def test_they_are_all_there() -> None:
    assert tuple(shipped()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_is_valid_and_says_what_it_is_for(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.name == name.replace("_", "-")
    assert 20 < len(scenario.description) <= 100
    # Rights, and more devices than the embedded broker is good for, want Mosquitto; all others run anywhere.
    wants_mosquitto = name in ("attack_drill", "breach_drill", "city_throughput")
    assert scenario.mqtt.broker == ("mosquitto" if wants_mosquitto else "embedded")


@pytest.mark.parametrize("name", NAMES)
def test_each_satisfies_the_json_schema(name: str) -> None:
    document = read_document(shipped()[name].read_text(), name)
    Draft202012Validator(schema()).validate(document.value)


def test_they_are_found_by_any_spelling() -> None:
    spellings = ("ci_smoke", "ci-smoke", "ci_smoke.yaml", "ci-smoke.yml", Path("ci_smoke"))
    assert len({load_scenario(spelling).model_dump_json() for spelling in spellings}) == 1


def test_a_file_of_the_same_name_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("quickstart.yaml").write_text(starter("mine"))
    assert load_scenario("quickstart.yaml").name == "mine"
    assert load_scenario("quickstart").name == "quickstart"


def test_the_quick_one_takes_twenty_seconds_and_shows_every_family() -> None:
    scenario = load_scenario("quickstart")
    assert isinstance(scenario.speed, float)
    assert 15 <= scenario.duration / scenario.speed <= 25
    assert {options.kind for options in scenario.devices} == set(plugins.kinds("simulator.devices"))


def test_the_smoke_test_takes_seconds_and_has_thresholds() -> None:
    scenario = load_scenario("ci_smoke")
    assert isinstance(scenario.speed, float)
    assert scenario.duration / scenario.speed <= 5
    assert scenario.thresholds


def test_summaries_are_their_descriptions() -> None:
    assert summaries() == {name: load_scenario(name).description for name in NAMES}


def test_the_starter_is_valid_and_fits_the_schema(tmp_path: Path) -> None:
    file = tmp_path / "home.yaml"
    file.write_text(starter("home"))
    assert load_scenario(file).name == "home"
    Draft202012Validator(schema()).validate(read_document(starter("home"), "home.yaml").value)


@pytest.mark.parametrize("pace", ["rate", "stages"])
def test_what_the_starter_has_in_comments_is_valid_too(tmp_path: Path, pace: str) -> None:
    lines = starter("home").splitlines()
    shown = [
        line.replace("# ", "", 1) if line.lstrip().startswith("# ") and ": " in line else line
        for line in lines
    ]
    text = "\n".join(line for line in shown if "speed: 360" not in line and "Fleetsim scenario" not in line)
    file = tmp_path / "home.yaml"
    file.write_text(text.replace("Check it with", "# Check it with"))
    other = {"rate": "stages", "stages": "rate"}[pace]
    scenario = load_scenario(file, {other: "null"})
    assert scenario.rate == (500 if pace == "rate" else None)
    assert [stage.rate for stage in scenario.stages or ()] == ([500, 500] if pace == "stages" else [])
    assert scenario.mqtt == load_scenario("quickstart").mqtt


def test_a_scenario_cannot_have_any_name() -> None:
    with pytest.raises(
        UsageError, match=r"the name of a scenario: write lower-case .* such as my-home, not 'My Home'"
    ):
        starter("My Home")
