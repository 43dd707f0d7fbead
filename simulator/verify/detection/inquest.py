"""The inquest into the attacks of a run: detectors scored by alerts, the broker by what it let happen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import msgspec

from simulator.core.campaigns import CampaignTruth
from simulator.core.verdicts import Verdict
from simulator.truth import Manifest, RunFolder
from simulator.truth.reader import Rows
from simulator.verify.alerts import Alerts, read_alerts
from simulator.verify.check import named, result
from simulator.verify.clauses import clauses_of
from simulator.verify.detection.check import BROKER, AlertCheck, RunCheck
from simulator.verify.detection.scene import ACCESS, CAMPAIGNS, Scene
from simulator.verify.detection.watch import Watch
from simulator.verify.ground import Ground
from simulator.verify.join import MOST_UNJOINED
from simulator.verify.sinks.errors import SinkError
from simulator.verify.source import Source
from simulator.verify.verification import CheckResult, Concern, Join, SourceResult

ALERTS = "alerts"
"""What stands for the purpose of a detector's output."""


class _Named(Protocol):
    summary: str


class Inquest:
    """Holds alerts and what a run recorded of its attacks against the truth.

    Args:
        folder: of the run.
        manifest: of the run.
        checks: that are installed, of every sort, by name.
        only: names of those to make; all if empty.
        progress: told what is being done.

    Attributes:
        concerned: whether there was an attack or an audit, or the broker is to be judged in any case.
    """

    def __init__(
        self,
        folder: RunFolder,
        manifest: Manifest,
        checks: Mapping[str, _Named],
        only: Sequence[str],
        progress: Callable[[str], None],
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._only = only
        self._progress = progress
        self._on_alerts = {name: one for name, one in checks.items() if isinstance(one, AlertCheck)}
        self._on_runs = {name: one for name, one in checks.items() if isinstance(one, RunCheck)}
        attacked = any(not row.benign for row in _campaigns(folder))
        judged = any(one["name"] == BROKER for one in manifest.scenario.get("controls") or ())
        self.concerned = attacked or judged or (folder.truth / ACCESS).is_file()

    def watches(self, source: Source) -> bool:
        """Return whether the alerts of a detector are to be scored in what a tap recorded."""
        return any(check in self._on_alerts for check in source.checks)

    def passes(self, source: Source) -> bool:
        """Return whether what a tap recorded is to be judged as the output of a control."""
        others = self._on_alerts.keys() | self._on_runs.keys()
        return not source.checks or not others.issuperset(source.checks)

    def hold(
        self, ground: Ground, sources: Sequence[Source], distrust: Sequence[str], against: Path | None
    ) -> tuple[list[SourceResult], list[CheckResult]]:
        """Return what became of each source of alerts, and all results.

        Raises:
            UsageError, RunFailedError: the truth cannot be read, or that of the run beside it.
        """
        self._progress("reading what became of the attacks")
        beside = None if against is None else Ground(RunFolder.open(against))
        scene = Scene(self._folder, self._manifest, ground, beside)
        told: list[SourceResult] = []
        found: list[CheckResult] = []
        for control in dict.fromkeys(source.control for source in sources):
            own = [source for source in sources if source.control == control]
            said, concluded = self._watch(scene, control, own, distrust)
            told += said
            found += concluded
        for control, names in self._controls().items():
            self._progress(f"judging {control}")
            for name, asked in names.items():
                results = list(self._on_runs[name].inspect(scene))
                if not results and asked:
                    results = [_nothing(Concern.ACCESS)]
                found += _finished(results, name, control, distrust)
        return told, found

    def _controls(self) -> Mapping[str, dict[str, bool]]:
        """Return which checks on the run judge which control, and whether each was asked for.

        All judge the broker, unless it asks for some; others are judged by those that they ask for.
        """
        every = {name: name in self._only for name in self._on_runs if not self._only or name in self._only}
        asked = {BROKER: every}
        for control in self._manifest.scenario.get("controls") or ():
            wanted = control.get("checks")
            if wanted:
                asked[control["name"]] = {name: True for name in every if name in wanted}
        return asked

    def _watch(
        self, scene: Scene, control: str, sources: Sequence[Source], distrust: Sequence[str]
    ) -> tuple[list[SourceResult], list[CheckResult]]:
        whole = Alerts()
        told: list[SourceResult] = []
        reasons = list(distrust)
        for source in sources:
            self._progress(f"reading {source.path}")
            doubts: list[str] = []
            join = Join()
            try:
                alerts = read_alerts(source.path, scene.around)
            except SinkError as error:
                doubts.append(str(error))
            else:
                join = Watch(scene, alerts, control).join
                doubts += alerts.distrust
                doubts += _unknown(source, join)
                whole = whole + alerts
            told.append(SourceResult(control, ALERTS, str(source.path), join, tuple(doubts)))
            reasons += doubts
        watch = Watch(scene, whole, control)
        wanted = self._only or [*dict.fromkeys(check for source in sources for check in source.checks)]
        found: list[CheckResult] = []
        for name, check in self._on_alerts.items():
            if not wanted or name in wanted:
                concluded = list(check.score(watch))
                if not concluded and wanted:
                    concluded = [_nothing(Concern.DETECTION)]
                found += _finished(concluded, name, control, reasons, whole)
        return told, found


def _nothing(concern: Concern) -> CheckResult:
    reason = "there was nothing in the run that this check could judge"
    return result(Verdict.UNTRUSTED, reason, concern=concern)


def _finished(
    concluded: Iterable[CheckResult],
    check: str,
    control: str,
    doubts: Sequence[str],
    alerts: Alerts | None = None,
) -> Iterator[CheckResult]:
    """Yield results with what they are of; from those of what is not to be trusted, nothing is concluded."""
    for one in concluded:
        sure = one
        if doubts:
            reason = f"{doubts[0]} (else: {one.reason})"
            sure = msgspec.structs.replace(one, verdict=Verdict.UNTRUSTED, reason=reason)
        elif alerts is not None and alerts.broken and not one.part:
            note = f"{one.reason}; {alerts.broken:,} broken lines were passed over"
            sure = msgspec.structs.replace(one, reason=note)
        yield named(sure, check, control, clauses_of(one.concern))


def _unknown(source: Source, join: Join) -> Iterator[str]:
    if join.unjoined_share > MOST_UNJOINED:
        total = join.joined + join.unjoined
        yield (
            f"{join.unjoined:,} of {total:,} alerts of {source.path} are about nobody of this run, or at no "
            "time of it: are they of another run?"
        )


def _campaigns(folder: RunFolder) -> Iterator[CampaignTruth]:
    path = folder.truth / CAMPAIGNS
    if path.is_file():
        yield from Rows(path, CampaignTruth)
