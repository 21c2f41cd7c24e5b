"""Student, screener and encoder after one another, with fakes that count what they read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pytest

from shelfguard.engine import UNFAMILIAR, Engine
from shelfguard.learn.train.student import train
from shelfguard.models.student import NEAR, Student
from shelfguard.models.transformer import Transformer
from shelfguard.policy.calibration import Calibration, LogOdds, read_calibration
from shelfguard.signals.lexicon import Lexicon
from shelfguard.signals.text import TextModel
from tests.unit.test_engine import CLAUSE, DOCUMENTS, TARGETS, batch, make_pack

ALL, NONE = -np.inf, np.inf


class Fake:
    """A transformer that gives every text the same log-odds, and remembers the texts."""

    clauses = (CLAUSE,)

    def __init__(self, log_odds: float) -> None:
        self.log_odds = log_odds
        self.read: list[str] = []

    def score(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        self.read += texts
        return np.full((len(texts), 1), self.log_odds, np.float32)


class Failing(Fake):
    """A transformer that cannot read anything."""

    def score(self, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        raise RuntimeError("out of memory")


def cascade(
    root: Path, screener: Fake, encoder: Fake, /, rarest: float | None = None, **open_at: float
) -> Engine:
    pack = make_pack(root)
    asked = {"signals": ["lexicon", "text"], "required": ["lexicon", "text"]}
    pack = replace(pack, manifest=pack.manifest.model_copy(update=asked))
    solved = read_calibration(pack)
    assert solved is not None
    own = LogOdds(student=0.0, transformer=1.0)
    stages = {"student": LogOdds(student=2.0), "screener": own, "encoder": own}
    calibration = Calibration(
        stages=stages, open_at=open_at, unfamiliar_at=rarest, clauses=solved.clauses
    )
    transformers = cast("dict[str, Transformer]", {"screener": screener, "encoder": encoder})
    text = TextModel(train(DOCUMENTS, TARGETS, [CLAUSE, NEAR]), transformers, calibration)
    return Engine(pack, [Lexicon.from_pack(pack)], text)


def decided(engine: Engine, *titles: str) -> list[dict[str, Any]]:
    return list(engine.run(batch(*titles)).table.to_pylist())


def test_a_listing_that_the_student_closes_is_read_no_further(tmp_path: Path) -> None:
    screener, encoder = Fake(-5), Fake(-5)
    engine = cascade(tmp_path, screener, encoder, student=NONE, screener=NONE)
    rows = decided(engine, "wool socks", "hdmi cable")
    assert [(row["outcome"], row["stage"], row["degraded"]) for row in rows] == [
        ("allow", "student", [])
    ] * 2
    assert screener.read == encoder.read == []


def test_what_the_screener_closes_the_encoder_does_not_read(tmp_path: Path) -> None:
    screener, encoder = Fake(-5), Fake(5)
    engine = cascade(tmp_path, screener, encoder, student=ALL, screener=0.3)
    rows = decided(engine, "wool socks", "hdmi cable")
    assert [(row["outcome"], row["stage"]) for row in rows] == [("allow", "screener")] * 2
    assert screener.read == ["wool socks", "hdmi cable"]
    assert encoder.read == []


def test_the_last_stage_has_the_last_word_on_what_an_earlier_one_would_flag(tmp_path: Path) -> None:
    screener, encoder = Fake(5), Fake(-5)
    engine = cascade(tmp_path, screener, encoder, student=NONE, screener=NONE)
    guilty, innocent = decided(engine, "Solid brass knuckles", "wool socks")
    assert (guilty["outcome"], guilty["stage"]) == ("allow", "encoder")
    assert (innocent["outcome"], innocent["stage"]) == ("allow", "student")
    assert screener.read == encoder.read == ["Solid brass knuckles"]


def test_the_encoder_flags_what_all_before_it_left_open(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-1), Fake(5), student=ALL, screener=0.2)
    (row,) = decided(engine, "wool socks")
    assert (row["outcome"], row["stage"]) == ("review", "encoder")
    assert [reason["clause"] for reason in row["reasons"]] == [CLAUSE]


@pytest.mark.parametrize(("log_odds", "outcome"), [(5, "review"), (-5, "allow")])
def test_a_stage_that_fails_leaves_its_listings_to_the_next_one(
    tmp_path: Path, log_odds: float, outcome: str
) -> None:
    encoder = Fake(log_odds)
    engine = cascade(tmp_path, Failing(0), encoder, student=ALL, screener=NONE)
    (row,) = decided(engine, "wool socks")
    assert encoder.read == ["wool socks"]
    assert (row["outcome"], row["stage"]) == (outcome, "encoder")
    assert row["degraded"] == ["screener: failed (RuntimeError: out of memory)"]


def test_a_score_that_is_not_a_number_never_allows(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(np.nan), Fake(np.nan), student=ALL, screener=ALL)
    (row,) = decided(engine, "wool socks")
    assert row["outcome"] == "review"
    assert [what.partition(":")[0] for what in row["degraded"]] == ["screener", "encoder"]


def test_what_is_unlike_anything_learned_goes_to_a_person(tmp_path: Path) -> None:
    foreign, known = "neue herrenschuhe aus echtem leder", "solid brass knuckles for the hand"
    for encoder in (Fake(-5), Failing(0)):
        engine = cascade(tmp_path, Fake(-5), encoder, rarest=3.0, student=ALL, screener=ALL)
        (row,) = decided(engine, foreign)
        assert row["outcome"] == "review"
        assert row["degraded"][-1] == UNFAMILIAR
    engine = cascade(tmp_path, Fake(-5), Fake(-5), rarest=3.0, student=ALL, screener=ALL)
    assert [(row["outcome"], row["degraded"]) for row in decided(engine, known)] == [("allow", [])]


def test_a_student_without_numbers_never_allows(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-5), Fake(-5), student=NONE, screener=NONE)
    assert engine.text
    broken: Student = engine.text.student
    broken.bias = np.full_like(broken.bias, np.nan)
    (row,) = decided(engine, "wool socks")
    assert row["outcome"] == "review"
    assert row["degraded"] == ["student: failed (ValueError: a score is not a number)"]


def test_a_listing_costs_every_stage_that_read_it(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-5), Fake(-5), student=NONE, screener=NONE)
    prices = {"student": 1.0, "screener": 10.0, "encoder": 100.0}
    engine.context = replace(engine.context, costs=prices)
    guilty, innocent = decided(engine, "Solid brass knuckles", "wool socks")
    assert (guilty["cost"], innocent["cost"]) == (11.0, 1.0)


def test_a_stage_that_is_left_out_degrades_what_it_would_have_read(tmp_path: Path) -> None:
    screener, encoder = Fake(5.0), Fake(5.0)
    engine = cascade(tmp_path, screener, encoder, student=NONE, screener=ALL)
    listings = batch("desk lamp", "brass knuckles")

    quick = engine.run(listings, without=frozenset({"screener", "encoder"}))

    assert screener.read == encoder.read == []
    assert quick.left_out == {"screener": frozenset({1}), "encoder": frozenset({1})}
    lamp, knuckles = quick.table.to_pylist()
    assert lamp["outcome"] == "allow"
    assert not lamp["degraded"]
    assert knuckles["outcome"] == "review"
    assert knuckles["degraded"] == [
        "screener: left out, to answer in time",
        "encoder: left out, to answer in time",
    ]


def test_what_is_left_open_without_a_stage_is_never_allowed(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-5.0), Fake(-5.0), student=ALL, screener=ALL)
    lamp = batch("desk lamp")

    in_full, quick = engine.run(lamp), engine.run(lamp, without=frozenset({"encoder"}))

    assert in_full.table["outcome"].to_pylist() == ["allow"]
    assert quick.table["outcome"].to_pylist() == ["review"]


def test_that_holds_even_where_the_pack_requires_no_models(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-5.0), Fake(-5.0), student=ALL, screener=ALL)
    lenient = engine.pack.manifest.model_copy(update={"required": []})
    engine.pack = replace(engine.pack, manifest=lenient)
    (outcome,) = engine.run(batch("desk lamp"), without=frozenset({"encoder"})).table["outcome"]
    assert outcome.as_py() == "review"


def test_a_decision_without_a_stage_has_an_id_of_its_own(tmp_path: Path) -> None:
    engine = cascade(tmp_path, Fake(-5.0), Fake(-5.0), student=NONE, screener=ALL)
    both = batch("desk lamp", "brass knuckles")

    in_full = engine.run(both).table["id"].to_pylist()
    quick = engine.run(both, without=frozenset({"screener", "encoder"})).table["id"].to_pylist()

    assert quick[0] == in_full[0]
    assert quick[1] != in_full[1]
