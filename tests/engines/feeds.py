"""Feeds that every engine must decide alike, and how their results are compared."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.engine import Engine
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.run.local import Options, scan
from shelfguard.run.worker import Build

CATALOG = Path(__file__).parents[2] / "examples" / "catalog.csv"


def three_files(folder: Path) -> list[Path]:
    """The example catalog in three files, the second with a row that cannot be read."""
    folder.mkdir()
    with CATALOG.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    third = len(rows) // 3
    for number, start in enumerate((0, third, 2 * third)):
        part = rows[start : start + third] if number < 2 else rows[start:]
        untitled = [["no-title", *[""] * (len(header) - 1)]] if number == 1 else []
        with (folder / f"{number}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *part, *untitled])
    return sorted(folder.iterdir())


def plain_files(folder: Path, files: int, rows: int) -> list[Path]:
    """Files of short listings; every tenth is a knife."""
    folder.mkdir()
    for number in range(files):
        titles = ("knife" if row % 10 == 0 else "chair" for row in range(rows))
        lines = [f"{number}-{row},{title} {row}" for row, title in enumerate(titles)]
        (folder / f"{number}.csv").write_text("\n".join(["id,title", *lines]) + "\n")
    return sorted(folder.iterdir())


def decide(options: Options, pack: Pack, build: Build | None = None) -> dict[str, Any]:
    """The record of a scan that nobody watches, with the pack's own models by default."""
    build = build or partial(Engine.from_pack, pack)
    return scan(options, pack, build, publish=lambda *_: None, watch=lambda _: None)


def result(out: Path) -> list[Any]:
    """All that must be the same, whichever engine decided."""
    decisions = pq.read_table(out / "decisions.parquet").drop_columns(list(VOLATILE_COLUMNS))
    others = [(out / name).read_bytes() for name in ("flagged.parquet", "quarantine.jsonl")]
    return [decisions.to_pylist(), *others]


def local_result(feed: Sequence[Path], out: Path, build: Build | None = None) -> list[Any]:
    """The result of the local engine with one worker."""
    decide(Options(feed, out), load_pack("ca-marketplace"), build)
    return result(out)
