"""A knapsack whose items come in kinds of one cost each, with floors and caps by kind."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import Bounds, LinearConstraint, milp

from shelfguard.errors import DataError

Wide = npt.NDArray[np.float64]
Rows = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

GAP = 1e-4
"""How far from the optimum the search may stop, as a share of the value that it decides on."""

SECONDS = 15.0
CORE = 5000
"""How many items the search is given at most: those nearest to the margin."""


@dataclass(frozen=True, slots=True)
class Programme:
    """Choose items of the most value within a budget.

    `value` and `kind` are [items]; `cost`, and how many items at least and at most, infinity for
    no limit, are [kinds].
    """

    value: Wide
    kind: Rows
    cost: Wide
    budget: float
    least: Wide
    most: Wide

    @property
    def costs(self) -> Wide:
        """The cost of each item, [items]."""
        return self.cost[self.kind]


@dataclass(frozen=True, slots=True)
class Solution:
    """The chosen items, those of a greedy choice, and how far the optimum may lie above.

    `gap` is a share of the value chosen.
    """

    chosen: Rows
    greedy: Rows
    gap: float


@dataclass(frozen=True, slots=True)
class _Relaxed:
    """The linear relaxation: `whole` items [items], a part of one more, its rate and its value."""

    whole: Flags
    rate: float
    bound: float


def solve(programme: Programme) -> Solution:
    """The best choice, to within GAP where the time allows.

    Items of a kind cost the same, so that those of most value come first: a floor settles the
    first ones, and those past a cap or past the budget can never be chosen. Of the rest, an item
    whose value is further from the marginal rate than a greedy choice is from the relaxation is in
    every optimum or in none (Balas and Zemel, "An algorithm for large zero-one knapsack problems",
    1980). What is left goes to HiGHS as a mixed-integer programme.

    Raises:
        DataError: the floors do not fit the budget.
    """
    required, free = _candidates(programme)
    relaxed = _relax(programme, required, free)
    greedy = _fill(programme, relaxed.whole, free)
    reached = float(programme.value[greedy].sum())
    margin = np.abs(programme.value - relaxed.rate * programme.costs)
    core = np.flatnonzero(free & (margin < relaxed.bound - reached))
    core = core[np.argsort(margin[core], kind="stable")[:CORE]]
    chosen = _search(programme, relaxed.whole, core)
    if programme.value[chosen].sum() < reached:
        chosen = greedy
    reached = float(programme.value[chosen].sum())
    gap = max(relaxed.bound - reached, 0) / reached if reached else 0.0
    return Solution(chosen, greedy, gap)


def _candidates(programme: Programme) -> tuple[Flags, Flags]:
    """(items that a floor settles, other items that may be chosen), both [items]"""
    order = np.lexsort((-programme.value, programme.kind))
    kinds = programme.kind[order]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order)) - np.searchsorted(kinds, kinds)
    required = place < programme.least[programme.kind]
    spent = float(programme.costs[required].sum())
    if spent > programme.budget + 1e-9:
        problem = f"the floors ask for {spent / 60:.1f} hours of {programme.budget / 60:.1f}"
        raise DataError(problem, fix="Give more hours, or lower at_least in the values file")
    fits = (place + 1) * programme.costs <= programme.budget
    capped = place < programme.most[programme.kind]
    return required, ~required & fits & capped & (programme.value > 0)


def _relax(programme: Programme, required: Flags, free: Flags) -> _Relaxed:
    """What is required, then the free items by falling rate as far as the budget reaches."""
    order = _by_rate(programme, free)
    costs, values = programme.costs[order], programme.value[order]
    left = programme.budget - programme.costs[required].sum()
    taken = int(np.searchsorted(np.cumsum(costs), left + 1e-9, side="right"))
    whole = required.copy()
    whole[order[:taken]] = True
    bound = float(programme.value[whole].sum())
    if taken == len(order):
        return _Relaxed(whole, 0.0, bound)
    rate = float(values[taken] / costs[taken])
    return _Relaxed(whole, rate, bound + max(left - float(costs[:taken].sum()), 0) * rate)


def _by_rate(programme: Programme, among: Flags) -> Rows:
    rows = np.flatnonzero(among)
    return rows[np.argsort(-programme.value[rows] / programme.costs[rows], kind="stable")]


def _fill(programme: Programme, whole: Flags, free: Flags) -> Rows:
    """The whole items of the relaxation, and by falling rate whatever still fits beside them."""
    chosen, left = whole.copy(), programme.budget - float(programme.costs[whole].sum())
    cheapest = float(programme.cost.min(initial=np.inf))
    rest = _by_rate(programme, free & ~whole)
    for item, cost in zip(rest.tolist(), programme.costs[rest].tolist(), strict=True):
        if left < cheapest - 1e-9:
            break
        if cost <= left + 1e-9:
            chosen[item], left = True, left - cost
    return np.flatnonzero(chosen)


def _search(programme: Programme, whole: Flags, core: Rows) -> Rows:
    """The best of the core beside what is settled without it."""
    settled = whole.copy()
    settled[core] = False
    if not len(core):
        return np.flatnonzero(settled)
    left = programme.budget - float(programme.costs[settled].sum())
    # Presolve would write of its own to standard output, and one row has little to presolve.
    found = milp(
        -programme.value[core],
        integrality=np.ones(len(core)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(programme.costs[core][None], -np.inf, left + 1e-9),
        options={"mip_rel_gap": GAP, "time_limit": SECONDS, "presolve": False},
    )
    if found.x is not None:
        settled[core[found.x > 0.5]] = True
    return np.flatnonzero(settled)
