"""A real Prometheus with what is shipped watches a drill of all that can happen, and has every answer."""

from __future__ import annotations

import math
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.request import urlopen

import pytest
from fleetsim_process import PATIENCE, start, wait_for
from prometheus_server import PrometheusServer, labels
from shipped_files import Asked, of_panels, of_rules, write_stack

from simulator.broker.child import Child
from simulator.broker.mosquitto import _find
from simulator.broker.ports import free_port
from simulator.scenario import shipped

SCENARIO = """\
name: watched
seed: 7
start: 2026-03-02T08:00:00+10:30
duration: 9h
speed: 3600
witness: 1.0
world: {households: 16, shops: 1}
devices:
  - {kind: wearable, owners: 0.7}
  - {kind: smart_speaker, per_household: 1.0}
  - {kind: inventory_sensor, per_shop: 10}
mqtt: {version: 5, qos: 1, topic: "fleet/{neighbourhood}/{kind}/{device}/{event}"}
privacy:
  hazards: {note_pii: 0.8, transcript_pii: 0.3}
  consent: {withdraw_per_day: 0.3, erase_per_day: 0.3, grace: 1h, answer_within: 2h}
faults:
  - {kind: power_cut, at: 1h, for: 3h, share: 0.4}
  - {kind: radio, at: 90m, for: 3h, share: 0.5}
  - {kind: network_latency, at: 4h, for: 3h, delay: 20ms}
attacks:
  - {kind: replay, at: 2h, for: 3h}
  - {kind: time_shift, at: 4h, for: 3h, devices: 3}
  - {kind: topic_enumeration, at: 5h, for: 3h}
  - {kind: retained_poisoning, at: 5h, for: 3h}
  - {kind: will_abuse, at: 5h, for: 3h}
controls:
  - name: redactor
    command: [python, redactor_misses_base64.py]
    ready: {line: ready}
    expect: {leak: failed}
  - name: aggregator
    command: [python, aggregator.py]
    ready: {line: ready}
    expect: {k_anonymity: held}
  - name: store
    command: [python, store_that_tells.py]
    ready: {line: ready}
    expect: {erasure: held}
  - name: guard
    command: [python, detector.py]
    ready: {line: ready}
    expect: {detection: failed, false_alarms: held, time_to_detect: held}
taps:
  - {name: redactor, topics: ["out/redactor/#"], settle: 300ms}
  - {name: aggregator, topics: ["out/aggregator/#"], settle: 300ms}
  - {name: store, topics: ["out/store/#"], settle: 300ms}
  - {name: guard, topics: ["out/guard/#"], settle: 300ms}
thresholds: ["delivered_ratio > 0.5", "publish_latency_p99 < 1us"]
"""
"""Something for every panel: faults, attacks, controls of each kind, a leak, a threshold that is missed."""

STORE_THAT_TELLS = """\
from base import Fields, run
from store import Store


class StoreThatTells(Store):
    def erasure(self, subject: str) -> None:
        super().erasure(subject)
        self.send("erased", {"erased": subject})


run(StoreThatTells)
"""

BEYOND_THE_CAP = "payload_bytes=400"
"""Some of what a speaker hears is longer."""

FORBIDDEN = "topic readwrite #\ntopic deny fleet/+/inventory_sensor/+/vibration\n"
"""What the broker lets nobody publish, so that it refuses something."""


