"""Phrases of the policy pack, found in folded text by one Aho-Corasick pass per batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from shelfguard.policy.pack import LexiconEntry, NegativeContext, Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.fold import fold_texts
from shelfguard.signals.inflection import forms
from shelfguard.signals.joined import Joined
from shelfguard.signals.phrases import Literals

_ANY_CLAUSE = ""
_CONTEXT_WORDS = 4
_CONTEXT_REACH = 80
_SPACED = bytes(code if bytes([code]).isalnum() and code < 128 else ord(" ") for code in range(256))


class Match(NamedTuple):
    """One phrase in one text, by offsets in the folded text."""

    text: int
    start: int
    end: int
    entry: LexiconEntry
    cancelled: bool


class Lexicon:
    """Finds the phrases of each clause, and tells which an innocent neighbour cancels.

    The leftmost and longest match counts, so that `pepper spray holster` is not also a
    `pepper spray`.
    """

    name = "lexicon"
    version = "1"

    def __init__(
        self, entries: Iterable[LexiconEntry], contexts: Iterable[NegativeContext] = ()
    ) -> None:
        self._entries = list(entries)
        by_form = _by_form(self._entries)
        self._targets = list(by_form.values())
        self._literals = Literals([b" " + form for form in by_form])
        self._contexts = _contexts(list(contexts))
        self._context_heads = {
            form.split()[0] for known in self._contexts.values() for form in known if form
        }

    @classmethod
    def from_pack(cls, pack: Pack) -> Lexicon:
        """The lexicon of all clauses of a pack."""
        return cls(pack.lexicon, pack.contexts)

    @property
    def features(self) -> Sequence[str]:
        kinds = ("lexicon", "lexicon-weak", "lexicon-context")
        clauses = sorted({entry.clause for entry in self._entries})
        return [f"{kind}:{clause}" for kind in kinds for clause in clauses]

    def run(self, derived: Derived) -> list[Hit]:
        """At most one hit for each listing, feature and phrase: the first in reading order."""
        hits: dict[tuple[int, str, str], Hit] = {}
        for match in self.find(derived.joined):
            row = int(derived.segments.rows[match.text])
            feature, phrase = _feature(match), match.entry.phrase
            hit = Hit(row, feature, match.text, match.start, match.end, note=phrase)
            hits.setdefault((row, feature, phrase), hit)
        return list(hits.values())

    def matches(self, texts: Sequence[str]) -> list[set[tuple[str, str]]]:
        """The (clause, phrase) pairs that count in each text as submitted."""
        found: list[set[tuple[str, str]]] = [set() for _ in texts]
        for match in self.find(Joined(fold_texts(texts))):
            if not match.cancelled:
                found[match.text].add((match.entry.clause, match.entry.phrase))
        return found

    def find(self, joined: Joined) -> Iterator[Match]:
        """Every phrase in every folded text."""
        spaced = joined.raw.translate(_SPACED)
        codes = np.frombuffer(spaced, np.uint8)
        found = self._literals.find(spaced, lambda matches: codes[matches[:, 2]] == ord(" "))
        if not len(found):
            return
        places = (numbers.tolist() for numbers in joined.places(found[:, 1] + 1))
        for (target, before, end), text, first, last in zip(found.tolist(), *places, strict=True):
            start = before + 1
            if end > last:
                continue
            near = self._neighbourhood(spaced, start, end, (first, last))
            everywhere = not near.isdisjoint(self._contexts[_ANY_CLAUSE])
            for entry in self._targets[target]:
                cancelled = everywhere or not near.isdisjoint(self._contexts[entry.clause])
                yield Match(text, start - first, end - first, entry, cancelled)

    def _neighbourhood(
        self, spaced: bytes, start: int, end: int, text: tuple[int, int]
    ) -> set[bytes]:
        """Runs of words in and around a match, within its text, that may be a context."""
        first, last = text
        before = spaced[max(start - _CONTEXT_REACH, first) : start].split()[-_CONTEXT_WORDS:]
        after = spaced[end : min(end + _CONTEXT_REACH, last)].split()[:_CONTEXT_WORDS]
        words = [*before, *spaced[start:end].split(), *after]
        return {
            b" ".join(words[i : i + length])
            for i, word in enumerate(words)
            if word in self._context_heads
            for length in range(1, _CONTEXT_WORDS + 1)
        }


def _feature(match: Match) -> str:
    kind = "lexicon-weak" if match.entry.weak else "lexicon"
    return f"{'lexicon-context' if match.cancelled else kind}:{match.entry.clause}"


def _words(phrases: Sequence[str]) -> list[list[str]]:
    """The folded words of each phrase."""
    folded = fold_texts(phrases)
    return [text.encode("ascii", "replace").translate(_SPACED).decode().split() for text in folded]


def _by_form(entries: Sequence[LexiconEntry]) -> dict[bytes, list[LexiconEntry]]:
    """Entries by each form that they take; a phrase as written outranks an inflected one."""
    written: dict[bytes, list[LexiconEntry]] = defaultdict(list)
    inflected: dict[bytes, list[LexiconEntry]] = defaultdict(list)
    for entry, words in zip(entries, _words([e.phrase for e in entries]), strict=True):
        base = " ".join(words)
        for form in sorted(forms(words, entry.lang)) if words else ():
            (written if form == base else inflected)[form.encode()].append(entry)
    for spelling, takers in inflected.items():
        clauses = {entry.clause for entry in written[spelling]}
        written[spelling] += [entry for entry in takers if entry.clause not in clauses]
    return dict(written)


def _contexts(contexts: Sequence[NegativeContext]) -> dict[str, set[bytes]]:
    """All forms of the contexts by clause, pack-wide ones under the empty name."""
    by_clause: dict[str, set[bytes]] = defaultdict(set)
    for context, words in zip(contexts, _words([c.phrase for c in contexts]), strict=True):
        spellings = forms(words, context.lang)
        by_clause[context.clause or _ANY_CLAUSE] |= {form.encode() for form in spellings}
    return by_clause
