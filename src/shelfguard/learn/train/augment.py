"""Rewrite training rows in the registers of real catalogs: terse, shouted, respelt."""

from __future__ import annotations

import random

from shelfguard.policy.rows import Row

LEET = str.maketrans("oieas", "013@$")


def roughen(row: Row, rng: random.Random) -> Row:
    """The same listing with fields missing, another case, or a few words respelt.

    What makes an evasive row violate may stand in any one of its sentences, so it loses none.
    """
    description = row.description or ""
    keeps_all = row.kind == "evasive"
    if rng.random() < 0.4:
        description = description if keeps_all else ""
    elif rng.random() < 0.4:
        description = description if keeps_all else _first_sentences(description, rng)
    changed = {
        "title": _respell(row.title, rng) if rng.random() < 0.3 else row.title,
        "description": description,
        "brand": row.brand if rng.random() < 0.5 else None,
        "category": row.category if rng.random() < 0.5 else None,
        "attributes": row.attributes if keeps_all or rng.random() < 0.6 else {},
    }
    draw = rng.random()
    if draw < 0.35:
        changed |= {key: str(changed[key]).lower() for key in ("title", "description")}
    elif draw < 0.45:
        changed |= {key: str(changed[key]).upper() for key in ("title", "description")}
    return row.model_copy(update=changed)


def _first_sentences(text: str, rng: random.Random) -> str:
    sentences = text.split(". ")
    return ". ".join(sentences[: rng.randint(1, len(sentences))])


def _respell(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    longest = max(range(len(words)), key=lambda i: len(words[i]))
    word, draw = words[longest], rng.random()
    if draw < 0.4:
        words[longest] = word.translate(LEET)
    elif draw < 0.7:
        words[longest] = rng.choice(".- ").join(word)
    else:
        cut = rng.randrange(len(word) + 1)
        words[longest] = f"{word[:cut]}*{word[cut + 1 :]}"
    return " ".join(words)
