"""The additive text model."""

from __future__ import annotations

from pathlib import Path
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from shelfguard.errors import ModelError
from shelfguard.learn.train.student import Document, assemble, design_matrix, fit, train, weigh
from shelfguard.models.student import Student
from shelfguard.models.table import Table
from shelfguard.models.words import pair_buckets, word_buckets

NAMES = ["CA-WPN-001", "near"]
DOCUMENTS = [
    Document(["brass knuckles paperweight", "solid metal, four finger holes"], frozenset()),
    Document(["iron knuckles for the hand"], frozenset({"lexicon:CA-WPN-001"})),
    Document(["knuckle shaped pendant, sterling silver"], frozenset()),
    Document(["hdmi cable 2 m", "gold plated"], frozenset()),
    Document(["kitchen knife set with block"], frozenset()),
]
TARGETS = np.array([[1, 1], [1, 1], [0, 1], [0, 0], [0, 0]], np.float32)

Texts = st.lists(st.text("abc 0é-", max_size=20), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def student() -> Student:
    return train(DOCUMENTS, TARGETS, NAMES)


def score(student: Student, documents: list[Document]) -> np.ndarray:
    texts = [text for document in documents for text in document.texts]
    rows = [i for i, document in enumerate(documents) for _ in document.texts]
    found = [(i, name) for i, document in enumerate(documents) for name in document.findings]
    return student.read(texts, np.array(rows, np.int32), found, len(documents)).scores


def test_it_learns_its_examples(student: Student) -> None:
    scores = score(student, DOCUMENTS)
    assert scores[:2, 0].min() > scores[2:, 0].max()
    assert scores[:3, 1].min() > scores[3:, 1].max()


def test_it_scores_as_it_was_trained() -> None:
    weighting = weigh(DOCUMENTS)
    matrix = design_matrix(DOCUMENTS, weighting)
    weight, bias = fit(matrix, TARGETS, 30.0)
    student = assemble(NAMES, weight, bias, weighting)
    np.testing.assert_allclose(score(student, DOCUMENTS), matrix @ weight + bias, atol=1e-4)


def test_a_saved_student_scores_alike_and_twice_the_same_bytes(
    student: Student, tmp_path: Path
) -> None:
    for name in ("a.npz", "b.npz"):
        student.save(tmp_path / name)
    loaded = Student.load(tmp_path / "a.npz")
    np.testing.assert_allclose(score(loaded, DOCUMENTS), score(student, DOCUMENTS), atol=0.1)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


@settings(max_examples=30)
@given(st.lists(Texts, min_size=1, max_size=5))
def test_a_score_does_not_depend_on_the_batch(student: Student, listings: list[list[str]]) -> None:
    documents = [Document(texts, frozenset()) for texts in listings]
    together = score(student, documents)
    alone = np.concatenate([score(student, [document]) for document in documents])
    assert together.tobytes() == alone.tobytes()


def test_words_contributions_add_up_to_the_score(student: Student) -> None:
    text = "brass knuckles paperweight"
    norm = student.norm([text])
    words = student.contributions(text, 0, norm)
    assert [text[word.start : word.end] for word in words] == text.split()
    total = sum(word.weight for word in words) + student.bias[0]
    assert total == pytest.approx(score(student, [Document([text], frozenset())])[0, 0], abs=1e-4)


def test_a_word_contributes_the_sum_of_its_grams_and_half_of_its_pairs() -> None:
    random = np.random.default_rng(0)
    words, pairs = (
        Table.trained(random.normal(size=(64, 2)).astype(np.float32), np.ones(64, np.float32))
        for _ in range(2)
    )
    student = Student(NAMES, words, pairs, {}, np.zeros(2, np.float32))
    text = "brass, knuckles"
    own = [words.values[word_buckets(word, 64)].sum(axis=0)[0] for word in (b"brass", b"knuckles")]
    first, second = (np.array([crc32(word)], np.int64) for word in (b"brass", b"knuckles"))
    half = pairs.values[pair_buckets(first, second, 64)][0, 0] / 2
    norm = student.norm([text])
    weights = [word.weight for word in student.contributions(text, 0, norm)]
    np.testing.assert_allclose(weights, (np.array(own) + half) / norm, rtol=1e-5)


def test_a_text_without_words_contributes_nothing(student: Student) -> None:
    assert student.contributions("... !", 0, 1.0) == []


def test_a_file_of_another_make_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "old.npz", clauses=np.array(NAMES))
    with pytest.raises(ModelError, match="no array 'feature_names'"):
        Student.load(tmp_path / "old.npz")
    for content in (b"none", b"PK\3\4", b""):
        (tmp_path / "broken.npz").write_bytes(content)
        with pytest.raises(ModelError, match="no model"):
            Student.load(tmp_path / "broken.npz")


def test_fitting_twice_gives_the_same_bytes() -> None:
    rng = np.random.default_rng(0)
    matrix = sparse.random(400, 300, 0.1, "csr", np.float32, rng)
    targets = (rng.random((400, 5)) < 0.2).astype(np.float32)
    once, again = fit(matrix, targets, 100.0), fit(matrix, targets, 100.0)
    assert [part.tobytes() for part in once] == [part.tobytes() for part in again]


def test_words_that_training_never_had_make_a_listing_rare(student: Student) -> None:
    texts = ["brass knuckles for the hand", "neue herrenschuhe aus leder", "neue herrenschuhe"]
    rarity = student.read(texts, np.arange(3, dtype=np.int32), [], 3).rarity
    assert rarity[1] > rarity[0] > 0
    assert rarity[2] == 0, "two words say nothing"


def test_no_text_at_all_scores_the_bias(student: Student) -> None:
    scores = student.read([], np.empty(0, np.int32), [], 2).scores
    np.testing.assert_allclose(scores, np.tile(student.bias, (2, 1)))
