"""Debian's Chromium, started so that it asks the network for nothing of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DRAWN = (
    "[...document.querySelectorAll('figure')]"
    ".every(f => ['drawn', 'failed'].includes(f.dataset.chart))"
)
"""True in the page once no chart is still being drawn."""

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""Pixels by which the page is wider than its window."""

NEEDED = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no {CHROMIUM}"),
    pytest.mark.skipif(not AXE.exists(), reason="no axe-core: npm ci --prefix tests/browser"),
]
"""Marks of a test that opens pages and asks axe-core about them."""
