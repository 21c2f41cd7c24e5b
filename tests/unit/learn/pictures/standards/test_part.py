"""What each part draws from."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.errors import DataError
from shelfguard.learn.pictures.standards.part import Part, photos_of, share, sources


def test_parts_share_nothing_and_leave_nothing_over() -> None:
    parts = [share(range(20), part) for part in Part]
    assert sorted(number for part in parts for number in part) == list(range(20))


def test_parts_share_no_font_and_no_phrase() -> None:
    try:
        made = [sources(part, [], []) for part in Part]
    except DataError as error:
        pytest.skip(str(error))
    for attribute in ("fonts", "phrases"):
        one, two, three = (set(getattr(each, attribute)) for each in made)
        assert len(one | two | three) == len(one) + len(two) + len(three)


def test_photos_are_taken_from_all_folders_by_name(tmp_path: Path) -> None:
    for name in ("one/b.jpg", "one/notes.txt", "two/a.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = photos_of([tmp_path / "one", tmp_path / "two"])
    assert [photo.name for photo in found] == ["a.png", "b.jpg"]


def test_a_folder_without_photos_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no photo in it"):
        photos_of([tmp_path])
