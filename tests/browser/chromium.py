"""Debian's Chromium, started so that it asks the network for nothing of its own."""

from __future__ import annotations

from pathlib import Path

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
