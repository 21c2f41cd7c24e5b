"""The Perspective-style endpoint: scores under clauses, spans, and Google's errors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from hypothesis import given
from hypothesis import strategies as st

from shelfguard.engine.engine import Engine
from shelfguard.listing import Batch
from shelfguard.policy.load import load_pack
from shelfguard.serve.perspective.messages import AnalyzeRequest
from shelfguard.serve.perspective.route import router
from shelfguard.serve.perspective.scores import CLAUSES, MAX_BYTES, Analysis, listing_of
from shelfguard.serve.problems import Problem, install_problems
from tests.unit.serve.listening import listening

INSULT = "You are a fucking idiot, kill yourself"
BUSY = "busy"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """The route on the engine and the pack that ship."""
    engine = Engine.from_pack(load_pack("ca-marketplace"))

    async def analyze(request: Request, text: str, languages: list[str]) -> Analysis:
        if text == BUSY:
            raise Problem(429, "Queue full", "Try later", headers={"retry-after": "3"})
        return Analysis.of(engine.run(Batch.from_records([listing_of(text, languages)])))

    app = FastAPI()
    install_problems(app)
    app.include_router(router(analyze))
    with listening(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def ask(text: str, *attributes: str, **more: Any) -> dict[str, Any]:
    requested: dict[str, Any] = {name: {} for name in attributes}
    return {"comment": {"text": text}, "requestedAttributes": requested, **more}


def analyze(client: httpx.Client, body: dict[str, Any]) -> dict[str, Any]:
    answer = client.post("/v1alpha1/comments:analyze", json=body)
    assert answer.status_code == 200, answer.text
    scores: dict[str, Any] = answer.json()
    return scores


def refused(client: httpx.Client, body: Any) -> dict[str, Any]:
    answer = client.post("/v1alpha1/comments:analyze", json=body)
    assert answer.status_code == 400, answer.text
    error: dict[str, Any] = answer.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    return error


def test_an_insult_scores_high_and_a_table_low(client: httpx.Client) -> None:
    for text, low, high in ((INSULT, 0.9, 1), ("A fine table of oak for six people", 0, 0.1)):
        answer = analyze(client, ask(text, "TOXICITY"))
        score = answer["attributeScores"]["TOXICITY"]["summaryScore"]
        assert low <= score["value"] <= high
        assert score["type"] == "PROBABILITY"


def test_clauses_are_attributes_under_both_spellings(client: httpx.Client) -> None:
    answer = analyze(client, ask("Switchblade knife, opens fast", "CA-WPN-003", "CA_WPN_003"))
    first, second = answer["attributeScores"].values()
    assert first == second


def test_each_attribute_of_google_s_that_is_offered_has_its_clause(client: httpx.Client) -> None:
    assert analyze(client, ask(INSULT, *CLAUSES))["attributeScores"].keys() == CLAUSES.keys()


def test_a_score_stands_for_the_whole_text_unless_spans_are_asked_for(client: httpx.Client) -> None:
    (span,) = analyze(client, ask(INSULT, "INSULT"))["attributeScores"]["INSULT"]["spanScores"]
    assert (span["begin"], span["end"]) == (0, len(INSULT))


def test_spans_are_those_of_the_evidence(client: httpx.Client) -> None:
    body = ask(INSULT, "INSULT", "SPAM", spanAnnotations=True)
    scores = analyze(client, body)["attributeScores"]
    quoted = [INSULT[span["begin"] : span["end"]] for span in scores["INSULT"]["spanScores"]]
    assert "fucking idiot" in quoted
    assert [span["end"] for span in scores["SPAM"]["spanScores"]] == [len(INSULT)]


def test_what_stays_below_its_threshold_is_left_out(client: httpx.Client) -> None:
    body = ask(INSULT)
    body["requestedAttributes"] = {
        "INSULT": {"scoreThreshold": 0.5, "scoreType": "PROBABILITY"},
        "SPAM": {"scoreThreshold": 0.5},
    }
    assert analyze(client, body)["attributeScores"].keys() == {"INSULT"}


def test_the_language_is_the_named_one_or_the_detected_one(client: httpx.Client) -> None:
    named = analyze(client, ask("Une belle table en chêne massif", "SPAM", languages=["fr-CA"]))
    assert (named["languages"], named["detectedLanguages"]) == (["fr"], [])
    text = "Une belle table en chêne massif pour six personnes, livrée chez vous"
    detected = analyze(client, ask(text, "SPAM"))
    assert detected["languages"] == detected["detectedLanguages"] == ["fr"]


def test_the_token_comes_back_and_the_rest_is_taken(client: httpx.Client) -> None:
    more = {"doNotStore": True, "sessionId": "s", "communityId": "c", "context": {"entries": []}}
    assert analyze(client, ask("A table", "SPAM", clientToken="t", **more))["clientToken"] == "t"


def test_names_may_be_written_as_in_google_s_own_documents(client: httpx.Client) -> None:
    body = {"comment": {"text": INSULT}, "requested_attributes": {"INSULT": {}}}
    assert "INSULT" in analyze(client, body)["attributeScores"]


def test_an_unknown_score_is_an_error_and_never_zero(client: httpx.Client) -> None:
    error = refused(client, ask(INSULT, "INSULT", "MKT-IMG-001"))
    (detail,) = error["details"]
    assert detail["errorType"] == "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE"
    assert detail["languageNotSupportedByAttributeError"]["attribute"] == "MKT-IMG-001"


def test_unknown_scores_are_left_out_where_the_client_says_so(client: httpx.Client) -> None:
    body = ask(INSULT, "INSULT", "MKT-IMG-001", dropUnsupportedAttributes=True)
    assert analyze(client, body)["attributeScores"].keys() == {"INSULT"}


@pytest.mark.parametrize("name", ["SEVERE_TOXICITY", "FLIRTATION", "toxicity", "ZZ-ZZZ-999", ""])
def test_an_attribute_that_no_clause_fits_is_refused(client: httpx.Client, name: str) -> None:
    assert "Unknown requested attribute" in refused(client, ask(INSULT, name))["message"]


@pytest.mark.parametrize(
    ("text", "error"), [(" \n", "COMMENT_EMPTY"), ("é" * (MAX_BYTES // 2 + 1), "COMMENT_TOO_LONG")]
)
def test_a_text_of_no_length_or_too_much_is_refused(
    client: httpx.Client, text: str, error: str
) -> None:
    (detail,) = refused(client, ask(text, "SPAM"))["details"]
    assert detail["errorType"] == error


@pytest.mark.parametrize(
    "body",
    [
        [],
        {"comment": {"text": "a"}, "requestedAttributes": {}},
        {"comment": {"text": "a"}, "requestedAttributes": {"SPAM": {"scoreType": "PERCENTILE"}}},
        {"comment": {"text": "a", "type": "MARKDOWN"}, "requestedAttributes": {"SPAM": {}}},
        {"comment": {"text": "a"}, "requestedAttributes": {"SPAM": {}}, "colour": "red"},
    ],
)
def test_what_google_would_refuse_is_refused_in_its_words(client: httpx.Client, body: Any) -> None:
    assert refused(client, body)["message"]


def test_a_body_that_is_no_text_is_refused_in_its_words(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/v1alpha1/comments:analyze", content=b"\xff", headers=headers)
    assert answer.status_code == 400
    assert answer.json()["error"]["status"] == "INVALID_ARGUMENT"


def test_a_full_queue_is_told_in_google_s_words(client: httpx.Client) -> None:
    answer = client.post("/v1alpha1/comments:analyze", json=ask(BUSY, "SPAM"))
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.json()["error"]["status"] == "RESOURCE_EXHAUSTED"


@given(text=st.text(min_size=1, max_size=80).filter(str.strip))
def test_any_text_is_scored_or_refused_and_its_spans_lie_in_it(
    client: httpx.Client, text: str
) -> None:
    body = ask(text, "TOXICITY", spanAnnotations=True, dropUnsupportedAttributes=True)
    for scored in analyze(client, body)["attributeScores"].values():
        assert 0 <= scored["summaryScore"]["value"] <= 1
        for span in scored["spanScores"]:
            assert 0 <= span["begin"] < span["end"] <= len(text)


def test_the_request_is_read_back_as_it_is_written() -> None:
    request = AnalyzeRequest.model_validate(ask("a", "SPAM", spanAnnotations=True))
    assert AnalyzeRequest.model_validate(request.model_dump(by_alias=True)) == request
