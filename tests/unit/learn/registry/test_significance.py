"""What counts as worse, and that chance alone rarely does."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("scipy")

from scipy.stats import binomtest

from shelfguard.learn.registry.significance import Change, total, worse


def change(lost: int, gained: int = 0, clause: str = "C") -> Change:
    cases = lost + gained + 5
    return Change(clause, cases, lost + 5, gained + 5, lost, gained)


@given(st.integers(0, 30), st.integers(0, 30))
def test_the_p_value_is_that_of_the_exact_one_sided_test(lost: int, gained: int) -> None:
    if lost + gained:
        expected = binomtest(lost, lost + gained, 0.5, alternative="greater").pvalue
        assert change(lost, gained).p_value == pytest.approx(expected)
    else:
        assert change(0).p_value == 1


def test_one_clause_that_lost_much_is_found_among_many_that_did_not_change() -> None:
    steady = [change(0, clause=f"S{n}") for n in range(60)]
    assert [c.clause for c in worse([*steady, change(6, clause="BAD")])] == ["BAD"]


def test_gains_elsewhere_do_not_hide_a_loss() -> None:
    better = [change(0, 6, f"B{n}") for n in range(2)]
    assert [c.clause for c in worse([*better, change(8, clause="BAD")])] == ["BAD"]


@pytest.mark.parametrize("lost", [0, 1, 4])
def test_few_losses_prove_nothing(lost: int) -> None:
    assert worse([change(lost)]) == []
    assert worse([]) == []


def test_chance_alone_refuses_at_most_one_model_in_twenty() -> None:
    rng = np.random.default_rng(7)
    refused = 0
    for _ in range(1000):
        discordant = rng.integers(0, 12, 40)
        lost = rng.binomial(discordant, 0.5)
        refused += bool(
            worse([change(int(a), int(b - a)) for a, b in zip(lost, discordant, strict=True)])
        )
    assert refused / 1000 < 0.06


def test_all_clauses_are_added_up() -> None:
    added = total([change(2, 1), change(3, 0)])
    assert (added.lost, added.gained, added.cases) == (5, 1, 16)
    assert total([]).p_value == 1
