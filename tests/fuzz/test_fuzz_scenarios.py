"""Scenarios that somebody broke, and overrides typed in the dark: a scenario, or a list of what is wrong."""

from __future__ import annotations

import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mutation import mutated

from simulator.core.errors import Problem, ScenarioError
from simulator.scenario import Scenario, load_scenario
from simulator.scenario.shipped import shipped

TEXTS = {name: file.read_bytes() for name, file in shipped().items()}
IN_A_FOLDER = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)

FIELDS = [
    *("seed", "duration", "speed", "rate", "start", "world.households", "world.shops", "devices.0.kind"),
    *("devices.0.owners", "mqtt.broker", "mqtt.version", "mqtt.qos", "mqtt.topic", "mqtt.keep_alive"),
    *("stages", "stages.0.rate", "faults", "faults.0.at", "thresholds", "thresholds.0", "name", "devices"),
]
words = st.sampled_from(
    [
        *("0", "-1", "1e999", ".nan", ".inf", "9" * 5_000, "0x" + "f" * 5_000, "9" * 400 + "s", "1/s", "max"),
        *("null", "[]", "{}", "[[[[", "{a: {b: [c]}}", "&a [*a]", "*a", "!!python/object:os.system x", "on"),
        *("mqtt://u:p@[::1", "mqtt://127.0.0.1:99999", "fleet/{device", "fleet/{}/{0}/{device.__class__}"),
        *("2026-02-30T00:00:00Z", "9999-12-31T23:59:59+23:59", "0001-01-01T00:00:00-23:59", "[" * 3_000),
    ]
)


def judged(source: Path, overrides: dict[str, str] | None = None) -> None:
    """Load a scenario; any error but a list of problems, each in one line, is the test's failure."""
    problems = problems_in(source, overrides)
    assert all(problem.where and problem.message and "\n" not in str(problem) for problem in problems)
    assert sum(len(str(problem)) for problem in problems) < 100_000


def problems_in(source: Path, overrides: dict[str, str] | None) -> Sequence[Problem]:
    try:
        scenario = load_scenario(source, overrides)
    except ScenarioError as error:
        return error.problems or [Problem("", "an error without a problem")]
    assert Scenario.model_validate(scenario.model_dump(mode="json")) == scenario
    return ()


@pytest.mark.parametrize("name", TEXTS)
@IN_A_FOLDER
@given(data=st.data())
def test_a_mutated_scenario_is_one_or_a_list_of_problems(
    name: str, tmp_path: Path, data: st.DataObject
) -> None:
    file = tmp_path / "broken.yaml"
    file.write_bytes(data.draw(mutated(TEXTS[name])))
    judged(file)


@IN_A_FOLDER
@given(junk=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: text.encode(errors="replace")))
def test_junk_is_a_list_of_problems(tmp_path: Path, junk: bytes) -> None:
    file = tmp_path / "junk.yaml"
    file.write_bytes(junk)
    with pytest.raises(ScenarioError):
        load_scenario(file)


@pytest.mark.parametrize("name", TEXTS)
@settings(max_examples=12)
@given(overrides=st.dictionaries(st.sampled_from(FIELDS), words | st.text(max_size=20), max_size=3))
def test_overrides_make_a_scenario_or_a_list_of_problems(name: str, overrides: dict[str, str]) -> None:
    judged(shipped()[name], overrides)


def test_aliases_of_aliases_are_not_unfolded(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    file = tmp_path / "laughs.yaml"
    file.write_text("\n".join(lines))
    tracemalloc.start()
    try:
        with pytest.raises(ScenarioError, match="more than 50,000 values"):
            load_scenario(file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 100_000_000


def test_a_file_without_end_is_not_read_to_its_end() -> None:
    with pytest.raises(ScenarioError, match="larger than"):
        load_scenario(Path("/dev/zero"))
