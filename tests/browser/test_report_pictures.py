"""Pictures in the report as a reader meets them: marked, and blurred until asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

pytest.importorskip("PIL")
from shelfguard.report.page import write_report
from tests.browser.chromium import NEEDED, OVERFLOW
from tests.browser.test_report_page import Scheme, opened, violations
from tests.unit.report.drawn_pictures import CODE, KETTLE, OFFER, body, kettle, kettle_mask
from tests.unit.report.scan_folder import (
    clause,
    failed,
    pack,
    reason,
    region,
    store,
    write_folder,
)

pytestmark = NEEDED


@pytest.fixture(scope="module", params=["en", "fr"])
def report(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("scan")
    first, wide, nude = store(out, kettle()), store(out, kettle(1200, 400)), store(out, body())
    marks = [
        region(first, box=list(OFFER), quote="CALL 514 555 0199", note="text-outside-product"),
        region(first, signal="codes", box=list(CODE), quote="https://" + "x" * 80, note="QR Code"),
        region(first, kind="mask", signal="framing", note="product-small", mask=kettle_mask()),
        region(wide, 2, signal="objects", note="knife", box=list(KETTLE)),
    ]
    skin = region(nude, signal="nudity", note="nudity")
    kettles = {"id": "A-1", "title": {"en": "Kettle"}}
    oil = {"id": "A-2", "title": {"en": "Body oil"}}
    write_folder(
        out,
        [
            (kettles, [reason("MKT-IMG-002", *marks, outcome="review", stage="vision")]),
            (oil, [reason("MKT-ADT-001", skin, outcome="review", stage="vision")]),
        ],
        pictures={"A-1": [first, failed("not-found: gone"), wide], "A-2": [nude]},
    )
    held = [clause(name, signals=["image"]) for name in ("MKT-IMG-002", "MKT-ADT-001")]
    return write_report(out, pack(out / "pack", *held), request.param)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_and_the_page_asks_for_nothing(
    browser: Browser, report: Path, width: int, scheme: Scheme
) -> None:
    page, heard = opened(browser, report, width, scheme)
    assert [entry for entry in heard if not entry.startswith("data:image/jpeg;base64,")] == []
    assert page.evaluate(OVERFLOW) == 0
    assert violations(page) == []
    page.context.close()


def test_a_sensitive_picture_shows_only_after_a_click_and_needs_no_script(
    browser: Browser, report: Path
) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(report.as_uri())
    blurred, shown = page.locator(".sensitive .blurred"), page.locator(".sensitive .drawn img")
    assert (blurred.is_visible(), shown.is_visible()) == (True, False)
    page.locator(".sensitive summary").click()
    assert (blurred.is_visible(), shown.is_visible()) == (False, True)
    page.emulate_media(media="print")
    assert (blurred.is_visible(), shown.is_visible()) == (True, False)
    context.close()


def test_a_keyboard_shows_a_sensitive_picture_and_hides_it_again(
    browser: Browser, report: Path
) -> None:
    page, _ = opened(browser, report, 1280, "light")
    shown = page.locator(".sensitive .drawn img")
    page.locator(".sensitive summary").focus()
    for visible in (True, False):
        page.keyboard.press("Enter")
        assert shown.is_visible() is visible
    page.context.close()


@pytest.mark.parametrize("width", [320, 1280])
def test_a_mark_lies_where_its_finding_is_however_large_the_picture_is_shown(
    browser: Browser, report: Path, width: int
) -> None:
    page, _ = opened(browser, report, width, "light")
    drawn = page.locator(".drawn", has=page.locator("rect.dark")).last
    frame, mark = drawn.bounding_box(), drawn.locator("rect.dark").bounding_box()
    assert frame
    assert mark
    height = frame["width"] / 3  # of a picture of 1200 x 400 pixels, in the middle of a square
    top = frame["y"] + (frame["height"] - height) / 2
    assert mark["x"] == pytest.approx(frame["x"] + KETTLE[0] * frame["width"], abs=8)
    assert mark["y"] == pytest.approx(top + KETTLE[1] * height, abs=8)
    page.context.close()
