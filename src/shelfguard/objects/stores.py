"""The object stores that are known, and the clients that speak with them."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from shelfguard.errors import StoreError

_S3 = ("s3fs", "S3FileSystem")
_GOOGLE = ("gcsfs.core", "GCSFileSystem")
_AZURE = ("adlfs", "AzureBlobFileSystem")
_CLIENTS = {
    "s3": _S3,
    "s3a": _S3,
    "gs": _GOOGLE,
    "gcs": _GOOGLE,
    "az": _AZURE,
    "abfs": _AZURE,
    "abfss": _AZURE,
}


def file_system(url: str) -> Any:
    """The fsspec file system for a URL, without caches of listings: others write there too.

    Raises:
        StoreError: the scheme is unknown, or the package of its client is not installed.
    """
    client = client_of(url)
    # It logs tracebacks of what it also raises.
    logging.getLogger("gcsfs").setLevel(logging.CRITICAL)
    return client(use_listings_cache=False, **client._get_kwargs_from_urls(url))


def client_of(url: str) -> Any:
    """The class of the file system for a URL, which speaks with nobody yet.

    Raises:
        StoreError: the scheme is unknown, or the package of its client is not installed.
    """
    scheme = url.partition("://")[0].lower()
    if scheme not in _CLIENTS:
        known = ", ".join(f"{name}://" for name in ("s3", "gs", "az"))
        raise StoreError(f"'{scheme}://' is no kind of store", file=url, fix=f"Use one of {known}.")
    module, name = _CLIENTS[scheme]
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        raise StoreError(
            f"this store needs the package {module.partition('.')[0]}",
            file=url,
            fix="Install the extra that brings it: pip install 'shelfguard[cloud]'",
        ) from error
