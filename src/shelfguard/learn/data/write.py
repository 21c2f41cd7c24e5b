"""A dataset folder on disk: whole or absent, and never in place of something else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import (
    LABELS,
    LISTINGS,
    MANIFEST,
    ROWS,
    Manifest,
    file_digest,
    read_manifest,
)
from shelfguard.learn.data.datasheet import DATASHEET, datasheet

OWN = {LISTINGS, ROWS, LABELS, MANIFEST, DATASHEET}


def write(out: Path, tables: dict[str, pa.Table], draft: Manifest, *, overwrite: bool) -> Manifest:
    """Write the tables, the manifest with its digests and id, and the datasheet.

    The same tables and draft give the same bytes under one version of PyArrow.

    Raises:
        DataError: the folder holds something else, or another dataset and not `overwrite`.
    """
    with _replacing(out) as folder:
        for name, table in tables.items():
            pq.write_table(table, folder / name, compression="zstd")
        digests = {name: file_digest(folder / name) for name in sorted(tables)}
        unnamed = draft.model_copy(update={"files": digests})
        manifest = unnamed.model_copy(update={"id": unnamed.digest})
        text = manifest.model_dump_json(indent=2) + "\n"
        (folder / MANIFEST).write_text(text, "utf-8")
        (folder / DATASHEET).write_text(datasheet(manifest), "utf-8")
        _refuse_another(out, manifest, overwrite=overwrite)
    return manifest


def refuse_other_content(out: Path) -> None:
    """Say so early where a folder holds anything but a dataset.

    Raises:
        DataError: it does.
    """
    if out.exists() and not out.is_dir():
        raise DataError("is a file", file=out, fix="Give a folder for --out")
    foreign = sorted(path.name for path in out.glob("*") if path.name not in OWN)
    if foreign:
        problem = f"holds {', '.join(foreign[:3])}, which no dataset has"
        raise DataError(problem, file=out, fix="Give an empty or new folder for --out")


def _refuse_another(out: Path, manifest: Manifest, *, overwrite: bool) -> None:
    if not overwrite and (out / MANIFEST).exists():
        old = read_manifest(out)
        if old.id != manifest.id:
            problem = f"holds another dataset, {old.id[:12]}; this would be {manifest.id[:12]}"
            raise DataError(problem, file=out, fix="Give another folder, or --overwrite")


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """Give a folder beside `out`; on success it takes the place of `out`."""
    new, old = (out.with_name(f".{out.name}.{state}") for state in ("new", "old"))
    if old.exists() and not out.exists():
        old.rename(out)  # a run was killed between the two renames below
    refuse_other_content(out)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        shutil.rmtree(old, ignore_errors=True)
        if out.exists():
            out.rename(old)
        new.rename(out)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(new, ignore_errors=True)
