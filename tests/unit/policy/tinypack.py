"""A tiny pack on disk to break one part of, and a tiny decider."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from shelfguard.decision import DECISION_SCHEMA, Decisions, Outcome
from shelfguard.listing import Batch, Record

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

    def rows(self, name: str, *rows: dict[str, Any]) -> Path:
        return self.write(name, "".join(json.dumps(row) + "\n" for row in rows))

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new))


def labelled(row_id: str, kind: str, title: str = "Ring", **more: Any) -> dict[str, Any]:
    """A row of a cases or examples file, written for the tiny pack's one clause."""
    violates = ["CA-WPN-001"] if kind in ("positive", "evasive") else []
    near = None if kind == "benign" else "CA-WPN-001"
    row = {"id": row_id, "lang": "en", "title": title, "violates": violates, "near": near}
    return {**row, "kind": kind, **more}


class WordDecider:
    """Decides by words in the title: {word: (clause, outcome)}."""

    def __init__(self, words: dict[str, tuple[str, str]]) -> None:
        self.words = words

    @property
    def clauses(self) -> tuple[str, ...]:
        return tuple(sorted({clause for clause, _ in self.words.values()}))

    def run(self, batch: Batch) -> Decisions:
        rows = [self._decide(record) for record in batch.records()]
        table = pa.Table.from_pylist(rows, schema=DECISION_SCHEMA)
        unknown = np.full((len(rows), len(self.clauses)), np.nan, np.float32)
        return Decisions(table, self.clauses, unknown, {}, {})

    def _decide(self, record: Record) -> dict[str, Any]:
        title = " ".join(record["title"].values())
        found = [rule for word, rule in self.words.items() if word in title]
        outcomes = [Outcome(outcome) for _, outcome in found]
        return {
            "listing_id": record["id"],
            "outcome": max(outcomes, key=lambda o: o.severity, default=Outcome.ALLOW),
            "reasons": [{"clause": clause, "outcome": outcome} for clause, outcome in found],
        }
