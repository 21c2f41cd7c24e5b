"""A web address as it is requested: one spelling, checked."""

from __future__ import annotations

from ipaddress import IPv6Address
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

from shelfguard.images.fetch.addresses import HOST_NAME
from shelfguard.images.outcome import PictureError, Reason

DEFAULT_PORTS = {"http": 80, "https": 443}
KEPT = "/%:@!$&'()*+,;=~?[]|"
"""What feeds write unescaped in paths and queries and servers expect so."""

LONGEST_URL = 8_000
"""Characters; what servers commonly take (RFC 9110, section 4.1)."""

LONGEST_SHOWN = 200
"""Characters of a bad one that a report shows."""


def canonical(url: str) -> str:
    """`url` in ASCII: host in lower case, no default port, no fragment, other characters escaped.

    Raises:
        PictureError: it is no http or https URL, or has a user name or password.
    """
    try:
        parts = urlsplit(url.strip())
        if parts.scheme not in DEFAULT_PORTS:
            problem = f"'{parts.scheme}:' is neither http nor https"
            raise PictureError(Reason.UNSUPPORTED_SCHEME, problem)
        if "@" in parts.netloc:
            raise PictureError(Reason.CREDENTIALS, "The URL holds a user name or password")
        if len(url) > LONGEST_URL:
            raise ValueError("too long")
        host, port = _host(parts.hostname or ""), parts.port
        path, query = quote(parts.path or "/", safe=KEPT), quote(parts.query, safe=KEPT)
    except ValueError as error:
        problem = f"'{url[:LONGEST_SHOWN]}' is not a URL: {error}"
        raise PictureError(Reason.INVALID_URI, problem) from error
    place = host if port in (None, DEFAULT_PORTS[parts.scheme]) else f"{host}:{port}"
    return urlunsplit((parts.scheme, place, path, query, ""))


def redirected(url: str, location: str) -> str:
    """The canonical URL that a redirect from `url` leads to.

    Raises:
        PictureError: see `canonical`.
    """
    try:
        return canonical(urljoin(url, location))
    except ValueError as error:
        problem = f"The redirect to '{location}' is not a URL"
        raise PictureError(Reason.INVALID_URI, problem) from error


def _host(host: str) -> str:
    """A host in the one spelling that is looked up; international names by UTS 46, as browsers."""
    if ":" in host and "%" not in host:  # no zones of link-local addresses
        return f"[{IPv6Address(host).compressed}]"
    host = host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")
    host = host.lower().removesuffix(".")
    if not HOST_NAME.fullmatch(host):
        raise ValueError("no valid host name")
    return host
