"""The knapsack behind an allocation, against every possible choice."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shelfguard.errors import DataError
from shelfguard.learn.calibrate.programme import Programme, solve


def programme(
    value: list[float],
    kind: list[int],
    cost: list[float],
    budget: float,
    least: list[float] | None = None,
    most: list[float] | None = None,
) -> Programme:
    return Programme(
        np.array(value, float),
        np.array(kind, np.int64),
        np.array(cost, float),
        budget,
        np.array(least or [0] * len(cost), float),
        np.array(most or [np.inf] * len(cost), float),
    )


def best_of_all(asked: Programme) -> float | None:
    """The highest value of any choice that keeps the terms, tried one by one."""
    found = []
    for bits in product([False, True], repeat=len(asked.value)):
        chosen = np.array(bits, bool)
        counts = np.bincount(asked.kind[chosen], minlength=len(asked.cost))
        if (
            asked.costs[chosen].sum() <= asked.budget + 1e-9
            and (counts >= asked.least).all()
            and (counts <= asked.most).all()
        ):
            found.append(float(asked.value[chosen].sum()))
    return max(found, default=None)


def test_the_greedy_choice_is_not_always_the_best() -> None:
    """One case of ten minutes is worth more than the quick one that crowds it out."""
    found = solve(programme([3.0, 10.0], [0, 1], [2.0, 10.0], 10.0))
    assert (found.greedy.tolist(), found.chosen.tolist()) == ([0], [1])


Kinds = st.lists(
    st.tuples(st.integers(1, 9), st.integers(0, 2), st.sampled_from([1, 2, 3, np.inf])),
    min_size=1,
    max_size=3,
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=9),
    Kinds,
    st.integers(0, 25),
)
def test_nothing_beats_the_choice(
    items: list[tuple[int, int]], kinds: list[tuple[int, int, float]], budget: int
) -> None:
    kind = [number % len(kinds) for _, number in items]
    led = [kind.count(number) for number in range(len(kinds))]
    least = [min(floor, cap, n) for (_, floor, cap), n in zip(kinds, led, strict=True)]
    asked = programme(
        [value for value, _ in items],
        kind,
        [cost for cost, _, _ in kinds],
        budget,
        least,
        [cap for _, _, cap in kinds],
    )
    best = best_of_all(asked)
    if best is None:
        with pytest.raises(DataError, match="floors ask for"):
            solve(asked)
        return
    found = solve(asked)
    counts = np.bincount(asked.kind[found.chosen], minlength=len(kinds))
    assert asked.costs[found.chosen].sum() <= budget + 1e-6
    assert (counts >= asked.least).all()
    assert (counts <= asked.most).all()
    assert asked.value[found.chosen].sum() == pytest.approx(best, rel=1e-5, abs=1e-9)
    assert asked.value[found.greedy].sum() <= best + 1e-9


def test_the_solver_prints_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    rng = np.random.default_rng(0)
    for _ in range(3):
        kind = rng.integers(0, 20, 3000).tolist()
        costs = rng.choice([1, 1.7, 2.3, 4.1], 20).tolist()
        solve(programme(rng.random(3000).tolist(), kind, costs, 500.3))
    assert capfd.readouterr() == ("", "")


def test_nothing_to_choose_from() -> None:
    assert len(solve(programme([], [], [1.0], 5.0)).chosen) == 0
