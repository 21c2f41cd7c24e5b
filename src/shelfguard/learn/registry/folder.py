"""A model folder that may enter or leave the registry: a whole cascade, every file as recorded."""

from __future__ import annotations

import shutil
from pathlib import Path

from shelfguard.errors import ModelError
from shelfguard.learn.model import FILE, ModelRecord, read_record
from shelfguard.models.source import verify

CARD, BOM = "README.md", "ml-bom.json"
"""What is made from the record and travels with it, under no digest of the record's."""

NEEDED = ("student.npz", "calibration.json")
"""Without these, a cascade cannot decide."""


def checked_record(folder: Path) -> ModelRecord:
    """The record of a cascade's folder, after the digest of every file was checked.

    Raises:
        ModelError: it is not a cascade, or a file is missing, changed or outside the folder.
    """
    record = read_record(folder)
    if record.kind != "cascade":
        problem = f"a model of kind '{record.kind}' cannot decide alone"
        raise ModelError(problem, file=folder, fix="Give a cascade")
    if missing := [name for name in NEEDED if name not in record.files]:
        raise ModelError(f"names no {missing[0]}", file=folder / FILE, field="files")
    for name, sha256 in record.files.items():
        if Path(name).name != name:
            raise ModelError(f"'{name}' is not a file name", file=folder / FILE, field="files")
        verify(folder / name, sha256)
    return record


def travelling_files(folder: Path, record: ModelRecord) -> list[Path]:
    """The record, the files that it names, and the documents made from it."""
    documents = [name for name in (CARD, BOM) if (folder / name).is_file()]
    return [folder / name for name in (FILE, *sorted(record.files), *documents)]


def copy_model(folder: Path, record: ModelRecord, to: Path) -> None:
    """Copy what travels into an existing folder, and nothing else that lies beside it."""
    for file in travelling_files(folder, record):
        shutil.copyfile(file, to / file.name)


def megabytes(record: ModelRecord, folder: Path) -> float:
    """The size of the model's files."""
    return sum((folder / name).stat().st_size for name in record.files) / 1e6
