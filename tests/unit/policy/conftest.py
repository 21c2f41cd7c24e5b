"""A tiny pack on disk, for tests to break one part of."""

from __future__ import annotations

from pathlib import Path

import pytest

MANIFEST = """\
id: tiny
version: 1.0.0
title: {en: Tiny, fr: Petit}
jurisdictions: [CA]
languages: [en, fr]
review_every_days: 90
signals: [lexicon, text]
required: [lexicon]
"""

CLAUSE = """\
id: CA-WPN-001
title: {en: Brass knuckles, fr: Coups-de-poing}
rule: {en: No brass knuckles., fr: Pas de coups-de-poing.}
cite:
  - instrument: Criminal Code
    provision: s 84(1)
checked: primary
class: prohibited
markets: [CA]
signals: [lexicon, text]
decisive: {en: Made for fingers., fr: Conçu pour les doigts.}
fix: {en: Remove the listing., fr: Retirez la fiche.}
action: block
reviewed: 2026-10-01
"""


class TinyPack:
    """A sound pack of one clause on disk."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("pack.yaml", MANIFEST)
        self.write("clauses/CA-WPN-001.yaml", CLAUSE)

    def write(self, name: str, text: str) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))


@pytest.fixture
def tiny(tmp_path: Path) -> TinyPack:
    return TinyPack(tmp_path / "tiny")
