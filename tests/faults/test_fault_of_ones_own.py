"""A fault from another distribution enters by the same door as ours."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from troubled import HOUR, Stream, scenario

from simulator.core import plugins
from simulator.core.actions import Connect, Drop, Subscribe
from simulator.core.errors import ScenarioError
from simulator.faults import DeviceFault, DeviceFaultOptions, Line, Process, Spell
from simulator.scenario import load_scenario


class Reboot(DeviceFault[DeviceFaultOptions]):
    kind: ClassVar[str] = "reboot"
    summary: ClassVar[str] = "The device restarts."
    options: ClassVar[type[DeviceFaultOptions]] = DeviceFaultOptions

    def befall(self, line: Line, spell: Spell[DeviceFaultOptions]) -> Process:
        with line.power_off(spell.label, spell.window):
            yield line.wait(spell.window.until)


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    kinds, load = plugins.kinds, plugins.load
    ours = ("simulator.faults", "reboot")

    def more(group: str) -> tuple[str, ...]:
        return (*kinds(group), "reboot") if group == "simulator.faults" else kinds(group)

    def also(group: str, kind: str) -> Any:
        return Reboot() if (group, kind) == ours else load(group, kind)

    monkeypatch.setattr(plugins, "kinds", more)
    monkeypatch.setattr(plugins, "load", also)


def test_it_befalls_devices_and_is_in_the_truth() -> None:
    rebooted = Stream(scenario({"kind": "reboot", "at": "1h", "for": "1m", "devices": 2}))
    assert {row.fault for row in rebooted.faults} == {"reboot-0"}
    assert len(rebooted.befallen) == 2
    for device in rebooted.befallen:
        did = [(type(action), action.at) for action in rebooted.did(device)[2:]]
        assert did == [(Drop, HOUR), (Connect, HOUR + 60), (Subscribe, HOUR + 60)]


def test_a_scenario_that_spells_it_wrong_is_told_so(tmp_path: Any) -> None:
    file = tmp_path / "s.yaml"
    file.write_text("name: s\ndevices: [{kind: wearable}]\nfaults: [{kind: rebot}]\n")
    with pytest.raises(ScenarioError, match="did you mean 'reboot'"):
        load_scenario(file)
