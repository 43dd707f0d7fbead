from __future__ import annotations

import json
from collections.abc import Callable
from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from msgspec.structs import replace
from rich.console import Console
from rich.markdown import Markdown
from verifications import FORGETFUL, RUN, check, held, leaked, source, untrusted, verification

from simulator import __version__
from simulator.core.errors import RunFailedError
from simulator.report.verification import print_verification, write_verification
from simulator.report.verification.junit import junit
from simulator.report.verification.markdown import LONGEST, markdown
from simulator.report.verification.page import page, picture
from simulator.report.verification.sarif import FINGERPRINT, sarif
from simulator.report.verification.words import cited, controls, figure, in_order
from simulator.verify import CheckResult, Evidence, Verdict, Verification
from simulator.verify.clauses import DISCLAIMER

HERE = Path(__file__).parent
GOLDEN = HERE / "golden" / "verification"
ALL = {"failed": verification, "held": held, "untrusted": untrusted}

QUESTIONS = {"leak": "Personal data in what came out.", "erasure": "What is left of people."}

Json = dict[str, Any]


def printed(result: Verification, width: int = 80) -> str:
    file = StringIO()
    print_verification(result, Console(file=file, width=width, color_system=None))
    return "".join(f"{line.rstrip()}\n" for line in file.getvalue().splitlines())


def runs(result: Verification) -> list[Json]:
    found: list[Json] = json.loads(sarif(result, QUESTIONS))["runs"]
    return found


def case(result: Verification, control: str, name: str) -> ET.Element:
    found = ET.fromstring(junit(result)).find(f"testsuite[@name='{control}']/testcase[@name='{name}']")
    assert found is not None
    return found


def judged(*checks: CheckResult, **changed: Any) -> Verification:
    """Return a verification with nothing but some checks of one control."""
    return verification(sources=(source("one"),), checks=checks, **changed)


@pytest.fixture(scope="module")
def schema() -> Any:
    text = (HERE / "schema" / "sarif-2.1.0-rtm.5.json").read_text()
    return jsonschema.Draft4Validator(json.loads(text), format_checker=jsonschema.FormatChecker())


class TestGoldenFiles:
    @pytest.mark.parametrize("name", ALL)
    def test_the_terminal_reads_so(self, name: str) -> None:
        assert printed(ALL[name]()) == (GOLDEN / f"{name}.txt").read_text()

    @pytest.mark.parametrize(
        ("file", "make"),
        [
            ("failed.xml", lambda result: junit(result).decode()),
            ("failed.sarif", lambda result: sarif(result, QUESTIONS).decode()),
            ("failed.md", markdown),
            ("failed.html", page),
        ],
    )
    def test_files_read_so(self, file: str, make: Callable[[Verification], str]) -> None:
        assert make(verification()).replace(__version__, "VERSION") == (GOLDEN / file).read_text()


