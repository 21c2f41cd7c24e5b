"""A file or folder, on this machine or in an object store, by its path or URL."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal, Self
from urllib.parse import unquote

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")


@dataclass(frozen=True, slots=True)
class Stat:
    """Of a file: its bytes, and what changes whenever it is written again."""

    size: int
    version: str


@dataclass(frozen=True)
class Place(ABC):
    """A file or folder. It can be sent to any thread or process: what is sent is the URL.

    Every method may raise a StoreError: the store cannot be reached, or refuses.
    """

    url: str

    def __truediv__(self, name: str) -> Self:
        return type(self)(f"{self.url.rstrip('/')}/{name}")

    def __str__(self) -> str:
        return self.url

    @abstractmethod
    def read(self) -> bytes:
        """All of a file."""

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Put a file in place of what was there; a reader sees all of it or nothing of it."""

    @abstractmethod
    def create(self, data: bytes) -> bool:
        """Write a file if there is none; of any number of writers, one alone is told True."""

    @abstractmethod
    def stat(self) -> Stat | None:
        """Size and version of a file, None where there is none."""

    @abstractmethod
    def names(self, prefix: str = "") -> list[str]:
        """The files at any depth of a folder whose path in it begins with `prefix`, sorted."""

    @abstractmethod
    def remove(self) -> None:
        """Remove a file; one that is not there is no error."""

    @abstractmethod
    def open(self, mode: Literal["rb", "wb"]) -> AbstractContextManager[BinaryIO]:
        """A file as a stream. What is written shows when the context ends, not if it fails."""

    @abstractmethod
    def put_file(self, source: Path) -> None:
        """Write a local file here, as `write` does."""

    @abstractmethod
    def fetch_to(self, target: Path) -> None:
        """Copy a file to a local path, in bounded memory."""

    def exists(self) -> bool:
        """Whether a file is there."""
        return self.stat() is not None


def is_remote(text: str) -> bool:
    """Whether this is the URL of something that is not on this machine."""
    found = _SCHEME.match(text)
    return found is not None and found[1].lower() != "file"


def local_path(text: str) -> Path:
    """The path that a path or a `file://` URL names."""
    return Path(unquote(text[7:]) if text.lower().startswith("file://") else text)


def place(url: str | Path) -> Place:
    """The place of this path or URL: `out/`, `s3://bucket/feed`, `gs://…`, `az://container/…`.

    Raises:
        StoreError: no store is known by the URL's scheme, or its package is not installed.
    """
    if is_remote(str(url)):
        from shelfguard.objects.remote import RemotePlace

        return RemotePlace(str(url))
    from shelfguard.objects.local import LocalPlace

    return LocalPlace(str(local_path(str(url))))