@dataclass(frozen=True)
class Drill:
    """A drill that is over and judged, and whoever watched it.

    Attributes:
        begin, end: seconds since 1970; a second more than it took, since Prometheus is asked for whole ones.
        metrics: where the run itself shows its metrics.
    """

    prometheus: PrometheusServer
    begin: float
    end: float
    metrics: str


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Mosquitto that forbids something."""
    folder = tmp_path_factory.mktemp("broker")
    rules, config, port = folder / "rules", folder / "mosquitto.conf", free_port()
    rules.write_text(FORBIDDEN)
    rules.chmod(0o700)
    config.write_text(
        f"listener {port} 127.0.0.1\nallow_anonymous true\nacl_file {rules}\nuser root\n"
        f"max_queued_messages 100000\n"
    )
    child = Child("Mosquitto", [_find(), "-c", str(config)], [port], folder)
    try:
        yield f"mqtt://127.0.0.1:{port}"
    finally:
        child.stop()


@pytest.fixture(scope="module")
def drill(broker: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """The drill, under the eyes of a Prometheus with the shipped configuration and rules."""
    folder = tmp_path_factory.mktemp("drill")
    for program in (shipped()["privacy_drill"].parent / "controls").glob("*.py"):
        shutil.copy(program, folder)
    (folder / "store_that_tells.py").write_text(STORE_THAT_TELLS)
    scenario = folder / "watched.yaml"
    scenario.write_text(SCENARIO)
    port, begin = free_port(), time.time()
    config = write_stack(folder, port)
    load = ("--broker", broker, "--limit", BEYOND_THE_CAP, "-o", folder / "run")
    watched = ("--metrics-port", str(port), "--metrics-linger", f"{PATIENCE:.0f}s", "--quiet")
    with (
        PrometheusServer(folder, config, "exemplar-storage") as prometheus,
        start("run", scenario, *load, *watched) as process,
    ):
        try:
            # The last that comes to be known, by way of a rule.
            wait_for(lambda: process.poll() is not None or _judged(prometheus), "the verdicts")
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield Drill(prometheus, begin, time.time() + 1.0, f"http://127.0.0.1:{port}/metrics")
        finally:
            process.terminate()
            process.communicate(timeout=PATIENCE)


def _judged(prometheus: PrometheusServer) -> bool:
    try:
        return bool(prometheus.query('ALERTS{alertname="FleetsimLeak", alertstate="firing"}'))
    except OSError:
        return False  # it is still starting


@pytest.mark.parametrize("asked", [*of_panels(), *of_rules()], ids=lambda asked: asked.by)
def test_every_question_gets_an_answer(asked: Asked, drill: Drill) -> None:
    course = drill.prometheus.course(asked.expr, drill.begin, drill.end)
    values = [value for series in course.values() for value in series]
    assert any(not math.isnan(value) for value in values), asked.expr


def test_alerts_fire_for_what_went_wrong(drill: Drill) -> None:
    fired = drill.prometheus.course(
        'sum by (alertname) (ALERTS{alertstate="firing"})', drill.begin, drill.end
    )
    wrong = {
        "FleetsimAttackUnderWay",
        "FleetsimAttackersUnnoticed",
        "FleetsimBrokerRefuses",
        "FleetsimLeak",
        "FleetsimThresholdMissed",
        "FleetsimVerdictNotAsExpected",
    }
    assert {labels(alertname=name) for name in wrong} <= fired.keys()


def test_windows_end_with_attacks_and_faults(drill: Drill) -> None:
    for metric, label, kinds in (
        ("campaigns_active", "campaign", ("replay", "time_shift", "topic_enumeration", "retained_poisoning")),
        ("faults_active", "fault", ("power_cut", "radio", "network_latency")),
    ):
        course = drill.prometheus.course(f"fleetsim_{metric}", drill.begin, drill.end)
        for kind in kinds:
            values = course[labels(**{label: kind})]
            assert (max(values), values[-1]) == (1, 0), kind


def test_slow_messages_can_be_looked_up(drill: Drill) -> None:
    examples = drill.prometheus.examples("fleetsim_publish_latency_seconds_bucket", drill.begin, drill.end)
    assert examples
    assert all(set(labels) == {"message_id"} for labels in examples)


def test_promtool_finds_nothing_to_complain_about_in_a_scrape(drill: Drill) -> None:
    with urlopen(drill.metrics, timeout=10) as answer:
        text = answer.read()
    checked = subprocess.run(["promtool", "check", "metrics"], input=text, capture_output=True)
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")
