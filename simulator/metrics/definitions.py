"""Every metric that a run shows, defined once for the collector and for the documentation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.samples import Exemplar

Bucket = tuple[str, float] | tuple[str, float, Exemplar]
"""Upper bound as text, durations up to it, and maybe one of them as an example."""

_PREFIX = "fleetsim_"


class MetricType(StrEnum):
    """Types of Prometheus' metrics, as far as they are used here."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class MetricInfo:
    """What there is to know about a metric.

    Attributes:
        name: as PromQL knows it; of a histogram, without ``_bucket``, ``_sum`` and ``_count``.
        type: of Prometheus.
        help: in one line.
        labels: names of its labels; a histogram has ``le`` too.
        unit: ``seconds``, ``bytes`` or ``ratio``, with which the name ends; empty for plain numbers.
    """

    name: str
    type: MetricType
    help: str
    labels: tuple[str, ...] = ()
    unit: str = ""

    def values(self, samples: Iterable[tuple[Sequence[str], float]]) -> Metric:
        """Return a counter or gauge with a value for each set of values of its labels."""
        kind = CounterMetricFamily if self.type is MetricType.COUNTER else GaugeMetricFamily
        family = kind(self.name, self.help, labels=self.labels, unit=self.unit)
        for labels, value in samples:
            family.add_metric(list(labels), value)
        return family

    def value(self, value: float) -> Metric:
        """Return a counter or gauge without labels."""
        return self.values([((), value)])

    def distribution(self, buckets: Sequence[Bucket], total: float) -> Metric:
        """Return a histogram.

        Args:
            buckets: cumulative, up to ``+Inf``.
            total: the sum of what is in them.
        """
        family = HistogramMetricFamily(self.name, self.help, unit=self.unit)
        family.add_metric([], list(buckets), total)
        return family


_ALL: list[MetricInfo] = []


def catalogue() -> tuple[MetricInfo, ...]:
    """Return every metric, in the order in which a scrape shows them."""
    return tuple(_ALL)


def _counter(name: str, help_text: str, *labels: str, unit: str = "") -> MetricInfo:
    return _define(MetricInfo(f"{_PREFIX}{name}_total", MetricType.COUNTER, help_text, labels, unit))


def _gauge(name: str, help_text: str, *labels: str, unit: str = "") -> MetricInfo:
    return _define(MetricInfo(_PREFIX + name, MetricType.GAUGE, help_text, labels, unit))


def _seconds(name: str, help_text: str) -> MetricInfo:
    return _define(MetricInfo(_PREFIX + name, MetricType.HISTOGRAM, help_text, (), "seconds"))


def _define(info: MetricInfo) -> MetricInfo:
    _ALL.append(info)
    return info


_MESSAGE = ("family", "qos")
_CHECK = ("control", "check", "part")

# The run

BUILD = _gauge("build_info", "Version of Fleetsim; always 1.", "version")
RUN = _gauge("run_info", "Which scenario runs; always 1.", "scenario")
ELAPSED = _gauge("run_seconds", "Wall time since the run began.", unit="seconds")
SIMULATED = _gauge("simulated_seconds", "Simulated time since the scenario's start.", unit="seconds")
CLOCK = _gauge(
    "simulated_clock_timestamp_seconds",
    "The simulated moment, in seconds since 1970.",
    unit="seconds",
)
TIME_OF_DAY = _gauge(
    "simulated_time_of_day_seconds", "What clocks in the simulated town show, since midnight.", unit="seconds"
)
SPEED = _gauge("speed_ratio", "Simulated seconds that go by in a second of wall time.", unit="ratio")
CPU = _counter("cpu_seconds", "Processor time of the processes that carry the load.", unit="seconds")
MEMORY = _gauge(
    "peak_resident_memory_bytes", "Most memory that was resident in those processes.", unit="bytes"
)

# Messages. Of the sender only the family becomes a label: topics and devices are without number.

