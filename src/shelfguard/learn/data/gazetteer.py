"""A gazetteer: names of controlled substances, from public lists, as a lexicon of a pack.

A model that learned from examples knows the names in them; a rarer one, sold under a plain title,
it lets pass. Names are facts, and need no examples.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from pathlib import Path

from shelfguard.errors import DataError
from shelfguard.models.words import WORD
from shelfguard.signals.fold import fold_texts

KINDS = {
    *("barbiturate", "benzodiazepine", "dissociative", "empathogen", "opioid", "psychedelic"),
    "research-chemical",
}
"""Categories of TripSit's list whose substances are sold as drugs."""

EVERYDAY = {"common", "inactive", "nootropic", "ssri", "supplement"}
"""Categories that lie in every drugstore."""

SHORTEST = 5
LONG_WORD = 6
"""Letters of at least one word, unless the name has a digit: `valium`, `2c-t-7`."""
MOST_WORDS = 4


def controlled_substances(scheduled: Path, described: Path) -> set[str]:
    """Folded names: DEA's schedules (CSV) and the street's and the laboratory's (TripSit's JSON).

    Raises:
        DataError: a file is not there or has another shape.
    """
    names = [*_read(scheduled, _scheduled), *_read(described, _described)]
    return {name for name in names if _telling(name)}


def _read(file: Path, names: Callable[[str], Iterator[str]]) -> list[str]:
    try:
        return [plain(name) for name in names(file.read_text("utf-8"))]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DataError(f"no such list ({error})", file=file) from error


def _scheduled(text: str) -> Iterator[str]:
    for row in csv.DictReader(io.StringIO(text, newline="")):
        yield row["synonym"]
        yield row["substance"].partition("(")[0]


def _described(text: str) -> Iterator[str]:
    for name, about in json.loads(text).items():
        kinds = set(about.get("categories") or [])
        if kinds & KINDS and not kinds & EVERYDAY:
            yield from (name, *(about.get("aliases") or []))


def plain(name: str) -> str:
    """The name as it is looked for: folded words with single spaces."""
    return " ".join(WORD.findall(fold_texts([name])[0]))


def _telling(name: str) -> bool:
    words = name.split()
    long = any(len(word) >= LONG_WORD for word in words)
    code = any(char.isdigit() for char in name) and any(char.isalpha() for char in name)
    return len(name) >= SHORTEST and len(words) <= MOST_WORDS and (long or code)


def unmistakable(names: Collection[str], innocent: Iterable[Sequence[str]]) -> list[str]:
    """The names that stand in no innocent text, given as folded words, in order.

    `am 2201` is also looked for as `am2201`, as the lexicon does.
    """
    spellings = {name: {name, name.replace(" ", "")} for name in names}
    wanted = set().union(*spellings.values())
    used: set[str] = set()
    for words in innocent:
        for length in range(1, MOST_WORDS + 1):
            runs = (" ".join(words[i : i + length]) for i in range(len(words) - length + 1))
            used.update(wanted.intersection(runs))
    return sorted(name for name, spelt in spellings.items() if used.isdisjoint(spelt))
