"""The models that the sample pack ships: their documents, and what they do with the unknown."""

from __future__ import annotations

import pytest

from shelfguard.engine import UNFAMILIAR, Engine
from shelfguard.learn.model import read_record
from shelfguard.learn.registry.documents import documents, outdated
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from tests.unit.test_engine import batch

FOREIGN = [
    "Neue Herrenschuhe aus echtem Leder, kaum getragen, schneller Versand",
    "全新 正品 男士 运动鞋 快速 发货 质量 保证",
    "xkqz wvtrp lkjhg qwzx bnmtr pqlmz",
]
FAMILIAR = [
    "Chaussures de course pour hommes, pointure 43, boîte d'origine",
    "Stainless steel water bottle, 750 ml, leakproof lid",
    "Canon PIXMA wireless all-in-one inkjet printer, black",
]
RARE_NAMES = ["catovit", "amobarbital", "thebacon", "25gnbome"]


@pytest.fixture(scope="module")
def pack() -> Pack:
    return load_pack("ca-marketplace")


@pytest.fixture(scope="module")
def engine(pack: Pack) -> Engine:
    return Engine.from_pack(pack)


def test_the_card_and_the_bill_of_materials_are_what_the_record_says(pack: Pack) -> None:
    pytest.importorskip("huggingface_hub")
    pytest.importorskip("cyclonedx")
    models = pack.calibration_file.parent
    assert outdated(models, documents(models, pack.manifest)) == []


def test_the_record_names_the_files_that_the_pack_pins(pack: Pack) -> None:
    files = read_record(pack.root / "models").files
    pinned = {model.source.rpartition("/")[2]: model.sha256 for model in pack.manifest.models}
    assert pinned.items() <= files.items()


def test_what_no_model_can_read_goes_to_a_person(engine: Engine) -> None:
    rows = engine.run(batch(*FOREIGN, *FAMILIAR)).table.to_pylist()
    strange, known = rows[: len(FOREIGN)], rows[len(FOREIGN) :]
    assert [row["outcome"] for row in strange] == ["review"] * len(FOREIGN)
    assert all(row["degraded"] == [UNFAMILIAR] for row in strange)
    assert [(row["outcome"], row["degraded"]) for row in known] == [("allow", [])] * len(FAMILIAR)


@pytest.mark.parametrize("name", RARE_NAMES)
def test_a_rare_name_of_a_controlled_substance_is_known(engine: Engine, name: str) -> None:
    titles = [f"{what} powder 10 g, sealed pouch" for what in (name, "walnut")]
    named, other = engine.run(batch(*titles)).table.to_pylist()
    reasons = {reason["clause"]: reason for reason in named["reasons"]}
    assert name in [evidence["quote"] for evidence in reasons["CA-DRG-001"]["evidence"]]
    assert other["outcome"] == "allow"
