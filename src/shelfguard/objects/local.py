"""A file or folder on this machine's file systems."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Literal
from uuid import uuid4

from shelfguard.durable import sync
from shelfguard.objects.failures import explained
from shelfguard.objects.place import Place, Stat

_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{32}\.tmp")


class LocalPlace(Place):
    """A path. What was written is on the disk when the method returns."""

    @property
    def path(self) -> Path:
        return Path(self.url)

    def read(self) -> bytes:
        with explained(self.url):
            return self.path.read_bytes()

    def write(self, data: bytes) -> None:
        with self.open("wb") as stream:
            stream.write(data)

    def create(self, data: bytes) -> bool:
        with self._temporary() as temporary, explained(self.url):
            temporary.write_bytes(data)
            sync(temporary)
            try:
                os.link(temporary, self.path)
            except FileExistsError:
                return False
            sync(self.path.parent)
            return True

    def stat(self) -> Stat | None:
        with explained(self.url):
            if not self.path.is_file():
                return None
            stat = self.path.stat()
        return Stat(stat.st_size, str(stat.st_mtime_ns))

    def names(self, prefix: str = "") -> list[str]:
        with explained(self.url):
            files = (path for path in self.path.rglob("*") if path.is_file())
            found = (
                path.relative_to(self.path).as_posix()
                for path in files
                if not _TEMPORARY.fullmatch(path.name)
            )
            return sorted(name for name in found if name.startswith(prefix))

    def remove(self) -> None:
        with explained(self.url):
            self.path.unlink(missing_ok=True)

    @contextmanager
    def open(self, mode: Literal["rb", "wb"]) -> Iterator[BinaryIO]:
        if mode == "rb":
            with explained(self.url):
                source = self.path.open("rb")
            with source:
                yield source
            return
        with self._temporary() as temporary:
            with temporary.open("wb") as sink:
                yield sink
            with explained(self.url):
                sync(temporary)
                temporary.replace(self.path)
                sync(self.path.parent)

    def put_file(self, source: Path) -> None:
        with source.open("rb") as data, self.open("wb") as sink:
            shutil.copyfileobj(data, sink)

    def fetch_to(self, target: Path) -> None:
        with explained(self.url):
            shutil.copyfile(self.path, target)

    @contextmanager
    def _temporary(self) -> Iterator[Path]:
        """A name beside the file that no other writer has."""
        with explained(self.url):
            self.path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self.path.with_name(f".{self.path.name}.{uuid4().hex}.tmp")
        try:
            yield temporary
        finally:
            temporary.unlink(missing_ok=True)
