"""A new clause learned from ten examples, from its files to a scan that finds it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from typer.testing import CliRunner

from shelfguard.cli.main import app
from shelfguard.engine import Engine
from shelfguard.errors import DataError, ModelError, PackError
from shelfguard.learn.calibrate.cascade import calibrate
from shelfguard.learn.registry.pin import pin_models
from shelfguard.learn.train.clause import platt, train_clause
from shelfguard.learn.train.student import Document, train
from shelfguard.models.student import NEAR, Student
from shelfguard.policy.calibration import read_calibration
from shelfguard.policy.load import load_pack
from tests.unit.learn.calibrate.test_cascade import HELD_OUT
from tests.unit.learn.rows import CLAUSE, ROWS
from tests.unit.policy.tinypack import CLAUSE as CLAUSE_YAML
from tests.unit.policy.tinypack import MANIFEST, TinyPack, labelled
from tests.unit.test_engine import batch

NEW = "CA-TOY-001"
NEW_YAML = (
    CLAUSE_YAML.replace("CA-WPN-001", NEW)
    .replace("Brass knuckles", "Magnet balls")
    .replace("No brass knuckles.", "No loose powerful magnets as toys.")
)
VIOLATING = [
    "magnet balls set of 216, tiny neodymium desk toy",
    "strong neodymium magnets beads, build and swallow them not",
    "aimants néodyme en billes, jouet de bureau",
    "216 magnetic balls puzzle cube neodymium",
    "billes magnétiques puissantes pour enfants",
    "rare earth magnet beads, loose, kids love them",
]
LEGAL = [
    "magnetic drawing board for kids",
    "aimant de réfrigérateur en forme de chat",
    "magnetic train set, magnets sealed in wood",
    "glass marbles, 50 balls",
]


def quiet(message: str) -> None:
    """Nobody watches."""


def examples(clause: str) -> list[dict[str, Any]]:
    guilty = [{"violates": [clause], "near": clause, "kind": "positive"}] * len(VIOLATING)
    legal = [{"violates": [], "near": clause, "kind": "hard_negative"}] * len(LEGAL)
    return [
        {"id": f"m{n}", "lang": "en", "title": title, **label}
        for n, (title, label) in enumerate(zip(VIOLATING + LEGAL, guilty + legal, strict=True))
    ]


@pytest.fixture
def tiny(tmp_path: Path) -> TinyPack:
    """A pack with a calibrated student of one clause, and a second clause with ten examples."""
    tiny = TinyPack(tmp_path / "pack")
    tiny.write("pack.yaml", MANIFEST.replace("required: [lexicon]", "required: [lexicon, text]"))
    things = ["towel", "cable", "lamp", "sock", "kettle", "novel", "brush", "mug", "tent", "belt"]
    others = [f"{thing} of make {n}, colour {n % 7}" for n in range(30) for thing in things]
    tiny.rows(
        "examples/others.jsonl", *(labelled(f"o{n}", "benign", t) for n, t in enumerate(others))
    )
    rows = [row for row in ROWS if row.violates in ([], [CLAUSE])]
    documents = [Document([row.title], frozenset()) for row in rows]
    targets = np.array([[bool(r.violates), r.near is not None] for r in rows], np.float32)
    (tiny.root / "models").mkdir()
    train(documents, targets, [CLAUSE, NEAR]).save(tiny.root / "models/student.npz")
    pin_models(load_pack(tiny.root))
    calibrate(load_pack(tiny.root), HELD_OUT, tiny.root / "no catalogs")
    tiny.write(f"clauses/{NEW}.yaml", NEW_YAML)
    tiny.rows(f"examples/{NEW}.jsonl", *examples(NEW))
    return tiny


def feed(tmp_path: Path, *titles: str) -> Path:
    file = tmp_path / "feed.jsonl"
    rows = [{"id": f"{n}", "title": title} for n, title in enumerate(titles)]
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return file


def run(*arguments: str | Path) -> Any:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_ten_examples_and_one_command_later_a_scan_finds_the_new_clause(
    tmp_path: Path, tiny: TinyPack
) -> None:
    learned = run("pack", "train-clause", NEW, "--pack", tiny.root, "--data", tmp_path, "--json")
    assert learned.exit_code == 0, learned.output
    report = json.loads(learned.stdout)
    assert (report["violations"], report["look_alikes"], report["others"]) == (6, 4, 300)
    assert 0 <= report["recall_low"] <= report["recall"] <= report["recall_high"] <= 1
    titles = ("neodymium magnet balls, 125 beads", "brass knuckle duster", "cotton bath towel")
    out = tmp_path / "out"
    scanned = run(
        "scan", feed(tmp_path, *titles), "--out", out, "--pack", tiny.root, "--format", "jsonl"
    )
    assert scanned.exit_code == 0, scanned.output
    magnets, knuckles, towel = map(json.loads, (out / "decisions.jsonl").read_text().splitlines())
    assert [reason["clause"] for reason in magnets["reasons"]] == [NEW]
    assert any("magnet" in piece["quote"] for piece in magnets["reasons"][0]["evidence"])
    assert [reason["clause"] for reason in knuckles["reasons"]] == [CLAUSE]
    assert towel["outcome"] == "allow"


def test_what_the_pack_found_before_it_finds_as_before(tmp_path: Path, tiny: TinyPack) -> None:
    listings = batch("brass knuckle duster number 3", "knuckle shaped pendant", "cotton towel")
    engine = Engine.from_pack(load_pack(tiny.root))
    column = engine.clauses.index(CLAUSE)
    before = engine.run(listings).probabilities[:, column]
    train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)
    engine = Engine.from_pack(load_pack(tiny.root))
    assert (engine.run(listings).probabilities[:, column] == before).all()


def test_a_second_clause_leaves_the_first_one_as_it_was(tmp_path: Path, tiny: TinyPack) -> None:
    train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)
    first = Engine.from_pack(load_pack(tiny.root))
    listings = batch(*VIOLATING, *LEGAL)
    before = first.run(listings).probabilities[:, first.clauses.index(NEW)]
    tiny.write("clauses/CA-TOY-002.yaml", NEW_YAML.replace(NEW, "CA-TOY-002"))
    again = [{**row, "id": f"x{row['id']}"} for row in examples("CA-TOY-002")]
    tiny.rows("examples/CA-TOY-002.jsonl", *again)
    train_clause(load_pack(tiny.root), "CA-TOY-002", tmp_path, quiet)
    both = Engine.from_pack(load_pack(tiny.root))
    after = both.run(listings).probabilities[:, both.clauses.index(NEW)]
    np.testing.assert_allclose(after, before, atol=2e-5)
    assert Student.load(tiny.root / "models/added.npz").clauses == (NEW, "CA-TOY-002")


def test_learning_twice_gives_the_same_bytes(tmp_path: Path, tiny: TinyPack) -> None:
    names = ("models/added.npz", "models/calibration.json", "pack.yaml")
    train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)
    once = [(tiny.root / name).read_bytes() for name in names]
    train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)
    assert [(tiny.root / name).read_bytes() for name in names] == once


def test_calibrating_the_pack_again_keeps_the_added_clause(tmp_path: Path, tiny: TinyPack) -> None:
    train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)
    before = read_calibration(load_pack(tiny.root))
    calibrate(load_pack(tiny.root), HELD_OUT, tmp_path)
    after = read_calibration(load_pack(tiny.root))
    assert before
    assert after
    assert after.clauses[NEW] == before.clauses[NEW]
    Engine.from_pack(load_pack(tiny.root))


def test_too_few_examples_are_refused_with_what_is_asked_for(
    tmp_path: Path, tiny: TinyPack
) -> None:
    tiny.rows(f"examples/{NEW}.jsonl", *examples(NEW)[:7])
    with pytest.raises(DataError, match=r"6 violations and 1 legal look-alikes.*at least 10"):
        train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)


def test_a_clause_that_cannot_be_learned_is_refused(tmp_path: Path, tiny: TinyPack) -> None:
    with pytest.raises(PackError, match="no clause CA-TOY-009"):
        train_clause(load_pack(tiny.root), "CA-TOY-009", tmp_path, quiet)
    with pytest.raises(ModelError, match=f"judges {CLAUSE} already"):
        train_clause(load_pack(tiny.root), CLAUSE, tmp_path, quiet)
    tiny.edit(f"clauses/{NEW}.yaml", "signals: [lexicon, text]", "signals: [lexicon]")
    with pytest.raises(PackError, match="does not read text"):
        train_clause(load_pack(tiny.root), NEW, tmp_path, quiet)


def test_a_shipped_pack_is_not_changed() -> None:
    refused = run("pack", "train-clause", "CA-CPS-001", "--pack", "ca-marketplace")
    assert refused.exit_code == PackError.exit_code


def test_platt_s_targets_keep_a_perfect_separation_finite() -> None:
    slope, offset = platt(np.array([5.0, 4, -4, -5, -6]), np.array([1, 1, 0, 0, 0], bool))
    assert 0 < slope < 2
    assert np.isfinite(offset)
