"""Readings that are kept, so that one picture is seen once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import ShelfguardError
from shelfguard.images.reading_cache import Key, ReadingCache

KEY = ("ab" * 32, "hash", "1")

keys = st.tuples(st.text(), st.text(), st.text())


def test_what_is_kept_is_found_again() -> None:
    with ReadingCache() as cache:
        assert cache.get(KEY) is None
        cache.put([(KEY, '{"quality": 3}')])
        assert cache.get(KEY) == '{"quality": 3}'


@pytest.mark.parametrize(
    "key", [("cd" * 32, "hash", "1"), (KEY[0], "quality", "1"), (KEY[0], "hash", "2")]
)
def test_another_picture_detector_or_version_has_a_reading_of_its_own(key: Key) -> None:
    with ReadingCache() as cache:
        cache.put([(KEY, "1")])
        assert cache.get(key) is None
        cache.put([(key, "2")])
        assert (cache.get(KEY), cache.get(key)) == ("1", "2")


def test_a_reading_that_is_put_again_replaces_the_first() -> None:
    with ReadingCache() as cache:
        cache.put([(KEY, "1")])
        cache.put([(KEY, "2")])
        assert cache.get(KEY) == "2"


@settings(deadline=None)
@given(st.dictionaries(keys, st.text()))
def test_every_reading_comes_back_as_it_was_put(readings: dict[Key, str]) -> None:
    with ReadingCache() as cache:
        cache.put(readings.items())
        assert {key: cache.get(key) for key in readings} == readings


def test_of_a_picture_whose_readings_break_off_none_is_kept() -> None:
    def broken() -> Iterator[tuple[Key, str]]:
        yield KEY, "1"
        raise TimeoutError

    with ReadingCache() as cache:
        with pytest.raises(TimeoutError):
            cache.put(broken())
        assert cache.get(KEY) is None


def test_readings_in_a_file_outlive_the_process(tmp_path: Path) -> None:
    file = tmp_path / "new" / "folder" / "readings.sqlite"
    with ReadingCache(file) as cache:
        cache.put([(KEY, "1")])
    with ReadingCache(file) as cache:
        assert cache.get(KEY) == "1"


def test_workers_share_a_file(tmp_path: Path) -> None:
    file = tmp_path / "readings.sqlite"
    with ReadingCache(file) as one, ReadingCache(file) as other:
        one.put([(KEY, "1")])
        assert other.get(KEY) == "1"
        other.put([(KEY, "2")])
        assert one.get(KEY) == "2"


def test_a_cache_in_memory_is_its_own() -> None:
    with ReadingCache() as one, ReadingCache() as other:
        one.put([(KEY, "1")])
        assert other.get(KEY) is None


@pytest.mark.parametrize("content", ["none of SQLite's files" * 100, None], ids=["file", "folder"])
def test_what_cannot_keep_readings_is_named(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "readings.sqlite"
    if content:
        file.write_text(content, encoding="utf-8")
    else:
        file.mkdir()
    with pytest.raises(ShelfguardError, match="cannot keep readings") as caught:
        ReadingCache(file)
    assert caught.value.file == file
    assert caught.value.fix
