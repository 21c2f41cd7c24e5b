"""The API reference as a reader meets it: in Chromium, narrow and wide, light and dark.

Needs `npm ci --prefix tests/browser` (axe-core) and Debian's `chromium`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.chromium import AXE, NEEDED, OVERFLOW
from tests.unit.policy.tinypack import TinyPack
from tests.unit.serve.running import running

pytestmark = NEEDED

Scheme = Literal["light", "dark"]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("api")
    tiny = TinyPack(folder / "pack")
    for name in ("pack.yaml", "clauses/CA-WPN-001.yaml"):
        tiny.edit(name, "[lexicon, text]", "[lexicon]")
    with running(folder, pack=str(tiny.root)) as api:
        yield f"{api.http.base_url}/docs"


def opened(browser: Browser, address: str, width: int, scheme: Scheme) -> tuple[Page, list[str]]:
    """The page, and everything that it complained of or asked for."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    page, heard = context.new_page(), list[str]()
    page.on("console", lambda message: heard.append(message.text))
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on("request", lambda request: heard.append(request.url))
    page.goto(address)
    wanted = (address, address.replace("/docs", "/favicon.ico"))
    return page, [entry for entry in heard if entry not in wanted]


def violations(browser: Browser, address: str, width: int, scheme: Scheme) -> list[Any]:
    """What axe finds; its script runs beside the page, whose own policy allows none."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    page = context.new_page()
    page.goto(address)
    found: dict[str, Any] = page.evaluate(
        AXE.read_text(encoding="utf-8") + "; axe.run(document, {resultTypes: ['violations']})"
    )
    context.close()
    return [(v["id"], [node["html"][:200] for node in v["nodes"]]) for v in found["violations"]]


@pytest.mark.parametrize("width", [320, 1280])
def test_it_stands_in_silence_and_within_the_window(
    browser: Browser, address: str, width: int
) -> None:
    page, heard = opened(browser, address, width, "light")
    assert heard == []
    assert page.evaluate(OVERFLOW) == 0
    assert page.locator("h1").evaluate("one => getComputedStyle(one).marginTop") == "0px"
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(browser: Browser, address: str, width: int, scheme: Scheme) -> None:
    assert violations(browser, address, width, scheme) == []


def test_a_keyboard_reaches_the_reference_first(browser: Browser, address: str) -> None:
    page, _ = opened(browser, address, 320, "light")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "reference"
    page.context.close()
