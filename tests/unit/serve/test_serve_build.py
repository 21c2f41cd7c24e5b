"""Options that no server can be built from; `tests/e2e/test_serve_command.py` starts one so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shelfguard.errors import ShelfguardError
from shelfguard.serve.build import build_server
from shelfguard.serve.options import Options
from tests.unit.serve.lexicon_pack import lexicon_pack


@pytest.mark.parametrize(
    ("options", "code", "problem"),
    [
        ({"store": "mysql://db/x"}, 11, "mysql"),
        ({"store": None, "keys": True}, 12, "--keys cannot work without a store"),
        ({"rate": "often"}, 12, "'often' is no rate limit"),
        ({"webhooks": Path("missing.yaml")}, 12, "missing.yaml"),
    ],
)
def test_what_cannot_be_built_says_why(
    tmp_path: Path, options: dict[str, Any], code: int, problem: str
) -> None:
    sound = {"pack": lexicon_pack(tmp_path / "pack"), "store": f"sqlite:///{tmp_path / 'store.db'}"}
    with pytest.raises(ShelfguardError) as found:
        build_server(Options(**sound | options))
    assert found.value.exit_code == code
    assert problem in str(found.value)
