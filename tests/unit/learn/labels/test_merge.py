"""Annotators merged: who is believed, and how far."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.data.dataset import TARGET_SCHEMA
from shelfguard.learn.labels.merge import merge
from tests.unit.learn.labels.answers import CLAUSE, OTHER, label, listing, table

pytest.importorskip("crowdkit")

NAMES = ("ann", "bob", "cat", "rule:lexicon")
ANSWERS = ("ok", "violates", "unsure")

some_labels = st.lists(
    st.tuples(st.integers(0, 12), st.sampled_from(NAMES), st.sampled_from(ANSWERS)),
    min_size=1,
    max_size=40,
    unique_by=lambda row: row[:2],
).map(lambda rows: [label(*row) for row in rows])


def crowd(accuracies: dict[str, float], listings: int = 150) -> tuple[list[dict[str, Any]], Any]:
    """Labels of annotators with these accuracies, and the truth behind them."""
    rng = np.random.default_rng(3)
    truth = rng.random(listings) < 0.4
    rows = []
    for number, violates in enumerate(truth.tolist()):
        for name, accuracy in accuracies.items():
            said = violates == (rng.random() < accuracy)
            rows.append(label(number, name, "violates" if said else "ok"))
    return rows, truth


def merged(rows: list[dict[str, Any]]) -> dict[str, float]:
    """P(violates) by listing."""
    targets = merge(table(rows)).targets.to_pylist()
    return {row["content_hash"]: row["probability"] for row in targets}


@settings(max_examples=8, deadline=None)
@given(rows=some_labels, seed=st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(rows: list[dict[str, Any]], seed: Any) -> None:
    shuffled = seed.sample(rows, len(rows))
    assert merged(rows) == merged(shuffled)


@settings(max_examples=8, deadline=None)
@given(rows=some_labels)
def test_the_names_of_annotators_do_not_matter(rows: list[dict[str, Any]]) -> None:
    other = {"ann": "zoe", "bob": "ann", "cat": "bob", "rule:lexicon": "rule:a"}
    renamed = [{**row, "annotator": other[row["annotator"]]} for row in rows]
    assert merged(rows) == pytest.approx(merged(renamed), abs=1e-4)


@settings(max_examples=8, deadline=None)
@given(truth=st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=20), count=st.integers(1, 4))
def test_unanimous_answers_give_that_answer(truth: list[str], count: int) -> None:
    rows = [label(n, who, said) for n, said in enumerate(truth) for who in NAMES[:count]]
    for number, said in enumerate(truth):
        probability = merged(rows)[listing(number)]
        side = {
            "ok": probability < 0.5,
            "violates": probability > 0.5,
            "unsure": probability == 0.5,
        }
        assert side[said]


def test_a_worse_annotator_weighs_less() -> None:
    rows, _ = crowd({"ann": 0.97, "bob": 0.85, "cat": 0.65})
    names = [quality.annotator for quality in merge(table(rows)).quality()]
    assert names == ["ann", "bob", "cat"]
    disputed = [*rows, label(900, "ann", "violates"), label(900, "cat", "ok")]
    assert merged(disputed)[listing(900)] > 0.5


def test_the_merge_is_nearer_to_the_truth_than_any_annotator() -> None:
    accuracies = {"ann": 0.85, "bob": 0.85, "cat": 0.8, "dan": 0.6}
    rows, truth = crowd(accuracies)
    found = merged(rows)
    right = np.mean([(found[listing(n)] > 0.5) == t for n, t in enumerate(truth)])
    assert right > max(accuracies.values())


def test_error_rates_are_recovered() -> None:
    rows, _ = crowd({"ann": 0.95, "bob": 0.9, "cat": 0.7}, listings=600)
    qualities = {q.annotator: q for q in merge(table(rows)).quality()}
    assert qualities["cat"].sensitivity == pytest.approx(0.7, abs=0.07)
    assert qualities["ann"].specificity == pytest.approx(0.95, abs=0.05)


def test_rules_that_agree_among_themselves_do_not_outvote_a_person() -> None:
    rows = [label(n, rule, "violates") for n in range(60) for rule in ("rule:a", "rule:b")]
    rows += [label(n, "ann", "ok" if n % 4 else "violates") for n in range(20)]
    found = merged(rows)
    assert all((found[listing(n)] > 0.5) == (n % 4 == 0) for n in range(20))
    assert all(found[listing(n)] < 0.5 for n in range(20, 60))


def test_rules_are_measured_against_the_one_person() -> None:
    rows = [label(n, "ann", "ok" if n % 2 else "violates") for n in range(40)]
    rows += [label(n, "rule:good", "violates") for n in range(0, 40, 2)]
    rows += [label(n, "rule:bad", "violates") for n in range(40)]
    rows += [label(99, "rule:good", "violates"), label(98, "rule:bad", "violates")]
    found = merged(rows)
    assert all((found[listing(n)] > 0.9) == (n % 2 == 0) for n in range(40))
    assert found[listing(99)] > found[listing(98)] == pytest.approx(0.5, abs=0.1)


def test_one_annotator_is_taken_at_their_word() -> None:
    rows = [label(2, "ann", "unsure"), label(1, "ann", "violates"), label(0, "ann", "ok")]
    result = merge(table(rows))
    assert result.targets.column("probability").to_pylist() == [0.0, 1.0, 0.5]
    assert result.quality()[0].as_dict()["sensitivity"] is None


def test_unsure_is_counted_but_moves_nothing() -> None:
    rows = [
        label(n, who, "violates" if n < 5 else "ok") for n in range(20) for who in ("ann", "bob")
    ]
    with_unsure = [*rows, *(label(n, "cat", "unsure") for n in range(20))]
    result = merge(table(with_unsure))
    assert merged(with_unsure) == pytest.approx(merged(rows), abs=1e-6)
    assert set(result.targets.column("annotators").to_pylist()) == {3}
    assert {q.annotator: q.unsure for q in result.quality()} == {"ann": 0, "bob": 0, "cat": 20}
    assert len(result.disagreements()) == 20


def test_people_who_are_only_unsure_leave_the_truth_to_rules() -> None:
    rows = [label(n, "rule:a", "violates") for n in range(5)]
    found = merged([*rows, label(0, "ann", "unsure"), label(9, "ann", "unsure")])
    assert found[listing(0)] == found[listing(1)] > 0.5
    assert found[listing(9)] == 0.5


def test_disagreements_come_with_who_said_what_the_least_settled_first() -> None:
    rows, _ = crowd({"ann": 0.9, "bob": 0.7}, listings=40)
    found = merge(table(rows)).disagreements()
    distances = [abs(each.probability - 0.5) for each in found]
    assert distances == sorted(distances)
    assert all(set(each.answers) == {"ann", "bob"} for each in found)
    assert all(len(set(each.answers.values())) == 2 for each in found)


def test_one_name_under_two_sources_is_two_annotators() -> None:
    rows = [label(n, "ann", "ok") for n in range(3)]
    rows += [label(n, "ann", "ok", source="audit", clause=OTHER) for n in range(3)]
    names = [quality.annotator for quality in merge(table(rows)).quality()]
    assert names == ["ann (audit)", "ann (review)"]


def test_the_targets_are_as_datasets_read_them_one_row_a_question() -> None:
    rows, _ = crowd({"ann": 0.9, "bob": 0.9}, listings=10)
    targets = merge(table([*rows, label(0, "ann", "ok", clause=OTHER)])).targets
    assert targets.schema.equals(TARGET_SCHEMA)
    assert targets.num_rows == 11
    assert set(targets.column("clause").to_pylist()) == {CLAUSE, OTHER}


def test_nothing_to_merge_is_an_error() -> None:
    with pytest.raises(DataError, match="no labels"):
        merge(table([]))
