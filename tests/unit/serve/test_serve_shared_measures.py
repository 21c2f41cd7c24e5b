"""What several processes of one server count: any of them shows all of it."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from shelfguard.serve.measures import Measures
from shelfguard.serve.shared_measures import Share, shared_folder


@pytest.fixture
def folder() -> Iterator[Path]:
    with shared_folder() as found:
        yield found


def count(share: Share, requests: int) -> None:
    """A process that answers so many requests, and ends with a listing that waits."""
    measures = Measures(share)
    measures.watch(lambda: {"quick": 1})
    for _ in range(requests):
        measures.requests.labels("/v1/decisions", "200").inc()
        measures.seconds.labels("/v1/decisions").observe(0.015)
    measures.shown()


def counted(share: Share, requests: int) -> None:
    """Run such a process to its end."""
    process = multiprocessing.get_context("spawn").Process(target=count, args=(share, requests))
    process.start()
    process.join()
    assert process.exitcode == 0


def shown(folder: Path) -> dict[str, float]:
    """What any process would show, by sample."""
    text = generate_latest(Share(folder, 99).all()).decode()
    samples = [each for family in text_string_to_metric_families(text) for each in family.samples]
    return {f"{each.name}{each.labels.get('le', '')}": each.value for each in samples}


def test_counts_and_times_of_all_processes_are_added_up(folder: Path) -> None:
    counted(Share(folder, 0), 2)
    counted(Share(folder, 1), 3)
    found = shown(folder)
    assert found["shelfguard_requests_total"] == 5
    assert found["shelfguard_request_seconds_count"] == 5
    assert found["shelfguard_request_seconds_bucket0.01"] == 0
    assert found["shelfguard_request_seconds_bucket0.02"] == 5
    assert found["shelfguard_request_seconds_sum"] == pytest.approx(0.075)
    assert found["shelfguard_waiting_rows"] == 2


def test_the_next_process_of_a_number_counts_on(folder: Path) -> None:
    for requests in (2, 3):
        counted(Share(folder, 0), requests)
    assert shown(folder)["shelfguard_requests_total"] == 5


def test_of_a_process_that_has_ended_the_counts_stay_and_nothing_waits(folder: Path) -> None:
    share = Share(folder, 0)
    counted(share, 2)
    share.end()
    found = shown(folder)
    assert found["shelfguard_requests_total"] == 2
    assert "shelfguard_waiting_rows" not in found


def test_no_two_processes_that_run_have_one_number(folder: Path) -> None:
    shares: list[Share] = []
    for _ in range(3):
        shares.append(Share.beside(shares, folder))
    assert Share.beside([shares[0], shares[2]], folder) == shares[1]


def test_the_folder_is_removed_with_the_server() -> None:
    with shared_folder() as folder:
        Share(folder, 0).end()
    assert not folder.exists()
