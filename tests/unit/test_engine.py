"""Deciding a batch under a tiny pack with a tiny student."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from shelfguard.decision import VOLATILE_COLUMNS
from shelfguard.engine import Engine
from shelfguard.learn.train.student import Document, train
from shelfguard.listing import Batch
from shelfguard.models.student import NEAR
from shelfguard.policy.calibration import (
    Calibration,
    LogOdds,
    Threshold,
    Thresholds,
    read_calibration,
)
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Derived, Hit
from shelfguard.signals.lexicon import Lexicon
from shelfguard.signals.text import TextModel
from tests.unit.policy.tinypack import TinyPack

CLAUSE = "CA-WPN-001"

GUILTY = ["brass knuckles", "metal brass knuckles paperweight", "solid knuckles of brass"]
INNOCENT = ["hdmi cable", "kitchen knife block", "silver ring", "wool socks", "desk lamp"]
DOCUMENTS = [Document([text], frozenset()) for text in GUILTY + INNOCENT]
TARGETS = np.array([[1, 1]] * len(GUILTY) + [[0, 0]] * len(INNOCENT), np.float32)


def make_pack(root: Path, act: float | None = None) -> Pack:
    """The tiny pack with one clause, thresholds and a decisive phrase."""
    tiny = TinyPack(root)
    tiny.write("lexicons/CA-WPN-001.en.txt", "knuckle duster\n")
    solved = Thresholds(
        act=Threshold(threshold=act, goal={}, supported=act is not None),
        review=Threshold(threshold=0.5, goal={}, supported=True),
    )
    calibration = Calibration(stages={"student": LogOdds(student=2.0)}, clauses={CLAUSE: solved})
    tiny.write("models/calibration.json", calibration.model_dump_json())
    return load_pack(root)


def make_engine(root: Path, *, act: float | None = None, **options: Any) -> Engine:
    pack = make_pack(root, act)
    calibration = read_calibration(pack)
    assert calibration is not None
    text = TextModel(train(DOCUMENTS, TARGETS, [CLAUSE, NEAR]), {}, calibration)
    return Engine(pack, [Lexicon.from_pack(pack)], text, **options)


class Broken:
    """A signal that always fails."""

    name, version = "lexicon", "1"
    features: tuple[str, ...] = ()

    def run(self, derived: Derived) -> list[Hit]:
        raise ValueError("no such table")


def listing(number: int, title: str, **more: Any) -> dict[str, Any]:
    return {"id": f"l{number}", "title": {"en": title}, **more}


def batch(*titles: str) -> Batch:
    return Batch.from_records(listing(i, title) for i, title in enumerate(titles))


def outcomes(engine: Engine, listings: Batch) -> list[str]:
    return list(engine.run(listings).table.column("outcome").to_pylist())


def test_a_violating_listing_goes_to_review_with_its_clause_and_quotes(tmp_path: Path) -> None:
    table = make_engine(tmp_path).run(batch("HDMI cable", "Solid Brass Knuckles")).table
    allowed, flagged = table.to_pylist()
    assert (allowed["outcome"], allowed["reasons"]) == ("allow", [])
    (reason,) = flagged["reasons"]
    assert (reason["clause"], reason["citation"]) == (CLAUSE, "Criminal Code, s 84(1)")
    assert reason["probability"] > 0.5
    quotes = [(e["quote"], e["start"], e["end"]) for e in reason["evidence"]]
    assert all(quote == "Solid Brass Knuckles"[start:end] for quote, start, end in quotes)
    assert any("Knuckles" in quote for quote, _, _ in quotes)


def test_a_supported_act_threshold_lets_the_clause_act(tmp_path: Path) -> None:
    assert outcomes(make_engine(tmp_path, act=0.6), batch("Solid brass knuckles")) == ["block"]


def test_quotes_point_into_the_text_as_submitted_markup_and_all(tmp_path: Path) -> None:
    source = "Solid <b>br@ss knuckl\u0435s</b> &amp; case"
    listings = Batch.from_records([listing(0, "Gift", description={"en": source})])
    (row,) = make_engine(tmp_path).run(listings).table.to_pylist()
    spans = [e for reason in row["reasons"] for e in reason["evidence"]]
    assert spans
    assert all(source[e["start"] : e["end"]] == e["quote"] for e in spans)


def test_a_phrase_of_a_clause_without_a_model_asks_a_person(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    engine = Engine(pack, [Lexicon.from_pack(pack)], None)
    (row,) = engine.run(batch("Knuckle duster, brass")).table.to_pylist()
    assert row["outcome"] == "review"
    assert row["reasons"][0]["probability"] is None
    assert row["reasons"][0]["evidence"][0]["quote"] == "Knuckle duster"
    assert np.isnan(engine.run(batch("Lamp")).probabilities).all()


def test_a_failed_required_signal_is_recorded_and_never_allows(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    (row,) = Engine(pack, [Broken()], None).run(batch("Lamp")).table.to_pylist()
    assert row["outcome"] == "review"
    assert row["degraded"] == ["lexicon: failed (ValueError: no such table)"]


def test_a_clause_is_unknown_outside_its_market(tmp_path: Path) -> None:
    engine = make_engine(tmp_path)
    abroad = Batch.from_records([listing(0, "Solid brass knuckles", market="US")])
    assert outcomes(engine, abroad) == ["allow"]
    assert np.isnan(engine.run(abroad).probabilities).all()
    everywhere = make_engine(tmp_path, market="CA")
    assert outcomes(everywhere, abroad) == ["review"]


@pytest.mark.parametrize("market", ["ca", "Canada", "CAN", "?"])
def test_a_market_in_another_spelling_never_switches_a_clause_off(
    tmp_path: Path, market: str
) -> None:
    listings = Batch.from_records([listing(0, "Solid brass knuckles", market=market)])
    assert outcomes(make_engine(tmp_path), listings) == ["review"]
    assert outcomes(make_engine(tmp_path, market=market), listings) == ["review"]


def test_the_same_listing_gives_the_same_bytes_in_any_batch(tmp_path: Path) -> None:
    engine = make_engine(tmp_path)
    titles = ["Solid brass knuckles", "HDMI cable", "knuckle duster ring", "wool socks"]
    together = engine.run(batch(*titles)).table.drop_columns(list(VOLATILE_COLUMNS))
    for i, title in enumerate(titles):
        alone = engine.run(Batch.from_records([listing(i, title)])).table
        assert alone.drop_columns(list(VOLATILE_COLUMNS)).to_pylist()[0] == together.to_pylist()[i]


def test_an_empty_batch_has_no_decisions(tmp_path: Path) -> None:
    assert make_engine(tmp_path).run(batch()).table.num_rows == 0


def test_without_a_transformer_nothing_is_left_open(tmp_path: Path) -> None:
    decisions = make_engine(tmp_path).run(batch("Solid brass knuckles", "wool socks"))
    assert set(decisions.table.column("stage").to_pylist()) == {"student"}
    assert decisions.rows["student"] == 2


def test_a_signal_that_the_pack_requires_but_lacks_never_allows(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    (row,) = Engine(pack, [], None).run(batch("Lamp")).table.to_pylist()
    assert (row["outcome"], row["degraded"]) == ("review", ["lexicon: not in this pack"])


def test_a_phrase_alone_says_nothing_outside_its_market(tmp_path: Path) -> None:
    pack = make_pack(tmp_path)
    engine = Engine(pack, [Lexicon.from_pack(pack)], None, market="US")
    assert outcomes(engine, batch("Knuckle duster, brass")) == ["allow"]


def test_decisions_for_two_markets_have_two_ids(tmp_path: Path) -> None:
    ids = {
        make_engine(tmp_path, market=market).run(batch("Lamp")).table.column("id")[0].as_py()
        for market in ("CA", "US")
    }
    assert len(ids) == 2
