"""A head learned from few examples, and scores scaled to probabilities."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

pytest.importorskip("sklearn")

from shelfguard.errors import DataError
from shelfguard.learn.pictures.logistic_head import fit_head
from shelfguard.learn.pictures.platt import platt

Floats = npt.NDArray[np.float32]


def clouds(count: int, apart: float = 0.6, seed: int = 0) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Unit vectors around two directions, half of them each."""
    rng = np.random.default_rng(seed)
    truth = np.arange(2 * count) % 2 == 0
    vectors = rng.normal(size=(2 * count, 16)) / 4
    vectors[:, 0] += np.where(truth, apart, -apart)
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32), truth


def names(count: int) -> list[str]:
    return [f"picture {number}" for number in range(count)]


def test_five_examples_are_enough_to_tell_what_lies_apart() -> None:
    head = fit_head(*clouds(5), names(10))
    vectors, truth = clouds(200, seed=1)
    odds = vectors @ head.weights + head.bias
    assert ((odds > 0) == truth).mean() > 0.9


def test_few_examples_make_no_one_certain() -> None:
    head = fit_head(*clouds(5), names(10))
    vectors, _ = clouds(200, seed=1)
    assert np.abs(vectors @ head.weights + head.bias).max() < np.log(99)


def test_many_examples_give_probabilities() -> None:
    head = fit_head(*clouds(300, apart=0.2), names(600))
    vectors, truth = clouds(2000, apart=0.2, seed=1)
    found = 1 / (1 + np.exp(-(vectors @ head.weights + head.bias)))
    for low, high in ((0.1, 0.3), (0.4, 0.6), (0.7, 0.9)):
        some = (found >= low) & (found < high)
        assert truth[some].mean() == pytest.approx(found[some].mean(), abs=0.08)


def test_copies_of_an_example_do_not_flatter_the_figures() -> None:
    rng = np.random.default_rng(0)
    vectors = np.repeat(rng.normal(size=(20, 16)), 5, axis=0).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    truth = np.repeat(rng.permutation(20) < 10, 5)
    groups = np.repeat(names(20), 5).tolist()
    told = ((fit_head(vectors, truth, groups).unseen > 0) == truth).mean()
    assert told < 0.8  # labels are drawn by chance; a copy in training would give 1


def test_pictures_of_one_source_alone_can_still_be_learned_from() -> None:
    assert fit_head(*clouds(5), ["one"] * 10).strength > 0


@pytest.mark.parametrize("few", [0, 4])
def test_too_few_of_a_kind_is_a_clear_error(few: int) -> None:
    vectors, _ = clouds(10)
    with pytest.raises(DataError, match=f"{few} pictures with the label and {20 - few} without"):
        fit_head(vectors, np.arange(20) < few, names(20))


def test_log_odds_that_are_right_stay_as_they_are() -> None:
    rng = np.random.default_rng(0)
    odds = rng.normal(size=20_000) * 2
    truth = rng.random(20_000) < 1 / (1 + np.exp(-odds))
    assert platt(odds, truth) == pytest.approx((1, 0), abs=0.06)