class TestEveryReport:
    @pytest.mark.parametrize("result", [verification, held])
    def test_says_that_clauses_are_no_claim(self, result: Callable[[], Verification]) -> None:
        told = result()
        assert DISCLAIMER in " ".join(printed(told).split())
        assert DISCLAIMER in markdown(told)
        assert DISCLAIMER in page(told)
        assert DISCLAIMER in junit(told).decode()
        assert all(run["tool"]["driver"]["properties"]["clauses"] == DISCLAIMER for run in runs(told))

    def test_files_are_written_where_they_are_asked_for(self, tmp_path: Path) -> None:
        paths = {form: tmp_path / form for form in ("junit", "sarif", "markdown", "html")}
        assert write_verification(verification(), **paths) == list(paths.values())
        assert paths["html"].read_text().startswith("<!doctype html>")
        assert write_verification(verification(), junit=tmp_path / "only.xml") == [tmp_path / "only.xml"]
        assert len(list(tmp_path.iterdir())) == 5

    def test_a_file_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(RunFailedError, match=r"nowhere/x\.xml: No such file"):
            write_verification(verification(), junit=tmp_path / "nowhere" / "x.xml")

    def test_letters_of_any_kind_do_no_harm(self, tmp_path: Path) -> None:
        nasty = Evidence("\x00\x1b[31m\ud800 <script>|`@all`", f"{RUN}/egress/é\ud800.jsonl:1: a|b",
                         f"{RUN}/egress/é\ud800.jsonl", 1)  # fmt: skip
        result = judged(check("leak", "one", Verdict.FAILED, "<&\x07>", evidence=(nasty,)))
        paths = {form: tmp_path / form for form in ("junit", "sarif", "markdown", "html")}
        write_verification(result, **paths)
        ET.parse(paths["junit"])
        (run,) = json.loads(paths["sarif"].read_text())["runs"]
        assert run["tool"]["driver"]["rules"][0]["help"]["text"].startswith("Personal data")
        assert "<script>" not in paths["html"].read_text() + paths["markdown"].read_text()
        for encoding in ("ascii", "utf-8"):
            file = TextIOWrapper(BytesIO(), encoding=encoding)
            print_verification(result, Console(file=file, width=80))


class TestTerminal:
    @pytest.mark.parametrize("name", ALL)
    def test_nothing_is_wider_than_80_columns(self, name: str) -> None:
        assert max(map(len, printed(ALL[name]()).splitlines())) <= 80

    def test_a_terminal_without_unicode_gets_plain_marks(self) -> None:
        raw = BytesIO()
        file = TextIOWrapper(raw, encoding="ascii")
        print_verification(verification(), Console(file=file, width=80))
        file.flush()
        assert b"! failed" in raw.getvalue()
        assert b"CCPA \\xa7" in raw.getvalue()

    def test_what_came_out_is_not_read_as_markup(self) -> None:
        result = judged(check("leak", "one", Verdict.FAILED, "[red]mine[/red]"))
        assert "[red]mine[/red]" in printed(result)

    def test_parts_are_explained_by_the_whole(self) -> None:
        text = printed(verification())
        assert "\n    payment card    1.01 %" in text
        assert "\n  preference inference\n    age group" in text
        assert "✗ leak: payment card" not in text
        assert "✗ leak: payment card: 3 came out" in printed(judged(replace(FORGETFUL[1], control="one")))


class TestJunit:
    def test_a_suite_for_each_control_and_a_case_for_each_check(self) -> None:
        root = ET.fromstring(junit(verification()))
        names = {
            suite.get("name"): [case.get("name") for case in suite.findall("testcase")] for suite in root
        }
        assert names == {
            "right": ["output", "leak", "over redaction"],
            "forgetful": ["output", "leak", "leak: payment card", "erasure", "erasure: lag"],
            "small": ["output", "unicity", "preference inference: age group", "consent"],
            "foreign": ["output"],
        }

    @pytest.mark.parametrize("name", ALL)
    def test_counts_are_those_of_the_cases(self, name: str) -> None:
        root = ET.fromstring(junit(ALL[name]()))
        for element in (root, *root):
            for attribute, path in (("tests", ""), ("failures", "/failure"), ("errors", "/error")):
                assert element.get(attribute) == str(len(element.findall(f".//testcase{path}")))

    def test_failed_is_a_failure_and_untrusted_an_error_each_with_its_reason(self) -> None:
        failure = case(verification(), "forgetful", "erasure").find("failure")
        error = case(verification(), "small", "unicity").find("error")
        assert failure is not None
        assert error is not None
        assert failure.get("message") == "1 of 4 people is still there an hour after the deadline"
        assert error.get("message") == "6 people came out; 40 are needed to tell"

    def test_a_case_points_to_the_line_of_the_first_evidence(self) -> None:
        found = case(verification(), "forgetful", "leak")
        assert (found.get("file"), found.get("line")) == (f"{RUN}/egress/forgetful.jsonl", "12")

    def test_nothing_judged_is_an_error_and_no_empty_success(self) -> None:
        for result in (untrusted(), verification(sources=(source("one"),), checks=())):
            assert ET.fromstring(junit(result)).get("errors") == "1"

    def test_a_run_that_cannot_be_trusted_is_an_error_of_each_control(self) -> None:
        result = verification(distrust=("the generator lagged",))
        for control in ("right", "forgetful", "small", "foreign"):
            error = case(result, control, "output").find("error")
            assert error is not None
            assert "the generator lagged" in (error.get("message") or "")


