"""The pack's rules as annotators."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from shelfguard.learn.labels.label import LABEL_SCHEMA
from shelfguard.learn.labels.rules import BEYOND_THE_LIMIT, WITHIN_THE_LIMIT, rule_labels
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.signals.registry import build_signals

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


def said(pack: Pack, title: str, **more: Any) -> set[tuple[str, str, str]]:
    """(annotator, clause, answer) of every label that a listing gets."""
    batch = Batch.from_records([{"id": "1", "title": {"en": title}, **more}])
    rows = rule_labels(pack, batch, NOW).to_pylist()
    assert all(row["sampling_prob"] == 1 and row["source"] == "rule" for row in rows)
    return {(row["annotator"], row["clause"], row["answer"]) for row in rows}


def test_a_decisive_phrase_votes_violates(pack: Pack) -> None:
    found = said(pack, "Brass knuckles, solid metal")
    assert ("rule:lexicon", "CA-WPN-001", "violates") in found


def test_silence_is_no_vote(pack: Pack) -> None:
    assert said(pack, "Cotton bath towel, blue") == set()


def test_only_cancelled_phrases_vote_ok(pack: Pack) -> None:
    entry = next(e for e in pack.lexicon if not e.weak and e.lang == "en")
    context = next(c for c in pack.contexts if c.clause in (None, entry.clause) and c.lang == "en")
    found = said(pack, f"{context.phrase} {entry.phrase}")
    assert ("rule:lexicon", entry.clause, "violates") not in found


def test_facts_are_judged_by_the_lines_of_the_law(pack: Pack) -> None:
    assert ("rule:attributes", "CA-TOB-002", "violates") in said(pack, "E-liquid nicotine 50 mg/mL")
    assert ("rule:attributes", "CA-HLT-002", "ok") in said(pack, "Pain relief DIN 02345678")


def test_a_way_off_the_site_votes_violates(pack: Pack) -> None:
    found = said(pack, "Lamp", description={"en": "text me at 514-555-0199 to buy"})
    assert ("rule:contact", "MKT-CON-001", "violates") in found


def test_each_listing_gets_one_answer_a_family_and_clause_even_twice_in_a_batch(pack: Pack) -> None:
    record = {"id": "1", "title": {"en": "Brass knuckles"}}
    labels = rule_labels(pack, Batch.from_records([record, record]), NOW)
    keys = [(r["listing_hash"], r["clause"], r["annotator"]) for r in labels.to_pylist()]
    assert len(keys) == len(set(keys)) > 0
    assert labels.schema.equals(LABEL_SCHEMA)


def test_every_fact_that_votes_is_one_that_the_signals_can_find(pack: Pack) -> None:
    attributes = next(s for s in build_signals(pack) if s.name == "attributes")
    known = {feature.partition(":")[2] for feature in attributes.features}
    voting = {**BEYOND_THE_LIMIT, **WITHIN_THE_LIMIT}
    assert set(voting) <= known
    assert set(voting.values()) <= set(pack.clauses)
