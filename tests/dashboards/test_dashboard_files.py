from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from fleetsim_process import fleetsim
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard
from shipped_files import dashboards, of_panels, of_rules, panels, stack

from simulator.broker.child import Child
from simulator.broker.mosquitto import _find
from simulator.broker.ports import free_port
from simulator.core.version import __version__
from simulator.metrics import MetricType, catalogue
from simulator.report.dashboards import BOARDS

SUFFIXES = ("", "_bucket", "_sum", "_count")
NAMES = {
    info.name + suffix
    for info in catalogue()
    for suffix in (SUFFIXES if info.type is MetricType.HISTOGRAM else ("",))
}


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dashboards") / "out"
    out, _ = fleetsim("dashboard", "-o", folder)
    assert f"5 dashboards and 7 files around them are in {folder}" in out
    return folder


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_goes_through_the_typed_library_without_loss(name: str, written: Path) -> None:
    register_default_plugins()
    there = json.loads((written / "grafana" / "dashboards" / f"{name}.json").read_text())
    model = Dashboard.from_json(there)
    assert json.loads(JSONEncoder().encode(model)) == there
    again = Dashboard.from_json(json.loads(JSONEncoder().encode(model)))
    assert JSONEncoder().encode(again) == JSONEncoder().encode(model)
    assert json.loads(JSONEncoder().encode(BOARDS[name]())) == there


@pytest.mark.parametrize(("name", "dashboard"), dashboards().items())
def test_panels_have_ids_and_places_of_their_own(name: str, dashboard: dict[str, Any]) -> None:
    assert dashboard["uid"] == f"fleetsim-{name}"
    ids = Counter(panel["id"] for panel in dashboard["panels"])
    assert set(ids.values()) == {1}
    taken: set[tuple[int, int]] = set()
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert not cells & taken, f"{panel['title']} lies on another"
        taken |= cells


@pytest.mark.parametrize("dashboard", dashboards().values(), ids=BOARDS)
def test_every_panel_is_explained_and_asks_the_prometheus_that_is_chosen(dashboard: dict[str, Any]) -> None:
    chosen = {"type": "prometheus", "uid": "${datasource}"}
    for panel in panels(dashboard):
        assert panel["title"]
        assert panel["description"].endswith(".")
        assert panel["datasource"] == chosen
        assert [target["datasource"] for target in panel["targets"]] == [chosen] * len(panel["targets"])
    for window in dashboard["annotations"]["list"]:
        assert window["datasource"] == window["target"]["datasource"] == chosen
    sources = yaml.safe_load(stack()["grafana/provisioning/datasources/prometheus.yaml"])["datasources"]
    variables = {one["name"]: one for one in dashboard["templating"]["list"]}
    assert variables["datasource"]["current"]["value"] == sources[0]["uid"]
    assert variables["instance"]["datasource"] == chosen


@pytest.mark.parametrize("asked", [*of_panels(), *of_rules()], ids=lambda asked: asked.by)
def test_only_metrics_that_there_are_are_asked_for(asked: Any) -> None:
    recorded = {rule.expr for rule in of_rules() if rule.by.startswith("recorded")}
    names = re.findall(r"[a-z:]*fleetsim_[a-z0-9_:]+", asked.expr)
    assert names
    assert set(names) <= NAMES | recorded


def test_every_metric_is_on_a_dashboard() -> None:
    shown = {name for asked in of_panels() for name in re.findall(r"fleetsim_[a-z_]+", asked.expr)}
    missing = [info.name for info in catalogue() if not {info.name + suffix for suffix in SUFFIXES} & shown]
    assert missing == []


