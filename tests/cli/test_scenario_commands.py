"""validate, schema, list and init, on the real families."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from simulator.core import plugins
from simulator.core.errors import RunFailedError

BAD = """\
name: home
duration: 6
devices:
  - kind: wearable
    onwers: 0.3
"""

GOOD = "name: home\nrate: 100/s\ndevices:\n  - kind: wearable\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Every test works in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# validate


def test_a_valid_scenario_is_told_in_a_line(fleetsim: Any) -> None:
    Path("home.yaml").write_text(GOOD)
    ended = fleetsim("validate", "home.yaml")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        "home.yaml: valid. home has 100 households and 1 shop in 1 neighbourhood, "
        "watched by wearable, for 6h at 100 messages/s.\n"
    )


def test_stages_are_told_in_a_line(fleetsim: Any) -> None:
    stages = "[{shape: ramp, rate: 500/s, for: 1m}, {shape: soak, rate: 500/s, for: 4m}]"
    Path("home.yaml").write_text(GOOD.replace("rate: 100/s", f"stages: {stages}"))
    assert fleetsim("validate", "home.yaml").out.endswith(", for 6h at most, with 2 stages for 5m.\n")
    by_share = fleetsim("validate", "home.yaml", "--set", "stages=[{shape: ramp, connected: 1, for: 90s}]")
    assert by_share.out.endswith(", for 6h at most at speed 60, with 1 stage for 1m 30s.\n")


@pytest.mark.parametrize("option", [("--speed", "5"), ("--rate", "7/s")])
def test_speed_and_rate_replace_stages(fleetsim: Any, option: tuple[str, str]) -> None:
    Path("home.yaml").write_text(GOOD.replace("rate: 100/s", "stages: [{shape: ramp, rate: 5/s, for: 1m}]"))
    scenario = json.loads(fleetsim("validate", "home.yaml", "--json", *option).out)["scenario"]
    assert scenario["stages"] is None
    assert {"--speed": scenario["speed"], "--rate": scenario["rate"]}[option[0]] == float(
        option[1].strip("/s")
    )


def test_every_mistake_is_told_with_its_line(fleetsim: Any) -> None:
    Path("home.yaml").write_text(BAD)
    ended = fleetsim("validate", "home.yaml")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines() == [
        "fleetsim: home.yaml:2: duration: write a duration with its unit, such as 30s, 5m, 6h or 1d, not 6",
        "fleetsim: home.yaml:5: unknown key 'onwers' in devices[0] (wearable); did you mean 'owners'?",
    ]


def test_mistakes_as_json(fleetsim: Any) -> None:
    Path("home.yaml").write_text(BAD)
    ended = fleetsim("validate", "home.yaml", "--json")
    assert (ended.code, ended.err) == (2, "")
    told = json.loads(ended.out)
    assert told["valid"] is False
    assert [problem["where"] for problem in told["problems"]] == ["home.yaml:2", "home.yaml:5"]
    assert set(told["problems"][0]) == {"where", "message"}


def resolved(fleetsim: Any, *arguments: str) -> dict[str, Any]:
    Path("home.yaml").write_text(GOOD)
    ended = fleetsim("validate", "home.yaml", "--json", *arguments)
    assert (ended.code, ended.err) == (0, "")
    scenario: dict[str, Any] = json.loads(ended.out)["scenario"]
    return scenario


def test_each_option_overrides_its_field(fleetsim: Any) -> None:
    scenario = resolved(
        fleetsim,
        *("--broker", "mqtt://localhost:1884", "--seed", "11", "--duration", "30m", "--scale", "2.5"),
        *("--set", "devices.0.owners=0.25", "--set", "mqtt.qos=2"),
    )
    assert scenario["mqtt"]["broker"] == "mqtt://localhost:1884"
    assert scenario["seed"] == 11
    assert scenario["duration"] == 1800
    assert scenario["world"]["households"] == 250
    assert scenario["devices"][0]["owners"] == 0.25
    assert scenario["mqtt"]["qos"] == 2
    assert scenario["rate"] == 100


@pytest.mark.parametrize(
    ("arguments", "speed", "rate"),
    [
        ([], None, 100),
        (["--speed", "5"], 5, None),
        (["--speed", "max"], "max", None),
        (["--rate", "7/s"], None, 7),
    ],
)
def test_speed_replaces_rate_and_rate_speed(
    fleetsim: Any, arguments: list[str], speed: object, rate: float | None
) -> None:
    scenario = resolved(fleetsim, *arguments)
    assert (scenario["speed"], scenario["rate"]) == (speed, rate)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--seed", "x"], "fleetsim: --seed x: seed must be a whole number"),
        (["--duration", "5"], "fleetsim: --duration 5: duration: write a duration with its unit"),
        (["--speed", "-1"], "fleetsim: --speed -1: speed: write a number above 0"),
        (["--rate", "9"], "fleetsim: --rate 9: rate: write a rate with its unit of time"),
        (
            ["--broker", "mosquito"],
            "fleetsim: --broker mosquito: broker in mqtt: no broker is called 'mosquito'",
        ),
        (["--scale", "0"], "fleetsim: --scale 0: the scale must be a number above 0"),
        (["--set", "mqtt.qs=1"], "fleetsim: --set mqtt.qs=1: unknown key 'qs' in mqtt; did you mean 'qos'?"),
    ],
)
def test_a_wrong_option_is_named_as_it_was_typed(fleetsim: Any, arguments: list[str], complaint: str) -> None:
    Path("home.yaml").write_text(GOOD)
    ended = fleetsim("validate", "home.yaml", *arguments)
    assert ended.code == 2
    (line,) = ended.err.splitlines()
    assert line.startswith(complaint)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["--speed", "5", "--rate", "5/s"], "give --speed or --rate, not both"),
        (["--set", "seed"], "write PATH=VALUE, such as world.households=20, not 'seed'"),
        (["--scale", "big"], "'big' is not a valid float"),
    ],
)
def test_options_that_cannot_be_understood(fleetsim: Any, arguments: list[str], complaint: str) -> None:
    ended = fleetsim("validate", "quickstart", *arguments)
    assert ended.code == 2
    assert complaint in ended.err


# schema


def test_the_schema_is_printed_or_written(fleetsim: Any) -> None:
    printed = fleetsim("schema")
    assert printed.code == 0
    assert fleetsim("schema", "-o", "s.json").out == "wrote s.json\n"
    assert json.loads(Path("s.json").read_text()) == json.loads(printed.out)


def test_a_place_that_cannot_be_written(fleetsim: Any) -> None:
    ended = fleetsim("schema", "-o", "none/s.json")
    assert ended.code == 1
    assert ended.err == "fleetsim: none/s.json cannot be written: No such file or directory\n"


# list


def test_one_list_has_a_line_each(fleetsim: Any) -> None:
    lines = fleetsim("list", "devices").out.splitlines()
    assert [line.split()[0] for line in lines] == list(plugins.kinds("simulator.devices"))
    assert all(len(line.split()) > 3 for line in lines)


def test_all_lists_under_their_headings(fleetsim: Any) -> None:
    out = fleetsim("list").out
    assert out.index("scenarios:") < out.index("devices:") < out.index("payloads:") < out.index("faults:")
    assert "  quickstart " in out


def test_lists_as_json(fleetsim: Any) -> None:
    told = json.loads(fleetsim("list", "--json").out)
    assert set(told) == {"scenarios", "devices", "payloads", "attacks", "faults", "hazards", "checks"}
    assert all(row["summary"] for rows in told.values() for row in rows)
    assert set(json.loads(fleetsim("list", "payloads", "--json").out)) == {"payloads"}


def test_an_unknown_list(fleetsim: Any) -> None:
    ended = fleetsim("list", "gadgets")
    assert ended.code == 2
    assert "'scenarios', 'devices', 'payloads'" in ended.err


def test_a_plugin_that_cannot_be_loaded_does_not_hide_the_others(
    fleetsim: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = plugins.load

    def load(group: str, kind: str) -> Any:
        if kind == "wearable":
            raise RunFailedError("wearable cannot be loaded: no module named 'wrist'")
        return real(group, kind)

    monkeypatch.setattr(plugins, "load", load)
    out = fleetsim("list", "devices").out
    assert "no module named 'wrist'" in out
    assert "smart_speaker" in out


# init


def test_init_writes_a_scenario_that_is_valid(fleetsim: Any) -> None:
    ended = fleetsim("init", "home")
    assert ended.code == 0
    assert "fleetsim run home.yaml" in ended.out
    assert fleetsim("validate", "home.yaml").code == 0


def test_init_never_overwrites(fleetsim: Any) -> None:
    Path("home.yaml").write_text("mine")
    ended = fleetsim("init", "home.yaml")
    assert ended.code == 2
    assert ended.err == "fleetsim: home.yaml exists already; choose another name or remove it\n"
    assert Path("home.yaml").read_text() == "mine"


def test_init_refuses_a_name_that_no_scenario_can_have(fleetsim: Any) -> None:
    ended = fleetsim("init", "My Home")
    assert ended.code == 2
    assert "such as my-home" in ended.err
    assert not list(Path().iterdir())
