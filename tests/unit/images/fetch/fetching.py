"""Fetching from a scripted site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shelfguard.images.fetch import Access, Fetcher, Limits, Retries
from shelfguard.images.fetch.fetcher import USUAL_LIMITS
from shelfguard.images.outcome import Failure, Fetched, Reason
from tests.unit.images.fetch.site import Site

PICTURE = b"a picture"
AT_ONCE = Retries(tries=3, first_wait=0)


@contextmanager
def fetcher(
    site: Site, *roots: Path, limits: Limits = USUAL_LIMITS, allowed: str = "127.0.0.1"
) -> Iterator[Fetcher]:
    access = Access.allowing(allowed, ports=[site.port])
    with Fetcher(roots, access=access, limits=limits, retries=AT_ONCE) as opened:
        yield opened


def fetch(site: Site, uri: str, limits: Limits = USUAL_LIMITS) -> Fetched | Failure:
    with fetcher(site, limits=limits) as opened:
        return opened.fetch([uri])[0]


def reason(found: Fetched | Failure) -> Reason | None:
    return found.reason if isinstance(found, Failure) else None
