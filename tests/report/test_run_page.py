"""The page of a run, in a real browser that has no network."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from browser import Browser
from run_folders import drill, killed, run_folder, stretches, usual, whole
from summaries import summary

from simulator.report.run import read_report, read_result, render_page, write_page
from simulator.truth import RunFolder

PHONE, DESKTOP = 360, 1280
"""Widths of windows in pixels."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    return whole(tmp_path_factory.mktemp("runs") / "now")


@pytest.fixture(scope="module")
def page(folder: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a run beside an earlier one, which has all that a page can have."""
    earlier = run_folder(
        tmp_path_factory.mktemp("runs") / "then", usual(), stretches(50, 150), seed=8, name="another"
    )
    path = folder.path / "beside.html"
    path.write_text(render_page(read_result(folder), read_result(earlier)), encoding="utf-8")
    return path


def text_of(folder: RunFolder) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", render_page(read_report(folder))).split())


class TestInABrowser:
    @pytest.mark.parametrize("width", [PHONE, DESKTOP])
    def test_it_asks_for_nothing_and_complains_of_nothing(
        self, browser: Browser, page: Path, width: int
    ) -> None:
        visit = browser.show(page, width=width)
        assert visit.requests == [page.as_uri()]
        assert visit.complaints == []

    @pytest.mark.parametrize("width", [320, PHONE, 800, DESKTOP])
    def test_nothing_sticks_out_to_the_side(self, browser: Browser, page: Path, width: int) -> None:
        browser.show(page, width=width)
        assert browser.ask("document.documentElement.scrollWidth") <= width
        assert browser.sticking_out() == 0

    @pytest.mark.parametrize("width", [PHONE, DESKTOP])
    @pytest.mark.parametrize("dark", [False, True])
    def test_axe_finds_nothing_wrong(self, browser: Browser, page: Path, width: int, dark: bool) -> None:
        browser.show(page, width=width, dark=dark)
        assert browser.axe() == []

    def test_axe_finds_what_is_wrong(self, browser: Browser, tmp_path: Path) -> None:
        page = tmp_path / "page.html"
        page.write_text("<!doctype html><title>x</title><h1 style='color: #aaa'>pale</h1><input>")
        browser.show(page, width=DESKTOP)
        assert {"color-contrast", "label"} <= {each.split(":")[0] for each in browser.axe()}

    @pytest.mark.parametrize("width", [PHONE, DESKTOP])
    def test_words_in_pictures_can_be_read(self, browser: Browser, page: Path, width: int) -> None:
        browser.show(page, width=width)
        smallest = browser.ask(
            "Math.min(...[...document.querySelectorAll('svg text')]"
            ".map(each => each.getBoundingClientRect().height).filter(height => height > 0))"
        )
        assert smallest >= 9

    def test_what_became_of_the_run_is_the_first_thing_that_a_phone_shows(
        self, browser: Browser, page: Path
    ) -> None:
        browser.show(page, width=PHONE, height=740)
        assert browser.ask("document.querySelector('.lead .verdict').innerText") == "failed"
        assert browser.ask("document.querySelector('.lead .verdict').getBoundingClientRect().bottom") < 300

    def test_charts_lie_below_each_other_on_one_axis(self, browser: Browser, page: Path) -> None:
        browser.show(page, width=DESKTOP)
        lefts = browser.ask(
            "[...document.querySelectorAll('.broad svg')].map(each => each.getBoundingClientRect().left)"
        )
        assert len(lefts) >= 6
        assert len(set(lefts)) == 1
        bands = browser.ask(
            "[...document.querySelectorAll('.broad')].map(each => [...each.querySelectorAll('.band')]"
            ".map(band => band.getAttribute('x')).join()).filter(Boolean)"
        )
        assert len(bands) >= 5
        assert len(set(bands)) == 1


class TestWhatItSays:
    def test_every_picture_has_a_name_and_the_numbers_behind_it(self, page: Path) -> None:
        html = page.read_text(encoding="utf-8")
        pictures = re.findall(r'<svg class="figure[^>]*aria-label="([^"]+)"', html)
        assert len(pictures) == 2 * html.count("<figure")
        assert html.count("<summary>The numbers") == html.count("<figure")

    def test_faults_and_attacks_are_told_on_the_clock_of_the_load(self, folder: RunFolder) -> None:
        text = text_of(folder)
        assert "fault power_cut-0 power cut 20.0 25.0 Mon 19:00 5 devices" in text
        assert "fault battery_death-1 battery death 10.0 60.0 Mon 18:00 2 devices" in text
        assert "fault network_latency-2 network latency 27.8 33.3 Mon 19:46 the network" in text
        attack = "2 outsiders, 1 victim, to be met by access control"
        assert f"attack topic_enumeration-0 topic enumeration 40.0 44.4 Mon 21:00 {attack}" in text
        assert text.count("attack power_cut-0") == 0

    def test_thresholds_and_verdicts_stand_with_what_came_of_them(self, folder: RunFolder) -> None:
        text = text_of(folder)
        assert "publish_latency_p99 &lt; 100ms 124.785 ms not held" in text
        assert "forgetful: leak 5 pieces of personal data came out failed held other" in text
        assert "egress/forgetful.jsonl:12" in text, "the evidence"

    def test_words_of_the_scenario_cannot_become_markup(self, folder: RunFolder) -> None:
        html = render_page(read_result(folder))
        assert "An evening with &lt;everything&gt; &amp; everybody." in html
        assert "<script" not in html

    def test_it_holds_no_password(self, page: Path) -> None:
        assert "hunter2" not in page.read_text(encoding="utf-8")


class TestARunThatIsNotWhole:
    def test_a_killed_run_says_so_first_and_shows_what_there_is(
        self, tmp_path: Path, browser: Browser
    ) -> None:
        folder = killed(tmp_path / "run")
        write_page(folder)
        assert browser.show(folder.page, width=PHONE).complaints == []
        assert "killed, or is still going on" in browser.ask("document.querySelector('.trouble').innerText")
        assert browser.ask("document.querySelector('.lead .verdict').innerText") == "incomplete"
        text = text_of(folder)
        assert "simulated time 6h 3h 50 %" in text
        assert "fault power_cut-0" in text
        assert "topic_enumeration-0" not in text, "it never came to that"

    def test_what_was_generated_offline_is_no_run_that_failed(self, tmp_path: Path) -> None:
        text = text_of(run_folder(tmp_path / "run"))
        assert "offline nothing was sent to a broker." in text

    def test_an_interrupted_run_says_so(self, tmp_path: Path) -> None:
        folder = run_folder(tmp_path / "run", summary(interrupted=True), stretches(30), complete=False)
        assert "stopped before its end" in text_of(folder)

    def test_files_that_cannot_be_read_are_named_and_the_rest_is_shown(self, tmp_path: Path) -> None:
        folder = whole(tmp_path / "run")
        folder.summary.write_text('{"status": "pas')
        folder.faults.write_text("nonsense\n")
        text = text_of(folder)
        assert "summary.json is no summary of a run" in text
        assert "faults.jsonl:1" in text
        assert "attack topic_enumeration-0" in text

    def test_a_folder_with_a_manifest_alone_is_a_page_too(self, tmp_path: Path) -> None:
        text = text_of(run_folder(tmp_path / "run", complete=False))
        assert "0 of 0 messages delivered" in text
        assert "Over time" not in text


class TestBesideAnEarlierRun:
    def test_what_differs_is_a_warning(self, page: Path) -> None:
        html = page.read_text(encoding="utf-8")
        assert "The earlier run was of another scenario, another." in html
        assert "The earlier run had another seed, 8 and not 7" in html

    def test_the_earlier_course_lies_below_that_of_the_run(self, page: Path) -> None:
        assert page.read_text(encoding="utf-8").count("delivered in the earlier run") >= 3


class TestADrill:
    @pytest.mark.parametrize(("width", "dark"), [(PHONE, True), (DESKTOP, False)])
    def test_its_page_leads_to_those_of_its_runs(
        self, browser: Browser, tmp_path: Path, width: int, dark: bool
    ) -> None:
        folder = drill(tmp_path / "drill", "well", "badly")
        write_page(folder)
        visit = browser.show(folder.page, width=width, dark=dark)
        assert visit.requests == [folder.page.as_uri()]
        assert visit.complaints == []
        assert browser.ask("document.documentElement.scrollWidth") <= width
        assert browser.axe() == []
        links = browser.ask("[...document.querySelectorAll('main a')].map(each => each.getAttribute('href'))")
        assert links == ["well/report.html", "badly/report.html"]

    def test_what_came_of_each_check_at_each_broker_is_a_table(self, tmp_path: Path) -> None:
        text = text_of(drill(tmp_path / "drill", "well", "badly"))
        assert "passed 1 of 2 verdicts are as expected, 2 of 2 brokers were tried." in text
        assert "Check well badly access control held untrusted held was expected" in text
        assert "badly: access control untrusted held who knows" in text

    def test_a_killed_drill_shows_the_runs_that_there_are(self, tmp_path: Path) -> None:
        text = text_of(drill(tmp_path / "drill", "well"))
        assert "This drill did not come to its end" in text
        assert "There was no run against the broker badly." in text
        assert "Check well access control held" in text
