"""The log of promotions: whole, chained, and safe under several writers."""

from __future__ import annotations

import json
import multiprocessing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("scipy")

from shelfguard.chained_log import FIRST
from shelfguard.errors import FindingsError
from shelfguard.learn.registry.audit_log import AuditLog, Entry, What, champions

VERSIONS = [{"name": "tiny", "version": n, "digest": f"{n}" * 64} for n in range(5)]


def entry(who: str = "ann", what: What = "promotion", before: int = 0, after: int = 1) -> Entry:
    sides = {"before": VERSIONS[before] if before else None, "after": VERSIONS[after]}
    return Entry(who=who, what=what, pack="tiny", **sides)


def write(path: Path, *entries: Entry) -> AuditLog:
    log = AuditLog(path)
    for one in entries:
        with log.writing() as writer:
            writer.append(one)
    return log


def test_each_line_holds_the_digest_of_the_one_before(tmp_path: Path) -> None:
    log = write(tmp_path / "log", entry(), entry("bob", before=1, after=2))
    first, second = log.entries()
    assert (first.previous, first.who, second.who) == (FIRST, "ann", "bob")
    assert second.previous != FIRST
    assert len((tmp_path / "log").read_text().splitlines()) == 2


def test_a_line_holds_every_value_in_the_order_that_it_always_had(tmp_path: Path) -> None:
    log = write(tmp_path / "log", entry("Zoé"))
    line = log.path.read_text("utf-8")
    names = ["when", "who", "what", "pack", "before", "after", "gates", "because", "previous"]
    assert list(json.loads(line)) == names
    assert '"who": "Zoé", "what": "promotion"' in line


def test_no_log_is_an_empty_one(tmp_path: Path) -> None:
    assert AuditLog(tmp_path / "none").entries() == []


@pytest.mark.parametrize("line", [0, 1])
def test_a_changed_line_is_named(tmp_path: Path, line: int) -> None:
    log = write(tmp_path / "log", entry(), entry("bob"), entry("cy"))
    lines = log.path.read_text().splitlines()
    lines[line] = lines[line].replace('"promotion"', '"refusal"')
    log.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(FindingsError, match=f":{line + 2}: the line before it was changed"):
        log.entries()


@pytest.mark.parametrize("line", [0, 1])
def test_a_removed_line_is_noticed(tmp_path: Path, line: int) -> None:
    log = write(tmp_path / "log", entry(), entry("bob"), entry("cy"))
    lines = log.path.read_text().splitlines()
    del lines[line]
    log.path.write_text("\n".join(lines) + "\n")
    with pytest.raises(FindingsError, match="removed"):
        log.entries()


def test_half_a_last_line_is_named_and_nothing_is_added_to_it(tmp_path: Path) -> None:
    log = write(tmp_path / "log", entry(), entry("bob"))
    whole = log.path.read_bytes()
    log.path.write_bytes(whole[:-40])
    with pytest.raises(FindingsError, match=":2: half a line"):
        log.entries()
    with pytest.raises(FindingsError, match="half a line"), log.writing():
        pass
    assert log.path.read_bytes() == whole[:-40]


def test_a_line_of_another_shape_is_named(tmp_path: Path) -> None:
    log = write(tmp_path / "log", entry())
    with log.path.open("a") as stream:
        stream.write(json.dumps({"who": "eve"}) + "\n")
    with pytest.raises(FindingsError, match=":2: is no entry of this log"):
        log.entries()


def test_writers_at_once_keep_one_chain(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    arguments = [(tmp_path / "log", f"writer-{n}") for n in range(3)]
    writers = [context.Process(target=write_ten, args=pair) for pair in arguments]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    entries = AuditLog(tmp_path / "log").entries()
    assert len(entries) == 30
    assert {e.who for e in entries} == {"writer-0", "writer-1", "writer-2"}


def write_ten(path: Path, who: str) -> None:
    write(path, *[entry(who)] * 10)


def test_the_way_back_skips_refusals_and_other_packs() -> None:
    entries = [
        entry(after=1),
        entry(what="refusal", before=1, after=4),
        entry(before=1, after=2).model_copy(update={"pack": "other"}),
        entry(before=1, after=2),
        entry(before=2, after=3),
        entry(what="rollback", before=3, after=2),
    ]
    assert champions(entries, "tiny") == [VERSIONS[1], VERSIONS[2]]


@settings(max_examples=50)
@given(st.lists(st.integers(1, 4), min_size=1, max_size=12))
def test_rolling_back_undoes_promotions_one_by_one(order: list[int]) -> None:
    steps = [n for i, n in enumerate(order) if i == 0 or order[i - 1] != n]
    entries = [entry(before=b, after=a) for b, a in zip([0, *steps], steps, strict=False)]
    for back in reversed(steps[:-1]):
        entries.append(entry(what="rollback", after=back))
        assert champions(entries, "tiny")[-1] == VERSIONS[back]
    assert champions(entries, "tiny") == [VERSIONS[steps[0]]]
