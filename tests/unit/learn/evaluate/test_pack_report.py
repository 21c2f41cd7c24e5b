"""The evaluation page and the parts that it is made of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lxml import html

from shelfguard.learn.evaluate.pack_report import (
    OURS,
    Subject,
    by_clause,
    gains,
    ranking,
    terse,
    write,
)
from shelfguard.learn.evaluate.resampling import Estimate
from shelfguard.policy.interval import Share
from shelfguard.policy.load import load_pack
from shelfguard.policy.rows import KINDS
from tests.unit.learn.rows import CLAUSE, CLAUSES, row
from tests.unit.policy.tinypack import TinyPack

PEER = "Peer <script>alert(1)</script>"
ROWS = [
    *(row(f"p{n}", "Brass knuckles", CLAUSE, lang="en" if n % 2 else "fr") for n in range(10)),
    *(row(f"o{n}", "Lamp", lang="en" if n % 2 else "fr") for n in range(10)),
]
TRUTH = np.array([[1, 0]] * 10 + [[0, 0]] * 10, np.int8)


@pytest.fixture(scope="module")
def subject() -> Subject:
    rng = np.random.default_rng(0)
    noise = rng.random(TRUTH.shape, np.float32)
    return Subject(ROWS, CLAUSES, TRUTH, {OURS: TRUTH + 0.1 * noise, PEER: noise})


def result(subject: Subject) -> dict[str, Any]:
    shares = {
        kind: {lang: Share(n, 7).as_dict() for lang in ("all", "en", "fr")}
        for n, kind in enumerate(KINDS)
    }
    return {
        "pack": "tiny@1.0.0+abc",
        "models": {},
        "cases": len(ROWS),
        "decisions": shares,
        "rough": {
            **shares,
            "benign": {lang: Share(0, 0).as_dict() for lang in ("all", "en", "fr")},
        },
        "ranking": ranking(subject),
        "languages": {lang: ranking(subject, lang) for lang in ("en", "fr")},
        "gains": gains(subject),
        "clauses": by_clause(subject),
        "catalogs": {"a<b>.csv": Share(3, 200).as_dict()},
    }


@pytest.fixture(scope="module")
def written(subject: Subject, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out") / "evaluation"
    tiny = TinyPack(tmp_path_factory.mktemp("pack"))
    tiny.edit("pack.yaml", "{en: Tiny,", "{en: 'Tiny <b>&</b>',")
    write(result(subject), load_pack(tiny.root), out)
    return out


def page(written: Path) -> html.HtmlElement:
    return html.document_fromstring((written / "report.html").read_text("utf-8"))


def test_the_figures_are_written_as_json(written: Path, subject: Subject) -> None:
    read = json.loads((written / "metrics.json").read_text("utf-8"))
    assert read["cases"] == len(ROWS)
    assert read["ranking"][OURS]["average_precision"] == list(
        ranking(subject)[OURS]["average_precision"]
    )


def test_the_page_holds_every_table_with_its_heads(written: Path) -> None:
    captions = [caption.text for caption in page(written).iter("caption")]
    assert captions == [
        "Cases as written",
        "The same cases as bare lower-case titles",
        "All",
        "English",
        "French",
        "Average precision by clause",
    ]
    for table in page(written).iter("table"):
        assert {head.get("scope") for head in table.iter("th")} == {"col", "row"}


def test_the_page_holds_the_figures(written: Path, subject: Subject) -> None:
    text = " ".join(page(written).text_content().split())
    ours = ranking(subject)[OURS]["average_precision"]
    assert f"{ours.value:.3f} ({ours.low:.3f} to {ours.high:.3f})" in text
    assert "14.3 % (2.6 to 51.3; 1 of 7)" in text
    assert "no rows" in text
    assert f"{CLAUSE} Brass knuckles" in text


def test_names_are_shown_as_text_not_as_markup(written: Path) -> None:
    document = page(written)
    assert PEER in document.text_content()
    assert "Tiny <b>&</b>" in document.text_content()
    assert "a<b>.csv" in document.text_content()
    assert not list(document.iter("script", "b"))


def test_the_page_is_whole_in_itself(written: Path) -> None:
    document = page(written)
    assert document.get("lang") == "en"
    assert document.findtext(".//title") == "Evaluation of tiny@1.0.0+abc"
    assert document.xpath("//@src | //@href") == ["#content"]


def test_a_better_ranking_has_a_gain_above_zero(subject: Subject) -> None:
    (gain,) = gains(subject).values()
    assert isinstance(gain, Estimate)
    assert gain.low > 0


def test_a_ranking_of_one_language_leaves_the_other_out(subject: Subject) -> None:
    flipped = subject.scores[OURS].copy()
    french = [i for i, row in enumerate(ROWS) if row.lang == "fr"]
    flipped[french] = 1 - flipped[french]
    half = Subject(ROWS, CLAUSES, TRUTH, {OURS: flipped})
    assert ranking(half, "en")[OURS]["average_precision"].value == 1
    assert ranking(half, "fr")[OURS]["average_precision"].value < 1


def test_only_violated_clauses_are_measured(subject: Subject) -> None:
    assert list(by_clause(subject)) == [CLAUSE]


def test_a_terse_case_is_a_lower_case_title_alone() -> None:
    case = row("1", "Brass Ring", description="D", brand="B", category="C", attributes={"a": "b"})
    assert terse(case).words == "brass ring"
    assert terse(case).violates == case.violates
