"""What trials are made from."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.pictures.robustness.materials import decoded, files_in, thinned
from tests.unit.learn.pictures.robustness.folders import photo_folder


def test_a_folder_without_pictures_is_named(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("none")
    with pytest.raises(DataError, match=r"no picture in it\. Name a folder"):
        files_in([tmp_path])


def test_pictures_of_several_folders_come_folder_by_folder(tmp_path: Path) -> None:
    one, other = photo_folder(tmp_path / "b", 2), photo_folder(tmp_path / "a", 1)
    assert [file.parent.name for file in files_in([one, other])] == ["b", "b", "a"]


@given(st.lists(st.integers()), st.integers(1, 20))
def test_thinning_keeps_so_many_in_their_order(of: list[int], most: int) -> None:
    numbered = list(enumerate(of))
    kept = thinned(numbered, most)
    assert len(kept) == min(most, len(of))
    assert kept == sorted(set(kept))


def test_a_broken_picture_is_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = photo_folder(tmp_path / "photos", 1)
    (folder / "broken.png").write_bytes(b"none")
    assert [group for group, _ in decoded(files_in([folder]))] == ["aaa"]
    assert "broken.png" in capsys.readouterr().err
