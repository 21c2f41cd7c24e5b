"""The shipped pack's decisions on the example catalog, clause by clause and quote by quote."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from shelfguard.engine import Engine
from shelfguard.feeds import read_feed
from shelfguard.policy.load import load_pack
from tests.golden.conftest import Check

CATALOG = Path(__file__).parents[2] / "examples" / "catalog.csv"


@pytest.fixture(scope="module")
def decisions() -> list[dict[str, Any]]:
    engine = Engine.from_pack(load_pack("ca-marketplace"))
    return [
        row for chunk in read_feed(CATALOG) for row in engine.run(chunk.batch).table.to_pylist()
    ]


def test_decisions_are_the_recorded_ones(decisions: list[dict[str, Any]], golden: Check) -> None:
    golden("example_catalog", {row["listing_id"]: shown(row) for row in decisions})


def test_nothing_is_degraded(decisions: list[dict[str, Any]]) -> None:
    assert not [row["degraded"] for row in decisions if row["degraded"]]


def shown(row: dict[str, Any]) -> list[Any]:
    """Outcome, and for each reason its clause, rounded probability and quotes."""
    return [
        row["outcome"],
        *(
            [reason["clause"], round(reason["probability"], 1), quotes(reason)]
            for reason in row["reasons"]
        ),
    ]


def quotes(reason: dict[str, Any]) -> list[str | None]:
    return [evidence["quote"] for evidence in reason["evidence"]]
