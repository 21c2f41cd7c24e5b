"""Which words give a listing away: those that an attacker would disguise."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from shelfguard.learn.evaluate.attacks.attack import SHORTEST, WORD, plain
from shelfguard.listing import Record
from shelfguard.policy.pack import Pack
from shelfguard.signals.lexicon import Lexicon

RAREST = 4
"""How many of the rarest words are taken besides those of the lexicon."""

AT_RANDOM = 1


def telling_words(
    records: Sequence[Record], everything: Sequence[Record], pack: Pack | None, seed: int = 0
) -> list[frozenset[str]]:
    """Plain words of each listing: of the lexicon's phrases, the rarest ones, and a random one.

    `everything` is the catalog in which words are rare or not.
    """
    rarity = Counter(word for record in everything for word in set(_words(record)))
    named = _lexicon_words(records, pack) if pack else [frozenset[str]()] * len(records)
    return [
        words | _others(record, words, rarity, seed)
        for record, words in zip(records, named, strict=True)
    ]


def _others(
    record: Record, known: frozenset[str], rarity: Counter[str], seed: int
) -> frozenset[str]:
    words = [word for word in dict.fromkeys(_words(record)) if word not in known]
    rarest = sorted(words, key=lambda word: (rarity[word], -len(word), word))[:RAREST]
    rest = sorted(set(words) - set(rarest))
    rng = random.Random(f"{seed}:{record['id']}")  # noqa: S311 (a reproducible draw, no secret)
    return frozenset([*rarest, *rng.sample(rest, min(AT_RANDOM, len(rest)))])


def _lexicon_words(records: Sequence[Record], pack: Pack) -> list[frozenset[str]]:
    """The words of the lexicon's phrases, decisive and weak, as each listing has them."""
    lexicon = Lexicon.from_pack(pack)
    texts = [" \n".join(_texts(record)) for record in records]
    phrases = [{phrase for _, phrase in found} for found in lexicon.matches(texts)]
    return [
        frozenset(
            word
            for word in _words(record)
            if any(
                _same_stem(word, part) for phrase in found for part in map(plain, phrase.split())
            )
        )
        for record, found in zip(records, phrases, strict=True)
    ]


def _same_stem(word: str, part: str) -> bool:
    """Whether a word is a phrase's word up to an ending of two letters."""
    shorter = min(len(word), len(part))
    return (
        abs(len(word) - len(part)) <= 2
        and word[: max(shorter - 1, 3)] == part[: max(shorter - 1, 3)]
    )


def _words(record: Record) -> list[str]:
    found = [plain(word) for text in _texts(record) for word in WORD.findall(text)]
    return [word for word in found if len(word) >= SHORTEST and not word.isdigit()]


def _texts(record: Record) -> list[str]:
    return [*record["title"].values(), *(record.get("description") or {}).values()]
