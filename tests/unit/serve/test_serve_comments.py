"""The comment endpoint on the engine that decides listings."""

from __future__ import annotations

from typing import Any

from shelfguard.store import decisions
from shelfguard.store.database import reading
from tests.unit.serve.running import Api

COMMENT = {"comment": {"text": "Push dagger key ring, hidden blade, ships discreetly"}}


def test_a_comment_is_scored_under_the_clauses_asked_for_and_not_kept(api: Api) -> None:
    assert api.server.store
    with reading(api.server.store) as connection:
        before = decisions.count(connection)
    names: dict[str, Any] = {"CA-WPN-003": {}, "TOXICITY": {}}
    asked = {"requestedAttributes": names, "spanAnnotations": True}
    answer = api.http.post("/v1alpha1/comments:analyze", json=COMMENT | asked)
    scores = answer.json()["attributeScores"]
    assert scores["CA-WPN-003"]["summaryScore"]["value"] > 0.9
    assert scores["CA-WPN-003"]["spanScores"]
    assert scores["TOXICITY"]["summaryScore"]["value"] < 0.5
    with reading(api.server.store) as connection:
        assert decisions.count(connection) == before


def test_an_attribute_that_nobody_knows_is_refused_as_google_does(api: Api) -> None:
    asked: dict[str, Any] = {"requestedAttributes": {"FLIRTATION": {}}}
    answer = api.http.post("/v1alpha1/comments:analyze", json=COMMENT | asked)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"
