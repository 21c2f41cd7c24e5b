"""The peers, trained on a handful of rows."""

from __future__ import annotations

import numpy as np
import pytest

from shelfguard.learn.evaluate.peers import FastText, TfidfRegression, targets, texts_of
from tests.unit.learn.rows import CLAUSE, CLAUSES, ROWS, look_alike, row

NEW = [
    row("1", "solid brass knuckle duster", CLAUSE),
    row("2", "diabetes cures by herbal tea", CLAUSES[1]),
    row("3", "bath towel of cotton"),
]


@pytest.mark.parametrize("peer", [TfidfRegression, FastText])
def test_a_peer_ranks_each_clause_right(peer: type[TfidfRegression | FastText]) -> None:
    scores = peer.train(ROWS, CLAUSES).scores(NEW)
    assert scores.shape == (3, 2)
    assert scores.dtype == np.float32
    assert scores.argmax(axis=0).tolist() == [0, 1]
    assert scores.min() >= 0
    assert scores.max() <= 1.0001


def test_the_regression_scores_alike_every_time() -> None:
    first, second = (TfidfRegression.train(ROWS, CLAUSES).scores(NEW) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_targets_are_what_rows_violate() -> None:
    assert targets([NEW[0], look_alike("4", "Pendant")], CLAUSES).tolist() == [[1, 0], [0, 0]]


def test_a_peer_reads_every_field_and_no_label() -> None:
    listing = row(
        "1",
        "Knuckles",
        CLAUSE,
        description="Of brass.",
        brand="Vektor",
        category="Gifts",
        attributes={"blade_length": "9 cm"},
    )
    assert texts_of([listing])[0].split("\n") == [
        "Knuckles",
        "Of brass.",
        "Vektor",
        "Gifts",
        "blade length: 9 cm",
    ]


def test_fasttext_reads_a_line_of_lower_case_words() -> None:
    assert FastText.line("Brass\nKnuckles, N\u00b0 5!") == "brass knuckles n 5"
