"""Whatever goes wrong is told alike on the short way and on the one through the framework."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from shelfguard.serve.server import Server
from shelfguard.store import keys
from shelfguard.store.database import writing
from shelfguard.store.scopes import Scope
from tests.unit.serve.lexicon_pack import MUG, lexicon_pack
from tests.unit.serve.running import PATIENT, Api, running

SHORT, LONG = 1, 2
"""A header that comes twice sends its request the long way."""


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return lexicon_pack(tmp_path_factory.mktemp("pack"))


@dataclass
class Broken:
    """Access whose every use is a fault of the program."""

    async def client(self, *_: object) -> str:
        raise RuntimeError("the words of a listing")

    async def close(self) -> None:
        """Nothing to give back."""


def rename(server: Server, table: str, name: str) -> None:
    assert server.store
    with writing(server.store) as connection:
        connection.execute(text(f"ALTER TABLE {table} RENAME TO {name}"))


@contextmanager
def without(api: Api, table: str) -> Iterator[None]:
    """A store that fails as soon as this table is needed."""
    rename(api.server, table, "gone")
    try:
        yield
    finally:
        rename(api.server, "gone", table)


def ask(api: Api, way: int, headers: Sequence[tuple[str, str]] = ()) -> httpx.Response:
    several = [("accept-language", "en")] * way
    sent = [*PATIENT.items(), *several, *headers]
    return api.http.post("/v1/decisions", json=MUG, headers=sent)


def counted(api: Api, status: int) -> float | None:
    labels = {"route": "/v1/decisions", "status": str(status)}
    return api.server.measures.registry.get_sample_value("shelfguard_requests_total", labels)


@pytest.mark.parametrize("way", [SHORT, LONG], ids=["short", "long"])
def test_a_fault_of_the_server_is_a_problem_with_an_id_and_is_counted(
    pack: str, tmp_path: Path, way: int
) -> None:
    with running(tmp_path, pack=pack) as api:
        api.server.access = Broken()  # type: ignore[assignment]
        answer = ask(api, way, [("x-request-id", "r-1")])
        assert (answer.status_code, answer.headers["x-request-id"]) == (500, "r-1")
        assert answer.headers["content-type"] == "application/problem+json"
        assert "listing" not in answer.text
        assert counted(api, 500) == 1
        assert counted(api, 499) is None


def test_a_fault_on_the_short_way_is_logged_once_with_its_trace(
    pack: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with running(tmp_path, pack=pack) as api, caplog.at_level(logging.WARNING):
        api.server.access = Broken()  # type: ignore[assignment]
        ask(api, SHORT)
    (record,) = (record for record in caplog.records if record.levelno >= logging.ERROR)
    assert record.exc_info
    assert record.exc_info[0] is RuntimeError


@pytest.mark.parametrize("way", [SHORT, LONG], ids=["short", "long"])
def test_a_store_that_fails_under_an_idempotency_key_is_a_503(
    pack: str, tmp_path: Path, way: int
) -> None:
    with running(tmp_path, pack=pack) as api, without(api, "idempotency"):
        answer = ask(api, way, [("idempotency-key", "order-1")])
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.headers["content-type"] == "application/problem+json"
        assert counted(api, 503) == 1


@pytest.mark.parametrize("way", [SHORT, LONG], ids=["short", "long"])
def test_a_store_that_cannot_look_up_a_key_is_a_503(pack: str, tmp_path: Path, way: int) -> None:
    with running(tmp_path, pack=pack, keys=True) as api, without(api, "api_keys"):
        answer = ask(api, way, [("x-api-key", f"sg_{'0' * 12}_{'A' * 43}")])
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["title"] == "Store unavailable"


def test_a_store_that_fails_is_a_503_where_decisions_are_read(pack: str, tmp_path: Path) -> None:
    with running(tmp_path, pack=pack) as api:
        path = f"/v1/decisions/{api.decide(MUG).json()['id']}"
        with without(api, "decisions"):
            answer = api.http.get(path)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert api.http.get(path).status_code == 200


def test_a_store_that_fails_is_unavailable_as_google_says_it(pack: str, tmp_path: Path) -> None:
    with running(tmp_path, pack=pack, keys=True) as api:
        assert api.server.store
        with writing(api.server.store) as connection:
            _, token = keys.create(connection, "ann", [Scope.DECIDE])
        asked = {"comment": {"text": "hello"}, "requestedAttributes": {"CA-WPN-001": {}}}
        with without(api, "api_keys"):
            headers = {"x-api-key": token}
            answer = api.http.post("/v1alpha1/comments:analyze", json=asked, headers=headers)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["error"]["status"] == "UNAVAILABLE"
