"""Judges the controls of a run by what came out of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from simulator.core import plugins
from simulator.core.errors import UsageError
from simulator.core.nearest import suggestion
from simulator.core.verdicts import Verdict
from simulator.truth import RunFolder
from simulator.verify.check import GROUP, Batch, Case, Check, Examiner, Finding, named, result
from simulator.verify.clauses import clauses_of
from simulator.verify.detection.check import AnyCheck
from simulator.verify.detection.inquest import Inquest
from simulator.verify.drill import verify_drill
from simulator.verify.ground import Ground
from simulator.verify.groups import Answers
from simulator.verify.heard import read_heard
from simulator.verify.join import MOST_UNJOINED, Joiner
from simulator.verify.output import Output, read_output
from simulator.verify.probe import find_blind_types
from simulator.verify.record import Record
from simulator.verify.scan import Scanner
from simulator.verify.sinks import SinkError
from simulator.verify.source import Source, taps
from simulator.verify.trust import catalogue_of, start_of, why_not_to_trust
from simulator.verify.verification import (
    FILE,
    CheckResult,
    Join,
    SourceResult,
    Verification,
    encode_verification,
    overall,
)

BATCH = 1024
"""Records that are looked at together."""

PROGRESS = 100_000
"""Records between two signs of life."""

MOST_SAMPLES = 8
"""Records of a source in which canaries are planted, to see that they are found."""


def verify(
    run: Path,
    egress: Sequence[Source] = (),
    *,
    alerts: Sequence[Source] = (),
    only: Sequence[str] = (),
    against: Path | None = None,
    heard: Path | None = None,
    write: bool = True,
    progress: Callable[[str], None] = lambda _: None,
) -> Verification:
    """Score the controls of a run against its truth; of a drill, those of the run against each broker.

    Args:
        run: its folder.
        egress: what came out of controls; what the run's taps recorded if empty and so is `alerts`.
        alerts: what detectors told; taps of controls that are for checks on alerts if empty and so is
            `egress`.
        only: names of the checks to make; those that each control is for if empty.
        against: folder of the same run with one person more or less, whose taps heard the same controls,
            for the audit of differential privacy; or of the same run without attacks, for the harm that they
            did.
        heard: what went into the controls, for what should have come out unchanged; what the run's tap called
            ``input`` recorded if left out.
        write: whether to leave the result as ``verify.json`` in the run's folder.
        progress: told what is being done.

    Returns:
        The verdicts. A broken, empty or foreign output is no error: it is untrusted.

    Raises:
        UsageError: no run is there, no output is named, or no check is called so.
        RunFailedError: the truth cannot be read, or the result not be written.
    """
    began = time.monotonic()
    folder = RunFolder.open(run, drill=not (egress or alerts or against or heard))
    manifest = folder.read_manifest()
    if manifest.brokers and not folder.truth.exists():

        def score(one: Path) -> Verification:
            return verify(one, only=only, write=write, progress=progress)

        return verify_drill(folder, manifest, score, write=write)
    checks = _checks(only)
    recorded, tapped = taps(run, manifest.scenario)
    if egress or alerts:
        recorded = []
    inquest = Inquest(folder, manifest, checks, only, progress)
    watched = [*alerts, *filter(inquest.watches, recorded)]
    sources = [*egress, *filter(inquest.passes, recorded)]
    broken_into = inquest.concerned and (bool(alerts) or not egress)
    if not (sources or watched or broken_into):
        raise UsageError(
            f"{run} has no taps on the output of a control; name one with --egress or --alerts, or add taps "
            "to the scenario"
        )
    progress("reading the truth")
    ground = Ground(folder)
    distrust = why_not_to_trust(folder, manifest, ground)
    told: list[SourceResult] = []
    found: list[CheckResult] = []
    if sources:
        judge = Judge(folder, ground, checks, progress)
        if (path := heard or tapped) is not None:
            progress(f"reading {path}")
            try:
                judge.heard = read_heard(path, ground)
            except SinkError as error:
                distrust = (*distrust, f"what went in cannot be read: {error}")
        if against is not None:
            progress(f"reading the truth of {against}")
            judge.open_neighbour(against)
        for control in dict.fromkeys(source.control for source in sources):
            own = [source for source in sources if source.control == control]
            said, concluded = judge.judge(control, own, distrust, asked=tuple(only))
            told += said
            found += concluded
    if watched or broken_into:
        said, concluded = inquest.hold(ground, watched, distrust, against)
        told += said
        found += concluded
    verification = Verification(
        status=overall(one.verdict for one in found) or Verdict.UNTRUSTED,
        run=str(run),
        scenario=str(manifest.scenario.get("name", "")),
        join=sum((one.join for one in told), Join()),
        distrust=distrust,
        sources=tuple(told),
        checks=tuple(found),
        seconds=round(time.monotonic() - began, 3),
    )
    if write:
        folder.write(run / FILE, encode_verification(verification))
    return verification


class Judge:
    """Judges one control after the other.

    Args:
        folder: of the run.
        ground: what is true about it.
        checks: that may be made.
        progress: told what is being done.

    Attributes:
        heard: what went into the controls, by number of the message.
    """

    def __init__(
        self,
        folder: RunFolder,
        ground: Ground,
        checks: Mapping[str, AnyCheck],
        progress: Callable[[str], None],
    ) -> None:
        manifest = folder.read_manifest()
        self.heard: Mapping[int, Mapping[str, object]] = {}
        self._ground = ground
        self._checks = checks
        self._progress = progress
        self._settings = manifest.scenario.get("privacy") or {}
        self._start = start_of(manifest.scenario)
        self._answers = Answers(ground)
        self._neighbour: tuple[Ground, list[Source]] | None = None
        progress("entering the personal data of everybody")
        self._catalogue, self._canaries, self._subjects = catalogue_of(manifest, ground)
        self._scanner = Scanner(self._catalogue)

    def open_neighbour(self, run: Path) -> None:
        """Take in the run with one person more or less.

        Raises:
            UsageError, RunFailedError: it cannot be read.
        """
        folder = RunFolder.open(run)
        recorded, _ = taps(run, folder.read_manifest().scenario)
        self._neighbour = Ground(folder), recorded

    def judge(
        self, control: str, sources: Sequence[Source], distrust: Sequence[str], *, asked: Sequence[str]
    ) -> tuple[list[SourceResult], list[CheckResult]]:
        """Return what became of a control's sources, and what is to be concluded about it."""
        wanted = asked or [*dict.fromkeys(check for source in sources for check in source.checks)]
        case = self._case(control, wanted)
        examiners: dict[str, Examiner] = {
            name: check.examine(case)
            for name, check in self._checks.items()
            if isinstance(check, Check) and (not wanted or name in wanted)
        }
        told = [self._read(source, examiners) for source in sources]
        reasons = [*distrust, *(reason for one in told for reason in one.distrust)]
        found: list[CheckResult] = []
        self._progress(f"judging {control}")
        for name, examiner in examiners.items():
            concluded = list(examiner.conclude())
            if not concluded and (wanted or reasons):
                nothing = "the output holds nothing that this check could judge"
                concluded = [result(Verdict.UNTRUSTED, nothing)]
            for one in concluded:
                sure = _doubted(one, reasons) if reasons else one
                found.append(named(sure, name, control, clauses_of(sure.concern)))
        unknown = [name for name in wanted if name not in self._checks]
        found += [
            named(result(Verdict.UNTRUSTED, f"no check is called {name!r}"), name, control, ())
            for name in unknown
        ]
        return told, found

    def _case(self, control: str, wanted: Sequence[str]) -> Case:
        ground, neighbour = self._ground, self._neighbour
        beside: list[tuple[Path, str]] = []
        if neighbour is not None:
            beside = [(one.path, one.purpose) for one in neighbour[1] if one.control == control]
        return Case(
            control=control,
            ground=ground,
            start=self._start,
            until=float(ground.at.max()) if len(ground) else 0.0,
            settings=self._settings,
            heard=self.heard,
            neighbour=None if neighbour is None else neighbour[0],
            beside=beside,
            asked=frozenset(wanted),
        )

    def _read(self, source: Source, examiners: Mapping[str, Examiner]) -> SourceResult:
        """Show all records of a source to the examiners, and all that the scanner finds in them."""
        self._progress(f"reading {source.path}")
        joiner = Joiner(self._ground, self._answers, self._start)
        distrust: list[str] = []
        samples: list[Output] = []
        records = self._shown(source, joiner, examiners, samples)
        try:
            for leak in self._scanner.scan(records):
                where = leak.where
                joiner.tell(where.sink, where.row)
                finding = Finding(leak, joiner.message(where.sink, where.row), source.purpose)
                for examiner in examiners.values():
                    examiner.find(finding)
        except SinkError as error:
            distrust.append(str(error))
        join = joiner.join
        if join.unjoined_share > MOST_UNJOINED:
            total = join.joined + join.unjoined
            distrust.append(
                f"{join.unjoined:,} of {total:,} records of {source.path} could not be traced back to a "
                "message, a person or a stretch of time of this run: is it the output of another run?"
            )
        if not join.joined + join.unjoined and not distrust:
            distrust.append(f"{source.path} holds nothing but empty records")
        present = {row.type for row in self._ground.canaries}
        present |= {span.type for spans in self._ground.spans.values() for span in spans}
        visible, blind = find_blind_types(self._scanner, self._canaries, self._subjects, samples)
        if blind:
            distrust.append(f"the scanner did not find {', '.join(blind)} that were planted in {source.path}")
        return SourceResult(
            source.control,
            source.purpose,
            str(source.path),
            join,
            tuple(distrust),
            tuple(sorted(set(visible) & present)),
        )

    def _shown(
        self, source: Source, joiner: Joiner, examiners: Mapping[str, Examiner], samples: list[Output]
    ) -> Iterator[Record]:
        count = 0
        for outputs in _batches(read_output(source.path)):
            message, groups = joiner.take(outputs)
            streamed = outputs[0].received is not None
            batch = Batch(outputs, message, groups, source.purpose, streamed)
            for examiner in examiners.values():
                examiner.see(batch)
            samples += outputs[: MOST_SAMPLES - len(samples)]
            yield from (output.record() for output in outputs)
            before, count = count, count + len(outputs)
            if count // PROGRESS > before // PROGRESS:
                self._progress(f"reading {source.path}: {count:,} records")


def _batches(outputs: Iterator[Output]) -> Iterator[list[Output]]:
    """Yield outputs by the batch; what came before an error, too."""
    gathered: list[Output] = []
    fault: SinkError | None = None
    try:
        for output in outputs:
            gathered.append(output)
            if len(gathered) == BATCH:
                yield gathered
                gathered = []
    except SinkError as error:
        fault = error
    if gathered:
        yield gathered
    if fault is not None:
        raise fault


def _checks(only: Sequence[str]) -> Mapping[str, AnyCheck]:
    """Return the checks that are asked for, all that are installed if none is, by name.

    Raises:
        UsageError: one is asked for that is not.
    """
    names = plugins.kinds(GROUP)
    for name in only:
        if name not in names:
            raise UsageError(f"no check is called {name!r}; {suggestion(name, names)}")
    return {name: plugins.load(GROUP, name) for name in names if not only or name in only}


def _doubted(found: CheckResult, reasons: Sequence[str]) -> CheckResult:
    """Return a result from which nothing may be concluded."""
    return msgspec.structs.replace(
        found, verdict=Verdict.UNTRUSTED, reason=f"{reasons[0]} (else: {found.reason})"
    )
