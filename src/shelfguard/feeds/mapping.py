"""Mapping files: which column of an unknown feed fills which field."""

from __future__ import annotations

from pathlib import Path

from shelfguard.feeds.fields import Target


def load_mapping(path: Path) -> dict[str, Target]:
    raise NotImplementedError(path)
