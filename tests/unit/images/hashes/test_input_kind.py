"""What a path leads to."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

pytest.importorskip("PIL")

from shelfguard.errors import DataError
from shelfguard.images.hashes.hashed_picture import write_hashes
from shelfguard.images.hashes.input_kind import InputKind, kind_of
from tests.unit.images.drawing import scene


def test_folders_and_pictures_are_files_whatever_they_are_called(tmp_path: Path) -> None:
    scene().save(tmp_path / "picture", "PNG")
    (tmp_path / "drawing").write_text("<?xml version='1.0'?><svg xmlns='x'/>", "utf-8")
    (tmp_path / "broken.jpg").write_bytes(b"")
    for name in (".", "picture", "drawing", "broken.jpg"):
        assert kind_of(tmp_path / name) is InputKind.FILES


def test_tables_of_hashes_are_told_from_feeds(tmp_path: Path) -> None:
    write_hashes(tmp_path / "hashes", [])
    pq.write_table(pa.table({"title": ["a mug"]}), tmp_path / "feed.parquet")
    (tmp_path / "feed.xml").write_text("<rss/>", "utf-8")
    (tmp_path / "feed.csv").write_text("id,title\n", "utf-8")
    assert kind_of(tmp_path / "hashes") is InputKind.TABLE
    for name in ("feed.parquet", "feed.xml", "feed.csv"):
        assert kind_of(tmp_path / name) is InputKind.FEED


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no such file or folder"):
        kind_of(tmp_path / "nothing")
