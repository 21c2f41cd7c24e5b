"""Whatever a client sends is answered, and never by a fault of the server."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.serve.running import LISTING, PATIENT, Api

Json = Any

values: st.SearchStrategy[Json] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)

FIELDS = sorted({*LISTING, "bullets", "lang", "brand", "category", "fees", "images", "seller"})

listings = st.dictionaries(st.sampled_from(FIELDS) | st.text(max_size=8), values, max_size=8)
"""What looks like a listing, with any value in any field."""

near_listings = st.builds(lambda changed: LISTING | changed, listings)


def is_in_order(answer: httpx.Response) -> bool:
    """Whether it is an answer, or a problem as RFC 9457 has it that the client can do away with."""
    if answer.status_code == 200:
        return bool(answer.json())
    problem = answer.json()
    return (
        400 <= answer.status_code < 500
        and answer.headers["content-type"] == "application/problem+json"
        and problem["status"] == answer.status_code
        and {"type", "title", "detail"} <= problem.keys()
    )


def post(api: Api, body: bytes) -> httpx.Response:
    return api.http.post("/v1/decisions", content=body, headers=PATIENT)


@given(body=st.binary(max_size=200))
@settings(max_examples=40)
def test_any_bytes_are_answered(api: Api, body: bytes) -> None:
    assert is_in_order(post(api, body))


@given(body=values | listings)
@settings(max_examples=40)
def test_any_json_is_answered(api: Api, body: Json) -> None:
    assert is_in_order(post(api, json.dumps(body).encode()))


@given(body=near_listings)
@settings(max_examples=40)
def test_a_listing_with_any_value_in_any_field_is_answered(api: Api, body: Json) -> None:
    assert is_in_order(post(api, json.dumps(body).encode()))


@given(body=st.lists(near_listings | values, max_size=4))
@settings(max_examples=25)
def test_several_of_which_some_are_none_are_answered(api: Api, body: Json) -> None:
    assert is_in_order(post(api, json.dumps({"listings": body}).encode()))


@given(cut=st.integers(0, len(json.dumps(LISTING)) - 1), put_in=st.binary(max_size=3))
@settings(max_examples=25)
def test_a_listing_that_was_broken_on_its_way_is_answered(
    api: Api, cut: int, put_in: bytes
) -> None:
    whole = json.dumps(LISTING).encode()
    assert is_in_order(post(api, whole[:cut] + put_in + whole[cut + 1 :]))


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"[" * 100_000, id="deeply nested lists"),
        pytest.param(b'{"a":' * 100_000, id="deeply nested objects"),
        pytest.param(b'{"id":"a","title":"b","price":' + b"9" * 100_000 + b"}", id="long number"),
        pytest.param(b'{"id":"a","title":"b","price":1e999}', id="beyond floats"),
        pytest.param(b'{"id":"a","title":"b","attributes":{"c":1e400}}', id="infinite attribute"),
        pytest.param(b'{"id":"a","title":"\\u0000"}', id="only NUL"),
        pytest.param(b"\xef\xbb\xbf" + json.dumps(LISTING).encode(), id="byte order mark"),
        pytest.param(json.dumps(LISTING).encode("utf-16"), id="UTF-16"),
    ],
)
def test_known_traps_of_json_are_answered(api: Api, body: bytes) -> None:
    assert is_in_order(post(api, body))


@given(body=st.binary(max_size=100) | values.map(lambda value: json.dumps(value).encode()))
@settings(max_examples=25)
def test_a_client_of_the_perspective_api_gets_errors_as_that_has_them(
    api: Api, body: bytes
) -> None:
    answer = api.http.post("/v1alpha1/comments:analyze", content=body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


def test_fifty_megabytes_are_refused_and_the_server_goes_on(api: Api) -> None:
    body = json.dumps(LISTING | {"description": "x" * 50_000_000})
    answer = post(api, body.encode())
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert api.decide(LISTING).status_code == 200
