"""What is asked next, and what it says of the whole feed."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.labels.active import Pick, Shares, k_center, pick_batch
from shelfguard.learn.labels.pool import Pool
from shelfguard.learn.labels.read import EVERY, read_labels
from shelfguard.learn.labels.review_batch import write_review_batch
from shelfguard.listing import Batch
from tests.unit.learn.labels.answers import CLAUSE, OTHER, listing

CLAUSES = [CLAUSE, OTHER, "CA-TOB-001"]


def pool(size: int = 60, seed: int = 1) -> Pool:
    rng = np.random.default_rng(seed)
    batch = Batch.from_records({"id": str(n), "title": {"en": f"lamp {n}"}} for n in range(size))
    scores = rng.beta(0.5, 5, (size, len(CLAUSES))).astype(np.float32)
    limits = np.array([0.2, 0.6, np.inf], np.float32)
    return Pool(batch, [listing(n) for n in range(size)], CLAUSES, scores, limits)


def vectors(size: int = 60) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    return np.random.default_rng(2).normal(size=(size, 4)).astype(np.float32)


def inclusion(
    picks: list[Pick], size: int, drawn: float
) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    """The probability of each question [listings, clauses] to be asked, from a batch's design."""
    found = np.full((size, len(CLAUSES)), drawn)
    for pick in picks:
        if pick.reason != "random":
            found[pick.row, slice(None) if pick.clause == EVERY else CLAUSES.index(pick.clause)] = 1
    return found


def test_margin_picks_are_nearest_to_a_threshold_and_ask_about_that_clause() -> None:
    some = pool(3)
    some.probabilities[:] = [[0.21, 0.01, 0.01], [0.01, 0.55, 0.01], [0.001, 0.001, 0.001]]
    picks = pick_batch(some, vectors(3), 2, Shares(1, 0, 0), seed=0)
    assert [(pick.row, pick.clause) for pick in picks] == [(0, CLAUSE), (1, OTHER)]
    assert [pick.sampling_prob for pick in picks] == [1.0, 1.0]


def test_no_clause_fills_the_batch_while_others_have_questions() -> None:
    some = pool(40)
    some.probabilities[:] = 0.001
    some.probabilities[:30, 0] = 0.2
    some.probabilities[30:, 1] = 0.5
    picks = pick_batch(some, vectors(40), 12, Shares(1, 0, 0), seed=0)
    assert {pick.clause for pick in picks[:6]} == {CLAUSE, OTHER}


def test_unknown_probabilities_are_no_margin() -> None:
    some = pool(5)
    some.probabilities[:] = np.nan
    some.probabilities[3, 1] = 0.4
    picks = pick_batch(some, vectors(5), 5, Shares(1, 0, 0), seed=0)
    assert [(pick.row, pick.clause) for pick in picks] == [(3, OTHER)]


def test_diverse_picks_cover_what_margin_picks_leave_out() -> None:
    corners = np.array([[0, 0], [0, 0.1], [9, 0], [9, 0.1], [0, 9], [9, 9]], np.float32)
    assert k_center(corners, np.array([0]), 3).tolist() == [5, 2, 4]
    assert len(k_center(corners, np.array([0]), 99)) == 5
    assert len(set(k_center(corners, np.empty(0, np.int64), 6).tolist())) == 6


@settings(max_examples=40, deadline=None)
@given(
    size=st.integers(1, 40),
    count=st.integers(1, 60),
    cut=st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted),
    seed=st.integers(0, 9),
)
def test_sampling_probabilities_are_honest(
    size: int, count: int, cut: list[float], seed: int
) -> None:
    shares = Shares(cut[0], cut[1] - cut[0], 1 - cut[1])
    picks = pick_batch(pool(size), vectors(size), count, shares, seed=seed)
    asked = min(count, size)
    assert len(picks) <= asked
    assert all(0 < pick.sampling_prob <= 1 for pick in picks)
    _, _, drawn = shares.counts(asked)
    random = [pick for pick in picks if pick.reason == "random"]
    assert all(pick.sampling_prob == drawn / size for pick in random)
    certain = len(picks) - len(random)
    diverse = sum(pick.reason == "diverse" for pick in picks)
    # Over all listings, the chances to be asked sum to the lines that a batch has on average.
    expected = certain + (size - diverse) * drawn / size
    assert expected <= asked + 1e-9
    assert expected == pytest.approx(len(picks), abs=diverse + 1e-9)


def test_horvitz_thompson_totals_from_a_batch_are_unbiased_for_every_clause() -> None:
    size = 60
    some, shares = pool(size), Shares(0.4, 0.2, 0.4)
    truth = np.random.default_rng(5).random((size, len(CLAUSES))) < some.probabilities * 1.5
    draws = []
    for seed in range(2000):
        picks = pick_batch(some, vectors(size), 25, shares, seed=seed)
        chance = inclusion(picks, size, 10 / size)
        asked = chance == 1
        asked[[pick.row for pick in picks if pick.clause == EVERY]] = True
        draws.append((asked * truth / chance).sum(axis=0))
    error = np.std(draws, axis=0) / np.sqrt(len(draws))
    assert np.all(np.abs(np.mean(draws, axis=0) - truth.sum(axis=0)) < 4 * error + 1e-9)
    assert truth.sum() > 5


def test_only_the_random_share_depends_on_the_seed() -> None:
    def by_seed(seed: int) -> list[Pick]:
        return pick_batch(pool(), vectors(), 20, seed=seed)

    assert by_seed(1) == by_seed(1)
    fixed = [[pick for pick in by_seed(s) if pick.reason != "random"] for s in (1, 2)]
    assert fixed[0] == fixed[1]
    assert by_seed(1) != by_seed(2)


def test_shares_must_make_a_whole() -> None:
    with pytest.raises(DataError, match="sum to 1"):
        Shares(0.5, 0.5, 0.5)
    assert sum(Shares(1 / 3, 1 / 3, 1 / 3).counts(100)) == 100


def test_an_answered_batch_is_a_label_file(tmp_path: Path) -> None:
    some = pool()
    picks = pick_batch(some, vectors(), 12, seed=0)
    write_review_batch(picks, some, tmp_path / "batch.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "batch.jsonl").read_text().splitlines()]
    assert {line["reason"] for line in lines} == {"margin", "diverse", "random"}
    assert lines[0]["listing"]["title"]["en"].startswith("lamp")
    for line in lines:
        line.update(answer="ok", annotator="ann", as_of="2026-11-28")
    (tmp_path / "answered.jsonl").write_text("\n".join(map(json.dumps, lines)))
    labels = read_labels([tmp_path / "answered.jsonl"], CLAUSES)
    audits = labels.filter([source == "audit" for source in labels.column("source").to_pylist()])
    assert set(audits.column("sampling_prob").to_pylist()) == {3 / 60}
    assert set(audits.column("clause").to_pylist()) == set(CLAUSES)


def test_a_batch_is_written_as_jsonl_only(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="jsonl"):
        write_review_batch([], pool(), tmp_path / "batch.csv")
