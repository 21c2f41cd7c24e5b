"""Labelled rows to learn from, a handful of words each."""

from __future__ import annotations

from typing import Any

from shelfguard.policy.rows import Row

CLAUSE = "CA-WPN-001"
CLAUSES = [CLAUSE, "CA-HLT-002"]


def row(name: str, title: str, clause: str | None = None, **more: Any) -> Row:
    """A violation of `clause`, or an ordinary listing."""
    fields = {
        "lang": "en",
        "violates": [clause] if clause else [],
        "near": clause,
        "kind": "positive" if clause else "benign",
        **more,
    }
    return Row(id=name, title=title, **fields)


def look_alike(name: str, title: str, near: str = CLAUSE) -> Row:
    return row(name, title, near=near, kind="hard_negative")


ROWS = [
    *(row(f"w{n}", f"brass knuckle duster number {n}", CLAUSE) for n in range(20)),
    *(row(f"h{n}", f"herbal tea that cures diabetes {n}", "CA-HLT-002") for n in range(20)),
    *(look_alike(f"k{n}", f"knuckle shaped pendant {n}") for n in range(20)),
    *(row(f"o{n}", f"cotton bath towel {n}") for n in range(20)),
]
