from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.openmetrics.parser import text_string_to_metric_families
from prometheus_client.samples import Exemplar
from prometheus_server import PrometheusServer, labels

from simulator.core.actions import Publish
from simulator.core.errors import RunFailedError
from simulator.core.records import Delivered, Expectation, Outcome
from simulator.core.refusals import Refusal, Refused
from simulator.core.verdicts import Verdict
from simulator.metrics import (
    Collector,
    Finding,
    Judged,
    Outsiders,
    Snapshot,
    Tally,
    Town,
    Truths,
    Underway,
    Witnessed,
    catalogue,
    serve,
)


def tally() -> Tally:
    """Ten wearable messages at QoS 1, one in five lost, and two dropped ones of a speaker at QoS 0."""
    tally = Tally(late_after=0.5)
    for number in range(10):
        publish = Publish(0.0, "d1", f"m{number}", "wearable", "steps", "fleet/n0/wearable/d1/steps", b"", 1)
        tally.due(publish)
        lost = number % 5 == 0
        tally.finished(
            publish,
            Delivered(
                publish.id,
                due=1.0,
                sent=1.0 + number / 8,
                acked=None if lost else 1.0 + number,
                outcome=Outcome.LOST if lost else Outcome.ACKNOWLEDGED,
                attempts=2 if lost else 1,
            ),
        )
    for _ in range(2):
        publish = Publish(0.0, "d2", "n", "smart_speaker", "utterance", "t", b"", 0)
        tally.due(publish)
        tally.finished(publish, Delivered("n", 1.0, None, None, Outcome.DROPPED))
    tally.commands = 3
    return tally


def truths() -> Truths:
    """A message of an attack that a fault touched, and that a right control redacts."""
    truths = Truths()
    truths.expected[Expectation.REDACT] += 1
    truths.attacks["replay"] += 1
    truths.ended["replay", Outcome.LOST] += 1
    return truths


SNAPSHOT = Snapshot(
    connections={"connected": 7, "connecting": 1},
    connections_lost=4,
    reconnects=3,
    queue_depth=11,
    in_flight=5,
    refusals={
        Refusal(Refused.MESSAGES, "not authorized (0x87)", 0x87): 6,
        Refusal(Refused.CONNECTIONS, "TLS failed: tlsv1 alert unknown ca"): 2,
    },
    simulated_seconds=3600.0,
    elapsed=10.0,
    transports={"fast": 7, "paho": 1},
    held_back={"bytes_per_second": 2},
    town=Town(9, 4, {"wearable": 8}, {"analytics": 6}, {"erasure": 1}),
    underway=Underway(
        {"replay": frozenset({"replay-0"})},
        {"radio": frozenset(), "power_cut": frozenset({"p-1"})},
        {"radio": 0},
    ),
    outsiders=Outsiders(connected=1, asked=5, reached=3, lost=2),
    witnessed=Witnessed(expected=10, received=9, duplicated=2, reordered=1),
    cpu_seconds=1.5,
    peak_rss_bytes=1_000_000,
)

JUDGED = Judged(
    status="failed",
    thresholds={"late_ratio < 0.1": False},
    records={"redactor": 40},
    verdicts={("redactor", "leak"): Verdict.FAILED, ("guard", "detection"): None},
    as_expected={("redactor", "leak"): True, ("guard", "detection"): False},
    findings=(
        Finding("redactor", "leak", "", 0.25, "share", 8),
        Finding("guard", "time_to_detect", "crossing p50", 1.5, "seconds", 3),
        Finding("guard", "false_alarms", "", None, "share", 0),
        Finding("aggregator", "k_anonymity", "", 4.0, "people", 12),
    ),
)

GOLDEN = Path(__file__).parent / "golden"


@pytest.fixture
def collector() -> Collector:
    zone = timezone(timedelta(hours=10, minutes=30))
    collector = Collector(
        "1.2.3", "home", lambda at: datetime(2026, 3, 2, 17, tzinfo=zone) + timedelta(0, at)
    )
    collector.update(replace(SNAPSHOT, tally=tally(), truths=truths()))
    collector.judge(JUDGED)
    return collector


def value(collector: Collector, name: str, **with_labels: str) -> float | None:
    return collector.registry.get_sample_value(f"fleetsim_{name}", with_labels)


