"""What every set of labelled pictures says of itself."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class Pictures(Protocol):
    """Pictures to learn from, as a model's record names them."""

    @property
    def root(self) -> Path:
        """The folder or file that was read."""
        ...

    @property
    def labels(self) -> tuple[str, ...]:
        """All that is told apart."""
        ...

    @property
    def id(self) -> str:
        """A digest of the pictures and what is said of them."""
        ...

    def __len__(self) -> int: ...
