"""A file or folder in an object store, through fsspec."""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, Literal

from shelfguard.errors import StoreError
from shelfguard.objects.failures import NO_BUCKET, NO_OBJECT, explained, is_contested, is_taken
from shelfguard.objects.place import Place, Stat
from shelfguard.objects.stores import file_system

_CHUNK_BYTES = 8 << 20
_ATTEMPTS = 5


class RemotePlace(Place):
    """A URL. The store's client reads its own environment and files for endpoint and keys."""

    def read(self) -> bytes:
        with self._store() as (store, path):
            data: bytes = store.cat_file(path)
            return data

    def write(self, data: bytes) -> None:
        with self._store(missing=NO_BUCKET) as (store, path):
            store.pipe_file(path, data)

    def create(self, data: bytes) -> bool:
        for _ in range(_ATTEMPTS):
            with self._store(missing=NO_BUCKET) as (store, path):
                try:
                    store.pipe_file(path, data, mode="create")
                except Exception as error:
                    if is_taken(error):
                        return False
                    if not is_contested(error):
                        raise
                else:
                    return True
        raise StoreError("others write it at this moment", file=self.url, fix="Try again.")

    def stat(self) -> Stat | None:
        with self._store() as (store, path):
            try:
                info = store.info(path)
            except FileNotFoundError:
                return None
        if info["type"] != "file":
            return None
        version = info.get("generation") or info.get("ETag") or info.get("etag")
        return Stat(int(info["size"]), str(version))

    def names(self, prefix: str = "") -> list[str]:
        with self._store(missing=NO_BUCKET) as (store, path):
            folder = path.rstrip("/") + "/"
            found = store.find(path, prefix=prefix)
            if not found and not store.exists(path.partition("/")[0]):
                raise FileNotFoundError(path)
        names = (name.removeprefix(folder) for name in found if name.startswith(folder))
        return sorted(name for name in names if name.startswith(prefix) and name[-1:] != "/")

    def remove(self) -> None:
        with self._store() as (store, path):
            try:
                store.rm_file(path)
            except FileNotFoundError:
                return

    @contextmanager
    def open(self, mode: Literal["rb", "wb"]) -> Iterator[BinaryIO]:
        if mode == "rb":
            with self._store() as (store, path):
                source = store.open(path, "rb", _CHUNK_BYTES)
            with io.BufferedReader(_Reader(self.url, source)) as reader:
                yield reader
            return
        with tempfile.NamedTemporaryFile() as sink:
            yield sink.file  # type: ignore[misc]  # what NamedTemporaryFile wraps is a BinaryIO
            sink.flush()
            self.put_file(Path(sink.name))

    def put_file(self, source: Path) -> None:
        with self._store(missing=NO_BUCKET) as (store, path):
            store.put_file(str(source), path)

    def fetch_to(self, target: Path) -> None:
        with self.open("rb") as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, _CHUNK_BYTES)

    @contextmanager
    def _store(self, missing: str = NO_OBJECT) -> Iterator[tuple[Any, str]]:
        """The store's client, and where in the store this is."""
        with explained(self.url, missing):
            store = file_system(self.url)
            yield store, store._strip_protocol(self.url)


class _Reader(io.RawIOBase):
    """What a store's client reads, with its errors explained where they come up."""

    def __init__(self, url: str, source: Any) -> None:
        self._url, self._source = url, source

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        with explained(self._url):
            return int(self._source.readinto(buffer))

    def seek(self, offset: int, whence: int = 0) -> int:
        return int(self._source.seek(offset, whence))

    def tell(self) -> int:
        return int(self._source.tell())

    def close(self) -> None:
        self._source.close()
        super().close()
