"""Who may become champion, who may not, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.unit.learn.registry.cascades import documented, make_cascade, make_pack, quiet

pytest.importorskip("mlflow")
pytest.importorskip("cyclonedx")

from shelfguard.engine import Engine
from shelfguard.errors import FindingsError, GateError
from shelfguard.learn.registry.audit_log import AuditLog
from shelfguard.learn.registry.compare import AttackRecall, Tell
from shelfguard.learn.registry.promote import Judging, Move, Promotions, RefusedError, Request
from shelfguard.learn.registry.registry import CHALLENGER, CHAMPION, Registry
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row

pytestmark = quiet

WITHOUT_DATA = Request("ann", ("data-audit",), "the tiny dataset has no audit")


def sturdy(_: Engine, rows: Sequence[Row], tell: Tell) -> AttackRecall:
    return AttackRecall(clean=1.0, attacked=0.9)


@pytest.fixture
def judging(tmp_path: Path) -> Judging:
    return Judging(attack_suite=sturdy, cache=tmp_path / "cache")


@pytest.fixture
def pack(tmp_path: Path) -> Pack:
    return make_pack(tmp_path / "pack")


@pytest.fixture
def promotions(store: str, pack: Pack) -> Promotions:
    registry = Registry(store)
    return Promotions(registry, AuditLog.of(registry), pack)


@pytest.fixture
def first(promotions: Promotions, pack: Pack, tmp_path: Path, judging: Judging) -> Move:
    promotions.registry.register(documented(make_cascade(tmp_path / "a"), pack))
    return promotions.promote(CHALLENGER, WITHOUT_DATA, judging)


def failed(error: RefusedError) -> set[str]:
    return {gate.name for gate in error.move.gates if not gate.open}


def test_a_first_sound_model_becomes_champion(promotions: Promotions, first: Move) -> None:
    registry = promotions.registry
    assert registry.version("tiny", CHAMPION) == first.after
    assert registry.version("tiny", CHALLENGER) is None
    assert promotions.discrepancies() == []
    entry = promotions.log.entries()[-1]
    assert (entry.who, entry.what, entry.before) == ("ann", "promotion", None)
    waived = [gate["name"] for gate in entry.gates if gate["waived"]]
    assert (waived, entry.because) == (["data-audit"], "the tiny dataset has no audit")


def test_a_gate_that_cannot_be_evaluated_fails(
    promotions: Promotions, pack: Pack, tmp_path: Path
) -> None:
    promotions.registry.register(make_cascade(tmp_path / "bare"))
    with pytest.raises(RefusedError, match="attack-recall: not measured") as caught:
        promotions.promote("1", Request("ann"), Judging(cache=tmp_path / "cache"))
    assert failed(caught.value) == {"attack-recall", "card", "data-audit"}
    assert caught.value.exit_code == 9


def test_a_worse_model_is_refused_with_the_gates_it_fails(
    promotions: Promotions, first: Move, pack: Pack, tmp_path: Path, judging: Judging
) -> None:
    damaged = make_cascade(tmp_path / "damaged", weight=-3.0, smoke=True)
    worse = promotions.registry.register(documented(damaged, pack))
    with pytest.raises(RefusedError) as caught:
        promotions.promote(CHALLENGER, WITHOUT_DATA, judging)
    wrong = {"clause-recall", "recall", "average-precision", "calibration", "not-smoke"}
    assert wrong | {"hard-negatives", "ordinary"} == failed(caught.value)
    assert "CA-WPN-001: 16 to 0 of 16 found (16 lost, 0 gained)" in str(caught.value)
    assert promotions.registry.version("tiny", CHAMPION) == first.after
    entry = promotions.log.entries()[-1]
    assert entry.what == "refusal"
    assert entry.after == worse.as_dict()
    assert {g["name"] for g in entry.gates if not g["passed"]} == {
        *failed(caught.value),
        "data-audit",
    }


def test_an_equal_model_may_follow_and_rollback_returns_step_by_step(
    promotions: Promotions, first: Move, pack: Pack, tmp_path: Path, judging: Judging
) -> None:
    for name, review in (("b", 0.51), ("c", 0.52)):
        promotions.registry.register(documented(make_cascade(tmp_path / name, review=review), pack))
        promotions.promote(CHALLENGER, WITHOUT_DATA, judging)
    assert str(promotions.registry.version("tiny", CHAMPION)) == "tiny/3"
    backs = [str(promotions.rollback(Request("bob", (), "complaints")).after) for _ in range(2)]
    assert backs == ["tiny/2", "tiny/1"]
    assert promotions.registry.version("tiny", CHAMPION) == first.after
    assert promotions.discrepancies() == []
    with pytest.raises(GateError, match="no earlier champion of 'tiny'"):
        promotions.rollback(Request("bob"))


def test_a_champion_moved_behind_the_log_is_told_and_put_right(
    promotions: Promotions, first: Move, tmp_path: Path
) -> None:
    stray = promotions.registry.register(make_cascade(tmp_path / "stray", review=0.9), CHAMPION)
    assert promotions.discrepancies() == [f"champion is {stray}, and by the log {first.after}"]
    assert promotions.rollback(Request("bob")).after == first.after
    assert promotions.discrepancies() == []


def test_nobody_is_promoted_over_a_broken_log(
    promotions: Promotions, first: Move, pack: Pack, tmp_path: Path, judging: Judging
) -> None:
    log = promotions.log.path
    log.write_text(log.read_text().replace('"who": "ann"', '"who": "eve"') + "{}\n")
    promotions.registry.register(documented(make_cascade(tmp_path / "b", review=0.51), pack))
    with pytest.raises(FindingsError):
        promotions.promote(CHALLENGER, WITHOUT_DATA, judging)
    assert promotions.registry.version("tiny", CHAMPION) == first.after


def test_a_waiver_names_a_gate_and_gives_a_reason() -> None:
    with pytest.raises(GateError, match="no gate is called 'speed'"):
        Request("ann", ("speed",), "in a hurry")
    with pytest.raises(GateError, match="a waiver needs a reason"):
        Request("ann", ("latency",))
