"""Decisions in the store: kept to the byte, in one piece, in an order that a reader can follow."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, text

from shelfguard.errors import StoreError
from shelfguard.store import decisions
from shelfguard.store.database import connect, reading, writing
from shelfguard.store.deliveries import Delivery, waiting
from shelfguard.store.saved import Saved
from shelfguard.store.schema import upgrade
from shelfguard.store.tables import cases
from tests.servers.postgres import Postgres
from tests.unit.store.rows import NOON, row
from tests.unit.store.until import LIMIT_SECONDS, until


def add(engine: Engine, *rows: Saved) -> list[int]:
    with writing(engine) as connection:
        return decisions.add(connection, rows)


def test_a_decision_comes_back_as_it_went_in(engine: Engine) -> None:
    saved = row(clause="CA-WPN-003", client="shop", request_id="r", listing='{"a":1}')
    (number,) = add(engine, saved)
    with reading(engine) as connection:
        found = decisions.get(connection, "decision-1")
    assert found is not None
    assert found.seq == number
    assert found == row(
        clause="CA-WPN-003", client="shop", request_id="r", listing='{"a":1}', seq=number
    )


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_body_is_kept_to_the_byte(engine: Engine, body: str) -> None:
    add(engine, row(body=body))
    with reading(engine) as connection:
        found = decisions.get(connection, "decision-1")
    assert found is not None
    assert found.body == body


def test_a_body_keeps_the_order_and_the_spacing_of_its_keys(engine: Engine) -> None:
    body = '{"z": 1.50, "a":  [1e3, "\\u0000", "é"]}'
    add(engine, row(body=body))
    with reading(engine) as connection:
        assert connection.execute(text("SELECT body FROM decisions")).scalar() == body


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=-3, minutes=-30))])
def test_times_come_back_in_utc_wherever_they_are_from(engine: Engine, zone: timezone) -> None:
    moment = datetime(2026, 11, 1, 1, 30, 0, 123456, zone)
    add(engine, row(decided_at=moment))
    with reading(engine) as connection:
        found = decisions.get(connection, "decision-1")
    assert found is not None
    assert found.decided_at == moment
    assert found.decided_at.tzinfo is UTC


def test_a_time_without_a_zone_is_refused(engine: Engine) -> None:
    with pytest.raises(Exception, match="without its zone"):
        add(engine, row(decided_at=NOON.replace(tzinfo=None)))


def test_a_listing_whose_id_holds_a_nul_is_kept(engine: Engine) -> None:
    """PostgreSQL cannot keep one, and a row that it refuses would take its whole batch along."""
    add(engine, row(listing_id="sku\0", client="\0", request_id="\0"), row(2))
    with reading(engine) as connection:
        found = decisions.get(connection, "decision-1")
    assert found is not None
    assert found.listing_id == "sku\ufffd"


def test_the_latest_of_equal_decisions_is_found(engine: Engine) -> None:
    add(engine, row(1), row(2, listing_id="sku-1"))
    (again,) = add(engine, row(1, decided_at=NOON + timedelta(days=1)))
    with reading(engine) as connection:
        found = decisions.get(connection, "decision-1")
        assert found is not None
        assert found.seq == again
        assert decisions.get(connection, "decision-3") is None


def test_a_case_is_opened_for_what_does_not_pass(engine: Engine) -> None:
    outcomes = ["allow", "warn", "request_evidence", "review", "block", "escalate"]
    numbers = add(engine, *(row(n, outcome=each, clause="C") for n, each in enumerate(outcomes)))
    with reading(engine) as connection:
        opened = connection.execute(select(cases).order_by(cases.c.severity)).all()
    assert [case.decision_seq for case in opened] == numbers[2:]
    assert {(case.clause, case.state) for case in opened} == {("C", "open")}


def test_decisions_cases_and_events_are_kept_together_or_not_at_all(engine: Engine) -> None:
    event = Delivery("event-1", "shop", "{}", 0, NOON)
    with writing(engine) as connection:
        decisions.add(connection, [row(1, outcome="block")], [event])
    with pytest.raises(Exception, match=r"(?i)unique"), writing(engine) as connection:
        decisions.add(connection, [row(2, outcome="block")], [event])
    assert len(decisions.after(engine, 0, 10)) == 1
    with reading(engine) as connection:
        assert len(connection.execute(select(cases)).all()) == 1
        assert waiting(connection) == {"shop": 1}


def test_events_without_decisions_are_queued_too(engine: Engine) -> None:
    with writing(engine) as connection:
        assert decisions.add(connection, [], [Delivery.new("event-1", "shop", "{}")]) == []
        assert waiting(connection) == {"shop": 1}


def test_decisions_are_numbered_in_the_order_in_which_they_were_given(engine: Engine) -> None:
    numbers = add(engine, *(row(n) for n in range(3000)))
    assert numbers == sorted(set(numbers))
    found = decisions.after(engine, 0, 5000)
    assert [each.decision_id for each in found] == [f"decision-{n}" for n in range(3000)]


def test_a_reader_goes_on_after_what_it_has_read(engine: Engine) -> None:
    add(engine, *(row(n) for n in range(5)))
    first = decisions.after(engine, 0, 3)
    rest = decisions.after(engine, first[-1].seq or 0, 3)
    assert [each.decision_id for each in first + rest] == [f"decision-{n}" for n in range(5)]
    assert decisions.after(engine, rest[-1].seq or 0, 3) == []


def test_a_number_is_never_given_twice(engine: Engine) -> None:
    (first,) = add(engine, row(1))
    with writing(engine) as connection:
        connection.execute(text("DELETE FROM decisions"))
    assert add(engine, row(2)) > [first]


def test_a_reader_beside_many_writers_skips_nothing(engine: Engine) -> None:
    writers = [
        threading.Thread(target=lambda w=w: [add(engine, row(w * 100 + n)) for n in range(40)])
        for w in range(4)
    ]
    for writer in writers:
        writer.start()
    seen: list[Saved] = []
    while len(seen) < 160:
        writing_still = any(writer.is_alive() for writer in writers)
        found = decisions.after(engine, (seen[-1].seq or 0) if seen else 0, 7)
        assert found or writing_still, f"{160 - len(seen)} rows were skipped"
        seen += found
    assert {each.decision_id for each in seen} == {
        f"decision-{w * 100 + n}" for w in range(4) for n in range(40)
    }


def test_a_reader_waits_for_the_row_whose_number_is_drawn_already(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decisions, "WAIT_SECONDS", LIMIT_SECONDS)
    engine, seen = connect(postgres.new_database()), list[Saved]()
    upgrade(engine)
    reader = threading.Thread(target=lambda: seen.extend(decisions.after(engine, 0, 10)))
    with writing(engine) as slow:
        decisions.add(slow, [row(1)])
        add(engine, row(2))
        reader.start()
        waiting_for_lock = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        until(lambda: slow.execute(waiting_for_lock).scalar())
        assert not seen
    reader.join()
    engine.dispose()
    assert [each.decision_id for each in seen] == ["decision-1", "decision-2"]


def test_a_writer_that_does_not_end_stops_a_reader_but_no_writer(postgres: Postgres) -> None:
    engine = connect(postgres.new_database())
    upgrade(engine)
    with writing(engine) as stuck:
        decisions.add(stuck, [row(1)])
        with pytest.raises(StoreError, match="lock timeout"):
            decisions.after(engine, 0, 10)
        add(engine, row(2))
    assert len(decisions.after(engine, 0, 10)) == 2
    engine.dispose()


def test_a_reader_waits_for_no_writer_in_sqlite(tmp_path_factory: pytest.TempPathFactory) -> None:
    engine = connect(f"sqlite:///{tmp_path_factory.mktemp('store') / 'store.db'}")
    upgrade(engine)
    with writing(engine) as slow:
        decisions.add(slow, [row(1)])
        assert decisions.after(engine, 0, 10) == []
    assert len(decisions.after(engine, 0, 10)) == 1
    engine.dispose()


def test_a_decision_of_the_engine_is_read_for_what_it_is_looked_up_by() -> None:
    known = {"listing_id": "sku-1", "content_hash": "c", "pack": "p", "models": "m"}
    decision = {
        **known,
        "id": "decision-1",
        "outcome": "block",
        "reasons": [{"clause": "CA-WPN-003"}, {"clause": "CA-DRG-001"}],
        "mode": "enforce",
        "stage": "student",
        "degraded": ["encoder: late"],
        "decided_at": "2026-11-29T12:00:00.000000Z",
    }
    saved = Saved.of(decision, "{}", client="shop")
    assert (saved.decision_id, saved.clause, saved.client) == ("decision-1", "CA-WPN-003", "shop")
    assert saved.degraded
    assert saved.decided_at == NOON
