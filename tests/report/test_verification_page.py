"""The page of a verification, in a real browser that has no network."""

from __future__ import annotations

from pathlib import Path

import pytest
from browser import Browser
from verifications import held, untrusted, verification

from simulator.report.verification import write_verification

PHONE, DESKTOP = 390, 1200
"""Widths of windows in pixels."""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "verification.html"
    write_verification(verification(), html=path)
    return path


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_it_asks_for_nothing_and_complains_of_nothing(browser: Browser, page: Path, width: int) -> None:
    visit = browser.show(page, width=width)
    assert visit.requests == [page.as_uri()]
    assert visit.complaints == []


@pytest.mark.parametrize("width", [320, PHONE, DESKTOP])
def test_nothing_sticks_out_to_the_side(browser: Browser, page: Path, width: int) -> None:
    browser.show(page, width=width)
    assert browser.ask("document.documentElement.scrollWidth") <= width
    assert browser.sticking_out() == 0


@pytest.mark.parametrize(("width", "dark"), [(360, True), (1280, False)])
def test_axe_finds_nothing_wrong(browser: Browser, page: Path, width: int, dark: bool) -> None:
    browser.show(page, width=width, dark=dark)
    assert browser.axe() == []


def test_the_verdicts_are_the_first_thing_that_a_phone_shows(
    browser: Browser, page: Path, tmp_path: Path
) -> None:
    browser.show(page, width=PHONE, height=844)
    assert browser.ask("document.querySelector('.lead .verdict').getBoundingClientRect().bottom") < 300
    assert browser.ask("document.querySelector('.controls').getBoundingClientRect().top") < 844
    assert browser.photograph(tmp_path / "phone.png")[:4] == b"\x89PNG"


def test_headings_tables_and_places_to_scroll_have_names(browser: Browser, page: Path) -> None:
    browser.show(page, width=DESKTOP)
    assert browser.ask("document.querySelectorAll('h1').length") == 1
    assert browser.ask("[...document.querySelectorAll('table')].every(each => each.caption?.textContent)")
    assert browser.ask(
        "[...document.querySelectorAll('.scroll')].every(each => each.tabIndex === 0 && each.ariaLabel)"
    )
    assert browser.ask(
        "[...document.querySelectorAll('section')].every(each =>"
        " document.getElementById(each.getAttribute('aria-labelledby')))"
    )
    assert browser.ask(
        "[...document.querySelectorAll('a')].every(each => document.querySelector(each.getAttribute('href')))"
    )


def test_every_verdict_is_a_word_and_not_a_colour_alone(browser: Browser, page: Path) -> None:
    browser.show(page, width=DESKTOP)
    said = browser.ask("[...document.querySelectorAll('.verdict')].map(each => each.textContent)")
    assert set(said) == {"held", "failed", "untrusted"}


def test_a_page_of_nothing_judged_says_so(browser: Browser, tmp_path: Path) -> None:
    for name, result, says in (("held", held(), "1 of 1 control held"), ("none", untrusted(), "interrupted")):
        path = tmp_path / f"{name}.html"
        write_verification(result, html=path)
        assert browser.show(path, width=PHONE).complaints == []
        assert says in browser.ask("document.body.innerText")
