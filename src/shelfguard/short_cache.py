"""Remembering what short texts mean."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

Meaning = TypeVar("Meaning")

LONGEST = 256
"""Characters of a text that is remembered: what sellers write may have megabytes."""


def short_cache(
    maxsize: int,
) -> Callable[[Callable[[str], Meaning]], Callable[[str], Meaning]]:
    """Like `functools.lru_cache`, but longer texts are looked at anew each time."""

    def decorate(find: Callable[[str], Meaning]) -> Callable[[str], Meaning]:
        remembered = lru_cache(maxsize)(find)

        @wraps(find)
        def found(text: str) -> Meaning:
            return remembered(text) if len(text) <= LONGEST else find(text)

        return found

    return decorate
