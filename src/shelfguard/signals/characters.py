"""One character at a time: accents, width, case, look-alikes and invisible characters."""

from __future__ import annotations

import re
import unicodedata

from shelfguard.signals.confusables import CONFUSABLE

_SPECIAL = {
    **dict.fromkeys("‘’‚‛′ʼʹ´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−⁃﹣－", "-"),
    **dict.fromkeys("™®©℠&<＆﹠＜﹤‹≮\u2028\u2029\x85\v\f", " "),
    "›": ">",
    "⁄": "/",
    "∕": "/",
}
_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs", "Co", "Cn"})
_LETTER = re.compile(r"LATIN (?:CAPITAL |SMALL )?LETTER (?:SMALL CAPITAL )?([A-Z])(?: WITH .*)?$")
_STEPS = 4


def fold_character(char: str) -> str:
    """The plain lower-case writing of one character; empty if it cannot be seen."""
    folded = char
    for _ in range(_STEPS):
        previous, folded = folded, "".join(map(_step, folded))
        if folded == previous:
            break
    return folded


def _step(char: str) -> str:
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char in "\t\n\r":
        return char
    if char in CONFUSABLE:
        return CONFUSABLE[char]
    if unicodedata.category(char) in _UNSEEN:
        return ""
    return _letter(char)


def _letter(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if latin := _LETTER.search(unicodedata.name(char, "")):
        return latin[1].lower()
    plain = unicodedata.normalize("NFKD", char)
    return plain if plain != char else char.lower()


class CharacterTable(dict[str, str]):
    """Folds each character the first time that it is asked for."""

    def __missing__(self, char: str) -> str:
        self[char] = folded = fold_character(char)
        return folded


TABLE = CharacterTable()
"""Fold any character; shared, and filled as characters turn up."""

ASCII_TABLE = {code: fold_character(chr(code)) for code in range(1, 128)} | {0: "\0"}
"""`str.translate` table for plain ASCII, NUL kept so that it can separate texts."""

ODD = re.compile(r"[^\t\n\r -%'-;=-@\[-~]")
"""Characters that folding may change; upper-case letters are among them."""
