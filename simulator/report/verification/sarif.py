"""A verification as SARIF 2.1.0 (OASIS, 2020), which code hosts show as findings: one run for each control.

Only what is to be looked at is a result: what failed (level error) and what cannot be trusted (kind open).
Code hosts show results of kind pass as findings too, so the verdicts of all checks stand in the properties of
their run instead. A result always has a location, since some hosts refuse a file without.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from simulator.core.version import __version__
from simulator.report.verification import words
from simulator.report.verification.words import Control
from simulator.verify import CheckResult, Evidence, Verdict, Verification
from simulator.verify.clauses import DISCLAIMER, Framework, find_clause, tags_version

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

RUN = "RUN"
"""Name of the base of addresses within the run's folder."""

FINGERPRINT = "fleetsimFinding/v1"

_OUTPUT = "output"
"""Rule for an output from which nothing may be concluded."""

_LINES = frozenset({"", ".jsonl", ".ndjson", ".csv", ".tsv", ".txt", ".log", ".json"})
"""Endings of files whose rows are lines."""

Json = dict[str, Any]


def sarif(verification: Verification, questions: Mapping[str, str]) -> bytes:
    """Return a verification as an indented SARIF log.

    Args:
        verification: what to tell.
        questions: what each check asks, by its name.
    """
    log = {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [_run(verification, control, questions) for control in words.controls(verification)],
    }
    # A lone surrogate, of a file's name that is not UTF-8, becomes the escape that JSON has for it.
    return json.dumps(log, indent=2, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"


def _run(verification: Verification, control: Control, questions: Mapping[str, str]) -> Json:
    checks = list(dict.fromkeys(check.check for check in control.checks))
    frameworks = _frameworks(control)
    rules = [_rule(name, questions.get(name), control, frameworks) for name in checks] + [_output_rule()]
    distrust = (*control.doubts, *control.distrust)
    if not control.checks and not distrust:
        distrust = ("no check had anything to judge",)
    results = [*_distrusted(verification, control, distrust, len(checks))]
    for check in control.troubles:
        results += _results(verification, control, check, checks.index(check.check))
    _number_fingerprints(results)
    return {
        "tool": {"driver": {
            "name": "Fleetsim", "version": __version__, "rules": rules,
            "supportedTaxonomies": [
                {"name": framework.name, "index": index} for index, framework in enumerate(frameworks)
            ],
            "properties": {"clauses": DISCLAIMER, "clausesVersion": tags_version()},
        }},
        # The part before the last slash is the category by which code hosts tell the runs of a tool apart.
        "automationDetails": {
            "id": f"fleetsim-verify/{control.name}/",
            "description": {"text": f"{control.name} in {verification.scenario}"},
        },
        "originalUriBaseIds": {RUN: {"description": {"text": "The folder of the run that was verified."}}},
        "invocations": [{
            "executionSuccessful": not distrust,
            "exitCode": int(verification.exit_code),
            "toolExecutionNotifications": [
                {"level": "warning", "message": {"text": reason}} for reason in distrust
            ],
        }],
        "taxonomies": [_taxonomy(framework, control) for framework in frameworks],
        "results": results,
        "properties": {
            "control": control.name, "verdict": control.verdict.value,
            "checks": [_verdict(check) for check in control.checks],
        },
    }  # fmt: skip


def _rule(name: str, question: str | None, control: Control, frameworks: Sequence[Framework]) -> Json:
    checks = [check for check in control.checks if check.check == name]
    tags = list(dict.fromkeys(tag for check in checks for tag in check.clauses))
    clauses = [clause for clause in map(find_clause, tags) if clause is not None]
    help_text = f"{question or words.spaced(name)} Concerns {_concerns(checks)}."
    if tags:
        help_text += f" Touches {words.cited(tags)}. {DISCLAIMER}"
    rule: Json = {
        "id": name,
        "name": _rule_name(name),
        "shortDescription": {"text": f"The control did not hold: {words.spaced(name)}"},
        "fullDescription": {"text": help_text},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["privacy", *tags]},
    }
    if clauses:
        rule["relationships"] = [
            {
                "target": {
                    "id": clause.id,
                    "toolComponent": {
                        "name": clause.framework.name,
                        "index": frameworks.index(clause.framework),
                    },
                },
                "kinds": ["relevant"],
            }
            for clause in clauses
        ]
    return rule


def _output_rule() -> Json:
    help_text = "What came out of the control is missing, empty, damaged, too little, or of another run."
    return {
        "id": _OUTPUT,
        "name": _rule_name(_OUTPUT),
        "shortDescription": {"text": "Nothing may be concluded from what came out of the control"},
        "fullDescription": {"text": help_text},
        "help": {"text": help_text},
        "defaultConfiguration": {"level": "warning"},
        "properties": {"tags": ["privacy"]},
    }


def _rule_name(check: str) -> str:
    """Return the name of a rule as code hosts show it, such as ``PrivacyErasureLag``."""
    return "Privacy" + "".join(word.capitalize() for word in check.split("_"))


