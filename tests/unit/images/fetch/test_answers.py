"""What servers answer: redirects, refusals, trouble that passes."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest

pytest.importorskip("httpcore2")

from shelfguard.images.fetch import Access, Fetcher, Retries
from shelfguard.images.outcome import Fetched, Reason
from tests.unit.images.fetch.fetching import PICTURE, fetch, reason
from tests.unit.images.fetch.site import Site, redirect, reply


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_to_the_final_url(site: Site, status: int) -> None:
    url = site.on("/1.jpg", redirect("/2.jpg", status))
    final = site.on("/2.jpg", reply(body=PICTURE))
    found = fetch(site, url)
    assert isinstance(found, Fetched)
    assert found.location == final


def test_redirects_end(site: Site) -> None:
    assert reason(fetch(site, site.on("/1.jpg", redirect("/1.jpg")))) == Reason.TOO_MANY_REDIRECTS
    assert site.asked("/1.jpg") == 6


@pytest.mark.parametrize(
    ("status", "expected", "asked"),
    [
        (401, Reason.ACCESS_DENIED, 1),
        (403, Reason.ACCESS_DENIED, 1),
        (404, Reason.NOT_FOUND, 1),
        (410, Reason.NOT_FOUND, 1),
        (206, Reason.UNEXPECTED_STATUS, 1),
        (302, Reason.UNEXPECTED_STATUS, 1),
        (501, Reason.SERVER_ERROR, 1),
        (500, Reason.SERVER_ERROR, 3),
        (503, Reason.SERVER_ERROR, 3),
        (429, Reason.RATE_LIMITED, 3),
    ],
)
def test_a_status_is_a_reason_and_some_are_tried_again(
    site: Site, status: int, expected: Reason, asked: int
) -> None:
    assert reason(fetch(site, site.on("/1.jpg", reply(status)))) == expected
    assert site.asked("/1.jpg") == asked


def test_a_server_that_recovers_gives_the_picture(site: Site) -> None:
    url = site.on("/1.jpg", reply(503), reply(429), reply(body=PICTURE))
    assert isinstance(fetch(site, url), Fetched)


def test_a_lost_connection_is_tried_again(site: Site) -> None:
    def hang_up(handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    url = site.on("/1.jpg", hang_up, reply(body=PICTURE))
    assert isinstance(fetch(site, url), Fetched)
    assert reason(fetch(site, site.on("/2.jpg", hang_up))) == Reason.CONNECTION_FAILED
    assert site.asked("/2.jpg") == 3


def test_retry_after_is_obeyed_instead_of_the_backoff(site: Site) -> None:
    url = site.on("/1.jpg", reply(429, headers={"Retry-After": "0"}), reply(body=PICTURE))
    patient = Retries(tries=2, first_wait=1e9, longest_wait=1e9)
    access = Access.allowing("127.0.0.1", ports=[site.port])
    with Fetcher(access=access, retries=patient) as opened:
        assert isinstance(opened.fetch([url])[0], Fetched)


def test_a_server_that_wants_to_be_left_alone_is(site: Site) -> None:
    url = site.on("/1.jpg", reply(429, headers={"Retry-After": "3600"}))
    assert reason(fetch(site, url)) == Reason.RATE_LIMITED
    assert site.asked("/1.jpg") == 1
