"""500 listings give the same bytes from the command line and from the API, and the recorded ones.

`tests/engines/test_golden_engines.py` asks the other engines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shelfguard.feeds import read_feed
from shelfguard.serve.listing_body import MOST_LISTINGS, SEVERAL
from tests.golden.decided import (
    assert_recorded,
    bodies,
    lasting,
    record,
    scanned,
    told,
)
from tests.golden.write_listings import LISTINGS
from tests.unit.serve.running import Api, running

CLIENTS = 4
LONG = {"x-deadline-ms": "600000"}
ALONE = slice(None, None, 5)
"""The listings that are also sent one by one."""


@pytest.fixture(scope="module")
def decisions(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Sequence[bytes]:
    """From two workers and many chunks, where the API decides all listings in one batch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHELFGUARD_CHUNK_ROWS", "37")
        found = scanned(tmp_path_factory.mktemp("scan") / "out", "--workers", "2")
    if request.config.getoption("--rewrite-goldens"):
        record(found)
    return found


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("api")) as found:
        yield found


def test_every_line_is_a_row_of_a_feed_and_a_body_of_the_api() -> None:
    (chunk,) = read_feed(LISTINGS)
    assert (len(chunk.batch), chunk.quarantined) == (MOST_LISTINGS, [])
    SEVERAL.validate_python({"listings": bodies()})


def test_what_a_listing_holds_does_not_depend_on_the_listings_read_with_it() -> None:
    (together,) = read_feed(LISTINGS)
    alone = [chunk.batch.content_hashes()[0] for chunk in read_feed(LISTINGS, rows=1)]
    assert together.batch.content_hashes() == alone


def test_the_command_line_gives_the_recorded_decisions(decisions: Sequence[bytes]) -> None:
    assert_recorded(decisions)


def test_one_request_of_all_listings_gives_the_same_bytes(
    api: Api, decisions: Sequence[bytes]
) -> None:
    answer = api.http.post("/v1/decisions", json={"listings": bodies()}, headers=LONG, timeout=600)
    assert told(answer.content) == decisions


def test_listings_sent_one_by_one_by_several_clients_give_the_same_bytes(
    api: Api, decisions: Sequence[bytes]
) -> None:
    def ask(body: dict[str, Any]) -> bytes:
        answer = api.http.post("/v1/decisions", json=body, headers=LONG, timeout=600)
        return lasting(answer.content)

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert list(clients.map(ask, bodies()[ALONE])) == decisions[ALONE]
