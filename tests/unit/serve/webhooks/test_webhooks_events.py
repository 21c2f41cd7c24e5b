"""Decisions as CloudEvents."""

from __future__ import annotations

import json
from datetime import datetime

from shelfguard.decision import Outcome
from shelfguard.serve.webhooks.endpoints import Endpoint
from shelfguard.serve.webhooks.events import deliveries_of
from tests.unit.store.rows import NOON, row

DESK = Endpoint("desk", "https://example.org/", (b"",), frozenset({Outcome.BLOCK, Outcome.REVIEW}))
ALL = Endpoint("all", "https://example.com/", (b"",), frozenset(Outcome))


def test_only_those_who_asked_for_an_outcome_are_told() -> None:
    told = [
        [delivery.endpoint for delivery in deliveries_of([DESK, ALL], row(outcome=outcome))]
        for outcome in ("allow", "block", "escalate")
    ]
    assert told == [["all"], ["desk", "all"], ["all"]]


def test_an_event_says_what_it_is_about_and_holds_the_decision() -> None:
    (delivery,) = deliveries_of([DESK], row(outcome="block", body='{"id":"a","note":"é"}'))
    event = json.loads(delivery.event)
    assert event.pop("id") == delivery.id
    assert datetime.fromisoformat(event.pop("time")) == NOON
    assert event == {
        "specversion": "1.0",
        "source": "/packs/tiny",
        "type": "shelfguard.decision.v1",
        "subject": "sku-1",
        "datacontenttype": "application/json",
        "data": {"id": "a", "note": "é"},
    }


def test_the_same_decision_made_again_is_another_event() -> None:
    first, second = (deliveries_of([DESK], row(outcome="block"))[0] for _ in range(2))
    assert first.id != second.id


def test_a_name_with_quotes_does_not_break_an_event() -> None:
    (delivery,) = deliveries_of([DESK], row(outcome="block", listing_id='"},\n{'))
    assert json.loads(delivery.event)["subject"] == '"},\n{'
