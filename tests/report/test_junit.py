from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

from summaries import THRESHOLDS, summary

from simulator.metrics import Tally
from simulator.report import Summary, write_junit
from simulator.report.junit import junit
from simulator.truth import RunFolder

GOLDEN = Path(__file__).parent / "golden"


def suite(result: Summary) -> ET.Element:
    found = ET.fromstring(junit(result)).find("testsuite")
    assert found is not None
    return found


def test_the_document_is_as_the_golden_file_says(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    write_junit(folder, summary(thresholds=(*THRESHOLDS, "messages > 100")))
    assert folder.junit.read_text() == (GOLDEN / "junit.xml").read_text()


def test_a_case_for_the_run_and_one_for_each_threshold() -> None:
    cases = suite(summary(thresholds=THRESHOLDS)).findall("testcase")
    assert [case.get("name") for case in cases] == ["run", *THRESHOLDS]
    assert [case.find("failure") is not None for case in cases] == [False, True, True, True]


def test_a_run_without_thresholds_is_one_passing_case() -> None:
    found = suite(summary())
    assert (found.get("tests"), found.get("failures"), found.get("errors")) == ("1", "0", "0")


def test_a_run_that_cannot_be_trusted_is_an_error_though_its_thresholds_held() -> None:
    found = suite(summary(Tally(), thresholds=("messages >= 0",)))
    error = found.find("testcase/error")
    assert error is not None
    assert (error.get("type"), error.get("message")) == ("untrusted", "no message was due")
    assert (found.get("failures"), found.get("errors")) == ("0", "1")


def test_a_run_that_failed_or_was_interrupted_is_an_error() -> None:
    for changed, says in (({"failure": "no broker"}, "no broker"), ({"interrupted": True}, "interrupted")):
        error = suite(summary(**changed)).find("testcase/error")
        assert error is not None
        assert says in (error.get("message") or "")


def test_whatever_a_broker_says_the_document_stays_valid() -> None:
    found = suite(summary(broker='<&">\x00\x1b\ud800 end'))
    broker = found.find("properties/property[@name='broker']")
    assert broker is not None
    assert broker.get("value") == '<&">��� end'
