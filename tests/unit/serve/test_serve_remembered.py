"""Listings that come again: the same answer without deciding or storing it anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pyarrow as pa
import pytest

from shelfguard.engine import Engine
from shelfguard.record import Context
from shelfguard.serve.deciding.batch import Sent, sent
from shelfguard.serve.deciding.generation import Generation
from shelfguard.serve.deciding.job import Answer, Unfit
from shelfguard.serve.remembered import Remembered, Whole
from shelfguard.store import decisions
from shelfguard.store.cache import cache
from shelfguard.store.database import connect
from shelfguard.store.schema import upgrade
from tests.servers.postgres import Postgres, running_postgres
from tests.servers.redis import redis_server
from tests.unit.serve.deciding.quick_engine import generation
from tests.unit.serve.lexicon_pack import KNUCKLES, MUG, lexicon_pack
from tests.unit.serve.running import Api, running
from tests.unit.serve.test_serve_decisions import lasting


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> str:
    return lexicon_pack(tmp_path_factory.mktemp("pack"))


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def database(postgres: Postgres) -> str:
    """The address of a store that several servers may share."""
    return new_store(postgres)


def new_store(postgres: Postgres) -> str:
    url = postgres.new_database()
    store = connect(url)
    upgrade(store)
    store.dispose()
    return url


@pytest.fixture(params=["memory", "redis"])
def remembering(request: pytest.FixtureRequest, pack: str, tmp_path: Path) -> Iterator[Api]:
    """A server that remembers what it decided, in its own process or in a Redis."""
    if request.param == "memory":
        with running(tmp_path, pack=pack, cache=True) as api:
            yield api
        return
    with redis_server(tmp_path) as url:
        store: str = request.getfixturevalue("database")
        with running(tmp_path, pack=pack, cache=True, redis=url, store=store) as api:
            yield api


def kept(api: Api) -> int:
    assert api.server.store
    return len(decisions.after(api.server.store, 0, 100_000))


def test_the_same_listing_is_answered_to_the_byte_as_it_was_and_stored_once(
    remembering: Api,
) -> None:
    first, again = (remembering.decide(KNUCKLES) for _ in range(2))
    assert again.content == first.content
    assert kept(remembering) == 1


def test_what_is_remembered_is_what_a_server_without_a_cache_decides(
    remembering: Api, pack: str, tmp_path: Path
) -> None:
    remembering.decide(KNUCKLES)
    with running(tmp_path, pack=pack, store=f"sqlite:///{tmp_path / 'other.db'}") as plain:
        computed = plain.decide(KNUCKLES).json()
    assert lasting(remembering.decide(KNUCKLES).json()) == lasting(computed)


def test_of_several_listings_only_the_new_ones_are_decided(remembering: Api) -> None:
    # The place in its request is part of what a decision tells back.
    known = KNUCKLES | {"source": {"row": 1}}
    first = remembering.decide(known).text
    found = remembering.decide({"listings": [MUG, known, MUG | {"id": "sku-9"}]})
    outcomes = [(one["listing_id"], one["outcome"]) for one in found.json()["decisions"]]
    assert outcomes == [("sku-8", "allow"), ("sku-7", "review"), ("sku-9", "allow")]
    assert first in found.text
    assert kept(remembering) == 3


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": "sku-70"}, id="id"),
        pytest.param({"title": "Brass knuckles, dull"}, id="title"),
        pytest.param({"price": 5}, id="price"),
        pytest.param({"colour": "gold"}, id="attribute"),
        pytest.param({"source": {"uri": "today.csv", "row": 71}}, id="source"),
    ],
)
def test_another_listing_gets_a_decision_of_its_own(
    remembering: Api, change: dict[str, object]
) -> None:
    remembering.decide(KNUCKLES)
    answer = remembering.decide(KNUCKLES | change)
    assert kept(remembering) == 2
    assert answer.text == remembering.http.get(f"/v1/decisions/{answer.json()['id']}").text


def test_a_changed_pack_never_answers_as_the_one_before(remembering: Api, tmp_path: Path) -> None:
    before = remembering.decide(KNUCKLES)
    changed = lexicon_pack(tmp_path / "changed", "steak knife")
    assert remembering.http.post("/v1/admin/reload", json={"pack": changed}).status_code == 200
    after = remembering.decide(KNUCKLES).json()
    assert (before.json()["outcome"], after["outcome"]) == ("review", "allow")
    assert after["pack"] != before.json()["pack"]


def test_back_at_the_pack_before_its_answers_are_remembered(
    remembering: Api, pack: str, tmp_path: Path
) -> None:
    before = remembering.decide(KNUCKLES)
    for name in (lexicon_pack(tmp_path / "changed", "steak knife"), pack):
        remembering.http.post("/v1/admin/reload", json={"pack": name})
    assert remembering.decide(KNUCKLES).content == before.content


def test_servers_of_one_store_with_one_redis_answer_alike(
    pack: str, tmp_path: Path, database: str
) -> None:
    with redis_server(tmp_path) as url:
        options = {"pack": pack, "cache": True, "redis": url, "store": database}
        with running(tmp_path, **options) as one, running(tmp_path, **options) as other:
            assert other.decide(KNUCKLES).content == one.decide(KNUCKLES).content
            assert kept(one) == 1


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_servers_of_two_stores_share_no_answer_through_their_redis(
    request: pytest.FixtureRequest, pack: str, tmp_path: Path, kind: str
) -> None:
    if kind == "sqlite":
        stores = [f"sqlite:///{tmp_path / name}.db" for name in ("one", "other")]
    else:
        stores = [new_store(request.getfixturevalue("postgres")) for _ in range(2)]
    with redis_server(tmp_path) as url:
        for store in stores:
            with running(tmp_path, pack=pack, cache=True, redis=url, store=store) as api:
                answer = api.decide(KNUCKLES)
                found = api.http.get(f"/v1/decisions/{answer.json()['id']}")
                assert found.content == answer.content


@pytest.mark.parametrize("option", [{"mode": "enforce"}, {"market": "CA"}], ids=["mode", "market"])
def test_a_server_that_decides_by_other_rules_shares_no_answer(
    pack: str, tmp_path: Path, database: str, option: dict[str, str]
) -> None:
    with redis_server(tmp_path) as url:
        options = {"pack": pack, "cache": True, "redis": url, "store": database}
        with running(tmp_path, **options) as one, running(tmp_path, **options, **option) as other:
            one.decide(KNUCKLES)
            other.decide(KNUCKLES)
            assert kept(one) == 2


def test_while_redis_is_down_everything_is_decided_anew_and_nothing_fails(
    pack: str, tmp_path: Path, database: str
) -> None:
    with started_and_stopped(tmp_path, pack, database) as (api, before):
        answers = [api.decide(KNUCKLES) for _ in range(5)]
    assert {answer.status_code for answer in answers} == {200}
    assert all(lasting(answer.json()) == lasting(before) for answer in answers)


@contextmanager
def started_and_stopped(
    folder: Path, pack: str, store: str
) -> Iterator[tuple[Api, dict[str, object]]]:
    """A server whose Redis has died, and what it had answered before."""
    redis = redis_server(folder)
    with running(folder, pack=pack, cache=True, redis=redis.__enter__(), store=store) as api:
        try:
            before = api.decide(KNUCKLES).json()
        finally:
            redis.__exit__(None, None, None)
        yield api, before


def test_a_server_starts_and_answers_though_its_redis_never_was(
    pack: str, tmp_path: Path, database: str
) -> None:
    options = {"pack": pack, "cache": True, "store": database}
    with running(tmp_path, redis="redis://127.0.0.1:1/0", **options) as api:
        assert [api.decide(KNUCKLES).status_code for _ in range(3)] == [200] * 3
        assert kept(api) == 3


@dataclass
class Rules:
    """An engine of which only the rules matter."""

    context: Context


def decided_by(label: str) -> Generation:
    rules = Rules(Context(label, {}, "shadow", {}))
    return replace(generation(label), quick=cast("Engine", rules))


@dataclass
class Deciding:
    """Answers everything alike, and counts how often it is asked."""

    by: Generation
    degraded: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    asked: int = 0

    async def __call__(self, listings: Sequence[Sent], whole: Whole) -> Answer:
        self.asked += 1
        columns = {"degraded": self.degraded, "pictures": self.pictures}
        texts = pa.list_(pa.string())
        table = pa.table(
            {name: pa.array([value] * len(listings), texts) for name, value in columns.items()}
        )
        return Answer([b"{}"] * len(listings), table, [], self.by)  # type: ignore[arg-type]


def asked_twice(deciding: Deciding, serving: Generation) -> int:
    """How often two requests about one listing were decided, while `serving` served."""

    async def run() -> None:
        remembered = Remembered(cache())
        for _ in range(2):
            (made,) = await remembered.decide([sent(MUG, 1)], serving, deciding)
            assert made.decision == b"{}"

    asyncio.run(run())
    return deciding.asked


def test_a_decision_that_lacks_a_stage_is_not_remembered() -> None:
    now = decided_by("pack@1")
    assert asked_twice(Deciding(now), now) == 1
    assert asked_twice(Deciding(now, degraded=("encoder: left out",)), now) == 2


def test_a_decision_that_rests_on_a_picture_is_not_remembered() -> None:
    now = decided_by("pack@1")
    assert asked_twice(Deciding(now, pictures=("https://shop.example/1.jpg",)), now) == 2


def test_a_decision_by_the_pack_that_a_swap_brought_is_not_kept_under_the_one_before() -> None:
    before, after = decided_by("pack@1"), decided_by("pack@2")
    assert asked_twice(Deciding(after), before) == 2


def test_a_listing_that_cannot_be_read_is_named_by_its_place_among_all() -> None:
    now = decided_by("pack@1")
    bad = sent({"id": "sku-9", "title": "Mug"}, 2)

    async def refuse(listings: Sequence[Sent], whole: Whole) -> Answer:
        raise Unfit(dict.fromkeys(range(len(listings)), "why"))

    async def run() -> None:
        remembered = Remembered(cache())
        await remembered.decide([sent(MUG, 1)], now, Deciding(now))
        await remembered.decide([sent(MUG, 1), bad], now, refuse)

    with pytest.raises(Unfit) as unfit:
        asyncio.run(run())
    assert unfit.value.reasons == {1: "why"}


def test_what_is_remembered_is_worded_by_the_pack_it_was_decided_under() -> None:
    now, next_ = decided_by("pack@1"), decided_by("pack@2")
    new = sent({"id": "sku-9", "title": "Mug"}, 2)

    async def run() -> list[tuple[object, bool]]:
        remembered = Remembered(cache())
        await remembered.decide([sent(MUG, 1)], now, Deciding(now))
        # A swap comes between the look-up and the decision of what is new.
        found = await remembered.decide([sent(MUG, 1), new], now, Deciding(next_))
        return [(made.pack, made.new) for made in found]

    assert asyncio.run(run()) == [("pack@1", False), ("pack@2", True)]


def test_under_an_idempotency_key_what_is_remembered_is_answered_again(remembering: Api) -> None:
    remembering.decide(KNUCKLES | {"source": {"row": 1}})
    both = {"listings": [KNUCKLES, MUG]}
    for body, key in ((KNUCKLES | {"source": {"row": 1}}, "all"), (both, "some")):
        first, again = (remembering.decide(body, **{"idempotency-key": key}) for _ in range(2))
        assert (first.status_code, again.content) == (200, first.content)
        assert again.headers["idempotent-replayed"] == "true"
    assert kept(remembering) == 2
