"""The page of `fleetsim inspect`, in a real browser that has no network."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from browser import Browser

from simulator.calibration import Estimate, Finding, load_targets
from simulator.core.errors import UsageError
from simulator.core.units import DAY
from simulator.inspect import Seen, overview, render
from simulator.scenario import Scenario

SCENARIO = {
    "name": "street",
    "description": "A street with <everything> & everybody, two days.",
    "seed": 5,
    "start": "2026-05-08T00:00:00+09:30",
    "duration": "2d",
    "world": {"households": 40, "shops": 1},
    "devices": [
        {"kind": "wearable", "owners": 0.6},
        {"kind": "smart_speaker", "owners": 0.8},
        {"kind": "inventory_sensor", "per_shop": 60},
    ],
}

PHONE, DESKTOP = 390, 1200
"""Widths of windows in pixels."""


@pytest.fixture(scope="module")
def seen() -> Seen:
    found = Seen(Scenario.model_validate(SCENARIO))
    assert found.live(lambda _share: None, lambda: False)
    return found


@pytest.fixture(scope="module")
def findings() -> list[Finding]:
    """A finding for each target: one in three is missed."""
    found = []
    for number, target in enumerate(load_targets()):
        if target.left_out:
            found.append(Finding(target, reason=target.left_out))
            continue
        values = [sum(each for each in part.bounds if abs(each) < 1e9) / 2 for part in target.parts]
        values = [value if number % 3 else value + 1e6 for value in values]
        found.append(Finding(target, tuple(Estimate(value, value - 0.1, value + 0.1) for value in values)))
    return found


@pytest.fixture(scope="module")
def page(seen: Seen, findings: list[Finding], tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "street.html"
    path.write_text(render(seen, findings), encoding="utf-8")
    return path


class Outline(HTMLParser):
    """What a page is made of."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


class TestInABrowser:
    @pytest.mark.parametrize("width", [PHONE, DESKTOP])
    def test_it_asks_for_nothing_and_complains_of_nothing(
        self, browser: Browser, page: Path, width: int
    ) -> None:
        visit = browser.show(page, width=width)
        assert visit.requests == [page.as_uri()]
        assert visit.complaints == []

    @pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
    def test_nothing_sticks_out_to_the_side(self, browser: Browser, page: Path, width: int) -> None:
        browser.show(page, width=width)
        assert browser.ask("document.documentElement.scrollWidth") <= width
        assert browser.sticking_out() == 0

    def test_words_in_pictures_can_be_read_on_a_phone(self, browser: Browser, page: Path) -> None:
        browser.show(page, width=PHONE)
        smallest = browser.ask(
            "Math.min(...[...document.querySelectorAll('svg text')]"
            ".map(each => each.getBoundingClientRect().height).filter(height => height > 0))"
        )
        assert smallest >= 8

    def test_words_at_the_axes_do_not_lie_on_each_other(self, browser: Browser, page: Path) -> None:
        browser.show(page, width=DESKTOP)
        overlapping = browser.ask(
            "[...document.querySelectorAll('svg')].flatMap(svg => {"
            " const boxes = [...svg.querySelectorAll('text')].map(each => each.getBoundingClientRect());"
            " return boxes.flatMap((a, i) => boxes.slice(i + 1).filter(b =>"
            "  Math.min(a.right, b.right) - Math.max(a.left, b.left) > 2 &&"
            "  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4)); }).length"
        )
        assert overlapping == 0

    @pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
    def test_axe_finds_nothing_wrong(self, browser: Browser, page: Path, width: int, dark: bool) -> None:
        browser.show(page, width=width, dark=dark)
        assert browser.axe() == []

    @pytest.mark.parametrize(("width", "dark"), [(360, False), (1280, True)])
    def test_axe_finds_nothing_wrong_with_the_calibration(
        self, browser: Browser, findings: list[Finding], tmp_path: Path, width: int, dark: bool
    ) -> None:
        page = tmp_path / "calibration.html"
        page.write_text(render(None, findings), encoding="utf-8")
        visit = browser.show(page, width=width, dark=dark)
        assert visit.complaints == []
        assert visit.requests == [page.as_uri()]
        assert browser.axe() == []

    def test_the_dark_page_is_dark(self, browser: Browser, page: Path, tmp_path: Path) -> None:
        pictures = []
        for dark in (False, True):
            browser.show(page, width=DESKTOP, dark=dark)
            pictures.append(browser.photograph(tmp_path / f"{dark}.png", height=600))
            paper = browser.ask("getComputedStyle(document.body).backgroundColor")
            red = int(re.findall(r"\d+", paper)[0])
            assert (red < 64) is dark
        assert pictures[0] != pictures[1]


