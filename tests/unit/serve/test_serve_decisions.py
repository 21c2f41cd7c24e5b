"""POST and GET /v1/decisions, against a running server with the sample pack."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shelfguard.decision import DECISION_SCHEMA, VOLATILE_COLUMNS
from shelfguard.engine import Engine
from shelfguard.policy.load import load_pack
from shelfguard.run.export import to_jsonl
from shelfguard.serve.deciding.batch import as_batch, sent
from shelfguard.serve.decision_body import DecisionBody
from tests.unit.serve.running import BOTTLE, LISTING, PATIENT, Api


def lasting(decision: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in decision.items() if name not in VOLATILE_COLUMNS}


def test_one_listing_gives_its_decision_as_the_engine_makes_it(api: Api) -> None:
    answer = api.decide(LISTING)

    engine = Engine.from_pack(load_pack("ca-marketplace"))
    expected = json.loads(to_jsonl(engine.run(as_batch([sent(LISTING, 1)])).table))
    assert answer.status_code == 200
    assert list(answer.json()) == DECISION_SCHEMA.names
    assert lasting(answer.json()) == lasting(expected)


def test_a_listing_is_read_whatever_content_type_its_body_claims(api: Api) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded", **PATIENT}
    answer = api.http.post("/v1/decisions", content=json.dumps(LISTING), headers=headers)
    assert answer.json()["outcome"] == "review"


def test_several_listings_are_decided_in_their_order(api: Api) -> None:
    answer = api.decide({"listings": [BOTTLE, LISTING, BOTTLE | {"id": "sku-3"}]})
    found = answer.json()["decisions"]
    assert [decision["listing_id"] for decision in found] == ["sku-2", "sku-1", "sku-3"]
    assert [decision["outcome"] for decision in found] == ["allow", "review", "allow"]
    assert [decision["source_row"] for decision in found] == [1, 2, 3]


def test_the_document_names_every_field_of_a_decision() -> None:
    assert list(DecisionBody.model_fields) == [*DECISION_SCHEMA.names, "notices"]


def test_an_unnamed_field_is_read_as_in_a_feed(api: Api) -> None:
    plain, named = ({"id": "sku-4", "title": "Face cream"} for _ in range(2))
    named |= {"gtin": "4006381333931", "colour": "white"}
    hashes = [api.decide(body).json()["content_hash"] for body in (plain, named)]
    assert hashes[0] != hashes[1]


def test_where_a_listing_comes_from_is_told_back_and_changes_no_decision(api: Api) -> None:
    source = {"uri": "feeds/today.csv", "row": 71}
    here, there = api.decide(LISTING).json(), api.decide(LISTING | {"source": source}).json()
    assert (there["source_uri"], there["source_row"]) == ("feeds/today.csv", 71)
    assert there["id"] == here["id"]


def test_a_decision_is_found_again_to_the_byte(api: Api) -> None:
    answer = api.decide(LISTING)
    again = api.http.get(f"/v1/decisions/{answer.json()['id']}")
    assert again.content == answer.content


def test_an_unknown_decision_is_not_found(api: Api) -> None:
    answer = api.http.get(f"/v1/decisions/{'0' * 32}")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_the_seller_is_told_in_the_language_that_is_asked_for(api: Api) -> None:
    answer = api.decide(LISTING, **{"accept-language": "fr-CA, en;q=0.5"})
    (notice, *_) = answer.json()["notices"]
    french = load_pack("ca-marketplace").clauses[notice["clause"]].title["fr"]
    assert french in notice["message"]
    again = api.http.get(
        f"/v1/decisions/{answer.json()['id']}/notices", headers={"accept-language": "fr"}
    )
    assert again.json()["notices"] == answer.json()["notices"]


def test_an_explanation_quotes_the_listing_in_context(api: Api) -> None:
    id_ = api.decide(LISTING).json()["id"]
    found = api.http.get(f"/v1/decisions/{id_}/explanation", params={"lang": "fr"}).json()
    contexts = [item["context"] for item in found["reasons"][0]["evidence"] if item["context"]]
    assert any(">>Push dagger<<" in context for context in contexts)
    assert found["pack_changed"] is False


FAULTS = [
    ({}, ["#/id", "#/title"]),
    ({"id": "a"}, ["#/title"]),
    ({"id": " ", "title": "x"}, ["#/id"]),
    ({"id": "a", "title": 7}, ["#/title", "#/title"]),
    ({"id": "a", "title": "x", "source": {"file": "x"}}, ["#/source/file"]),
    ({"id": "a", "title": {"en": 7}}, ["#/title", "#/title/en"]),
    ({"id": "a", "title": " "}, ["#/title", "#/title"]),
    ({"id": "a", "title": {}}, ["#/title", "#/title"]),
    ({"id": "a", "title": {"en": ""}}, ["#/title", "#/title/en"]),
    ({"listings": []}, ["#/listings"]),
    ({"listings": [{"id": "a"}]}, ["#/listings/0/title"]),
    ({"listings": [BOTTLE] * 501}, ["#/listings"]),
    ([BOTTLE], ["#"]),
    ("text", ["#"]),
]


@pytest.mark.parametrize(("body", "pointers"), FAULTS)
def test_a_body_that_cannot_be_read_is_refused_field_by_field(
    api: Api, body: Any, pointers: list[str]
) -> None:
    answer = api.decide(body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == pointers


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"id":"\\ud800"}', b'{"price":NaN}'])
def test_a_body_that_is_no_json_is_refused(api: Api, body: bytes) -> None:
    answer = api.http.post("/v1/decisions", content=body)
    assert answer.status_code == 422


def test_every_answer_carries_the_id_of_its_request(api: Api) -> None:
    assert api.decide(BOTTLE, **{"x-request-id": "abc-1"}).headers["x-request-id"] == "abc-1"
    forged = api.decide(BOTTLE, **{"x-request-id": "a b"}).headers["x-request-id"]
    assert forged != "a b"
    assert forged != api.decide(BOTTLE).headers["x-request-id"]