DUE = _counter("messages_due", "Messages that had to be sent.", *_MESSAGE)
SENT = _counter("messages_sent", "Messages handed to the kernel.", *_MESSAGE)
LATE = _counter("messages_late", "Messages sent late.", *_MESSAGE)
DUPLICATED = _counter("messages_duplicated", "Messages sent more than once.", *_MESSAGE)
FINISHED = _counter("messages_finished", "Messages that ended, by how.", *_MESSAGE, "outcome")
HELD_BACK = _counter("held_back", "Messages and connections that were beyond a hard cap.", "cap")
COMMANDS = _counter("commands", "Messages that came to the devices' own subscriptions.")
QUEUED = _gauge("queued_messages", "Depth of the queues: messages that are due and wait to be sent.")
IN_FLIGHT = _gauge("in_flight_messages", "Messages that are sent and wait for the broker's answer.")
PUBLISH_LATENCY = _seconds("publish_latency_seconds", "From due to the broker's answer.")
END_TO_END = _seconds("end_to_end_latency_seconds", "From due to a witness who subscribed.")
LAG = _seconds("lag_seconds", "From due to sent, whoever is to blame.")
GENERATOR_LAG = _seconds("generator_lag_seconds", "From due to handed over: the generator is to blame.")
WITNESS_EXPECTED = _counter("witness_expected", "Messages due from devices that the run's witness watches.")
WITNESS_RECEIVED = _counter("witness_received", "Messages that the witness was given, each counted once.")
WITNESS_DUPLICATED = _counter("witness_duplicated", "Messages that the witness was given again.")
WITNESS_REORDERED = _counter("witness_reordered", "Messages after a later one of the same device.")

# Connections

CONNECTIONS = _gauge("connections", "Connections of the fleet by state.", "state")
CONNECTIONS_LOST = _counter("connections_lost", "Connections that broke.")
RECONNECTS = _counter("reconnects", "Connections opened anew after they broke.")
TRANSPORTS = _gauge("sessions", "Sessions by the transport that carries them.", "transport")
REFUSALS = _counter(
    "refusals",
    "What the broker refused, by MQTT packet and reason code; no code where TLS or HTTP refused.",
    "packet",
    "code",
    "reason",
)

# People and devices

PEOPLE = _gauge("people", "People who are simulated.")
HOUSEHOLDS = _gauge("households", "Households that they live in.")
DEVICES = _gauge("devices", "Devices of the fleet.", "family")
CONSENTING = _gauge("consenting_people", "People who agree to a use of their data now.", "purpose")
REQUESTS = _counter("data_requests", "Requests of people about their data so far.", "kind")
EVENTS = _counter("events", "Messages that had to be sent, by what they tell of.", "family", "event")

# The truth about the messages

EXPECTED = _counter("expectations", "Messages by what a correct control does with them.", "expectation")
HAZARDS = _counter("hazards", "Messages by why they are about somebody's privacy.", "hazard")
FAULTS = _gauge("faults_active", "Faults that last now, of each kind.", "fault")
FAULTY_DEVICES = _gauge("faulty_devices", "Devices that a fault of this kind has befallen now.", "fault")
FAULTY_MESSAGES = _counter("faulty_messages", "Messages that faults of this kind touched.", "fault")
CAMPAIGNS = _gauge("campaigns_active", "Attacks that last now, of each kind.", "campaign")
ATTACK_MESSAGES = _counter("attack_messages", "Messages that are part of an attack.", "campaign")
ATTACK_FINISHED = _counter(
    "attack_messages_finished", "Messages of attacks that ended, by how.", "campaign", "outcome"
)
OUTSIDERS = _gauge("outsider_connections", "Connections of attackers from outside the fleet.")
OUTSIDERS_ASKED = _counter("outsider_connections_asked", "Connections that they asked for.")
OUTSIDERS_REACHED = _counter("outsider_connections_reached", "Connections of theirs that were accepted.")
OUTSIDERS_LOST = _counter("outsider_connections_lost", "Connections of theirs that were broken off.")

# Truth against verdict: there once the run is judged

STATUS = _gauge("run_status", "How the run ended: 1 for that status.", "status")
THRESHOLDS = _gauge("threshold_held", "Whether a threshold of the scenario was held.", "threshold")
RECORDED = _gauge("tap_records", "Records that a tap took of what came out.", "tap")
VERDICTS = _gauge("verdict", "Verdict on a control by a check: 1 for it.", "control", "check", "verdict")
AS_EXPECTED = _gauge(
    "verdict_as_expected", "Whether the verdict is the one that the scenario expects.", "control", "check"
)
CHECK_RATIO = _gauge("check_ratio", "Share that a check measured, such as recall.", *_CHECK, unit="ratio")
CHECK_SECONDS = _gauge(
    "check_seconds", "Time that a check measured, such as the time to detect.", *_CHECK, unit="seconds"
)
CHECK_PEOPLE = _gauge("check_people", "People that a check measured, such as the least in a group.", *_CHECK)
CHECK_TRIALS = _gauge("check_trials", "Pieces of evidence that a check's value is taken from.", *_CHECK)
