"""Options of the test run."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from tests.extras import skips_without

# How long an example takes is the machine's business.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-goldens", action="store_true", help="write the goldens anew")
    parser.addoption("--needing", metavar="EXTRA", help="only files that skip without this extra")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what `--needing` does not ask for."""
    extra = config.getoption("--needing")
    if extra and collection_path.match("test_*.py") and not skips_without(extra, collection_path):
        return True
    return None
