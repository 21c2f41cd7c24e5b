"""The comment endpoint on the engine that decides listings."""

from __future__ import annotations

from typing import Any

from shelfguard.store import decisions
from tests.unit.serve.running import Api

COMMENT = {"comment": {"text": "Push dagger key ring, hidden blade, ships discreetly"}}


def test_a_comment_is_scored_under_the_clauses_asked_for_and_not_kept(api: Api) -> None:
    assert api.server.store
    before = decisions.after(api.server.store, 0, 100)
    names: dict[str, Any] = {"CA-WPN-003": {}, "TOXICITY": {}}
    asked = {"requestedAttributes": names, "spanAnnotations": True}
    answer = api.http.post("/v1alpha1/comments:analyze", json=COMMENT | asked)
    scores = answer.json()["attributeScores"]
    assert scores["CA-WPN-003"]["summaryScore"]["value"] > 0.9
    assert scores["CA-WPN-003"]["spanScores"]
    assert scores["TOXICITY"]["summaryScore"]["value"] < 0.5
    assert decisions.after(api.server.store, 0, 100) == before


def test_a_score_that_lacks_a_late_stage_is_not_given_as_if_it_were_whole(api: Api) -> None:
    thorough = api.server.service.lanes.thorough
    start, thorough.cost.start = thorough.cost.start, 1000.0
    try:
        asked: dict[str, Any] = {"requestedAttributes": {"CA-WPN-003": {}}}
        answer = api.http.post("/v1alpha1/comments:analyze", json=COMMENT | asked)
    finally:
        thorough.cost.start = start
    assert answer.status_code == 504
    assert answer.json()["error"]["status"] == "DEADLINE_EXCEEDED"


def test_an_attribute_that_nobody_knows_is_refused_as_google_does(api: Api) -> None:
    asked: dict[str, Any] = {"requestedAttributes": {"FLIRTATION": {}}}
    answer = api.http.post("/v1alpha1/comments:analyze", json=COMMENT | asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
