"""Composition root of a drill: one scenario, run against Mosquittos that are configured well and badly."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from simulator.broker import LocalMosquitto
from simulator.broker.credentials import BrokerKind, Credentials, Listener
from simulator.core.credentials import Authentication
from simulator.core.thresholds import VerdictThreshold, parse_threshold
from simulator.provision import ProvisionSettings, provision_fleet
from simulator.report import DrillSummary, Summary, Update, summarize_drill, write_drill
from simulator.report.run import write_page
from simulator.runner import RunSettings, run
from simulator.scenario import BrokerOptions, Entry, Scenario
from simulator.scenario.controls import BROKER
from simulator.truth import Manifest, RunFolder, installed_versions

_WAYS_IN = {
    Entry.OPEN: (Listener.TCP, Authentication.NONE),
    Entry.PASSWORD: (Listener.TCP, Authentication.PASSWORD),
    Entry.TLS: (Listener.TLS, Authentication.PASSWORD),
    Entry.CERTIFICATE: (Listener.MTLS, Authentication.CERTIFICATE),
}


def run_drill(
    scenario: Scenario,
    settings: RunSettings,
    *,
    watch: Callable[[Update], None] = lambda _update: None,
    say: Callable[[str], None] = lambda _line: None,
    stopped: Callable[[], bool] = lambda: False,
    farewell: Callable[[LocalMosquitto, Scenario], None] = lambda _broker, _of: None,
) -> DrillSummary:
    """Run a scenario against each of its brokers, one after the other, and leave a folder with all runs.

    Args:
        scenario: one with `brokers`.
        settings: as for a run; the folder gets one of each broker's name.
        watch: told about twice a second how the run stands that goes on.
        say: told what a user wants to know before each load begins.
        stopped: asked on every turn; the drill ends early, with all that it has, when it says yes.
        farewell: given each broker, and the scenario of its run, when that is over and before it is stopped.

    Raises:
        RunFailedError: Mosquitto is not installed or does not start, or as for a run.
        UsageError: likewise, or credentials cannot be made since a package is missing.
    """
    begin = time.monotonic()
    folder = RunFolder.create(settings.folder, truth=False)
    manifest = Manifest(
        scenario=scenario.model_dump(mode="json"),
        seed=scenario.seed,
        versions=installed_versions(),
        started=datetime.now(UTC),
    )
    folder.write_manifest(manifest)
    runs: dict[str, Summary] = {}
    with tempfile.TemporaryDirectory(prefix="fleetsim-drill-") as keys:
        for options in scenario.brokers:
            if stopped():
                break
            say(f"{options.name}: a Mosquitto with entry {options.entry}")
            with standing(scenario, options, Path(keys)) as (broker, of):
                own = replace(settings, folder=folder.path / options.name)
                runs[options.name] = run(of, own, watch=watch, say=say, stopped=stopped)
                farewell(broker, of)
    summary = summarize_drill(
        scenario.name,
        scenario.seed,
        runs,
        interrupted=len(runs) < len(scenario.brokers),
        seconds=time.monotonic() - begin,
    )
    write_drill(folder, summary)
    complete = all(RunFolder(folder.path / name).read_manifest().complete for name in runs)
    complete = complete and len(runs) == len(scenario.brokers)
    folder.write_manifest(msgspec.structs.replace(manifest, ended=datetime.now(UTC), complete=complete))
    write_page(folder)
    return summary


@contextmanager
def standing(
    scenario: Scenario, options: BrokerOptions, keys: Path
) -> Iterator[tuple[LocalMosquitto, Scenario]]:
    """Start a broker of a drill, and return it with the scenario of a run against it.

    Args:
        scenario: of the drill.
        options: of the broker.
        keys: a folder for credentials of the fleet; they are made if it is empty.

    Raises:
        UsageError: credentials cannot be made since a package is missing.
        RunFailedError: Mosquitto is not installed or does not start.
    """
    listener, authentication = _WAYS_IN[options.entry]
    credentials: Credentials | None = None
    if authentication is not Authentication.NONE:
        provision_fleet(scenario, ProvisionSettings(keys, BrokerKind.MOSQUITTO))
        credentials = Credentials.open(keys, authentication)
    limits = "\n".join(f"{name} {limit}" for name, limit in options.limits.settings.items())
    with LocalMosquitto(extra=limits, credentials=credentials, only=listener) as broker:
        scheme = "mqtt" if listener is Listener.TCP else "mqtts"
        mqtt = {
            "broker": f"{scheme}://127.0.0.1:{broker.port}",
            "credentials": None if credentials is None else str(keys),
            "authentication": authentication.value,
        }
        yield broker, against(scenario, options, mqtt)


def against(scenario: Scenario, options: BrokerOptions, mqtt: dict[str, str | None]) -> Scenario:
    """Return the scenario of a run against one broker of a drill: the broker is a control like others.

    Args:
        scenario: of the drill.
        options: of the broker.
        mqtt: keys of the section ``mqtt`` that are the broker's.
    """
    fields = scenario.model_dump(mode="json")
    broker = {"name": BROKER, "expect": dict(options.expect)}
    return Scenario.model_validate(
        fields
        | {
            "brokers": [],
            "mqtt": fields["mqtt"] | mqtt,
            "controls": [*fields["controls"], broker],
            "thresholds": [*_thresholds(scenario, options.name)],
        }
    )


def _thresholds(scenario: Scenario, name: str) -> Iterator[str]:
    """Yield the thresholds of a run against one broker: all but those on the verdicts on the others."""
    names = {options.name for options in scenario.brokers}
    for threshold in map(parse_threshold, scenario.thresholds):
        if isinstance(threshold, VerdictThreshold) and threshold.control in names:
            if threshold.control == name:
                yield replace(threshold, control=BROKER).expression
        else:
            yield threshold.expression
