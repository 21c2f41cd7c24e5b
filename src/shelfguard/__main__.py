"""`python -m shelfguard`: the same as `shelfguard`."""

from __future__ import annotations

from shelfguard.cli.main import main

main()
