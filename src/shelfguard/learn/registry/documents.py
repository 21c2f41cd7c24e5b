"""The documents that are made from a model's record: its card and its bill of materials."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from shelfguard.learn.model import read_record
from shelfguard.learn.registry.bom import bill_of_materials
from shelfguard.learn.registry.card import render
from shelfguard.learn.registry.folder import BOM, CARD
from shelfguard.policy.pack import Manifest


def documents(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The documents of a model folder by file name.

    Raises:
        ModelError: there is no model, or its record makes no valid document.
    """
    record = read_record(folder)
    return {CARD: render(record, manifest), BOM: bill_of_materials(record)}


def write_documents(folder: Path, made: Mapping[str, str]) -> None:
    """Write the documents of a model folder."""
    for name, text in made.items():
        (folder / name).write_text(text, "utf-8")


def outdated(folder: Path, made: Mapping[str, str]) -> list[str]:
    """The names of documents that are missing or are not what the record says."""
    return [
        name
        for name, text in made.items()
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode()
    ]
