from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.images.fetch.urls import canonical, redirected
from shelfguard.images.outcome import PictureError, Reason


@pytest.mark.parametrize(
    ("written", "requested"),
    [
        ("http://Shop.Example", "http://shop.example/"),
        ("https://shop.example:443/a.jpg#top", "https://shop.example/a.jpg"),
        ("http://shop.example:8080/a.jpg?w=1&h=2", "http://shop.example:8080/a.jpg?w=1&h=2"),
        ("http://shop.example./a.jpg", "http://shop.example/a.jpg"),
        ("http://shop.example/a b/é.jpg", "http://shop.example/a%20b/%C3%A9.jpg"),
        ("http://shop.example/a%20b.jpg", "http://shop.example/a%20b.jpg"),
        ("http://bücher.example/1.png", "http://xn--bcher-kva.example/1.png"),
        ("http://１２７.0.0.1/", "http://127.0.0.1/"),
        ("http://[::FFFF:127.0.0.1]/", "http://[::ffff:7f00:1]/"),
        (" https://shop.example/1\n", "https://shop.example/1"),
    ],
)
def test_a_url_has_one_spelling(written: str, requested: str) -> None:
    assert canonical(written) == requested


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://user:secret@shop.example/", Reason.CREDENTIALS),
        ("http://shop.example\\@127.0.0.1/", Reason.CREDENTIALS),
        ("http://user@shop.example/", Reason.CREDENTIALS),
        ("ftp://shop.example/a.jpg", Reason.UNSUPPORTED_SCHEME),
        ("data:image/png;base64," + "A" * 9000, Reason.UNSUPPORTED_SCHEME),
        ("gopher://shop.example/", Reason.UNSUPPORTED_SCHEME),
        ("http://", Reason.INVALID_URI),
        ("http:///a.jpg", Reason.INVALID_URI),
        ("http://shop.example:99999/", Reason.INVALID_URI),
        ("http://shop .example/", Reason.INVALID_URI),
        ("http://shop..example/", Reason.INVALID_URI),
        ("http://[fe80::1%25eth0]/", Reason.INVALID_URI),
        ("http://[not-an-address]/", Reason.INVALID_URI),
        ("http://shop.example/" + "a" * 9000, Reason.INVALID_URI),
    ],
)
def test_what_is_no_plain_web_address_is_refused(url: str, reason: Reason) -> None:
    with pytest.raises(PictureError) as caught:
        canonical(url)
    assert caught.value.failure.reason == reason


def test_a_redirect_may_be_relative() -> None:
    assert redirected("https://shop.example/a/1.jpg", "../2.jpg") == "https://shop.example/2.jpg"
    assert redirected("https://shop.example/1.jpg", "//cdn.example/2") == "https://cdn.example/2"


@pytest.mark.parametrize("location", ["file:///etc/passwd", "data:image/png,x", "http://[/", ""])
def test_a_redirect_leads_to_a_web_address_or_nowhere(location: str) -> None:
    if location:
        with pytest.raises(PictureError):
            redirected("https://shop.example/1.jpg", location)
    else:
        assert redirected("https://shop.example/1.jpg", location) == "https://shop.example/1.jpg"


@settings(deadline=None)
@given(st.one_of(st.text(), st.text().map(lambda text: f"http://{text}")))
def test_any_text_is_a_url_in_its_one_spelling_or_refused(text: str) -> None:
    try:
        url = canonical(text)
    except PictureError:
        return
    assert url.isascii()
    assert url.isprintable()
    assert canonical(url) == url