def test_promtool_finds_nothing_to_complain_about(written: Path) -> None:
    folder = written / "prometheus"
    for what, *paths in (("config", "prometheus.yml"), ("rules", "recording_rules.yml", "alert_rules.yml")):
        checked = subprocess.run(
            ["promtool", "check", what, *(["--lint-fatal"] if what == "rules" else []), *paths],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert (checked.returncode, checked.stderr) == (0, "")
        assert "SUCCESS" in checked.stdout


def test_every_alert_fires_when_it_should_and_says_what_is_wrong(written: Path, tmp_path: Path) -> None:
    cases = Path(__file__).with_name("alerts.yml").read_text()
    for rules in (written / "prometheus").glob("*_rules.yml"):
        (tmp_path / rules.name).write_text(rules.read_text())
    (tmp_path / "alerts.yml").write_text(cases)
    tested = subprocess.run(
        ["promtool", "test", "rules", "alerts.yml"], cwd=tmp_path, capture_output=True, text=True
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    alerts = {rule.by.removeprefix("alert: ") for rule in of_rules() if rule.by.startswith("alert: ")}
    assert {
        case["alertname"] for test in yaml.safe_load(cases)["tests"] for case in test["alert_rule_test"]
    } == alerts


def test_the_compose_file_says_exactly_what_runs_and_lets_nobody_else_in(written: Path) -> None:
    services = yaml.safe_load((written / "compose.yaml").read_text())["services"]
    assert list(services) == ["mosquitto", "prometheus", "grafana", "fleetsim"]
    for name, service in services.items():
        assert re.fullmatch(r"[\w/-]+:v?\d+\.\d+\.\d+", service["image"]), service["image"]
        for volume in service.get("volumes", ()):
            source, _, how = volume.split(":")
            assert (written / source).exists(), f"{name} wants {source}"
            assert how == "ro"
        if name != "mosquitto":
            assert service["network_mode"] == "service:mosquitto"
            assert "ports" not in service
    assert all(port.startswith("127.0.0.1:") for port in services["mosquitto"]["ports"])
    assert services["fleetsim"]["image"] == f"fleetsim:{__version__}"


def test_the_compose_file_is_one_by_the_specification(written: Path) -> None:
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]
    checked = subprocess.run([*command, written / "compose.yaml"], capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_mosquitto_starts_with_its_configuration(written: Path, tmp_path: Path) -> None:
    port = free_port()
    shipped = (written / "mosquitto" / "mosquitto.conf").read_text()
    config = tmp_path / "mosquitto.conf"
    config.write_text(shipped.replace("listener 1883 ", f"listener {port} "))
    broker = Child("Mosquitto", [_find(), "-c", str(config)], [port], tmp_path)
    told = ["mosquitto_sub", "-p", str(port), "-t", "$SYS/broker/version", "-C", "1", "-W", "10"]
    version = subprocess.run(told, capture_output=True, text=True)
    broker.stop()
    assert version.stdout.startswith("mosquitto version")


def test_all_ends_of_the_compose_file_fit(written: Path) -> None:
    services = yaml.safe_load((written / "compose.yaml").read_text())["services"]
    command = services["fleetsim"]["command"]
    config = yaml.safe_load((written / "prometheus" / "prometheus.yml").read_text())
    targets = [target for job in config["scrape_configs"] for target in job["static_configs"][0]["targets"]]
    assert [f"127.0.0.1:{port[15:]}" for port in command if port.startswith("--metrics-port=")] == targets
    mosquitto = (written / "mosquitto" / "mosquitto.conf").read_text()
    assert "listener 1883 127.0.0.1\n" in mosquitto
    assert "--broker=mqtt://127.0.0.1:1883" in command
    provider = yaml.safe_load((written / "grafana/provisioning/dashboards/fleetsim.yaml").read_text())
    place = provider["providers"][0]["options"]["path"]
    assert f"./grafana/dashboards:{place}:ro" in services["grafana"]["volumes"]
    home = services["grafana"]["environment"]["GF_DASHBOARDS_DEFAULT_HOME_DASHBOARD_PATH"]
    assert home == f"{place}/overview.json"


def test_what_is_there_is_overwritten_only_if_asked_to(written: Path) -> None:
    alerts = written / "prometheus" / "alert_rules.yml"
    shipped = alerts.read_text()
    alerts.write_text("mine")
    _, err = fleetsim("dashboard", "-o", written, code=2)
    assert "is there already" in err
    assert "--force" in err
    assert alerts.read_text() == "mine"
    fleetsim("dashboard", "-o", written, "--force")
    assert alerts.read_text() == shipped


def test_without_the_library_one_is_told_how_to_get_it(tmp_path: Path) -> None:
    program = (
        "import sys; sys.modules['grafana_foundation_sdk'] = None\n"
        f"from simulator.cli import main; main(['dashboard', '-o', {str(tmp_path / 'out')!r}])"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 2
    assert ended.stderr == (
        "fleetsim: dashboards need grafana-foundation-sdk; "
        "install it with: pip install 'fleetsim[dashboards]'\n"
    )
    assert not (tmp_path / "out").exists()
