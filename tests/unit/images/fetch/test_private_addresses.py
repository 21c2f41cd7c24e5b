"""No reference and no redirect leads inside: server-side request forgery."""

from __future__ import annotations

import pytest

pytest.importorskip("httpcore2")

from shelfguard.images.outcome import Fetched, Reason
from tests.unit.images.fetch.fetching import PICTURE, fetch, fetcher, reason
from tests.unit.images.fetch.site import Site, redirect, reply

INSIDE = [
    "http://127.0.0.1/",
    "http://127.0.0.1./",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0x7f.1/",
    "http://0177.0.0.1/",
    "http://１２７.0.0.1/",
    "http://0/",
    "http://[::1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:7f00:1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[fd00:ec2::254]/latest/meta-data/",
    "http://169.254.169.254/latest/meta-data/",
    "https://168.63.129.16/",
    "http://100.64.0.1/",
    "http://10.0.0.1/",
    "http://172.16.0.1/",
    "http://192.168.0.1/",
]


@pytest.mark.parametrize("url", INSIDE)
def test_private_addresses_are_refused_in_every_spelling(site: Site, url: str) -> None:
    with fetcher(site, allowed="cdn.internal") as opened:
        assert reason(opened.fetch([url])[0]) == Reason.PRIVATE_ADDRESS


@pytest.mark.parametrize("url", [*INSIDE, "http://localhost./"])
def test_a_redirect_to_a_private_address_is_refused(site: Site, url: str) -> None:
    site.on("/1.jpg", redirect(url))
    with fetcher(site, allowed="localhost.localdomain") as opened:
        assert reason(opened.fetch([url])[0]) == Reason.PRIVATE_ADDRESS


def test_a_host_that_an_operator_allows_vouches_for_no_other(site: Site) -> None:
    site.on("/1.jpg", redirect(f"http://127.0.0.1:{site.port}/2.jpg"))
    site.on("/2.jpg", reply(body=PICTURE))
    with fetcher(site, allowed="localhost") as opened:
        found = opened.fetch(
            [f"http://localhost:{site.port}/1.jpg", f"http://localhost:{site.port}/2.jpg"]
        )
    assert reason(found[0]) == Reason.PRIVATE_ADDRESS
    assert isinstance(found[1], Fetched)
    assert site.asked("/2.jpg") == 1


def test_a_redirect_may_not_leave_the_web(site: Site) -> None:
    assert reason(fetch(site, site.on("/1", redirect("file:///etc/passwd")))) == (
        Reason.UNSUPPORTED_SCHEME
    )
