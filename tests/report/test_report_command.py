"""``fleetsim report``, and the guide to it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from run_folders import drill, killed, run_folder, stretches, usual, whole
from summaries import count, summary
from summaries import usual as usual_tally

from simulator.cli import main
from simulator.cli.report import command
from simulator.core.errors import ExitCode
from simulator.core.records import Outcome
from simulator.report import Stretch
from simulator.report.run import read_result, render_markdown
from simulator.report.run.comparison import Change, compare

GUIDE = (Path(__file__).parents[2] / "docs" / "report.md").read_text()


def fleetsim(*arguments: object) -> int:
    with pytest.raises(SystemExit) as ended:
        main(["report", *map(str, arguments)])
    return int(ended.value.code or 0)


class TestCommand:
    def test_it_writes_the_page_into_the_folder_or_where_it_is_told(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = whole(tmp_path / "run")
        assert fleetsim(folder.path) == ExitCode.OK
        assert capsys.readouterr().err == f"wrote {folder.page}\n"
        other = tmp_path / "other.html"
        assert fleetsim(folder.path, "-o", other) == ExitCode.OK
        assert other.read_text() == folder.page.read_text()

    def test_markdown_goes_to_stdout(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        folder = whole(tmp_path / "run")
        assert fleetsim(folder.path, "--markdown") == ExitCode.OK
        assert capsys.readouterr().out == render_markdown(read_result(folder))
        assert not folder.page.exists()

    def test_a_killed_run_has_a_report_and_the_code_says_only_that(self, tmp_path: Path) -> None:
        assert fleetsim(killed(tmp_path / "run").path) == ExitCode.OK

    @pytest.mark.parametrize("option", ["run", "--against"])
    def test_a_folder_without_a_run_is_a_mistake_of_usage(
        self, tmp_path: Path, option: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = whole(tmp_path / "run").path
        arguments = [tmp_path] if option == "run" else [folder, "--against", tmp_path]
        assert fleetsim(*arguments) == ExitCode.USAGE
        assert f"{tmp_path} is not the folder of a run" in capsys.readouterr().err

    def test_a_file_that_cannot_be_written_is_said(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = whole(tmp_path / "run").path
        assert fleetsim(folder, "-o", tmp_path / "no" / "page.html") == ExitCode.RUN_FAILED
        assert "cannot be written" in capsys.readouterr().err

    def test_a_drill_has_reports_too_but_nothing_to_compare(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        folder = drill(tmp_path / "drill", "well", "badly")
        assert fleetsim(folder.path, "--markdown") == ExitCode.OK
        assert "| access control | ✅ held | ❌ untrusted, held was expected |" in capsys.readouterr().out
        assert fleetsim(folder.path, "--against", folder.path / "well") == ExitCode.USAGE
        assert "name the run against one broker" in capsys.readouterr().err

    def test_open_and_markdown_exclude_each_other(self, tmp_path: Path) -> None:
        assert fleetsim(whole(tmp_path / "run").path, "--open", "--markdown") == ExitCode.USAGE


class TestMarkdown:
    def test_it_says_what_the_page_says_in_short(self, tmp_path: Path) -> None:
        text = render_markdown(read_result(whole(tmp_path / "run")))
        assert text.startswith("### ❌ smart-home-evening: failed\n\n11,984 of 12,000 messages delivered")
        assert "| `publish_latency_p99 < 100ms` | 124.785 ms | ❌ not held |" in text
        assert "1 of 2 verdicts are as expected." in text
        assert "| forgetful | leak | failed | held | 5 pieces of personal data came out |" in text
        assert re.search(r"\| messages/s \| `[▁-█ ]{40}` \| \d+ \|", text)

    def test_a_killed_run_is_marked(self, tmp_path: Path) -> None:
        text = render_markdown(read_result(killed(tmp_path / "run")))
        assert text.startswith("### ⚠️ smart-home-evening: incomplete")
        assert "- This run did not come to its end" in text

    def test_markup_of_others_stays_text(self, tmp_path: Path) -> None:
        folder = run_folder(tmp_path / "run", summary(failure="no *broker* | <b>"), stretches())
        assert r"no \*broker\* \| &lt;b&gt;" in render_markdown(read_result(folder))


class TestComparison:
    def test_figures_stand_side_by_side_with_their_change(self) -> None:
        assert Change("x", 200.0, 150.0).percent == "-25 %"
        assert Change("x", 3.0, 3.01).percent == "+0.33 %"
        assert Change("x", 1.0, 30.0).percent == "+2,900 %"
        assert Change("x", 0.0, 5.0).percent == Change("x", None, 5.0).percent == "-"
        assert Change("x", 0.0, 0.0).percent == "0 %"

    def test_thresholds_and_verdicts_that_turned_are_named(self, tmp_path: Path) -> None:
        text = "delivered_ratio >= 0.9999"
        kept = summary(thresholds=("messages > 1",))
        now = run_folder(tmp_path / "now", summary(thresholds=("messages > 1", text)), stretches())
        then = run_folder(tmp_path / "then", kept, stretches())
        comparison = compare(read_result(now), read_result(then))
        assert [(turn.what, turn.earlier, turn.now, turn.worse) for turn in comparison.turns] == [
            ("the run", "passed", "failed", True)
        ]
        assert comparison.warnings == (f"Only one of the two runs had to keep {text}.",)

    def test_a_threshold_that_is_kept_no_more_is_worse(self, tmp_path: Path) -> None:
        text = "lost_ratio < 0.001"
        tally = usual_tally()
        count(tally, Outcome.LOST, 20)
        now = run_folder(tmp_path / "now", summary(tally, thresholds=(text,)), stretches())
        then = run_folder(tmp_path / "then", summary(thresholds=(text,)), stretches())
        turns = compare(read_result(now), read_result(then)).turns
        assert [(turn.what, turn.earlier, turn.now, turn.worse) for turn in turns][1:] == [
            (text, "held", "not held", True)
        ]
        back = compare(read_result(then), read_result(now)).turns
        assert [turn.better for turn in back] == [True, True]

    def test_fields_that_differ_are_named_and_never_shown(self, tmp_path: Path) -> None:
        then = run_folder(tmp_path / "then", usual(), stretches(), mqtt={"broker": "mqtt://a:secret@b"})
        warnings = compare(read_result(whole(tmp_path / "now")), read_result(then)).warnings
        assert warnings == ("The scenarios differ in mqtt.broker.",)

    def test_without_an_earlier_summary_there_is_nothing_to_compare(self, tmp_path: Path) -> None:
        comparison = compare(read_result(whole(tmp_path / "now")), read_result(killed(tmp_path / "then")))
        assert comparison.changes == comparison.turns == ()
        assert "left no summary" in comparison.warnings[0]


class TestGuide:
    @pytest.mark.parametrize("line", re.findall(r"^fleetsim report (.*)$", GUIDE, re.MULTILINE))
    def test_commands_are_understood(self, line: str) -> None:
        arguments = shlex.split(line.split(">>")[0])
        assert command.make_context("report", arguments).params["run"] == Path("runs/home")

    def test_every_field_of_the_timeline_is_explained(self) -> None:
        named = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| (`.*?) \|", GUIDE, re.MULTILINE))))
        assert named == set(Stretch.__struct_fields__)
