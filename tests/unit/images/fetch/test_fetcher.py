from __future__ import annotations

import hashlib
import threading
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import anyio
import pytest

pytest.importorskip("httpcore2")

from shelfguard.images.fetch import Limits
from shelfguard.images.outcome import Failure, Fetched, Reason
from tests.unit.images.fetch.fetching import PICTURE, fetch, fetcher, reason
from tests.unit.images.fetch.site import Site, reply


def test_pictures_come_in_the_order_of_their_references(site: Site, tmp_path: Path) -> None:
    (tmp_path / "1.jpg").write_bytes(b"local")
    url = site.on("/2.jpg", reply(body=PICTURE))
    with fetcher(site, tmp_path) as opened:
        found = opened.fetch([url, "none.jpg", "1.jpg", url])
    digest = hashlib.sha256(PICTURE).hexdigest()
    assert found[0] == found[3] == Fetched(PICTURE, digest, url)
    assert reason(found[1]) == Reason.NOT_FOUND
    assert isinstance(found[2], Fetched)
    assert found[2].data == b"local"
    assert site.asked("/2.jpg") == 1


def test_a_fetcher_serves_many_batches_or_none(site: Site) -> None:
    url = site.on("/1.jpg", reply(body=PICTURE))
    with fetcher(site) as opened:
        assert opened.fetch([]) == []
        assert opened.fetch([url]) == opened.fetch([url])


def test_a_program_with_an_event_loop_of_its_own_can_fetch(site: Site) -> None:
    url = site.on("/1.jpg", reply(body=PICTURE))

    async def within() -> Fetched | Failure:
        return fetch(site, url)

    assert isinstance(anyio.run(within), Fetched)


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("ftp://shop.example/1.jpg", Reason.UNSUPPORTED_SCHEME),
        ("data:image/png;base64,AAAA", Reason.UNSUPPORTED_SCHEME),
        ("javascript:alert(1)", Reason.UNSUPPORTED_SCHEME),
        ("http://user:secret@127.0.0.1/", Reason.CREDENTIALS),
        ("http://127.0.0.1:22/", Reason.PORT),
        ("//10.0.0.1/1.jpg", Reason.PRIVATE_ADDRESS),
        ("../1.jpg", Reason.OUTSIDE_ROOT),
        ("http://[", Reason.INVALID_URI),
    ],
)
def test_a_reference_to_somewhere_else_fails_with_its_reason(
    site: Site, uri: str, expected: Reason
) -> None:
    assert reason(fetch(site, uri)) == expected


def test_one_bad_picture_leaves_the_others_alone(site: Site) -> None:
    good = site.on("/1.jpg", reply(body=PICTURE))
    bad = site.on("/2.jpg", reply(302, headers={"Location": "http://[\xff"}))
    with fetcher(site) as opened:
        found = opened.fetch([bad, good, "", "\0"])
    assert [isinstance(each, Fetched) for each in found] == [False, True, False, False]


def test_so_many_at_once_and_no_more_ask_one_host(site: Site) -> None:
    together, running, most = threading.Barrier(2), 0, 0
    lock = threading.Lock()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(30)
        with lock:
            running -= 1
        reply(body=PICTURE)(handler)

    urls = [site.on(f"/{number}.jpg", answer) for number in range(8)]
    with fetcher(site, limits=Limits(at_once_per_host=2)) as opened:
        assert all(isinstance(found, Fetched) for found in opened.fetch(urls))
    assert most == 2


def test_proxies_of_the_environment_are_not_used(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert isinstance(fetch(site, site.on("/1.jpg", reply(body=PICTURE))), Fetched)
