from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("httpcore2")

from shelfguard.images.fetch.addresses import Access
from shelfguard.images.fetch.cache import PictureCache
from shelfguard.images.fetch.fetcher import Fetcher
from shelfguard.images.fetch.retries import Retries
from shelfguard.images.outcome import Failure, Fetched, Reason
from tests.unit.images.fetch.site import Site, redirect, reply, serve

PICTURE = b"a picture"
ONE_TRY = Retries(tries=1)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[PictureCache]:
    with PictureCache(tmp_path, 1000) as opened:
        yield opened


def fetch(site: Site, cache: PictureCache, uri: str) -> bytes | Reason:
    access = Access.allowing("127.0.0.1", ports=[site.port])
    with Fetcher(access=access, retries=ONE_TRY, cache=cache) as opened:
        found = opened.fetch([uri])[0]
    return found.data if isinstance(found, Fetched) else found.reason


def test_a_fresh_picture_needs_no_network(cache: PictureCache) -> None:
    with serve() as site:
        url = site.on("/1.jpg", reply(body=PICTURE, headers={"Cache-Control": "max-age=600"}))
        assert fetch(site, cache, url) == PICTURE
    assert fetch(site, cache, url) == PICTURE
    assert site.asked("/1.jpg") == 1


def test_a_stale_picture_is_not_shown_without_its_server(cache: PictureCache) -> None:
    with serve() as site:
        url = site.on("/1.jpg", reply(body=PICTURE, headers={"ETag": '"1"'}))
        assert fetch(site, cache, url) == PICTURE
    assert fetch(site, cache, url) == Reason.CONNECTION_FAILED


def test_a_stale_picture_is_asked_for_only_where_it_changed(
    site: Site, cache: PictureCache
) -> None:
    tags = {"ETag": '"1"', "Last-Modified": "Sat, 01 Aug 2026 10:00:00 GMT"}
    url = site.on(
        "/1.jpg",
        reply(body=PICTURE, headers=tags),
        reply(304, headers={"Cache-Control": "max-age=600"}),
        reply(body=b"another"),
    )
    assert [fetch(site, cache, url) for _ in range(3)] == [PICTURE] * 3
    assert site.asked("/1.jpg") == 2
    assert site.requests[1][1]["if-none-match"] == '"1"'
    assert site.requests[1][1]["if-modified-since"] == tags["Last-Modified"]


def test_a_changed_picture_takes_the_place_of_the_old(site: Site, cache: PictureCache) -> None:
    url = site.on(
        "/1.jpg",
        reply(body=PICTURE, headers={"ETag": '"1"'}),
        reply(body=b"changed", headers={"ETag": '"2"', "Cache-Control": "max-age=600"}),
    )
    assert [fetch(site, cache, url) for _ in range(3)] == [PICTURE, b"changed", b"changed"]


def test_what_may_not_be_stored_is_fetched_each_time(site: Site, cache: PictureCache) -> None:
    headers = {"Cache-Control": "no-store", "ETag": '"1"'}
    url = site.on("/1.jpg", reply(body=PICTURE, headers=headers))
    assert [fetch(site, cache, url) for _ in range(2)] == [PICTURE] * 2
    assert "if-none-match" not in site.requests[1][1]


def test_the_picture_behind_a_redirect_is_kept(site: Site, cache: PictureCache) -> None:
    url = site.on("/1.jpg", redirect("/2.jpg"))
    site.on("/2.jpg", reply(body=PICTURE, headers={"Cache-Control": "max-age=600"}))
    assert [fetch(site, cache, url) for _ in range(2)] == [PICTURE] * 2
    assert (site.asked("/1.jpg"), site.asked("/2.jpg")) == (2, 1)


def test_an_answer_of_unchanged_to_nothing_kept_is_a_failure(
    site: Site, cache: PictureCache
) -> None:
    assert fetch(site, cache, site.on("/1.jpg", reply(304))) == Reason.UNEXPECTED_STATUS


def test_failures_are_not_kept(site: Site, cache: PictureCache) -> None:
    lasting = {"Cache-Control": "max-age=600"}
    url = site.on("/1.jpg", reply(404, headers=lasting), reply(body=PICTURE, headers=lasting))
    assert [fetch(site, cache, url) for _ in range(2)] == [Reason.NOT_FOUND, PICTURE]


def test_a_cache_in_trouble_is_a_failure_that_says_so(site: Site, tmp_path: Path) -> None:
    url = site.on("/1.jpg", reply(body=PICTURE))
    with PictureCache(tmp_path, 1000) as closed:
        pass
    access = Access.allowing("127.0.0.1", ports=[site.port])
    with Fetcher(access=access, cache=closed) as opened:
        found = opened.fetch([url])[0]
    assert isinstance(found, Failure)
    assert found.reason == Reason.UNEXPECTED
    assert "database" in found.problem
