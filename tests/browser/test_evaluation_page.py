"""The evaluation page as a reader meets it: in Chromium, narrow and wide, light and dark."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

pytest.importorskip("sklearn")

from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.evaluate import evaluation
from shelfguard.learn.evaluate.scorers import Opened
from tests.browser.chromium import NEEDED, OVERFLOW
from tests.browser.test_report_page import violations
from tests.unit.learn.evaluate.subjects import WordScorer, write_dataset
from tests.unit.learn.evaluate.test_evaluation import ROWS

pytestmark = NEEDED


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = Dataset.load(write_dataset(tmp_path_factory.mktemp("data"), ROWS))
    model = Opened("words", "0" * 64, WordScorer(["towel", "cure"]), None)
    champion = Opened("champion", "1" * 64, WordScorer(["knuckles", "cure"]), None)
    result = evaluation.evaluate(model, data, champion, confusables=None, tell=lambda _: None)
    return evaluation.write(result, tmp_path_factory.mktemp("out"))


def opened(
    browser: Browser, report: Path, width: int, scheme: Literal["light", "dark"] = "light"
) -> tuple[Page, list[str]]:
    """The page, and everything that it complained of or asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, heard = context.new_page(), list[str]()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(report.as_uri())
    return page, [entry for entry in heard if entry != report.as_uri()]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_it_is_silent_fits_the_window_and_satisfies_axe(
    browser: Browser, report: Path, width: int, scheme: Literal["light", "dark"]
) -> None:
    page, heard = opened(browser, report, width, scheme)
    assert heard == []
    assert violations(page) == []
    assert page.evaluate(OVERFLOW) == 0
    page.context.close()


def test_mistakes_are_filtered_by_keyboard(browser: Browser, report: Path) -> None:
    page, _ = opened(browser, report, 1280)
    rows, status = page.locator(".browser tbody tr:visible"), page.locator("[role=status]")
    assert status.inner_text() == "16 of 16 mistakes shown"
    page.get_by_label("Words").focus()
    page.keyboard.type("fist")
    assert rows.count() == 4
    assert status.inner_text() == "4 of 4 mistakes shown"
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('tbody tr[data-kind]:not([hidden])')[15]")
    page.get_by_label("Kind").select_option("positive")
    assert rows.count() == 12
    page.context.close()


def test_without_scripts_all_mistakes_are_there(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    assert page.locator(".browser tbody tr:visible").count() == 16
    assert not page.locator(".browser form").is_visible()
    context.close()
