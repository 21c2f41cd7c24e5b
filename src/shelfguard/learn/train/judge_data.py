"""What the judge learns from: pairs of a listing and a clause, grouped by clause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, count, cycle, islice, zip_longest

import numpy as np
import numpy.typing as npt

from shelfguard.learn.data.dataset import UNSURE, Part
from shelfguard.models.student import Student
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.evidence import Witness
from shelfguard.signals.lexicon import Lexicon
from shelfguard.signals.text import STUDENT, resolve_models, transformer_texts

Rows = npt.NDArray[np.int64]

LONGEST_QUOTE = 60
"""In characters: a quote names what breaks the rule and no more."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One question: does the listing of this row violate the clause?"""

    row: int
    clause: str
    violates: bool


@dataclass(frozen=True, slots=True)
class Mix:
    """Of how many listings a group is: half of them violate its clause.

    `easy` of the others are any rows that do not; the rest were written near the clause.
    """

    size: int
    easy: int


@dataclass(frozen=True, slots=True)
class Known:
    """The rows of a part that are known to violate one clause, or not to."""

    clause: str
    violating: Rows
    near: Rows
    innocent: Rows


def known_rows(part: Part, clauses: Sequence[str]) -> list[Known]:
    """What is known of each clause that some row violates and some does not."""
    near = np.array(part.column("near"), object)
    found = []
    for clause in clauses:
        chance = part.targets[:, part.clauses.index(clause)]
        legal = chance < UNSURE
        rows = [np.flatnonzero(mask) for mask in (chance > UNSURE, legal & (near == clause), legal)]
        if len(rows[0]) and len(rows[2]):
            found.append(Known(clause, *rows))
    return found


def groups(known: Sequence[Known], mix: Mix, seed: int) -> Iterator[list[Pair]]:
    """Groups of pairs of one clause, endlessly; each round shows every violation once."""
    for round_number in count():
        rng = np.random.default_rng([seed, round_number])
        drawn = list(chain.from_iterable(_groups_of(each, mix, rng) for each in known))
        for place in rng.permutation(len(drawn)):
            yield drawn[place]


def _groups_of(known: Known, mix: Mix, rng: np.random.Generator) -> Iterator[list[Pair]]:
    violating, hard = mix.size // 2, mix.size - mix.size // 2 - mix.easy
    hard_rows = cycle(rng.permutation(known.near if len(known.near) else known.innocent))
    order = rng.permutation(known.violating)
    for start in range(0, len(order), violating):
        legal = [*islice(hard_rows, hard), *rng.choice(known.innocent, mix.easy)]
        pairs = [Pair(int(row), known.clause, True) for row in order[start : start + violating]]
        pairs += [Pair(int(row), known.clause, False) for row in legal]
        yield [pairs[place] for place in rng.permutation(len(pairs))]


def balanced_pairs(known: Sequence[Known], pairs: int, seed: int) -> list[Pair]:
    """About so many pairs, of every clause alike: as many violations as rows written near it."""
    rng = np.random.default_rng(seed)
    drawn = [_alternate(each, rng) for each in known if len(each.near)]
    rounds = chain.from_iterable(zip_longest(*drawn))
    chosen = islice((twins for twins in rounds if twins), pairs // 2)
    return sorted(chain.from_iterable(chosen), key=lambda pair: (pair.clause, pair.row))


def _alternate(known: Known, rng: np.random.Generator) -> list[tuple[Pair, Pair]]:
    both = zip(rng.permutation(known.violating), rng.permutation(known.near), strict=False)
    clause = known.clause
    return [(Pair(int(a), clause, True), Pair(int(b), clause, False)) for a, b in both]


class Material:
    """The listings of a part as the judge reads them, and what can be quoted from them.

    Quotes are what the pack's lexicon found, or the words that weigh most in its student.
    """

    def __init__(self, part: Part, pack: Pack) -> None:
        self._derived = Derived(part.batch)
        self.texts = transformer_texts(self._derived, np.arange(len(part)))
        self._student = pack_student(pack)
        self._hits: dict[int, list[Hit]] = defaultdict(list)
        for hit in Lexicon.from_pack(pack).run(self._derived):
            self._hits[hit.row].append(hit)

    def quote(self, pair: Pair) -> str | None:
        """The first short quote that speaks for the clause and stands in the text as read."""
        witness = Witness(self._derived, pair.row, self._hits[pair.row])
        quotes = (piece.quote for piece in witness.evidence(pair.clause, self._student))
        fitting = (q for q in quotes if q and len(q) <= LONGEST_QUOTE and q.strip() == q)
        return next((quote for quote in fitting if quote in self.texts[pair.row]), None)


def pack_student(pack: Pack) -> Student | None:
    """The pack's student; None where it has none."""
    if not any(model.name == STUDENT for model in pack.manifest.models):
        return None
    return Student.load(resolve_models(pack)[STUDENT])
