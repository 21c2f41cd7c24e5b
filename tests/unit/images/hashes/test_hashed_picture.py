"""Hashes of pictures as a table on disk."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.images.hashes import hashed_picture as module
from shelfguard.images.hashes.hashed_picture import (
    HashedPicture,
    ListingPlace,
    is_table,
    read_hashes,
    write_hashes,
)
from shelfguard.images.hashes.picture_hash import PictureHash

TEXT = st.text(max_size=8)
HASHES = st.builds(PictureHash, st.binary(min_size=32, max_size=32), st.integers(0, 100))
PLACES = st.builds(ListingPlace, TEXT, st.none() | TEXT, st.integers(0, 99))
PICTURES = st.builds(
    HashedPicture, TEXT, st.none() | TEXT, st.none() | HASHES, st.none() | TEXT, st.none() | PLACES
)


@settings(deadline=None, max_examples=50)
@given(st.lists(PICTURES, max_size=5))
def test_what_is_written_is_read_again(pictures: list[HashedPicture]) -> None:
    with TemporaryDirectory() as folder:
        write_hashes(Path(folder) / "table", pictures)
        assert is_table(Path(folder) / "table")
        assert list(read_hashes(Path(folder) / "table")) == pictures


def test_a_long_table_is_written_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS_AT_ONCE", 2)
    pictures = [HashedPicture(f"{number}.jpg") for number in range(5)]
    write_hashes(tmp_path / "table", iter(pictures))
    assert pq.ParquetFile(tmp_path / "table").num_row_groups == 3
    assert list(read_hashes(tmp_path / "table")) == pictures


def test_other_files_are_no_tables(tmp_path: Path) -> None:
    pq.write_table(pa.table({"title": ["a mug"]}), tmp_path / "feed.parquet")
    (tmp_path / "text").write_text("text", "utf-8")
    assert not is_table(tmp_path / "feed.parquet")
    assert not is_table(tmp_path / "text")
    with pytest.raises(DataError, match="is no table of hashes"):
        list(read_hashes(tmp_path / "feed.parquet"))
    with pytest.raises(DataError, match="cannot be read"):
        list(read_hashes(tmp_path / "text"))


def test_a_table_whose_writing_failed_is_not_there(tmp_path: Path) -> None:
    def broken() -> object:
        yield HashedPicture("a.jpg")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_hashes(tmp_path / "table", broken())  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
