"""What a finished scan prints: the words of sellers and packs, as they are and harmless."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shelfguard.cli.show import print_record
from shelfguard.decision import Outcome
from shelfguard.policy.load import load_pack
from tests.unit.policy.tinypack import TinyPack


def record(**counts: Any) -> dict[str, Any]:
    """A `run.json` of one listing in review."""
    plain = {
        "read": 1,
        "decided": 1,
        "quarantined": 0,
        "warnings": {},
        "outcomes": {outcome.value: int(outcome is Outcome.REVIEW) for outcome in Outcome},
        "clauses": {"CA-WPN-001": {"review": 1}},
        "degraded": {},
    }
    return {"counts": plain | counts, "seconds": 1.0, "rows_per_second": 1.0}


def printed(pack: Path, lang: str, capsys: pytest.CaptureFixture[str], **counts: Any) -> str:
    print_record(record(**counts), load_pack(pack), lang)
    return capsys.readouterr().out


def test_a_warning_may_hold_anything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pack = TinyPack(tmp_path).root
    said = printed(
        pack,
        "en",
        capsys,
        warnings={"key '[/kind]' is not known": 2},
        degraded={"text: failed (ValueError: \x1b]0;owned\x07)": 1},
    )
    assert "Warning: key '[/kind]' is not known: 2." in said
    assert "failed (ValueError: [U+001B]]0;owned[U+0007]): 1 listings." in said


def test_a_title_comes_in_a_language_that_the_pack_has(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tiny = TinyPack(tmp_path)
    tiny.edit("clauses/CA-WPN-001.yaml", "title: {en: Brass knuckles, fr:", "title: {fr:")
    assert "Coups-de-poing" in printed(tiny.root, "en", capsys)
