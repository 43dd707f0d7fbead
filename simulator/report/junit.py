"""The result as JUnit XML, which every CI system shows: one test case for the run, one a threshold."""

from __future__ import annotations

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from simulator.core.thresholds import Threshold
from simulator.report.summary import Status, Summary, ThresholdResult, VerdictResult
from simulator.report.xml import xml_text
from simulator.truth import RunFolder


def write_junit(folder: RunFolder, summary: Summary) -> None:
    """Write ``junit.xml``.

    Raises:
        RunFailedError: it cannot be written.
    """
    folder.write(folder.junit, junit(summary))


def junit(*summaries: Summary) -> bytes:
    """Return the results of runs as a JUnit XML document in UTF-8, a test suite a run.

    A threshold that was not held is a failure. A run that failed, was interrupted or cannot be trusted is
    an error, so that thresholds which held do not make it look good.
    """
    root = ET.Element("testsuites", {"name": "fleetsim", **_totals(summaries)})
    for summary in summaries:
        _suite(root, summary)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _totals(summaries: Sequence[Summary]) -> dict[str, str]:
    held = [one.held for summary in summaries for one in summary.thresholds]
    held += [one.held for summary in summaries for one in summary.verdicts]
    return {
        "tests": str(len(summaries) + len(held)),
        "failures": str(held.count(False)),
        "errors": str(sum(_trouble(summary) is not None for summary in summaries)),
        "time": f"{sum(summary.seconds for summary in summaries):.3f}",
    }


def _suite(root: ET.Element, summary: Summary) -> None:
    totals = _totals([summary])
    suite = ET.SubElement(root, "testsuite", {"name": xml_text(summary.scenario), **totals, "skipped": "0"})
    properties = ET.SubElement(suite, "properties")
    for name, value in (("seed", str(summary.seed)), ("load", summary.load), ("broker", summary.broker)):
        ET.SubElement(properties, "property", {"name": name, "value": xml_text(value)})
    _run(suite, summary)
    for result in summary.thresholds:
        _threshold(suite, summary, result)
    for verdict in summary.verdicts:
        _verdict(suite, summary, verdict)


def _run(suite: ET.Element, summary: Summary) -> None:
    case = _case(suite, summary, "run", f"{summary.seconds:.3f}")
    if (trouble := _trouble(summary)) is not None:
        ET.SubElement(case, "error", {"type": summary.status.value, "message": xml_text(trouble)})


def _threshold(suite: ET.Element, summary: Summary, result: ThresholdResult) -> None:
    case = _case(suite, summary, result.expression, "0.000")
    if not result.held:
        found = _found(result)
        ET.SubElement(case, "failure", {"type": "threshold", "message": found})


def _found(result: ThresholdResult) -> str:
    if result.value is None:
        return "nothing was measured"
    if isinstance(result.value, str):
        return f"it was {result.value}"
    return f"it was {result.value:g}{Threshold.parse(result.expression).unit}"


def _verdict(suite: ET.Element, summary: Summary, result: VerdictResult) -> None:
    case = _case(suite, summary, f"{result.control}: {result.check} is {result.expected}", "0.000")
    if not result.held:
        found = f"it is {result.verdict}" if result.verdict else "it was not judged"
        why = f": {result.reason}" if result.reason else ""
        ET.SubElement(case, "failure", {"type": "verdict", "message": xml_text(found + why)})


def _case(suite: ET.Element, summary: Summary, name: str, time: str) -> ET.Element:
    names = {"classname": f"fleetsim.{xml_text(summary.scenario)}", "name": xml_text(name), "time": time}
    return ET.SubElement(suite, "testcase", names)


def _trouble(summary: Summary) -> str | None:
    match summary.status:
        case Status.INTERRUPTED:
            return "the run was interrupted"
        case Status.UNTRUSTED:
            return "; ".join(summary.distrust)
        case _:
            return summary.failure
