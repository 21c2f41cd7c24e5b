"""Banks for tests."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from shelfguard.images.banks.bank import Bank
from shelfguard.images.banks.card import BankCard
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.hashes.hamming import Words
from shelfguard.images.hashes.picture_hash import PictureHash


def card(name: str = "recalled", **values: Any) -> BankCard:
    needed = {"supplier": "Recall office", "received": date(2026, 11, 1), "terms": "open licence"}
    return BankCard(name=name, **{**needed, **values})


def bank(folder: Path, words: Words | None = None, **values: Any) -> Bank:
    """A bank of these hashes [rows, 4]."""
    made = Bank.create(folder, card(**values), "ann")
    if words is not None:
        made.add(map(NewEntry, hashes(words)), "ann", "first delivery")
    return made


def hashes(words: Words, quality: int | None = 100) -> list[PictureHash]:
    return [PictureHash(row.tobytes(), quality) for row in words]
