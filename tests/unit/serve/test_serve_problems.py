"""Errors as problem details: what went wrong and where, without what the client sent."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Annotated, Literal

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field
from starlette.responses import Response

from shelfguard.serve.problems import MAX_ERRORS, Problem, install_problems, problem
from tests.unit.serve.listening import listening


class Cat(BaseModel, extra="forbid"):
    kind: Literal["cat"]
    lives: Annotated[int, Field(le=9)]


class Dog(BaseModel, extra="forbid"):
    kind: Literal["dog"]
    name: Annotated[str, Field(max_length=3)]


Animal = Annotated[Cat | Dog, Field(discriminator="kind")]

app = FastAPI()
install_problems(app)


@app.post("/animals")
async def animals(sent: list[Animal], limit: Annotated[int, Field(le=5)] = 1) -> int:
    return len(sent)


@app.get("/busy")
async def busy() -> Response:
    raise Problem(429, "Queue full", "Try later", headers={"retry-after": "3"}, waiting=12)


@app.get("/broken")
async def broken() -> Response:
    raise RuntimeError("the words of a listing")


@app.get("/teapot")
async def teapot() -> Response:
    raise HTTPException(418, "short and stout")


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with listening(app) as port, httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
        yield client


def test_a_problem_says_what_where_and_when_to_come_back(client: httpx.Client) -> None:
    answer = client.get("/busy")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "3")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "urn:problem-type:shelfguard:queue-full",
        "title": "Queue full",
        "status": 429,
        "detail": "Try later",
        "waiting": 12,
    }


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/nowhere", 404), ("GET", "/animals", 405), ("GET", "/teapot", 418)],
)
def test_errors_of_the_framework_are_problems_too(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == answer.json()["status"] == status
    assert answer.json()["type"] == "about:blank"


def test_a_wrong_method_is_told_the_right_one(client: httpx.Client) -> None:
    assert client.get("/animals").headers["allow"] == "POST"


def test_a_fault_of_the_server_keeps_its_words_to_itself(client: httpx.Client) -> None:
    answer = client.get("/broken")
    assert answer.status_code == 500
    assert answer.headers["content-type"] == "application/problem+json"
    assert "listing" not in answer.text


def test_each_fault_of_a_body_has_its_pointer(client: httpx.Client) -> None:
    answer = client.post(
        "/animals?limit=9",
        json=[{"kind": "cat", "lives": 10, "a/b~ é": 1}, {"kind": "dog", "name": "Rex"}],
    )
    assert answer.status_code == 422
    assert answer.json()["detail"] == "3 faults, see errors"
    assert [(fault["in"], fault["pointer"]) for fault in answer.json()["errors"]] == [
        ("query", "#/limit"),
        ("body", "#/0/cat/lives"),
        ("body", "#/0/cat/a~1b~0%20%C3%A9"),
    ]


def test_what_is_not_json_is_a_fault_of_the_whole_body(client: httpx.Client) -> None:
    headers = {"content-type": "application/json"}
    answer = client.post("/animals", content=b"[{", headers=headers)
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["#"]


def test_a_flood_of_faults_is_counted_not_listed(client: httpx.Client) -> None:
    answer = client.post("/animals", json=[{"kind": "cat", "lives": 10}] * 10_000)
    assert len(answer.json()["errors"]) == MAX_ERRORS
    assert answer.json()["detail"].startswith("10000 faults")


SECRET = "q" * 40


@given(
    value=st.recursive(
        st.sampled_from([SECRET, 10, None, 1.5, True]),
        lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(["kind", "name"]), inner),
    )
)
def test_no_value_of_a_request_comes_back(client: httpx.Client, value: object) -> None:
    answer = client.post(f"/animals?limit={SECRET}", json=value)
    assert answer.status_code == 422
    assert SECRET not in answer.text


def test_text_that_utf_8_cannot_hold_does_not_fail_the_answer() -> None:
    body = bytes(problem(400, "Bad Request", "half a pair: \ud800").body)
    assert json.loads(body)["detail"] == "half a pair: ?"
