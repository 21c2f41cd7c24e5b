"""Servers that send too much, too slowly or for ever."""

from __future__ import annotations

from http.server import BaseHTTPRequestHandler

import pytest

pytest.importorskip("httpcore2")

from shelfguard.images.fetch import Limits
from shelfguard.images.outcome import Fetched, Reason
from tests.unit.images.fetch.fetching import PICTURE, fetch, reason
from tests.unit.images.fetch.site import Site, reply


def test_an_endless_body_is_cut_off(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Connection", "close")
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(bytes(10_000))

    url = site.on("/1.jpg", endless)
    assert reason(fetch(site, url, Limits(max_bytes=100_000))) == Reason.TOO_LARGE


def test_an_endless_body_in_chunks_is_cut_off(site: Site) -> None:
    def endless(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        while not site.closing.is_set():
            handler.wfile.write(b"1000\r\n" + bytes(4096) + b"\r\n")

    url = site.on("/1.jpg", endless)
    assert reason(fetch(site, url, Limits(max_bytes=100_000))) == Reason.TOO_LARGE


def test_what_announces_too_much_is_not_read(site: Site) -> None:
    url = site.on("/1.jpg", reply(body=PICTURE, headers={"Content-Length": "999999999999"}))
    assert reason(fetch(site, url)) == Reason.TOO_LARGE


def test_a_body_shorter_than_announced_is_no_picture(site: Site) -> None:
    def short(handler: BaseHTTPRequestHandler) -> None:
        reply(body=PICTURE, headers={"Content-Length": "100"})(handler)
        handler.close_connection = True

    assert reason(fetch(site, site.on("/1.jpg", short))) == Reason.CONNECTION_FAILED


def test_a_body_longer_than_announced_is_cut(site: Site) -> None:
    url = site.on("/1.jpg", reply(body=PICTURE + b"more", headers={"Content-Length": "9"}))
    found = fetch(site, url)
    assert isinstance(found, Fetched)
    assert found.data == PICTURE


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate", "identity, gzip"])
def test_compressed_bodies_are_refused_unread(site: Site, encoding: str) -> None:
    url = site.on("/1.jpg", reply(body=b"\x1f\x8b bomb", headers={"Content-Encoding": encoding}))
    assert reason(fetch(site, url)) == Reason.ENCODED
    assert site.requests[0][1]["accept-encoding"] == "identity"


def drip(handler: BaseHTTPRequestHandler, site: Site, piece: bytes) -> None:
    while not site.closing.wait(0.02):
        handler.wfile.write(piece)
        handler.wfile.flush()


def test_a_body_that_drips_for_ever_ends_at_the_deadline(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        drip(handler, site, b"x")

    url = site.on("/1.jpg", answer)
    assert reason(fetch(site, url, Limits(deadline=0.3))) == Reason.TIMEOUT


def test_headers_that_drip_for_ever_end_at_the_deadline(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        drip(handler, site, b"X-Drip: 1\r\n")

    url = site.on("/1.jpg", answer)
    assert reason(fetch(site, url, Limits(deadline=0.3))) == Reason.TIMEOUT


def test_a_server_that_never_answers_is_given_up(site: Site) -> None:
    url = site.on("/1.jpg", lambda _: drip(_, site, b""))
    assert reason(fetch(site, url, Limits(read_timeout=0.1))) == Reason.TIMEOUT
    assert site.asked("/1.jpg") == 3


def test_what_is_not_http_is_a_failed_connection(site: Site) -> None:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"SSH-2.0-OpenSSH\r\n\r\n")

    assert reason(fetch(site, site.on("/1.jpg", answer))) == Reason.CONNECTION_FAILED