class TestSarif:
    @pytest.mark.parametrize("name", ALL)
    def test_it_is_valid_by_the_schema_of_the_standard(self, schema: Any, name: str) -> None:
        log = json.loads(sarif(ALL[name](), QUESTIONS))
        assert [error.message for error in schema.iter_errors(log)] == []
        assert list(schema.iter_errors({**log, "version": "3"})), "the schema tells nothing apart"

    def test_a_run_for_each_control_in_a_category_of_its_own(self) -> None:
        found = runs(verification())
        assert [run["properties"]["control"] for run in found] == ["right", "forgetful", "small", "foreign"]
        assert len({run["automationDetails"]["id"] for run in found}) == 4

    def test_only_what_is_to_be_looked_at_is_a_result(self) -> None:
        right, forgetful, small, foreign = runs(verification())
        assert right["results"] == []
        assert [result["level"] for result in forgetful["results"]] == ["error"] * 5
        assert [(result["ruleId"], result["kind"]) for result in small["results"]] == [("unicity", "open")]
        assert [(result["ruleId"], result["kind"]) for result in foreign["results"]] == [("output", "open")]
        assert {one["verdict"] for one in right["properties"]["checks"]} == {"held"}

    def test_a_result_lies_at_file_line_and_field_of_the_sink(self) -> None:
        location = runs(verification())[1]["results"][0]["locations"][0]
        assert location["physicalLocation"] == {
            "artifactLocation": {"uri": "egress/forgetful.jsonl", "uriBaseId": "RUN"},
            "region": {"startLine": 12},
        }
        assert location["logicalLocations"][0]["fullyQualifiedName"] == "transcript"

    @pytest.mark.parametrize(
        ("sink", "artifact"),
        [
            (f"{RUN}/egress/a b.sqlite#events", {"uri": "egress/a%20b.sqlite%23events", "uriBaseId": "RUN"}),
            ("/srv/out.parquet", {"uri": "file:///srv/out.parquet"}),
            ("out.duckdb", {"uri": "out.duckdb"}),
        ],
    )
    def test_a_row_of_a_table_is_no_line(self, sink: str, artifact: Json) -> None:
        evidence = Evidence("something", f"{sink}:7: name", sink, 7)
        (run,) = runs(judged(check("leak", "one", Verdict.FAILED, "came out", evidence=(evidence,))))
        assert run["results"][0]["locations"][0]["physicalLocation"] == {"artifactLocation": artifact}

    def test_every_result_has_a_place_and_names_its_rule(self) -> None:
        for run in runs(verification()):
            rules = run["tool"]["driver"]["rules"]
            for result in run["results"]:
                assert result["locations"]
                assert rules[result["ruleIndex"]]["id"] == result["ruleId"]

    def test_fingerprints_stay_when_lines_move_and_tell_alike_findings_apart(self) -> None:
        def prints(*rows: int) -> list[str]:
            evidence = tuple(leaked(row, "email", "n0-h0-p0", "hex") for row in rows)
            (run,) = runs(judged(check("leak", "one", Verdict.FAILED, "came out", evidence=evidence)))
            return [result["partialFingerprints"][FINGERPRINT] for result in run["results"]]

        assert prints(3, 9) == prints(700, 901)
        assert len(set(prints(3, 9))) == 2

    def test_rules_lead_to_clauses_of_versioned_taxonomies(self) -> None:
        run = runs(verification())[1]
        leak = run["tool"]["driver"]["rules"][0]
        assert "GDPR Art. 5(1)(c)" in leak["properties"]["tags"]
        for relation in leak["relationships"]:
            taxonomy = run["taxonomies"][relation["target"]["toolComponent"]["index"]]
            assert taxonomy["version"]
            assert relation["target"]["id"] in {taxon["id"] for taxon in taxonomy["taxa"]}


