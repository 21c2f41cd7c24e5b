"""Named arrays in one file that opens at once: they are read from disk as they are used.

A magic number of 8 bytes, the length of a JSON header (8 bytes, little-endian), the header, then at
64 kB the arrays, each from a multiple of 64 bytes. The header tells format, facts, arrays and the
SHA-256 of all that follows it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, Self

import numpy as np
import numpy.typing as npt

from shelfguard.durable import replacing
from shelfguard.errors import DataError

MAGIC = b"SGARRAYS"
FORMAT = 1

BODY = 1 << 16
"""Where arrays start: a header is far shorter, and this is a multiple of every page size."""

ALIGNMENT = 64
"""Bytes: a processor's cache line."""

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """An open file: what its writer said of it, and its arrays, which cannot be written to."""

    path: Path
    facts: Mapping[str, Any]
    arrays: Mapping[str, Array]
    sha256: str

    @classmethod
    def open(cls, path: Path) -> Self:
        """Map a file into memory. Its arrays are not read, so that damage to them goes unseen.

        Raises:
            DataError: the file cannot be read, is cut short, or is of another kind or format.
        """
        try:
            header = _header(path)
            body = np.memmap(path, np.uint8, "r")
            arrays = {each["name"]: _array(body, each) for each in header["arrays"]}
            return cls(path, header["facts"], arrays, header["sha256"])
        except OSError as error:
            raise _useless(path, f"cannot be read: {error.strerror}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise _useless(path, f"is no whole file of arrays: {error}") from error

    def verify(self) -> None:
        """Compare the arrays with their digest; this reads the whole file.

        Raises:
            DataError: they were changed.
        """
        digest = hashlib.sha256()
        with self.path.open("rb") as stream:
            stream.seek(BODY)
            while data := stream.read(1 << 20):
                digest.update(data)
        if digest.hexdigest() != self.sha256:
            raise _useless(self.path, "was changed after it was written")


@dataclass(slots=True)
class ArrayWriter:
    """Takes arrays one after the other, so that only one of them needs to be in memory."""

    stream: IO[bytes]
    arrays: list[dict[str, Any]] = field(default_factory=list)
    digest: Any = field(default_factory=hashlib.sha256)

    def add(self, name: str, array: Array) -> None:
        """Append an array, little-endian."""
        plain = np.ascontiguousarray(array, array.dtype.newbyteorder("<"))
        self._write(bytes(-self.stream.tell() % ALIGNMENT))
        place = {"start": self.stream.tell(), "shape": plain.shape, "dtype": plain.dtype.str}
        self.arrays.append({"name": name, **place})
        self._write(plain.data)

    def _write(self, data: bytes | memoryview) -> None:
        self.digest.update(data)
        self.stream.write(data)


@contextmanager
def writing(path: Path, facts: Mapping[str, Any]) -> Iterator[ArrayWriter]:
    """Write a file that takes the place of `path` on success, at once.

    Whoever has the old file open keeps it as it was.
    """
    with replacing(path) as temporary, temporary.open("wb") as stream:
        stream.seek(BODY)
        writer = ArrayWriter(stream)
        yield writer
        digest = writer.digest.hexdigest()
        header = {"format": FORMAT, "facts": facts, "arrays": writer.arrays, "sha256": digest}
        text = json.dumps(header).encode()
        stream.seek(0)
        stream.write(MAGIC + len(text).to_bytes(8, "little") + text)


def _header(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        magic, length = stream.read(8), int.from_bytes(stream.read(8), "little")
        text = stream.read(length) if magic == MAGIC and length < BODY else b""
    if not text:
        raise ValueError("it starts with something else")
    header: dict[str, Any] = json.loads(text)
    if header["format"] != FORMAT:
        raise ValueError(f"its format is {header['format']}, not {FORMAT}")
    return header


def _array(body: npt.NDArray[np.uint8], each: Mapping[str, Any]) -> Array:
    return np.ndarray(each["shape"], each["dtype"], body, each["start"])


def _useless(path: Path, problem: str) -> DataError:
    return DataError(problem, file=path, fix="Build it again from the hashes that it is of")