def test_counts_are_labelled_by_family_qos_and_outcome(collector: Collector) -> None:
    assert value(collector, "messages_due_total", family="wearable", qos="1") == 10
    assert value(collector, "messages_sent_total", family="smart_speaker", qos="0") == 0
    assert value(collector, "messages_late_total", family="wearable", qos="1") == 5
    assert value(collector, "messages_duplicated_total", family="wearable", qos="1") == 2
    outcomes = {
        outcome: value(
            collector, "messages_finished_total", family="wearable", qos="1", outcome=outcome.value
        )
        for outcome in Outcome
    }
    assert outcomes == {
        Outcome.ACKNOWLEDGED: 8,
        Outcome.RECEIVED: 0,
        Outcome.LOST: 2,
        Outcome.DROPPED: 0,
        Outcome.REFUSED: 0,
    }


def test_refusals_are_labelled_by_packet_and_reason_code(collector: Collector) -> None:
    reason = "not authorized (0x87)"
    assert value(collector, "refusals_total", packet="publish", code="0x87", reason=reason) == 6
    reason = "TLS failed: tlsv1 alert unknown ca"
    assert value(collector, "refusals_total", packet="connect", code="", reason=reason) == 2


def test_no_label_names_a_device_or_a_topic(collector: Collector) -> None:
    used = {label for metric in collector.collect() for sample in metric.samples for label in sample.labels}
    assert used <= {label for info in catalogue() for label in info.labels} | {"le"}
    assert not used & {"device", "topic", "person", "household"}


def test_latencies_are_cumulative_histograms(collector: Collector) -> None:
    at_most = [
        value(collector, "publish_latency_seconds_bucket", le=le) for le in ("0.5", "1.0", "2.0", "+Inf")
    ]
    assert at_most == [0, 1, 2, 8]
    assert value(collector, "publish_latency_seconds_count") == 8
    assert value(collector, "publish_latency_seconds_sum") == 40
    assert value(collector, "lag_seconds_count") == 10
    assert value(collector, "end_to_end_latency_seconds_count") == 0


def test_state_of_the_run(collector: Collector) -> None:
    assert value(collector, "build_info", version="1.2.3") == 1
    assert value(collector, "connections", state="connected") == 7
    assert value(collector, "connections_lost_total") == 4
    assert value(collector, "reconnects_total") == 3
    assert value(collector, "queued_messages") == 11
    assert value(collector, "in_flight_messages") == 5
    assert value(collector, "simulated_seconds") == 3600
    assert value(collector, "commands_total") == 3


def test_the_clock_and_how_fast_it_goes(collector: Collector) -> None:
    assert value(collector, "run_info", scenario="home") == 1
    assert value(collector, "run_seconds") == 10
    moment = datetime(2026, 3, 2, 7, 30, tzinfo=UTC).timestamp()
    assert value(collector, "simulated_clock_timestamp_seconds") == moment
    assert value(collector, "simulated_time_of_day_seconds") == 18 * 3600
    assert value(collector, "speed_ratio") == 360
    collector.update(replace(SNAPSHOT, elapsed=20.0, simulated_seconds=4200.0))
    assert value(collector, "speed_ratio") == 60


def test_people_devices_and_what_is_true_about_their_messages(collector: Collector) -> None:
    assert value(collector, "people") == 9
    assert value(collector, "devices", family="wearable") == 8
    assert value(collector, "consenting_people", purpose="analytics") == 6
    assert value(collector, "data_requests_total", kind="erasure") == 1
    assert value(collector, "events_total", family="wearable", event="steps") == 10
    assert value(collector, "expectations_total", expectation="redact") == 1
    assert value(collector, "attack_messages_finished_total", campaign="replay", outcome="lost") == 1


def test_attacks_and_faults_are_there_from_begin_to_end(collector: Collector) -> None:
    assert value(collector, "campaigns_active", campaign="replay") == 1
    assert value(collector, "faults_active", fault="radio") == 0, "it is known, and over"
    assert value(collector, "faults_active", fault="power_cut") == 1
    assert value(collector, "outsider_connections") == 1


def test_verdicts_are_there_once_the_run_is_judged(collector: Collector) -> None:
    verdicts = {
        verdict: value(collector, "verdict", control="redactor", check="leak", verdict=verdict.value)
        for verdict in Verdict
    }
    assert verdicts == {Verdict.HELD: 0, Verdict.FAILED: 1, Verdict.UNTRUSTED: 0}
    assert value(collector, "verdict", control="guard", check="detection", verdict="held") == 0
    assert value(collector, "verdict_as_expected", control="guard", check="detection") == 0
    assert value(collector, "check_ratio", control="redactor", check="leak", part="") == 0.25
    assert value(collector, "check_trials", control="redactor", check="leak", part="") == 8
    seconds = value(collector, "check_seconds", control="guard", check="time_to_detect", part="crossing p50")
    assert seconds == 1.5
    assert value(collector, "check_ratio", control="guard", check="false_alarms", part="") is None
    assert value(collector, "run_status", status="failed") == 1
    assert value(collector, "threshold_held", threshold="late_ratio < 0.1") == 0
    before = Collector("1")
    assert value(before, "run_status", status="failed") is None


