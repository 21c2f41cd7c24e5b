"""A whole evaluation: a dataset folder in, metrics and a page out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from lxml import html
from typer.testing import CliRunner

from shelfguard.cli.model_evaluate import evaluate as command
from shelfguard.errors import DataError, ModelError
from shelfguard.learn.data.dataset import Dataset
from shelfguard.learn.evaluate import evaluation
from shelfguard.learn.evaluate.headline import headline
from shelfguard.learn.evaluate.recorded import record_figures
from shelfguard.learn.evaluate.scorers import DecidingScorer, Opened, PackScorer, open_model
from shelfguard.learn.model import FILE, ModelRecord, read_record
from shelfguard.policy.load import load_pack
from tests.unit.learn.evaluate.subjects import WordScorer, write_dataset
from tests.unit.learn.rows import CLAUSE, CLAUSES, look_alike, row
from tests.unit.policy.tinypack import TinyPack

ROWS = [
    *(row(f"p{n}", f"Brass knuckles <b>{n}</b>", CLAUSE, seller_id=f"s{n % 5}") for n in range(12)),
    *(row(f"q{n}", f"Fist rings {n}", CLAUSE, kind="evasive") for n in range(4)),
    *(look_alike(f"k{n}", f"Pendant of brass knuckles {n}") for n in range(4)),
    *(row(f"o{n}", f"Cotton towel {n}") for n in range(12)),
]
MODEL = Opened("words", "0" * 64, WordScorer(["knuckles", "cure"]), None)
CHAMPION = Opened("better", "1" * 64, WordScorer(["ring", "cure"]), None)


def quiet(_: str) -> None:
    pass


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    return Dataset.load(write_dataset(tmp_path_factory.mktemp("data"), ROWS))


@pytest.fixture(scope="module")
def result(dataset: Dataset) -> dict[str, Any]:
    return evaluation.evaluate(MODEL, dataset, CHAMPION, confusables=None, tell=quiet)


@pytest.fixture(scope="module")
def page(result: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> html.HtmlElement:
    report = evaluation.write(result, tmp_path_factory.mktemp("out"))
    return html.document_fromstring(report.read_text("utf-8"))


def test_written_and_real_rows_are_told_apart(dataset: Dataset, tmp_path: Path) -> None:
    def changed(one: Any) -> dict[str, Any]:
        return {"origin": "real", "kind": "catalog"} if one.id.startswith("o") else {}

    mixed = Dataset.load(write_dataset(tmp_path, ROWS, changed))
    origins = evaluation.evaluate(MODEL, mixed, confusables=None, tell=quiet)["origins"]
    assert (origins["written"]["rows"], origins["real"]["rows"]) == (20, 12)
    assert origins["real"]["attacks"] is None
    assert origins["real"]["ranking"]["average_precision"][0] is None


def test_without_real_rows_the_page_says_so(result: dict[str, Any], page: html.HtmlElement) -> None:
    assert result["origins"]["real"] is None
    assert "This dataset has no real test rows" in page.text_content()


def test_the_figures_are_json_with_stable_keys(result: dict[str, Any]) -> None:
    assert json.loads(json.dumps(result, allow_nan=False)) == result
    found = result["origins"]["written"]
    assert set(found) == {
        "rows",
        "groups",
        "violations",
        "innocent",
        "unjudged",
        "ranking",
        "at_limits",
        "thresholds",
        "calibration",
        "clauses",
        "decisions",
        "reviewing",
        "slices",
        "contrast",
        "comparison",
        "attacks",
        "errors",
    }
    assert (found["rows"], found["violations"], found["innocent"]) == (32, 16, 16)
    assert found["comparison"]["clauses"][CLAUSE]["violations"] == 16


def test_the_common_limit_flags_no_more_innocents_than_said(result: dict[str, Any]) -> None:
    assert result["limits"].startswith("one score, which 1% of the innocent test listings")
    assert result["origins"]["written"]["at_limits"]["innocent_flagged"][0] == 0


def test_every_mistake_is_in_the_browser_as_text(
    result: dict[str, Any], page: html.HtmlElement
) -> None:
    errors = result["origins"]["written"]["errors"]
    rows = page.xpath("//div[@class='browser']//tbody/tr")
    assert len(rows) == errors["false_negatives"]["count"] + errors["false_positives"]["count"]
    assert "Brass knuckles <b>0</b>" in page.text_content()
    assert not list(page.iter("b"))


def test_every_table_has_a_caption_heads_and_a_scroll_region(page: html.HtmlElement) -> None:
    for table in page.iter("table"):
        assert table.find("caption") is not None
        assert table.getparent().get("tabindex") == "0"
        assert {head.get("scope") for head in table.iter("th")} <= {"col", "row"}
    identifiers = page.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    assert {link[1:] for link in page.xpath("//a/@href")} <= set(identifiers)


def test_the_page_asks_the_network_for_nothing(page: html.HtmlElement) -> None:
    assert not page.xpath("//@src")
    assert all(link.startswith("#") for link in page.xpath("//@href"))


def test_headlines_stand_side_by_side(result: dict[str, Any]) -> None:
    found = headline(result["origins"])
    assert found["Rows"] == ["32", "no rows"]
    assert found["Against the champion"][0] in ("better", "worse", "no difference")


def test_a_pack_is_evaluated_with_its_decisions(dataset: Dataset, tmp_path: Path) -> None:
    pack = load_pack(TinyPack(tmp_path / "pack").root)
    scorer = PackScorer.from_pack(pack)
    assert isinstance(scorer, DecidingScorer)
    opened = open_model(str(pack.root))
    assert opened.name == pack.label
    found = evaluation.evaluate(opened, dataset, confusables=None, tell=quiet)["origins"]["written"]
    assert sum(found["decisions"]["outcomes"].values()) == len(ROWS)
    assert found["decisions"]["kinds"]["positive"]["all"]["n"] >= 0
    assert found["thresholds"]["acts_on"] == 0


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model.json and no pack.yaml"):
        open_model(str(tmp_path))
    with pytest.raises(ModelError, match="registered model"):
        open_model("mlflow:shelfguard@champion")


def test_a_dataset_without_test_rows_is_refused(tmp_path: Path) -> None:
    folder = write_dataset(tmp_path, ROWS, lambda _: {"split": "train"})
    with pytest.raises(DataError, match="no test rows"):
        evaluation.evaluate(MODEL, Dataset.load(folder), tell=quiet)


def test_the_command_writes_its_report(tmp_path: Path) -> None:
    import typer

    data = write_dataset(tmp_path / "data", ROWS)
    pack = TinyPack(tmp_path / "pack").root
    app = typer.Typer()
    app.command()(command)
    out = tmp_path / "out"
    shown = CliRunner().invoke(app, [str(pack), "--data", str(data), "--out", str(out)])
    assert shown.exit_code == 0, shown.output
    assert "Average precision" in shown.output
    assert (out / "report.html").is_file()
    assert json.loads((out / "metrics.json").read_text("utf-8"))["dataset"] == "tiny"
    assert CLAUSES


def test_the_headline_goes_into_the_models_record(result: dict[str, Any], tmp_path: Path) -> None:
    record = ModelRecord(
        name="words",
        kind="tfidf",
        clauses=CLAUSES,
        pack="tiny",
        dataset="d",
        recipe={},
        seed=1,
        smoke=False,
        environment={},
        commit=None,
        files={},
        metrics={"loss": 0.5},
    )
    (tmp_path / FILE).write_text(record.model_dump_json(), "utf-8")
    record_figures(tmp_path, result)
    metrics = read_record(tmp_path).metrics
    assert metrics["loss"] == 0.5
    ranking = result["origins"]["written"]["ranking"]
    assert metrics["written"]["average_precision"] == ranking["average_precision"]
    assert "real" not in metrics