def _concerns(checks: Sequence[CheckResult]) -> str:
    return " and ".join(dict.fromkeys(words.spaced(check.concern.value) for check in checks))


def _frameworks(control: Control) -> list[Framework]:
    clauses = filter(None, map(find_clause, control.clauses))
    return list(dict.fromkeys(clause.framework for clause in clauses))


def _taxonomy(framework: Framework, control: Control) -> Json:
    clauses = [clause for clause in map(find_clause, control.clauses) if clause is not None]
    return {
        "name": framework.name,
        "version": framework.version,
        "fullName": framework.title,
        "isComprehensive": False,
        "shortDescription": {"text": DISCLAIMER},
        "taxa": [
            {"id": clause.id, "name": str(clause)} for clause in clauses if clause.framework == framework
        ],
    }


def _distrusted(
    verification: Verification, control: Control, reasons: Sequence[str], rule: int
) -> Iterator[Json]:
    for reason in reasons:
        yield {
            "ruleId": _OUTPUT,
            "ruleIndex": rule,
            "kind": "open",
            "level": "none",
            "message": {"text": f"{control.name} is untrusted: {reason}"},
            "locations": [_somewhere(verification, control)],
            "partialFingerprints": {FINGERPRINT: _hash(control.name, _OUTPUT, reason)},
        }


def _results(verification: Verification, control: Control, check: CheckResult, rule: int) -> Iterator[Json]:
    """Yield a result for each piece of evidence, or one where there is none."""
    failed = check.verdict is Verdict.FAILED
    for evidence in check.evidence or (None,):
        said = f"{words.title(check)}: {check.reason}"
        if evidence is not None:
            said += f". {evidence.what}"
        properties: Json = {"verdict": check.verdict.value, "part": check.part, "tags": list(check.clauses)}
        parts: tuple[str, ...] = ()
        if evidence is not None:
            known = {
                "message": evidence.message,
                "person": evidence.person,
                "type": evidence.type,
                "encodings": list(evidence.encodings),
            }
            properties |= {key: value for key, value in known.items() if value}
            parts = (evidence.sink or "", _field(evidence), evidence.type or "", *evidence.encodings)
        yield {
            "ruleId": check.check,
            "ruleIndex": rule,
            "kind": "fail" if failed else "open",
            "level": "error" if failed else "none",
            "message": {"text": said},
            "locations": [_location(verification, control, evidence)],
            "partialFingerprints": {FINGERPRINT: _hash(control.name, check.check, check.part, *parts)},
            "properties": properties,
        }


def _location(verification: Verification, control: Control, evidence: Evidence | None) -> Json:
    if evidence is None or evidence.sink is None:
        return _somewhere(verification, control)
    physical: Json = {"artifactLocation": _artifact(verification, evidence.sink)}
    if evidence.row is not None and evidence.row > 0 and _has_lines(evidence.sink):
        physical["region"] = {"startLine": evidence.row}
    location: Json = {"physicalLocation": physical}
    if field := _field(evidence):
        location["logicalLocations"] = [{"fullyQualifiedName": field, "kind": "member"}]
    return location


def _somewhere(verification: Verification, control: Control) -> Json:
    """Return the place of the control's first output; the result's own file where it has none."""
    path = control.sources[0].path if control.sources else str(Path(verification.run) / "verify.json")
    return {"physicalLocation": {"artifactLocation": _artifact(verification, path)}}


def _artifact(verification: Verification, path: str) -> Json:
    """Return the address of a file: relative to the run's folder if it is in there."""
    pure, run = PurePosixPath(path), PurePosixPath(verification.run)
    if pure.is_relative_to(run):
        return {"uri": _quoted(str(pure.relative_to(run))), "uriBaseId": RUN}
    if pure.is_absolute():
        return {"uri": f"file://{_quoted(path)}"}
    return (
        {"uri": _quoted(path), "uriBaseId": RUN} if pure.parts[:1] == ("egress",) else {"uri": _quoted(path)}
    )


def _quoted(path: str) -> str:
    return quote(path, errors="backslashreplace")


def _field(evidence: Evidence) -> str:
    """Return the field of a record, which follows sink and row in the place."""
    _, _, field = words.place(evidence).partition(f":{evidence.row}: ")
    return field


def _has_lines(sink: str) -> bool:
    return PurePosixPath(sink.removesuffix(".gz")).suffix.lower() in _LINES


def _verdict(check: CheckResult) -> Json:
    known = {
        "check": check.check, "part": check.part, "verdict": check.verdict.value, "value": check.value,
        "low": check.low, "high": check.high, "threshold": check.threshold, "unit": check.unit,
    }  # fmt: skip
    return {key: value for key, value in known.items() if value not in (None, "")}


def _number_fingerprints(results: Sequence[Json]) -> None:
    """Tell results apart that are alike: the second of them ends in ``:2``, wherever it lies."""
    seen: Counter[str] = Counter()
    for result in results:
        prints = result["partialFingerprints"]
        alike = prints[FINGERPRINT]
        seen[alike] += 1
        prints[FINGERPRINT] = f"{alike}:{seen[alike]}"


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="backslashreplace")).hexdigest()[:32]
