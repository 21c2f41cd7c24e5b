"""Labels that a model which has not seen them would not have given."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from shelfguard.learn.data.dataset import ROW_SCHEMA, Part
from shelfguard.learn.labels import out_of_fold as labels_out_of_fold
from shelfguard.learn.labels.label import Answer
from shelfguard.learn.labels.out_of_fold import out_of_fold, unseen_probabilities
from shelfguard.learn.labels.suspects import find_suspects, write_suspects
from shelfguard.listing import Batch
from tests.unit.learn.dataset_fixture import write_dataset
from tests.unit.learn.evaluate.subjects import WordScorer
from tests.unit.learn.labels.answers import CLAUSE, OTHER, listing

pytest.importorskip("cleanlab")


def part(titles: list[str], targets: list[list[float]], groups: list[str] | None = None) -> Part:
    batch = Batch.from_records({"id": str(n), "title": {"en": t}} for n, t in enumerate(titles))
    rows = [
        {
            "content_hash": listing(number),
            "split": "train",
            "group": groups[number] if groups else str(number),
            "origin": "real",
            "kind": "reviewed",
            "lang": "en",
            "source": "test",
            "complete": False,
            "sampling_prob": 1.0,
        }
        for number in range(len(titles))
    ]
    table = pa.Table.from_pylist(rows, schema=ROW_SCHEMA)
    return Part([CLAUSE, OTHER], batch, np.array(targets, np.float32), table)


NAN = float("nan")
TITLES = [
    *(f"brass knuckle duster {n}" for n in range(30)),
    *(f"bath towel {n}" for n in range(30)),
]
TRUTH = [[1.0, NAN]] * 30 + [[0.0, NAN]] * 30


def test_wrong_labels_are_found_by_models_of_the_other_rows() -> None:
    given = [list(row) for row in TRUTH]
    given[4][0], given[40][0] = 0.0, 1.0
    whole = part(TITLES, given)
    found = find_suspects(whole, out_of_fold(whole))
    assert {(s.title, s.given) for s in found} == {
        (TITLES[4], Answer.OK),
        (TITLES[40], Answer.VIOLATES),
    }
    assert all(s.clause == CLAUSE and s.score < 0.5 for s in found)


def test_a_trained_model_doubts_only_what_it_has_not_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset = write_dataset(tmp_path)
    known = WordScorer(["knuckle", "nothing"], ["CA-WPN-001", "CA-OTHER"])
    monkeypatch.setattr(labels_out_of_fold, "load_scorer", lambda folder: known)
    found = unseen_probabilities(dataset, tmp_path, lambda done, total: None)
    learned = np.array(dataset.everything.column("split")) == "train"
    weapon, health = (dataset.clauses.index(name) for name in ("CA-WPN-001", "CA-HLT-002"))
    assert np.isnan(found[learned]).all()
    assert set(np.round(found[~learned, weapon], 1)) == {np.float32(0.1), np.float32(0.9)}
    assert np.isnan(found[:, health]).all(), "the model does not know this clause"


def test_the_most_doubtful_comes_first() -> None:
    rng = np.random.default_rng(0)
    whole = part(TITLES, TRUTH)
    model = np.clip(np.array(TRUTH) + rng.normal(0, 0.02, (60, 2)), 0.02, 0.98).astype(np.float32)
    model[3, 0], model[33, 0] = 0.02, 0.99
    found = find_suspects(whole, model)
    assert [s.content_hash for s in found] == [listing(33), listing(3)]
    assert [s.score for s in found] == sorted(s.score for s in found)


def test_what_nobody_knows_cannot_be_wrong() -> None:
    unknown = part(TITLES, [[0.5, NAN]] * 60)
    assert find_suspects(unknown, np.ones((60, 2), np.float32)) == []
    no_opinion = np.full((60, 2), np.nan, np.float32)
    assert find_suspects(part(TITLES, TRUTH), no_opinion) == []


def test_a_clause_without_violations_still_has_suspects() -> None:
    innocent = part(TITLES, [[0.0, 0.0]] * 60)
    model = np.full((60, 2), 0.01, np.float32)
    model[7, 1] = 0.97
    found = find_suspects(innocent, model)
    assert [(s.content_hash, s.clause, s.given) for s in found] == [(listing(7), OTHER, Answer.OK)]


def test_twins_do_not_vouch_for_each_other() -> None:
    titles = [f"{word} {word}" for word in ("ulu", "kubotan", "lamp", "towel") for _ in range(2)]
    groups = [str(n // 2) for n in range(8)]
    targets = [[1.0, NAN]] * 4 + [[0.0, NAN]] * 4
    apart = out_of_fold(part(titles, targets, groups))
    # No word of a twin is seen in training, so only the other rows' share of violations speaks.
    assert np.all(apart[:4, 0] < 0.5)
    assert np.all(apart[4:, 0] > 0.5)
    assert np.isnan(apart[:, 1]).all()


def test_a_single_group_teaches_nothing() -> None:
    whole = part(TITLES, TRUTH, ["one"] * 60)
    assert np.isnan(out_of_fold(whole)).all()


@pytest.mark.parametrize("name", ["list.jsonl", "list.csv"])
def test_the_list_is_written_for_review(tmp_path: Path, name: str) -> None:
    whole = part(TITLES, [[0.0, 0.0]] * 60)
    model = np.full((60, 2), 0.01, np.float32)
    model[7, 1] = 0.97
    write_suspects(find_suspects(whole, model), tmp_path / name)
    text = (tmp_path / name).read_text("utf-8")
    row = json.loads(text) if name.endswith("jsonl") else next(csv.DictReader(text.splitlines()))
    assert (row["content_hash"], row["clause"], row["given"]) == (listing(7), OTHER, "ok")
    assert float(row["probability"]) == pytest.approx(0.97)
    assert row["title"] == TITLES[7]
