"""Interface texts and number formats, one catalogue a language in templates/*.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from shelfguard.errors import RunError
from shelfguard.policy.pack import Words

LANGUAGES = ("en", "fr")

SEPARATORS = {"en": (",", ".", "%"), "fr": ("\u202f", ",", "\xa0%")}
"""Thousands, decimals and percent sign."""


class Catalogue:
    """The texts of one language by dotted key, filled in with `{names}`."""

    def __init__(self, lang: str, texts: Mapping[str, Any]) -> None:
        self.lang, self._texts = lang, texts

    def __call__(self, key: str, **values: object) -> str:
        """The text of a key. A text with `one` and `other` forms is chosen by `n`."""
        text = self._find(key)
        if isinstance(text, Mapping):
            text = text["one" if self._singular(values.get("n")) else "other"]
        shown = {k: self.number(v) if isinstance(v, int) else v for k, v in values.items()}
        return str(text).format(**shown)

    def name(self, group: str, key: str) -> str:
        """The label of a code such as a stage or an outcome; the code itself if unlisted."""
        return str(self._find(group).get(key, key))

    def say(self, words: Words) -> str:
        """The pack's text in this language, or in the first that it has."""
        return words.get(self.lang) or next(iter(words.values()), "")

    def number(self, value: float, digits: int = 0) -> str:
        """`1234.5` with 1 digit: `1,234.5` in English, `1 234,5` in French."""
        thousands, point, _ = SEPARATORS[self.lang]
        return f"{value:,.{digits}f}".translate({44: thousands, 46: point})

    def percent(self, share: float, digits: int = 1) -> str:
        return self.number(100 * share, digits) + SEPARATORS[self.lang][2]

    def _singular(self, n: object) -> bool:
        return n == 1 or (self.lang == "fr" and n == 0)

    def _find(self, key: str) -> Any:
        text: Any = self._texts
        for part in key.split("."):
            text = text[part]
        return text


@cache
def catalogue(lang: str) -> Catalogue:
    """Load a language's catalogue.

    Raises:
        RunError: there is none for this language.
    """
    if lang not in LANGUAGES:
        raise RunError(f"no texts in '{lang}'", field="lang", fix=f"Use {' or '.join(LANGUAGES)}")
    source = files(__package__).joinpath("templates", f"{lang}.yaml")
    return Catalogue(lang, yaml.safe_load(source.read_text(encoding="utf-8")))
