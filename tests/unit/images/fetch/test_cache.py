from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shelfguard.errors import ShelfguardError
from shelfguard.images.fetch.cache import PictureCache

URL = "https://shop.example/1.jpg"
PICTURE = b"a picture"
TAGGED = {"etag": '"1"', "last-modified": "Sat, 01 Aug 2026 10:00:00 GMT"}


class Clock:
    now = 1_000_000.0

    def __call__(self) -> float:
        self.now += 1  # no two uses at one moment
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> Iterator[PictureCache]:
    with PictureCache(tmp_path / "cache", 100, clock) as opened:
        yield opened


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("cache/??/*")}


def test_a_picture_is_fresh_as_long_as_its_server_said(cache: PictureCache, clock: Clock) -> None:
    cache.put(URL, PICTURE, {"cache-control": "max-age=600"})
    kept = cache.get(URL)
    assert kept
    assert kept.data == PICTURE
    assert kept.sha256 == hashlib.sha256(PICTURE).hexdigest()
    assert kept.fresh
    clock.now += 600
    stale = cache.get(URL)
    assert stale
    assert not stale.fresh


def test_without_a_lifetime_the_server_is_asked_each_time(cache: PictureCache) -> None:
    cache.put(URL, PICTURE, TAGGED)
    kept = cache.get(URL)
    assert kept
    assert not kept.fresh
    assert kept.conditions() == {
        "if-none-match": '"1"',
        "if-modified-since": "Sat, 01 Aug 2026 10:00:00 GMT",
    }


def test_an_unchanged_picture_is_as_fresh_as_when_it_came(
    cache: PictureCache, clock: Clock
) -> None:
    cache.put(URL, PICTURE, {"cache-control": "max-age=600", "etag": '"1"'})
    clock.now += 601
    cache.renew(URL, {})
    kept = cache.get(URL)
    assert kept
    assert kept.fresh


@pytest.mark.parametrize(
    "headers", [{}, {"cache-control": "no-store", "etag": '"1"'}, {"etag": '"é"'}]
)
def test_what_may_not_or_cannot_be_used_again_is_not_kept(
    cache: PictureCache, tmp_path: Path, headers: dict[str, str]
) -> None:
    cache.put(URL, PICTURE, headers)
    assert cache.get(URL) is None
    assert contents(tmp_path) == {}


def test_a_picture_that_may_no_longer_be_kept_is_forgotten(cache: PictureCache) -> None:
    cache.put(URL, PICTURE, TAGGED)
    cache.put(URL, PICTURE, {"cache-control": "no-store"})
    assert cache.get(URL) is None


def test_the_same_bytes_are_kept_once(cache: PictureCache, tmp_path: Path) -> None:
    for number in range(3):
        cache.put(f"{URL}?{number}", PICTURE, TAGGED)
    assert contents(tmp_path) == {hashlib.sha256(PICTURE).hexdigest(): PICTURE}
    assert all(cache.get(f"{URL}?{number}") for number in range(3))


def test_the_least_recently_used_goes_first(cache: PictureCache, tmp_path: Path) -> None:
    for name in "abc":
        cache.put(name, name.encode() * 30, TAGGED)
    cache.get("a")
    cache.put("d", b"d" * 30, TAGGED)
    assert [name for name in "abcd" if cache.get(name)] == ["a", "c", "d"]
    assert sum(map(len, contents(tmp_path).values())) <= 100


def test_what_is_larger_than_the_whole_cache_is_not_kept(cache: PictureCache) -> None:
    cache.put("small", PICTURE, TAGGED)
    cache.put("large", b"x" * 101, TAGGED)
    assert cache.get("small")
    assert cache.get("large") is None


@pytest.mark.parametrize("damage", [b"", b"a pictur", b"b picture"])
def test_damaged_bytes_are_fetched_and_kept_again(
    cache: PictureCache, tmp_path: Path, damage: bytes
) -> None:
    cache.put(URL, PICTURE, TAGGED)
    next((tmp_path / "cache").glob("??/*")).write_bytes(damage)
    assert cache.get(URL) is None
    cache.put(URL, PICTURE, TAGGED)
    assert cache.get(URL)


def test_it_is_there_in_the_next_process(tmp_path: Path, clock: Clock) -> None:
    with PictureCache(tmp_path, 100, clock) as first:
        first.put(URL, PICTURE, TAGGED)
    with PictureCache(tmp_path, 100, clock) as second:
        assert second.get(URL)


def test_a_folder_that_holds_something_else_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "index.sqlite").write_bytes(b"no database" * 100)
    with pytest.raises(ShelfguardError, match=r"cannot keep pictures.*remove what is there"):
        PictureCache(tmp_path, 100)


WRITER = """
import sys
from pathlib import Path
from shelfguard.images.fetch.cache import PictureCache
with PictureCache(Path(sys.argv[1]), 400) as cache:
    for number in range(60):
        name = str(number % 20)
        cache.put(name, name.encode() * 30, {"etag": "1"})
        kept = cache.get(name)
        assert kept is None or kept.data == name.encode() * 30
"""


def test_several_processes_share_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(tmp_path / "cache")]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    files = contents(tmp_path)
    assert sum(map(len, files.values())) <= 400
    assert all(hashlib.sha256(data).hexdigest() == name for name, data in files.items())
    index = sqlite3.connect(tmp_path / "cache/index.sqlite")
    listed = {row[0] for row in index.execute("SELECT sha256 FROM contents")}
    index.close()
    assert listed == set(files)
