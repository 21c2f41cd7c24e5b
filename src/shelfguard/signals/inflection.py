"""The forms in which an English or French phrase turns up in a title."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shelfguard.policy.pack import ANY_LANGUAGE

_SMALL = re.compile(
    r"an?|and|at|by|for|from|in|of|on|or|the|to|with"
    r"|aux?|avec|d|des?|du|en|et|l|la|les?|ou|par|pour|sans|sur|une?"
)
_COMPOUND = 7
"""Letters that two words need before they are also looked for written as one."""


def forms(words: list[str], lang: str) -> set[str]:
    """Plural, singular, feminine and compound forms, the phrase itself among them.

    A name of no language is not inflected: it stands as it is, or in one word.

    `words` are folded, so `alcoolise` may be `alcoolisé` and takes an e. The first full word,
    the last, both or all of them change together: `coups de poing américains`.
    """
    if lang == ANY_LANGUAGE:
        return {" ".join(words), "".join(words)}
    full = [i for i, word in enumerate(words) if word.isalpha() and not _SMALL.fullmatch(word)]
    found = {tuple(words)}
    ends = full[:1] + full[-1:]
    for places in {(i,) for i in ends} | {tuple(ends), tuple(full)}:
        found |= set(_inflected(words, places, lang))
    compounds = {"".join(form) for form in found if len(form) == 2}
    return {" ".join(form) for form in found} | {c for c in compounds if len(c) >= _COMPOUND}


def _inflected(words: list[str], places: tuple[int, ...], lang: str) -> Iterator[tuple[str, ...]]:
    makers = (_plural, _singular, _feminine, _feminine_plural) if lang == "fr" else _ENGLISH
    for make in makers:
        changed = [make(word) if i in places else word for i, word in enumerate(words)]
        yield tuple(changed)


def _plural_english(word: str) -> str:
    if len(word) < 3 or (word.endswith("s") and not word.endswith("ss")):
        return word
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word[:-2] + "ves" if word.endswith("knife") else word + "s"


def _singular_english(word: str) -> str:
    if word.endswith("knives"):
        return word[:-3] + "fe"
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("ches", "shes", "sses", "xes")):
        return word[:-2]
    return word[:-1] if _drops_s(word) else word


def _drops_s(word: str) -> bool:
    return len(word) > 3 and word[-1] == "s" and word[-2] not in "sui"


def _plural(word: str) -> str:
    if len(word) < 3 or word[-1] in "sxz":
        return word
    if word.endswith(("eau", "eu", "au")):
        return word + "x"
    return word[:-2] + "aux" if word.endswith("al") else word + "s"


def _singular(word: str) -> str:
    if word.endswith(("eaux", "eux")):
        return word[:-1]
    return word[:-1] if _drops_s(word) else word


def _feminine(word: str) -> str:
    if len(word) < 4 or word[-1] in "aiouxsz":
        return word
    return word + word[-1] + "e" if word.endswith(("el", "on", "en")) else word + "e"


def _feminine_plural(word: str) -> str:
    return _plural(_feminine(word))


_ENGLISH = (_plural_english, _singular_english)
