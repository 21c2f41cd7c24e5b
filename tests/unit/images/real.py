"""The real networks, where their packages are installed."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.errors import ModelError
from shelfguard.images.sources import ModelSource, find


def find_or_skip(model: ModelSource) -> Path:
    """The model's file; a test without it skips and says how to get it."""
    try:
        return find(model)
    except ModelError as error:
        pytest.skip(str(error))
