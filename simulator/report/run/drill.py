"""A drill: the runs against each of its brokers, and what was judged of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from simulator.core.decoding import UNREADABLE
from simulator.core.errors import RunFailedError
from simulator.core.version import __version__
from simulator.report.drill import DrillSummary, summarize_drill
from simulator.report.page import environment
from simulator.report.run import figures
from simulator.report.run.looks import LOOKS
from simulator.report.run.result import Result, read_result
from simulator.report.summary import VerdictResult
from simulator.report.verification.words import spaced
from simulator.truth import Manifest, RunFolder


@dataclass(frozen=True, slots=True)
class DrillResult:
    """How a drill went.

    Attributes:
        folder: of the drill.
        manifest: what was asked.
        summary: what came of it, or of the runs that there are.
        status: how it ended, in a word; ``incomplete`` if it did not.
        runs: the run against each broker that there was one against, by the broker's name.
        troubles: why what is here may not be the whole.
    """

    folder: RunFolder
    manifest: Manifest
    summary: DrillSummary
    status: str
    runs: Mapping[str, Result]
    troubles: tuple[str, ...]

    @property
    def name(self) -> str:
        """The scenario's."""
        return self.summary.scenario

    @property
    def headline(self) -> str:
        """What became of it, in a sentence."""
        verdicts = self.summary.verdicts
        right = sum(one.held for one in verdicts)
        return (
            f"{right:,} of {len(verdicts):,} verdicts are as expected, "
            f"{len(self.runs)} of {len(self.manifest.brokers)} brokers were tried"
        )

    @property
    def others(self) -> list[VerdictResult]:
        """The verdicts that are not as expected."""
        return [one for one in self.summary.verdicts if not one.held]

    def matrix(self) -> tuple[list[str], list[tuple[str, list[VerdictResult | None]]]]:
        """Return the controls, and for each check what came of it for each of them."""
        names = list(dict.fromkeys(one.control for one in self.summary.verdicts))
        found = {(one.check, one.control): one for one in self.summary.verdicts}
        checks = dict.fromkeys(one.check for one in self.summary.verdicts)
        return names, [(spaced(check), [found.get((check, name)) for name in names]) for check in checks]


def read_drill(folder: RunFolder) -> DrillResult:
    """Return what the folder of a drill tells.

    Raises:
        RunFailedError: a manifest cannot be read.
    """
    manifest = folder.read_manifest()
    runs = {
        name: read_result(RunFolder(folder.path / name))
        for name in manifest.brokers
        if RunFolder(folder.path / name).manifest.is_file()
    }
    troubles = []
    summary, status = None, "incomplete"
    try:
        summary = msgspec.json.decode(folder.summary.read_bytes(), type=DrillSummary)
        status = summary.status.value
    except FileNotFoundError:
        troubles.append(
            "This drill did not come to its end: it was killed, or is still going on. Below is what it had "
            "written until then."
        )
    except OSError as error:
        raise RunFailedError(f"cannot read {folder.summary}: {error.strerror}") from error
    except UNREADABLE as error:
        troubles.append(f"{folder.summary} is no summary of a drill: {error}")
    if summary is None:
        told = {name: result.summary for name, result in runs.items() if result.summary is not None}
        name = str(manifest.scenario.get("name", folder.path.name))
        summary = summarize_drill(name, manifest.seed, told, interrupted=True, seconds=0.0)
    missing = [name for name in manifest.brokers if name not in runs]
    troubles += [f"There was no run against the broker {name}." for name in missing]
    return DrillResult(folder, manifest, summary, status, runs, tuple(troubles))


def page(drill: DrillResult) -> str:
    """Return the page of a drill, which leads to those of its runs."""
    names, rows = drill.matrix()
    failure = [] if drill.summary.failure is None else [f"A run failed: {drill.summary.failure}"]
    return (
        environment("simulator.report.run", "simulator.report.verification")
        .get_template("drill.html.jinja")
        .render(
            title=drill.name,
            version=__version__,
            facts=[
                ("Started", f"{drill.manifest.started:%Y-%m-%d %H:%M:%S %Z}"),
                ("Seed", str(drill.manifest.seed)),
                ("Brokers", ", ".join(drill.manifest.brokers)),
                ("Made with", f"Fleetsim {drill.manifest.versions.get('fleetsim', '?')}"),
            ],
            description=str(drill.manifest.scenario.get("description") or ""),
            drill=drill,
            looks=LOOKS,
            troubles_of=[*failure, *drill.summary.distrust, *drill.troubles],
            controls=names,
            rows=rows,
            spaced=spaced,
            figures=figures,
        )
    )
