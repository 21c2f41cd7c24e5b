"""`pytest --rewrite-goldens` writes the goldens anew; read the diff before committing it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent

Check = Callable[[str, Any], None]


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Check:
    """Compare a value with the golden of that name, or write it."""

    def check(name: str, value: Any) -> None:
        file = HERE / f"{name}.json"
        if request.config.getoption("--rewrite-goldens"):
            text = json.dumps(value, ensure_ascii=False, indent=1) + "\n"
            file.write_text(text, encoding="utf-8")
        assert value == json.loads(file.read_text(encoding="utf-8"))

    return check
