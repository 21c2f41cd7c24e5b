"""API keys: the token is shown once, and only it opens."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from shelfguard.errors import StoreError
from shelfguard.store import keys
from shelfguard.store.database import reading, writing
from shelfguard.store.keys import TOKEN, Key
from shelfguard.store.scopes import Scope


def create(engine: Engine, days: int | None = None, name: str = "shop") -> tuple[Key, str]:
    expires_at = None if days is None else datetime.now(UTC) + timedelta(days)
    with writing(engine) as connection:
        return keys.create(connection, name, [Scope.READ, Scope.DECIDE], expires_at)


def verify(engine: Engine, token: str) -> Key | None:
    with reading(engine) as connection:
        return keys.verify(connection, token)


def test_a_token_opens_for_the_scopes_of_its_key(engine: Engine) -> None:
    key, token = create(engine)
    assert TOKEN.fullmatch(token)
    assert verify(engine, token) == key
    assert key.scopes == {Scope.DECIDE, Scope.READ}


def test_the_store_does_not_hold_the_secret(engine: Engine) -> None:
    _, token = create(engine)
    secret = token.split("_", 2)[2]
    with reading(engine) as connection:
        kept = connection.execute(text("SELECT * FROM api_keys")).one()
    assert not [value for value in kept if secret in str(value)]
    assert len(kept.secret_sha256) == 64


def test_no_two_tokens_are_alike(engine: Engine) -> None:
    assert len({create(engine, name=f"shop {number}")[1] for number in range(20)}) == 20


def test_one_wrong_character_opens_nothing(engine: Engine) -> None:
    _, token = create(engine)
    for place in range(len(token)):
        other = "b" if token[place] != "b" else "c"
        assert verify(engine, token[:place] + other + token[place + 1 :]) is None


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text() | st.from_regex(TOKEN, fullmatch=True))
def test_no_other_text_opens_anything(engine: Engine, token: str) -> None:
    assert verify(engine, token) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(engine: Engine) -> None:
    key, token = create(engine)
    other, other_token = create(engine, name="desk")
    with writing(engine) as connection:
        keys.revoke(connection, key.id)
    assert verify(engine, token) is None
    assert verify(engine, other_token) == other
    with reading(engine) as connection:
        listed = {each.id: each for each in keys.all_keys(connection)}
    assert listed[key.id].revoked_at is not None
    assert listed[other.id] == other


def test_revoking_again_keeps_the_time_of_the_first(engine: Engine) -> None:
    key, _ = create(engine)
    times = []
    for _ in range(2):
        with writing(engine) as connection:
            keys.revoke(connection, key.id)
            times.append(keys.all_keys(connection)[0].revoked_at)
    assert times[0] == times[1]


def test_an_expired_key_opens_nothing(engine: Engine) -> None:
    assert verify(engine, create(engine, days=-1)[1]) is None
    assert verify(engine, create(engine, days=1)[1]) is not None


def test_revoking_an_unknown_key_is_told(engine: Engine) -> None:
    with pytest.raises(StoreError, match=r"no key 'abc'.*keys list"), writing(engine) as connection:
        keys.revoke(connection, "abc")


def test_two_valid_keys_cannot_share_a_name(engine: Engine) -> None:
    key, token = create(engine)
    with pytest.raises(StoreError, match=f"has the name 'shop'.*keys revoke {key.id}"):
        create(engine)
    assert verify(engine, token) == key


def test_the_name_of_a_key_that_opens_nothing_any_more_is_free(engine: Engine) -> None:
    create(engine, days=-1)
    key, _ = create(engine)
    with writing(engine) as connection:
        keys.revoke(connection, key.id)
    assert verify(engine, create(engine)[1]) is not None


def test_of_two_keys_of_one_name_made_at_once_one_is_made(engine: Engine) -> None:
    made: list[Key] = []

    def make() -> None:
        with suppress(StoreError):
            made.append(create(engine)[0])

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


@pytest.mark.parametrize(("name", "scopes"), [(" ", [Scope.READ]), ("shop", [])])
def test_a_key_needs_a_name_and_a_scope(engine: Engine, name: str, scopes: list[Scope]) -> None:
    with pytest.raises(StoreError, match="a name and a scope"), writing(engine) as connection:
        keys.create(connection, name, scopes)
