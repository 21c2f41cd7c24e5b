"""Words of folded text and the hashed tokens that they are made of."""

from __future__ import annotations

import re
from zlib import crc32

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]

END = "\x01"
"""Marks the end of a segment in a joined batch; folding removes it from texts."""

SPACED_END = f" {END} "
LONGEST_WORD = 40
"""Bytes of a word past this are not looked at: no English or French word needs them."""
WORD = re.compile(r"[^\W_]+")
SUBWORD_LENGTHS = (3, 4, 5)
LONG_NUMBER = 4
"""A word with so many digits is known by its shape: catalogs are full of model numbers."""

_SPACED = bytes(
    code if code >= 0x80 or chr(code).isalnum() or chr(code) == END else ord(" ")
    for code in range(256)
)
_ODD_SIGN = re.compile(r"[^\w\0-\x7f]")
_DIGITS = bytes(range(256)).translate(bytes.maketrans(b"123456789", b"000000000"))


def split_words(text: str) -> list[bytes]:
    """The words of a folded text, as `WORD` finds them, in UTF-8."""
    plain = text if text.isascii() else _ODD_SIGN.sub(" ", text)
    return plain.encode("utf-8", "replace").translate(_SPACED).split()


def shape(word: bytes) -> bytes:
    """The word, with its digits made equal where it has `LONG_NUMBER` or more."""
    masked = word.translate(_DIGITS)
    return masked if masked.count(b"0") >= LONG_NUMBER else word


def word_grams(word: bytes) -> list[bytes]:
    """The tokens of a word's shape: itself and its character n-grams, each once."""
    padded = b"<" + word[:LONGEST_WORD] + b">"
    grams = [padded]
    for size in SUBWORD_LENGTHS:
        grams += [padded[i : i + size] for i in range(len(padded) - size + 1)]
    return list(dict.fromkeys(grams))


def word_buckets(word: bytes, buckets: int) -> list[int]:
    """The rows of the weight table for a word's shape."""
    return [crc32(gram) % buckets for gram in word_grams(word)]


def pair_buckets(first: Integers, second: Integers, buckets: int) -> Integers:
    """The rows of the pair table for neighbouring words, given the words' hashes."""
    mixed = (first * 0x9E3779B1 + second) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 15)) % buckets
