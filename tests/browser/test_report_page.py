"""The report as a reader meets it: in Chromium, narrow and wide, light and dark.

Needs `npm ci --prefix tests/browser` (axe-core) and Debian's `chromium`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from shelfguard.report.page import write_report
from tests.browser.chromium import AXE, DRAWN, NEEDED, OVERFLOW
from tests.unit.report.scan_folder import calibrate, clause, pack, reason, span, write_folder

pytestmark = NEEDED

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module", params=["en", "fr"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("scan")
    knife = {
        "id": "A-1",
        "title": {"en": "Push dagger key ring<script>document.title='owned'</script>"},
        "description": {"en": "Handle across the edge. " * 60 + "Ships sharp\u202e from here."},
        "category": {"path": "Outdoor > Tools", "taxonomy": None},
        "attributes": {"material": "steel", "x" * 80: "y" * 300},
        "price": 19.5,
        "currency": "CAD",
    }
    cure = {"id": "A-2", "title": {"fr": "Tisane qui guérit le diabète"}, "description": None}
    mug = {"id": "A-3", "title": {"und": "Mug"}}
    where = span(knife, "title", "Push dagger"), span(knife, "description", "Ships sharp")
    missing = {"kind": "attribute", "signal": "attributes", "field": "attributes.npn"}
    write_folder(
        folder,
        [
            (knife, [reason("CA-WPN-003", *where)]),
            (cure, [reason("CA-HLT-001", missing, outcome="request_evidence", probability=None)]),
            (mug, [reason("CA-HLT-001", outcome="review", probability=0.4, stage="student")]),
            ({**mug, "id": "A-4"}, []),
        ],
        [{"file": "f.csv", "line": 9, "row": 8, "field": "id", "reason": "bad", "excerpt": "<b>"}],
    )
    held = pack(
        folder / "pack",
        clause("CA-WPN-003"),
        clause("CA-HLT-001", **{"class": "evidence", "checked": "recall"}),
        clause("CA-SEX-001", signals=["image"]),
    )
    calibrate(held, "CA-HLT-001", unsupported="12 examples")
    return write_report(folder, held, request.param)


def opened(browser: Browser, report: Path, width: int, scheme: Scheme) -> tuple[Page, list[str]]:
    """The page with its charts drawn, and everything that it complained of or asked for."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    page, heard = context.new_page(), list[str]()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(report.as_uri())
    page.wait_for_function(DRAWN)
    return page, [entry for entry in heard if entry != report.as_uri()]


def violations(page: Page) -> list[tuple[str, list[str]]]:
    """What axe finds with every fold of the page open."""
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true; })")
    found: dict[str, Any] = page.evaluate(
        AXE.read_text(encoding="utf-8") + "; axe.run(document, {resultTypes: ['violations']})"
    )
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]


@pytest.mark.parametrize("width", [320, 1280])
def test_it_draws_its_charts_in_silence_and_within_the_window(
    browser: Browser, report: Path, width: int
) -> None:
    page, heard = opened(browser, report, width, "light")
    assert heard == []
    assert page.evaluate(OVERFLOW) == 0
    figures = page.locator("figure[data-chart]")
    assert figures.count() == 5
    assert page.locator("figure[data-chart='drawn'] .chart svg").count() == 5
    assert "owned" not in page.title()
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, report: Path, width: int, scheme: Scheme) -> None:
    page, _ = opened(browser, report, width, scheme)
    assert violations(page) == []
    page.context.close()


def test_an_empty_scan_is_as_sound(browser: Browser, tmp_path: Path) -> None:
    report = write_report(write_folder(tmp_path, []), pack(tmp_path), "en")
    page, heard = opened(browser, report, 320, "light")
    assert (heard, violations(page), page.evaluate(OVERFLOW)) == ([], [], 0)
    page.context.close()


def test_its_words_and_tables_need_no_scripts(browser: Browser, report: Path) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    page.locator("figure summary").first.click()
    assert page.locator("figure table").first.is_visible()
    assert page.locator("mark").first.is_visible()
    context.close()


def test_a_keyboard_reaches_the_report_first_and_can_scroll_its_tables(
    browser: Browser, report: Path
) -> None:
    page, _ = opened(browser, report, 320, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "report"
    regions = page.locator(".scroll")
    assert regions.evaluate_all("all => all.every(one => one.tabIndex === 0)")
    page.context.close()
