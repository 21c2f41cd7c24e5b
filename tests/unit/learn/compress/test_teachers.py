"""Who is asked for soft labels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shelfguard.engine import Engine
from shelfguard.errors import ModelError, PackError
from shelfguard.learn.compress.teachers import LastStage, Rules, load_teachers, pack_digest
from shelfguard.learn.data.corpus import to_batch
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import read_cases
from tests.unit.learn.dataset_fixture import CLAUSES, write_dataset
from tests.unit.policy.tinypack import TinyPack

HEALTH, WEAPON = CLAUSES
LEXICON = "lexicons/CA-WPN-001.en.txt"


@pytest.fixture
def tiny(tmp_path: Path) -> Pack:
    pack = TinyPack(tmp_path / "pack")
    pack.write(LEXICON, "knuckle\nring~\n")
    return load_pack(pack.root)


def test_a_phrase_is_worth_what_it_was_right_about(tiny: Pack, tmp_path: Path) -> None:
    """Dusters violate and pendants do not: half of the listings with a knuckle."""
    seen = write_dataset(tmp_path / "data").train
    rules = Rules.measured(tiny, seen)
    found = rules.probabilities(seen.batch)
    spoken = ~np.isnan(found[:, 0])
    titles = [next(iter(record["title"].values())) for record in seen.batch.records()]
    assert spoken.tolist() == ["knuckle" in title for title in titles]
    assert found[spoken, 0] == pytest.approx(0.5, abs=0.01)


def test_a_phrase_that_was_never_seen_is_even(tiny: Pack, tmp_path: Path) -> None:
    seen = write_dataset(tmp_path / "data").train
    rules = Rules.measured(tiny, seen.take(np.arange(0)))
    assert np.nanmax(rules.probabilities(seen.batch)) == 0.5


def test_another_lexicon_is_another_teacher(tiny: Pack, tmp_path: Path) -> None:
    seen = write_dataset(tmp_path / "data").train
    before, digest = pack_digest(tiny), Rules.measured(tiny, seen).digest
    (tiny.root / LEXICON).write_text("knuckle\nduster\n")
    assert pack_digest(load_pack(tiny.root)) != before
    assert Rules.measured(load_pack(tiny.root), seen).digest != digest


def test_goals_and_titles_of_clauses_change_no_teacher(tiny: Pack) -> None:
    before = pack_digest(tiny)
    clause = tiny.root / "clauses/CA-WPN-001.yaml"
    clause.write_text(clause.read_text("utf-8").replace("Brass knuckles, fr", "Knuckles, fr"))
    assert load_pack(tiny.root).sha256 != tiny.sha256
    assert pack_digest(load_pack(tiny.root)) == before


def test_a_pack_teaches_what_its_last_stage_would_say_of_every_listing() -> None:
    """Where the engine let the encoder read, the teacher says the same; it also reads the rest."""
    pack = load_pack("ca-marketplace")
    batch = to_batch(read_cases(pack)[:40])
    teacher = LastStage.of_pack(pack)
    taught = teacher.probabilities(batch)
    engine = Engine.from_pack(pack)
    decided = engine.run(batch)
    columns = [engine.clauses.index(clause) for clause in teacher.clauses]
    reasons = zip(decided.table.column("stage").to_pylist(), range(len(batch)), strict=True)
    read = [row for stage, row in reasons if stage == "encoder"]
    assert len(read) > 5
    assert np.array_equal(taught[read], decided.probabilities[read][:, columns])
    assert not np.isnan(taught).any()


def test_teachers_are_asked_for_by_name_with_a_weight(tiny: Pack, tmp_path: Path) -> None:
    seen = write_dataset(tmp_path / "data").train
    first, second = load_teachers({f"rules:{tiny.root}": 0.25, "ca-marketplace": 1}, seen)
    assert (first.weight, second.weight) == (0.25, 1)
    assert first.digest != second.digest


def test_what_cannot_teach_is_named(tiny: Pack, tmp_path: Path) -> None:
    seen = write_dataset(tmp_path / "data").train
    with pytest.raises(ModelError, match="no teacher"):
        load_teachers({}, seen)
    with pytest.raises(ModelError, match="a weight of -1"):
        load_teachers({"ca-marketplace": -1}, seen)
    with pytest.raises(PackError, match="no such pack"):
        load_teachers({"nobody": 1}, seen)
    with pytest.raises(ModelError, match="no models to learn from"):
        load_teachers({str(tiny.root): 1}, seen)
