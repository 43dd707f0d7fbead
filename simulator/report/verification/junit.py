"""A verification as JUnit XML, which every CI system shows: a suite for each control, a case for each check.

What failed is a failure. What cannot be trusted is an error, and not a skipped test: CI systems count skipped
tests among those that do no harm, while nothing is known about this control. What came of a control's output
is a case too, so that a control with nothing to judge does not look good.
"""

from __future__ import annotations

from collections.abc import Iterable
from xml.etree import ElementTree as ET

from simulator.report.verification import words
from simulator.report.verification.words import Control
from simulator.report.xml import xml_text
from simulator.verify import CheckResult, Verdict, Verification
from simulator.verify.clauses import DISCLAIMER

OUTPUT = "output"
"""Name of the case about what came out of a control."""


def junit(verification: Verification) -> bytes:
    """Return a verification as a JUnit XML document in UTF-8."""
    root = ET.Element("testsuites", {"name": "fleetsim verify"})
    suites = [
        _suite(root, verification, control) for control in words.controls(words.within_run(verification))
    ]
    if not suites:
        suites = [_nothing(root, verification)]
    for name in ("tests", "failures", "errors", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in suites)))
    root.set("time", f"{verification.seconds:.3f}")
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return document + b"\n"


def _suite(root: ET.Element, verification: Verification, control: Control) -> ET.Element:
    distrust = (*control.doubts, *control.distrust)
    suite = _open(root, control.name, verification, 1 + len(control.checks))
    suite.set("failures", str(len(control.of(Verdict.FAILED))))
    suite.set("errors", str(len(control.of(Verdict.UNTRUSTED)) + bool(distrust or not control.checks)))
    _output(suite, control, distrust)
    for check in control.checks:
        _check(suite, check)
    return suite


def _nothing(root: ET.Element, verification: Verification) -> ET.Element:
    suite = _open(root, verification.scenario, verification, 1)
    suite.set("errors", "1")
    reasons = verification.distrust or (words.headline(verification),)
    _trouble(_case(suite, verification.scenario, OUTPUT), "error", Verdict.UNTRUSTED, reasons)
    return suite


def _open(root: ET.Element, name: str, verification: Verification, tests: int) -> ET.Element:
    counts = {"tests": str(tests), "failures": "0", "errors": "0", "skipped": "0"}
    suite = ET.SubElement(root, "testsuite", {"name": xml_text(name), **counts, "time": "0.000"})
    properties = ET.SubElement(suite, "properties")
    facts = {"run": verification.run, "scenario": verification.scenario, "clauses": DISCLAIMER}
    for key, value in facts.items():
        ET.SubElement(properties, "property", {"name": key, "value": xml_text(value)})
    return suite


def _output(suite: ET.Element, control: Control, distrust: tuple[str, ...]) -> None:
    case = _case(suite, control.name, OUTPUT)
    if distrust:
        _trouble(case, "error", Verdict.UNTRUSTED, distrust)
    elif not control.checks:
        _trouble(case, "error", Verdict.UNTRUSTED, ("no check had anything to judge",))
    else:
        _say(case, (f"{source.path}: {source.join.joined:,} records traced, {source.join.unjoined:,} not"
                    for source in control.sources))  # fmt: skip


def _check(suite: ET.Element, check: CheckResult) -> None:
    case = _case(suite, check.control, words.title(check))
    first = next((each for each in check.evidence if each.sink is not None), None)
    if first is not None and first.sink is not None:
        case.set("file", xml_text(first.sink))
        if first.row is not None:
            case.set("line", str(first.row))
    match check.verdict:
        case Verdict.HELD:
            _say(case, _lines(check))
        case Verdict.FAILED:
            _trouble(case, "failure", check.verdict, (check.reason,), _lines(check))
        case Verdict.UNTRUSTED:
            _trouble(case, "error", check.verdict, (check.reason,), _lines(check))


def _lines(check: CheckResult) -> Iterable[str]:
    if measured := words.measured(check):
        yield measured
    for evidence in check.evidence:
        about = [words.place(evidence), evidence.what, words.details(evidence)]
        yield " | ".join(filter(None, about))
    if check.clauses:
        yield f"touches {words.cited(check.clauses)}"


def _case(suite: ET.Element, control: str, name: str) -> ET.Element:
    names = {"classname": f"fleetsim.verify.{xml_text(control)}", "name": xml_text(name), "time": "0.000"}
    return ET.SubElement(suite, "testcase", names)


def _trouble(
    case: ET.Element, tag: str, verdict: Verdict, reasons: Iterable[str], lines: Iterable[str] = ()
) -> None:
    about = {"type": verdict.value, "message": xml_text("; ".join(reasons))}
    ET.SubElement(case, tag, about).text = xml_text("\n".join(lines)) or None


def _say(case: ET.Element, lines: Iterable[str]) -> None:
    ET.SubElement(case, "system-out").text = xml_text("\n".join(lines))
