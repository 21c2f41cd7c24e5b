"""Feeds in object stores."""

from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.errors import FeedError
from shelfguard.feeds import read_feed
from shelfguard.feeds.remote import identity, staged
from shelfguard.objects import Place, place

CSV = b"id,title\n1,Oak chair\n2,Steel lamp\n"


def test_a_feed_is_read_as_if_it_were_here(empty: Place) -> None:
    feed = empty / "feed.csv"
    feed.write(CSV)
    with staged(feed.url) as path:
        (chunk,) = read_feed(path)
        assert path.name == "feed.csv"
    assert chunk.rows == 2


def test_the_copy_goes_when_it_was_read(empty_remote: Place) -> None:
    feed = empty_remote / "feed.csv"
    feed.write(CSV)
    with staged(feed.url) as path:
        assert path.read_bytes() == CSV
    assert not path.parent.exists()


def test_a_local_feed_is_not_copied(tmp_path: Path) -> None:
    feed = tmp_path / "feed.csv"
    feed.write_bytes(CSV)
    with staged(str(feed)) as path:
        assert path == feed
    assert feed.exists()


def test_a_feed_that_is_not_there_is_named(empty_remote: Place) -> None:
    missing = empty_remote / "feed.csv"
    with pytest.raises(FeedError, match=f"{missing.url}: is not there"):
        staged(missing.url).__enter__()


def test_an_unknown_store_is_a_feed_that_cannot_be_read() -> None:
    with pytest.raises(FeedError, match="no kind of store"):
        staged("ftp://host/feed.csv").__enter__()


def test_a_feed_that_is_written_meanwhile_is_refused(
    empty_remote: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    feed = empty_remote / "feed.csv"
    feed.write(CSV)
    fetch_to = type(feed).fetch_to

    def fetch_and_overwrite(source: Place, target: Path) -> None:
        fetch_to(source, target)
        place(source.url).write(CSV.replace(b"Oak", b"Elm"))

    monkeypatch.setattr(type(feed), "fetch_to", fetch_and_overwrite)
    with pytest.raises(FeedError, match="was changed while it was copied"):
        staged(feed.url).__enter__()


def test_another_feed_under_the_same_name_is_another_one(empty: Place) -> None:
    feed = empty / "feed.csv"
    feed.write(CSV)
    before = identity(feed.url)
    assert before == identity(feed.url)
    assert before["bytes"] == len(CSV)
    feed.write(CSV.replace(b"Oak", b"Elm"))
    assert identity(feed.url) != before
