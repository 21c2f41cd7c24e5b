"""Attacks on the wording: order, synonyms, translation, joined words, drowning."""

from __future__ import annotations

import random
import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise

from shelfguard.learn.evaluate.attacks.attack import (
    WORD,
    is_telling,
    plain,
    rewritten,
    word_list,
)
from shelfguard.listing import Record

SENTENCE = re.compile(r"(?<=[.!?])\s+")
FRENCH = "fr"
Phrases = Mapping[str, Sequence[str]]


def word_order(record: Record, words: frozenset[str], rng: random.Random) -> Record:
    """The title's words and the description's sentences in another order."""
    changed = dict(record)
    changed["title"] = {lang: _shuffled(text, " ", rng) for lang, text in record["title"].items()}
    if record.get("description"):
        changed["description"] = {
            lang: _shuffled_sentences(text, rng) for lang, text in record["description"].items()
        }
    return changed


def synonyms(record: Record, words: frozenset[str], rng: random.Random) -> Record:
    """Each phrase of the list as one of its synonyms or euphemisms."""
    return rewritten(
        record, lambda text, lang: _swapped(text, _synonyms(_list_of(record, lang)), rng)
    )


def translation(record: Record, words: frozenset[str], rng: random.Random) -> Record:
    """Key product words in the other language, the rest as it was."""
    return rewritten(
        record, lambda text, lang: _swapped(text, _glossary(_list_of(record, lang)), rng)
    )


def concatenation(record: Record, words: frozenset[str], rng: random.Random) -> Record:
    """Telling words run into a neighbour, two at a time: pushdagger."""

    def change(text: str, _: str) -> str:
        joined, done = [], 0
        for one, following in pairwise(WORD.finditer(text)):
            alone = one.start() != done or not done
            telling = is_telling(one[0], words) or is_telling(following[0], words)
            if alone and telling and text[one.end() : following.start()] == " ":
                joined.append(text[done : one.end()])
                done = following.start()
        return "".join([*joined, text[done:]])

    return rewritten(record, change)


def dilution(record: Record, words: frozenset[str], rng: random.Random) -> Record:
    """Long innocent paragraphs before and after the description."""
    lang = next(iter(record.get("description") or record["title"]))
    paragraphs = word_list("fillers")[FRENCH if lang.startswith(FRENCH) else "en"]
    before, after = rng.sample(paragraphs, 2)
    old = (record.get("description") or {}).get(lang) or ""
    new = "\n\n".join(filter(None, (before, old, after)))
    return {**record, "description": {**(record.get("description") or {}), lang: new}}


def _shuffled(text: str, gap: str, rng: random.Random) -> str:
    parts = text.split()
    rng.shuffle(parts)
    return gap.join(parts)


def _shuffled_sentences(text: str, rng: random.Random) -> str:
    sentences = SENTENCE.split(text)
    rng.shuffle(sentences)
    return " ".join(sentences)


def _list_of(record: Record, lang: str) -> str:
    """The language to look words up in; an undetermined text has the title's."""
    tag = next(iter(record["title"])) if lang == "und" else lang
    return FRENCH if tag.startswith(FRENCH) else "en"


@cache
def _synonyms(lang: str) -> Phrases:
    return {plain(phrase): choices for phrase, choices in word_list(f"synonyms.{lang}").items()}


@cache
def _glossary(lang: str) -> Phrases:
    """Phrases of this language with their translation into the other one."""
    pairs = word_list("glossary").items()
    if lang == FRENCH:
        return {plain(french): [english] for english, french in pairs}
    return {plain(english): [french] for english, french in pairs}


def _swapped(text: str, phrases: Phrases, rng: random.Random) -> str:
    """The longest phrases first, each whole; nothing is swapped twice."""
    words = list(WORD.finditer(text))
    parts, at, done = [], 0, 0
    while at < len(words):
        length = _longest(text, words[at:], phrases)
        if length:
            end = words[at + length - 1].end()
            choice = rng.choice(phrases[_key(text[words[at].start() : end], phrases)])
            parts += [text[done : words[at].start()], _cased(choice, words[at][0])]
            done = end
        at += length or 1
    return "".join([*parts, text[done:]])


def _longest(text: str, words: Sequence[re.Match[str]], phrases: Phrases) -> int:
    """How many words from the first on make a phrase; 0 if none does."""
    for length in range(min(5, len(words)), 0, -1):
        if _key(text[words[0].start() : words[length - 1].end()], phrases):
            return length
    return 0


def _key(phrase: str, phrases: Phrases) -> str:
    """The phrase as the list has it, in the singular where only that is listed; else empty."""
    key = plain(" ".join(phrase.replace("’", "'").split()))
    singular = key[:-1] if key.endswith("s") else ""
    return next((form for form in (key, singular) if form in phrases), "")


def _cased(choice: str, original: str) -> str:
    if original.isupper() and len(original) > 1:
        return choice.upper()
    return choice[:1].upper() + choice[1:] if original[:1].isupper() else choice
