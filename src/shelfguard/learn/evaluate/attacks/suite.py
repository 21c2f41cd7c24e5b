"""All attacks by name."""

from __future__ import annotations

from pathlib import Path

from shelfguard.learn.evaluate.attacks import characters, markup, phrasing
from shelfguard.learn.evaluate.attacks.attack import Attack, on_words

HELD_OUT = "homoglyph-held-out"

ATTACKS = (
    Attack("homoglyph", "Letters of other scripts", on_words(characters.homoglyph)),
    Attack("leet", "Digits and signs for letters", on_words(characters.leet)),
    Attack("spacing", "Letters set apart by spaces", on_words(characters.spacing)),
    Attack("zero-width", "Invisible characters in words", on_words(characters.zero_width)),
    Attack("punctuation", "Signs inside words", on_words(characters.punctuation)),
    Attack("case", "Capitals at random", on_words(characters.case)),
    Attack("accents-stripped", "Accents left out", on_words(characters.accents_stripped)),
    Attack("accents-added", "Accents where there are none", on_words(characters.accents_added)),
    Attack("typos", "One slip in each telling word", on_words(characters.typo)),
    Attack("concatenation", "Words run together", phrasing.concatenation),
    Attack("word-order", "Words and sentences shuffled", phrasing.word_order),
    Attack("synonyms", "Synonyms and euphemisms", phrasing.synonyms),
    Attack("translation", "Key words in the other language", phrasing.translation),
    Attack("dilution", "Innocent paragraphs around", phrasing.dilution),
    Attack("html-entities", "Letters as character references", on_words(markup.entities)),
    Attack("html-tags", "Tags inside words", on_words(markup.tags)),
    Attack("html-comments", "Comments inside words", on_words(markup.comments)),
    Attack("html-hidden", "Undisplayed text inside words", on_words(markup.hidden)),
)


def attacks(confusables: Path | None = None) -> tuple[Attack, ...]:
    """The suite, and one more attack where a held-out table of look-alikes is at hand."""
    if confusables is None or not confusables.is_file():
        return ATTACKS
    change = on_words(characters.held_out_homoglyph(confusables))
    return (*ATTACKS, Attack(HELD_OUT, "Look-alikes from a table kept apart", change))
