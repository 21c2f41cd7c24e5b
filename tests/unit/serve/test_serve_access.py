"""Keys, scopes and rates."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from shelfguard.store.database import writing
from shelfguard.store.keys import create, revoke
from shelfguard.store.scopes import Scope
from tests.unit.serve.lexicon_pack import lexicon_pack
from tests.unit.serve.running import BOTTLE, LISTING, Api, running


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    folder = tmp_path_factory.mktemp("guarded")
    pack = lexicon_pack(folder / "pack", words="push dagger")
    with running(folder, pack=pack, keys=True) as found:
        yield found


def bearer(api: Api, *scopes: Scope) -> dict[str, str]:
    return {"authorization": f"Bearer {token(api, *scopes)}"}


def token(api: Api, *scopes: Scope, name: str | None = None) -> str:
    """That of a new key; one without a name gets one that no other has."""
    assert api.server.store
    with writing(api.server.store) as connection:
        return create(connection, name or uuid.uuid4().hex, scopes)[1]


def test_a_key_opens_what_its_scopes_name(guarded: Api) -> None:
    decide, read = bearer(guarded, Scope.DECIDE), bearer(guarded, Scope.READ)
    decided = guarded.decide(LISTING, **decide)
    assert decided.status_code == 200
    path = f"/v1/decisions/{decided.json()['id']}"
    assert guarded.http.get(path, headers=read).status_code == 200
    assert guarded.http.get(path, headers=decide).status_code == 403
    assert guarded.decide(LISTING, **read).status_code == 403
    assert guarded.http.post("/v1/admin/reload", json={}, headers=read).status_code == 403


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"packs": 1}', b"\xff"])
def test_without_a_key_an_administrator_is_told_so_whatever_the_body_is(
    guarded: Api, body: bytes
) -> None:
    def reload(**headers: str) -> int:
        sent = headers | {"content-type": "application/json"}
        return guarded.http.post("/v1/admin/reload", content=body, headers=sent).status_code

    assert reload() == 401
    assert reload(**bearer(guarded, Scope.READ)) == 403
    assert reload(**bearer(guarded, Scope.ADMIN)) in (400, 422)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": "Bearer sg_000000000000_" + "A" * 43},
        {"authorization": "Basic c2c6c2c="},
        {"x-api-key": "sg_short"},
        {"x-api-key": "sg_"},
    ],
)
def test_without_a_valid_key_nothing_is_decided(guarded: Api, headers: dict[str, str]) -> None:
    answer = guarded.decide(LISTING, **headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_changed_secret_opens_nothing(guarded: Api) -> None:
    right = token(guarded, Scope.DECIDE)
    wrong = right[:-1] + ("A" if right[-1] != "A" else "B")
    assert guarded.decide(BOTTLE, **{"x-api-key": right}).status_code == 200
    assert guarded.decide(BOTTLE, **{"x-api-key": wrong}).status_code == 401


def test_health_and_the_document_need_no_key(guarded: Api) -> None:
    for path in ("/health/live", "/health/ready", "/version", "/metrics", "/openapi.json"):
        assert guarded.http.get(path).status_code == 200, path


def test_a_revoked_key_is_refused_once_it_is_no_longer_remembered(
    guarded: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shelfguard.serve.access.KNOWN_SECONDS", -1.0)
    key = token(guarded, Scope.DECIDE)
    assert guarded.decide(BOTTLE, **{"x-api-key": key}).status_code == 200
    assert guarded.server.store
    with writing(guarded.server.store) as connection:
        revoke(connection, key.split("_")[1])
    assert guarded.decide(BOTTLE, **{"x-api-key": key}).status_code == 401


def test_decisions_name_the_client_whose_key_asked(guarded: Api) -> None:
    from shelfguard.store import decisions
    from shelfguard.store.database import reading

    key = token(guarded, Scope.DECIDE, name="ann")
    answer = guarded.decide(BOTTLE, **{"x-api-key": key, "x-request-id": "r-1"})
    assert guarded.server.store
    with reading(guarded.server.store) as connection:
        saved = decisions.get(connection, answer.json()["id"])
    assert saved
    assert (saved.client, saved.request_id) == ("ann", "r-1")


def test_a_client_that_asks_for_too_much_waits(tmp_path: Any) -> None:
    with running(tmp_path, pack=lexicon_pack(tmp_path / "pack"), rate="3/hour") as api:
        assert api.decide({"listings": [BOTTLE] * 2}).status_code == 200
        assert api.decide(BOTTLE).status_code == 200
        refused = api.decide(BOTTLE)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["retry-after"]) <= 3600


def test_a_request_above_the_whole_rate_is_told_how_many_listings_it_may_hold(
    tmp_path: Any,
) -> None:
    with running(tmp_path, pack=lexicon_pack(tmp_path / "pack"), rate="3/hour") as api:
        refused = api.decide({"listings": [BOTTLE] * 4})
        assert (refused.status_code, refused.json()["most"]) == (413, 3)
        assert "3 listings" in refused.json()["detail"]
        assert "retry-after" not in refused.headers
        assert api.decide({"listings": [BOTTLE] * 3}).status_code == 200


def test_clients_are_limited_each_on_its_own(tmp_path: Any) -> None:
    with running(tmp_path, pack=lexicon_pack(tmp_path / "pack"), rate="1/hour", keys=True) as api:
        assert api.server.store
        with writing(api.server.store) as connection:
            tokens = [create(connection, name, [Scope.DECIDE])[1] for name in ("ann", "ben")]

        def ask(token: str) -> httpx.Response:
            return api.decide(BOTTLE, **{"x-api-key": token})

        assert [ask(token).status_code for token in (*tokens, *tokens)] == [200, 200, 429, 429]
