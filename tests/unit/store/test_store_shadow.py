"""Differences between champion and challenger."""

from __future__ import annotations

from sqlalchemy import Engine

from shelfguard.store import shadow
from shelfguard.store.database import reading, writing
from shelfguard.store.shadow import Difference
from tests.unit.store.rows import NOON


def difference(number: int, before: str, after: str, challenger: str = "new") -> Difference:
    return Difference(f"decision-{number}", "sku", challenger, before, after, "{}", NOON)


def test_differences_of_one_challenger_are_counted_and_listed(engine: Engine) -> None:
    rows = [
        difference(1, "allow", "review"),
        difference(2, "allow", "review"),
        difference(3, "block", "allow"),
        difference(4, "block", "allow", "another"),
    ]
    with writing(engine) as connection:
        shadow.add(connection, rows)
        shadow.add(connection, [])
    with reading(engine) as connection:
        counts = shadow.changes(connection, "new")
        assert counts == {("allow", "review"): 2, ("block", "allow"): 1}
        assert shadow.recent(connection, "new", 2) == rows[2:0:-1]
        assert shadow.recent(connection, "another", 2) == rows[3:]