class TestWhatIsOnIt:
    def test_every_picture_has_a_name_and_a_table(self, page: Path) -> None:
        outline = Outline(page)
        pictures = [each for each in outline.all("svg") if each.get("role") == "img"]
        assert len(pictures) >= 1 + 3 + 4 + 2
        assert all(each.get("aria-label") for each in pictures)
        assert len(outline.all("details")) == len(pictures)

    def test_it_needs_no_script_and_names_no_other_place(self, page: Path) -> None:
        outline = Outline(page)
        assert not outline.all("script")
        for _, attributes in outline.tags:
            for name in ("src", "href"):
                assert (attributes.get(name) or "#").startswith(("#", "data:"))

    def test_words_of_the_scenario_cannot_become_markup(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert "A street with &lt;everything&gt; &amp; everybody" in text

    def test_the_day_has_all_its_lanes(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        for lane in ("Person 1", "pulse", "steps", "sleep", "speaker", "television", "shelf"):
            assert f">{lane}</text>" in text, lane

    def test_every_target_has_its_row(self, page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        assert all(f"<code>{target.id}</code>" in text for target in load_targets())
        assert text.count('<span class="verdict left_out">left out</span>') == sum(
            bool(target.left_out) for target in load_targets()
        )

    def test_the_calibration_alone_is_a_page_too(self, findings: list[Finding]) -> None:
        text = render(None, findings)
        assert "<h1>Calibration</h1>" in text
        assert "<svg" not in text


class TestWhatIsSeen:
    def test_traffic_adds_up(self, seen: Seen) -> None:
        told = overview(seen)
        assert set(told["kinds"]) == {"wearable", "smart_speaker", "inventory_sensor"}
        for kind in told["kinds"].values():
            assert sum(kind["by_hour"]) == sum(kind["by_day"]) == kind["messages"] > 0

    def test_the_day_is_the_first_whole_one(self, seen: Seen) -> None:
        assert (seen.start, seen.end) == (0.0, DAY)

    def test_everybody_is_somewhere_all_day(self, seen: Seen) -> None:
        for member in overview(seen)["household"]["members"]:
            spells = member["spells"]
            assert (spells[0]["from"], spells[-1]["to"]) == (0.0, DAY)
            assert [spell["to"] for spell in spells[:-1]] == [spell["from"] for spell in spells[1:]]

    def test_the_household_that_is_shown_has_much_to_show(self, seen: Seen) -> None:
        events = {sighting.event for sighting in seen.sightings}
        assert {"heart_rate", "steps", "utterance"} <= events
        assert all(seen.start <= sighting.at < seen.end for sighting in seen.sightings)

    def test_a_household_can_be_asked_for(self) -> None:
        short: dict[str, Any] = SCENARIO | {"duration": "1h", "world": {"households": 5, "shops": 0}}
        short["devices"] = SCENARIO["devices"][:2]  # type: ignore[index]
        seen = Seen(Scenario.model_validate(short), "n0-h3")
        seen.live(lambda _share: None, lambda: False)
        assert seen.household.id == "n0-h3"
        assert "n0-h3" in render(seen, None)
        with pytest.raises(UsageError, match="no household 'n0-h33' among 5; did you mean 'n0-h3'"):
            Seen(Scenario.model_validate(short), "n0-h33")