class TestMarkdown:
    def test_the_table_is_short_and_the_details_are_folded(self) -> None:
        head, *folded = markdown(verification()).split("<details>")
        assert len(head.splitlines()) < 12
        assert len(folded) == 4
        assert all("</details>" in part for part in folded)

    def test_markup_in_what_came_out_stays_text(self) -> None:
        text = markdown(verification())
        assert r"\`&lt;b&gt;\|\` and all" in text
        console = Console(file=StringIO(), width=200)
        console.print(Markdown(text))

    def test_it_fits_in_a_comment_however_much_there_is(self) -> None:
        checks = [
            check("leak", "one", Verdict.FAILED, "came out", part=f"part{number}",
                  evidence=tuple(leaked(row, "email", "n0-h0-p0") for row in range(10)))
            for number in range(400)
        ]  # fmt: skip
        few, many = markdown(judged(*checks[:80])), markdown(judged(*checks))
        assert max(len(few), len(many)) <= LONGEST
        assert "more in `verify.json`" in few
        assert many.endswith("all of it is in `verify.json`.\n")


class TestWords:
    def test_figures_carry_their_units(self) -> None:
        assert figure(0.00312, "share") == "0.312 %"
        assert figure(1, "people") == "1 person"
        assert figure(90, "seconds") == "1m 30s"
        assert figure(12_345, "count") == "12,345"
        assert figure(1.25, "epsilon") == "1.25"

    def test_a_value_does_not_look_like_the_limit_that_it_misses(self) -> None:
        assert figure(0.0501, "share") != figure(0.05, "share")
        assert figure(0.000_001, "share") != figure(0, "share")

    def test_frameworks_are_named_once(self) -> None:
        assert cited(["GDPR Art. 25", "EN 303 645 5.8", "GDPR Art. 32", "own rule 7"]) == (
            "EN 303 645 5.8; GDPR Art. 25, 32; own rule 7"
        )

    def test_a_reason_that_holds_for_all_checks_is_given_once(self) -> None:
        why = "the generator lagged"
        doubted = [
            replace(one, control="one", verdict=Verdict.UNTRUSTED, reason=f"{why} (else: {one.reason})")
            for one in FORGETFUL
        ]
        result = judged(*doubted, status=Verdict.UNTRUSTED, distrust=(why,))
        assert printed(result).count(why) == 1
        (run,) = runs(result)
        assert [one["message"]["text"] for one in run["results"]] == [f"one is untrusted: {why}"]

    def test_clauses_stand_in_the_order_of_their_framework(self) -> None:
        assert in_order(["11.2", "5(1)(f)", "11", "5(1)(c)", "6"]) == "5(1)(c), 5(1)(f), 6, 11, 11.2"

    def test_a_control_whose_output_cannot_be_trusted_is_never_held(self) -> None:
        result = replace(held(), sources=(source("right", distrust=("it is cut off",)),))
        assert [control.verdict for control in controls(result)] == [Verdict.UNTRUSTED]

    def test_a_picture_shows_value_interval_and_limit_to_scale(self) -> None:
        drawn = picture(
            check("leak", "one", Verdict.FAILED, "", value=0.5, low=0.25, high=1.0, threshold=0.75)
        )
        assert drawn is not None
        assert drawn.threshold is not None
        assert drawn.low < drawn.value < drawn.threshold < drawn.high <= 100
        assert drawn.value / drawn.low == pytest.approx(2.0, rel=0.01)
        assert picture(check("unicity", "one", Verdict.UNTRUSTED, "")) is None
