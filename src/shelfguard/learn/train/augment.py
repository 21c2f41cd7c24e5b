"""Rewrite training rows in the registers of real catalogs: terse, shouted, respelt."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from shelfguard.learn.data.dataset import Dataset, Origin, Part
from shelfguard.learn.train.mining import hardest_rows
from shelfguard.learn.train.noise import dilute, innocent_sentences, join_words, mistype
from shelfguard.learn.train.parts import NO_ROWS, joined, limit_catalog, training_rows
from shelfguard.learn.train.settings import Settings
from shelfguard.listing import Batch, Record

LEET = str.maketrans("oieas", "013@$")

Share = Annotated[float, Field(ge=0, le=1)]
Texts = dict[str, str]


class Style(Settings):
    """How many written rows are rewritten, and how often in each way.

    `share` of the rows are rewritten; with `keep`, the row as written stays beside its copy.
    Fields are left out by `no_*`, a description that stays is cut by `first_sentences`. Texts are
    mistyped or lose gaps between words, and sentences of innocent rows dilute descriptions.
    """

    share: Share = 0.0
    keep: bool = True
    no_description: Share = 0.4
    first_sentences: Share = 0.4
    no_brand: Share = 0.5
    no_category: Share = 0.5
    no_attributes: Share = 0.4
    respelt_title: Share = 0.3
    lower: Share = 0.35
    upper: Share = 0.1
    mistyped: Share = 0.0
    joined_words: Share = 0.0
    diluted: Share = 0.0


def augmented(part: Part, style: Style, seed: int) -> Part:
    """The part with some of its written rows rewritten; real ones stay as they are."""
    if not style.share:
        return part
    rng = random.Random(seed)  # noqa: S311 (augmentation, not secrets)
    origins, kinds = part.column("origin"), part.column("kind")
    picked = [
        row
        for row, origin in enumerate(origins)
        if origin == Origin.WRITTEN and (style.share >= 1 or rng.random() < style.share)
    ]
    records = part.take(np.array(picked, np.int64)).batch.records()
    fillers = innocent_sentences(part) if style.diluted else {}
    changed = (
        roughen(record, rng, style, keeps_all=kinds[row] == "evasive")
        for row, record in zip(picked, records, strict=True)
    )
    rough = Batch.from_records(_diluted(record, rng, style, fillers) for record in changed)
    return _joined_with(part, np.array(picked, np.int64), rough, keep=style.keep)


def _diluted(
    record: Record, rng: random.Random, style: Style, sentences: Mapping[str, Sequence[str]]
) -> Record:
    if not style.diluted or rng.random() >= style.diluted:
        return record
    texts = _texts(record, "description") or dict.fromkeys(_texts(record, "title"), "")
    longer = {lang: dilute(text, sentences.get(lang, ()), rng) for lang, text in texts.items()}
    return {**record, "description": longer}


def _joined_with(part: Part, picked: npt.NDArray[np.int64], rough: Batch, *, keep: bool) -> Part:
    copies = part.take(picked)
    copies = Part(part.clauses, rough, copies.targets, copies.rows)
    if keep:
        return joined(part, copies)
    order = np.arange(len(part))
    order[picked] = len(part) + np.arange(len(picked))
    return joined(part, copies).take(order)


def roughen(record: Record, rng: random.Random, style: Style, *, keeps_all: bool) -> Record:
    """The same listing with fields missing, another case, or a few words respelt.

    What makes an evasive row violate may stand in any one of its sentences: with `keeps_all`,
    the row loses none.
    """
    changed = dict(record)
    if rng.random() < style.no_description:
        if not keeps_all:
            changed |= {"description": None, "bullets": None}
    elif rng.random() < style.first_sentences and not keeps_all:
        texts = _texts(record, "description")
        changed["description"] = {lang: _cut(text, rng) for lang, text in texts.items()}
    if rng.random() < style.respelt_title:
        titles = _texts(record, "title")
        changed["title"] = {lang: _respell(text, rng) for lang, text in titles.items()}
    changed |= _noisy(changed, rng, style)
    if rng.random() < style.no_brand:
        changed |= {"brand": None, "manufacturer": None}
    if rng.random() < style.no_category:
        changed["category"] = None
    if not keeps_all and rng.random() < style.no_attributes:
        changed["attributes"] = None
    return _recase(changed, rng.random(), style)


def _noisy(record: Record, rng: random.Random, style: Style) -> dict[str, Texts]:
    """Title and description with the noise that the style asks for."""
    changed = {name: _texts(record, name) for name in ("title", "description")}
    for share, change in ((style.mistyped, mistype), (style.joined_words, join_words)):
        if share and rng.random() < share:
            changed = {
                name: {lang: change(text, rng) for lang, text in texts.items()}
                for name, texts in changed.items()
            }
    return {name: texts for name, texts in changed.items() if texts}


def _texts(record: Record, name: str) -> Texts:
    return record.get(name) or {}


def _recase(record: Record, draw: float, style: Style) -> Record:
    """Title and description in lower case, in capitals, or as they are."""
    if draw >= style.lower + style.upper:
        return record
    case = str.lower if draw < style.lower else str.upper
    changed = {
        name: {lang: case(text) for lang, text in _texts(record, name).items()}
        for name in ("title", "description")
    }
    return {**record, **changed}


def _cut(text: str, rng: random.Random) -> str:
    """The first sentences of a text, a random number of them."""
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


def rows_to_learn(
    dataset: Dataset,
    catalog_rows: int | None,
    style: Style,
    seed: int,
    mined: int = 0,
    pack: str | None = None,
) -> Part:
    """The rows to train on, the catalog's limited, and those rewritten that the style asks for.

    `mined` of the catalog's rows are those that the student of a pack, the dataset's own by
    default, finds hardest.

    Raises:
        DataError: there are none, or none of them violates anything.
        ModelError: rows are to be mined, and the pack has no student.
        PackError: rows are to be mined, and there is no such pack.
    """
    part = training_rows(dataset)
    hardest = hardest_rows(part, pack or dataset.manifest.pack, mined) if mined else NO_ROWS
    return augmented(limit_catalog(part, catalog_rows, seed, hardest), style, seed)
