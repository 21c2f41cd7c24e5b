"""The address of a Redis, as an operator gives it."""

from __future__ import annotations

import re
from importlib.util import find_spec
from urllib.parse import urlsplit

from shelfguard.errors import StoreError


def checked(url: str) -> str:
    """The address, if it is one of Redis and there is a client for it; no word of a password.

    Raises:
        StoreError: it is none, or the package redis is not installed.
    """
    shown = re.sub(r"(?<=//)[^@]*@", "", url)
    fix = "Write it as redis://HOST:6379/0, or rediss:// for TLS"
    try:
        parts = urlsplit(url)
        is_redis = parts.scheme in ("redis", "rediss") and parts.hostname and parts.port != 0
    except ValueError as error:
        raise StoreError("the port is no number", file=shown, fix=fix) from error
    if not is_redis:
        raise StoreError("is no address of a Redis", file=shown, fix=fix)
    if find_spec("redis") is None:
        fix = "Install the extra that brings it: pip install 'shelfguard[serve]'"
        raise StoreError("Redis needs the package redis", file=shown, fix=fix)
    return url
