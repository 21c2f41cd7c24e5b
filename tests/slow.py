"""Tests that take minutes: they run where they are asked for."""

from __future__ import annotations

import os

import pytest

slow = pytest.mark.skipif(
    "SHELFGUARD_SLOW_TESTS" not in os.environ, reason="slow: set SHELFGUARD_SLOW_TESTS=1"
)
