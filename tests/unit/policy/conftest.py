from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.policy.tinypack import TinyPack


@pytest.fixture
def tiny(tmp_path: Path) -> TinyPack:
    return TinyPack(tmp_path / "tiny")
