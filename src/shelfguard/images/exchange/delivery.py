"""One exchange file on its way into a bank."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.images.banks.entries import NewEntry
from shelfguard.images.exchange.formats import read
from shelfguard.images.exchange.item import SetAside
from shelfguard.images.exchange.names import Format

ERRORS_KEPT = 20
"""Of skipped records, so that a file of nothing else does not fill memory."""


class Delivery:
    """The entries of a file, read once; `set_aside` and `invalid` count what is left out, by why,
    and `errors` are the first invalid records."""

    def __init__(self, file: Path, form: Format | None = None, *, skip_invalid: bool) -> None:
        self._file, self._form, self._skip_invalid = file, form, skip_invalid
        self.set_aside: Counter[str] = Counter()
        self.invalid = 0
        self.errors: list[DataError] = []

    def entries(self) -> Iterator[NewEntry]:
        """The entries.

        Raises:
            DataError: the file cannot be read, or a record is invalid and not to be skipped.
        """
        for item in read(self._file, self._form):
            if isinstance(item, NewEntry):
                yield item
            elif isinstance(item, SetAside):
                self.set_aside[item.why] += 1
            elif self._skip_invalid:
                self.invalid += 1
                self.errors += [item] if len(self.errors) < ERRORS_KEPT else []
            else:
                raise item
