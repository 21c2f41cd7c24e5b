"""The decision record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.decision import (
    DECISION_SCHEMA,
    VOLATILE_COLUMNS,
    Evidence,
    Outcome,
    Reason,
    RunLengths,
    SeenPicture,
)
from shelfguard.listing import Batch
from shelfguard.record import Context, Stages, Verdict, decision_table

CONTEXT = Context(
    pack="tiny@1.0.0+abc",
    models={"student": "1" * 64, "encoder": "2" * 64},
    mode="shadow",
    costs={"lexicon": 2.0, "student": 5.0, "encoder": 900.0},
)
STAGES = Stages(("lexicon", "student"), {"encoder": frozenset({1})})
REASON = Reason(
    clause="CA-WPN-001",
    citation="Criminal Code, s 84(1)",
    outcome=Outcome.BLOCK,
    probability=0.97,
    raw=3.5,
    stage="student",
    evidence=[Evidence("span", "text", "title", "en", 0, 5, "Brass", weight=1.5)],
)


def batch(*titles: str, uri: str = "feed.csv") -> Batch:
    return Batch.from_records(
        {"id": f"l{n}", "title": {"en": title}, "source": {"uri": uri, "row": n + 2}}
        for n, title in enumerate(titles)
    )


def decide(
    listings: Batch,
    context: Context = CONTEXT,
    pictures: Mapping[int, list[SeenPicture]] = MappingProxyType({}),
    **verdicts: Verdict,
) -> list[dict[str, Any]]:
    found = {int(name[1:]): verdict for name, verdict in verdicts.items()}
    table = decision_table(listings, found, pictures, STAGES, context, ms=3.0)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def test_a_listing_without_a_verdict_is_allowed_and_says_where_it_was_read() -> None:
    row = decide(batch("Lamp", "Ring"))[0]
    assert (row["listing_id"], row["outcome"]) == ("l0", "allow")
    assert (row["reasons"], row["degraded"]) == ([], [])
    assert (row["source_uri"], row["source_row"]) == ("feed.csv", 2)


def test_a_verdict_is_recorded_with_its_reasons_and_evidence() -> None:
    verdict = Verdict(Outcome.BLOCK, [REASON], ["contact: failed (ValueError: no table)"])
    row = decide(batch("Lamp", "Brass knuckles"), _1=verdict)[1]
    (reason,) = row["reasons"]
    assert (row["outcome"], reason["clause"], reason["probability"]) == (
        "block",
        "CA-WPN-001",
        0.97,
    )
    assert reason["evidence"][0]["quote"] == "Brass"
    assert row["degraded"] == verdict.degraded


def test_a_record_holds_every_field_of_a_reason_and_its_evidence() -> None:
    mask = RunLengths((2, 3), (1, 5))
    found = Evidence("mask", "vision", "images[0]", picture="3" * 64, box=(0, 0, 0.5, 1), mask=mask)
    reason = replace(REASON, evidence=[*REASON.evidence, found])
    row = decide(batch("Lamp", "Ring"), _1=Verdict(Outcome.BLOCK, [reason], []))[1]
    assert row["reasons"] == json.loads(json.dumps([asdict(reason)]))


def test_a_listing_has_the_same_record_beside_a_flagged_one() -> None:
    verdict = Verdict(Outcome.BLOCK, [REASON], ["contact: failed"])
    seen = {1: [SeenPicture("a.png", "1" * 64, None)]}
    quiet, beside = (
        decide(batch("Lamp", "Ring")),
        decide(batch("Lamp", "Ring"), pictures=seen, _1=verdict),
    )
    assert lasting(quiet[0]) == lasting(beside[0])
    assert lasting(quiet[1]) != lasting(beside[1])


def lasting(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in VOLATILE_COLUMNS}


def test_the_table_has_the_decision_schema_even_without_rows() -> None:
    for listings in (batch("Lamp", "Ring"), batch()):
        stages = replace(STAGES, later={})
        table = decision_table(listings, {}, {}, stages, CONTEXT, ms=0.0)
        assert table.schema == DECISION_SCHEMA
        assert table.num_rows == len(listings)


def test_a_listing_costs_the_stages_it_went_through() -> None:
    shallow, deep = decide(batch("Lamp", "Brass knuckles"))
    assert (shallow["stage"], shallow["cost"]) == ("student", 7.0)
    assert (deep["stage"], deep["cost"]) == ("encoder", 907.0)


def test_time_is_spread_over_the_batch() -> None:
    assert sum(row["ms"] for row in decide(batch("a", "b", "c"))) == pytest.approx(3.0)


def test_an_id_follows_the_listing_wherever_it_was_read() -> None:
    here, there = decide(batch("Lamp", "Ring")), decide(batch("Lamp", "Ring", uri="other.csv"))
    assert [row["id"] for row in here] == [row["id"] for row in there]


@pytest.mark.parametrize(
    "changed",
    [
        replace(CONTEXT, pack="tiny@1.0.1+abd"),
        replace(CONTEXT, models={**CONTEXT.models, "encoder": "3" * 64}),
        replace(CONTEXT, mode="enforce"),
    ],
)
def test_an_id_changes_with_what_decided(changed: Context) -> None:
    before, after = decide(batch("a", "b")), decide(batch("a", "b"), changed)
    assert {row["id"] for row in before}.isdisjoint(row["id"] for row in after)


def test_an_id_follows_the_pictures_that_were_seen() -> None:
    seen = [SeenPicture("a.png", "1" * 64, None), SeenPicture("b.png", None, "timeout: late")]
    others = [seen[0], SeenPicture("b.png", "2" * 64, None)]
    bare, shown, later = (
        decide(batch("Lamp", "Ring"), pictures={0: pictures})[0] for pictures in ([], seen, others)
    )
    assert len({row["id"] for row in (bare, shown, later)}) == 3
    assert [picture["failure"] for picture in shown["pictures"]] == [None, "timeout: late"]


@given(st.dictionaries(st.text(max_size=5), st.text("0123456789abcdef", max_size=4)))
def test_the_digest_of_the_models_does_not_depend_on_their_order(models: dict[str, str]) -> None:
    turned = dict(reversed(models.items()))
    assert replace(CONTEXT, models=models).digest == replace(CONTEXT, models=turned).digest