def test_a_scrape_shows_all_of_the_catalogue_in_its_order(collector: Collector) -> None:
    shown = {
        f"{metric.name}_total" if metric.type == "counter" else metric.name: metric
        for metric in collector.collect()
    }
    assert list(shown) == [info.name for info in catalogue()]
    for info in catalogue():
        metric = shown[info.name]
        assert (metric.type, metric.documentation, metric.unit) == (info.type, info.help, info.unit)
        used = {label for sample in metric.samples for label in sample.labels}
        assert used - {"le"} <= set(info.labels)


def test_names_and_help_are_a_contract() -> None:
    lines = [
        f"{info.name} {info.type} {info.unit or '-'} {','.join(info.labels) or '-'}: {info.help}\n"
        for info in catalogue()
    ]
    assert "".join(lines) == (GOLDEN / "metrics.txt").read_text()


def test_openmetrics_is_given_to_who_asks_for_it_with_a_slow_message_as_example(collector: Collector) -> None:
    request = {"Accept": "application/openmetrics-text; version=1.0.0"}
    with serve(collector.registry, port=0) as server:
        asked = Request(f"http://127.0.0.1:{server.port}/metrics", headers=request)
        with urlopen(asked, timeout=10) as answer:
            assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
            families = {one.name: one for one in text_string_to_metric_families(answer.read().decode())}
    examples = {
        sample.labels["le"]: sample.exemplar
        for sample in families["fleetsim_publish_latency_seconds"].samples
        if sample.exemplar
    }
    assert examples == {"10.0": Exemplar({"message_id": "m9"}, 9.0)}
    assert families["fleetsim_cpu_seconds"].unit == "seconds"


def test_a_scrape_shows_the_last_snapshot_and_nothing_newer() -> None:
    collector, counts = Collector("1"), tally()
    collector.update(Snapshot(counts))
    counts.commands += 1
    assert value(collector, "commands_total") == 3
    collector.update(Snapshot(counts))
    assert value(collector, "commands_total") == 4


def test_a_run_that_has_not_begun_can_be_scraped() -> None:
    assert value(Collector("1"), "commands_total") == 0


def test_the_global_registry_stays_untouched(collector: Collector) -> None:
    assert REGISTRY.get_sample_value("fleetsim_build_info", {"version": "1.2.3"}) is None


def test_promtool_finds_nothing_to_complain_about(collector: Collector) -> None:
    checked = subprocess.run(
        ["promtool", "check", "metrics"], input=generate_latest(collector.registry), capture_output=True
    )
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, b"")


def test_serving_on_any_free_port_and_freeing_it(collector: Collector) -> None:
    with serve(collector.registry, port=0) as server:
        with urlopen(f"http://127.0.0.1:{server.port}/metrics", timeout=10) as answer:
            assert b'fleetsim_build_info{version="1.2.3"} 1.0' in answer.read()
        port = server.port
    serve(collector.registry, port).close()


def test_a_port_in_use_is_named(collector: Collector) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(
            RunFailedError, match=rf"metrics on 127\.0\.0\.1:{port}: Address already in use.*--metrics"
        ):
            serve(collector.registry, port)


def test_a_port_beyond_the_last_is_refused(collector: Collector) -> None:
    with pytest.raises(RunFailedError, match="no such port"):
        serve(collector.registry, 65_536)


def test_prometheus_scrapes_the_same_numbers(
    collector: Collector, prometheus: Callable[[int], PrometheusServer]
) -> None:
    with serve(collector.registry, port=0) as server:
        scraped = prometheus(server.port)
        assert scraped.wait_for("sum(fleetsim_messages_due_total)") == {labels(): 12}
        assert scraped.query("fleetsim_messages_due_total") == {
            labels(family="wearable", qos="1"): 10,
            labels(family="smart_speaker", qos="0"): 2,
        }
        assert scraped.query("sum by (outcome) (fleetsim_messages_finished_total)") == {
            labels(outcome="acknowledged"): 8,
            labels(outcome="received"): 0,
            labels(outcome="lost"): 2,
            labels(outcome="dropped"): 2,
            labels(outcome="refused"): 0,
        }
        assert scraped.query("fleetsim_publish_latency_seconds_sum") == {labels(): 40}
        assert scraped.query("histogram_quantile(0.5, fleetsim_publish_latency_seconds_bucket)") == {
            labels(): 5  # half of the eight took at most 5 s, which is a bucket's bound
        }
        assert scraped.query("fleetsim_connections") == {
            labels(state="connected"): 7,
            labels(state="connecting"): 1,
        }
