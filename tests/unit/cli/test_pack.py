from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from shelfguard.cli.pack import app
from shelfguard.errors import FindingsError, PackError
from shelfguard.policy.load import shipped_packs
from tests.unit.policy.tinypack import TinyPack, labelled

FEED = """\
id,title
a,Brass knuckles in solid metal
b,Brass knuckles [brand] T-shirt
c,Plain mug
d,
"""


def pack(root: Path, phrase: str) -> TinyPack:
    """A pack that decides by its lexicon alone."""
    tiny = TinyPack(root)
    tiny.edit("pack.yaml", "signals: [lexicon, text]", "signals: [lexicon]")
    tiny.edit("clauses/CA-WPN-001.yaml", "signals: [lexicon, text]", "signals: [lexicon]")
    tiny.write("lexicons/CA-WPN-001.en.txt", f"{phrase}\n!t-shirt\n")
    tiny.rows(
        "cases/x.jsonl",
        labelled("p", "positive", "Brass knuckles"),
        labelled("e", "evasive", "Br@ss knuckles"),
        labelled("h", "hard_negative", "Brass knuckles t-shirt"),
    )
    return tiny


@pytest.fixture
def tiny(tmp_path: Path) -> TinyPack:
    return pack(tmp_path / "tiny", "brass knuckles")


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def told(*arguments: str | Path) -> Any:
    return json.loads(run(*arguments, "--json").stdout)


def test_lint_tells_what_to_mend_like_a_linter(tiny: TinyPack) -> None:
    result = run("lint", tiny.root)
    assert (
        "lexicons/CA-WPN-001.fr.txt: warning[language] CA-WPN-001: "
        "has a lexicon, but none in 'fr'. Add the file."
    ) in result.stdout
    assert result.exception is None


def test_lint_fails_on_errors_and_when_strict_on_warnings(tiny: TinyPack) -> None:
    assert isinstance(run("lint", tiny.root, "--strict").exception, FindingsError)
    tiny.edit("pack.yaml", ", fr: Petit", "")
    assert isinstance(run("lint", tiny.root).exception, FindingsError)


def test_lint_for_machines(tiny: TinyPack) -> None:
    (finding, *_) = told("lint", tiny.root)["findings"]
    assert set(finding) == {"severity", "code", "file", "line", "clause", "message", "fix"}


def test_unit_cases_pass_their_gates(tiny: TinyPack) -> None:
    result = run("test", tiny.root)
    assert result.exception is None, result.output
    kinds = told("test", tiny.root)["kinds"]
    assert kinds["positive"]["all"]["share"] == 1
    assert kinds["hard_negative"]["all"]["share"] == 0


def test_a_missed_gate_fails_and_shows_the_rows_to_read(tmp_path: Path) -> None:
    result = run("test", pack(tmp_path, "knuckle duster").root)
    assert isinstance(result.exception, FindingsError)
    assert "positive: 0.0%" in str(result.exception)
    assert "cases/x.jsonl:1: positive of CA-WPN-001: allow, found nothing" in result.stdout


def test_a_pack_without_cases_cannot_be_tested(tiny: TinyPack) -> None:
    (tiny.root / "cases/x.jsonl").unlink()
    assert isinstance(run("test", tiny.root).exception, PackError)


def test_diff_shows_flips_and_counts_unreadable_rows(tiny: TinyPack, tmp_path: Path) -> None:
    other = pack(tmp_path / "other", "plain mug")
    feed = tmp_path / "feed.csv"
    feed.write_text(FEED)
    result = run("diff", tiny.root, other.root, "--on", feed)
    assert result.exception is None, result.output
    assert "CA-WPN-001 a: review to nothing: Brass knuckles in solid metal" in result.stdout
    assert "3 listings" in result.stdout
    assert "1 could not be read" in result.stdout
    found = told("diff", tiny.root, other.root, "--on", feed)
    assert found["flipped"]["hits"] == 2
    limit = run("diff", tiny.root, other.root, "--on", feed, "--max-flipped", "0.5")
    assert isinstance(limit.exception, FindingsError)


def test_titles_cannot_steer_the_terminal(tiny: TinyPack, tmp_path: Path) -> None:
    trick = "\x1b[2J Knuckle duster"
    tiny.rows("cases/x.jsonl", labelled("p", "positive", trick))
    assert "found nothing: [U+001B][2J Knuckle duster" in run("test", tiny.root).stdout
    other = pack(tmp_path / "other", "knuckle duster")
    feed = tmp_path / "feed.csv"
    feed.write_text(f"id,title\na,{trick}\n")
    said = run("diff", tiny.root, other.root, "--on", feed).stdout
    assert "CA-WPN-001 a: nothing to review: [U+001B][2J Knuckle duster" in said


def test_show_tells_one_clause_in_either_language(tiny: TinyPack) -> None:
    result = run("show", "CA-WPN-001", "--pack", tiny.root, "--lang", "fr")
    assert "Pas de coups-de-poing." in result.stdout
    assert "Criminal Code, s 84(1)" in result.stdout
    assert told("show", "CA-WPN-001", "--pack", tiny.root)["class"] == "prohibited"


def test_show_suggests_the_nearest_clause(tiny: TinyPack) -> None:
    error = run("show", "ca-wpn-01", "--pack", tiny.root).exception
    assert "Did you mean CA-WPN-001?" in str(error)


def test_list_names_the_shipped_packs() -> None:
    assert {p["id"] for p in told("list")} == set(shipped_packs())
    assert "ca-marketplace" in run("list").stdout


@pytest.mark.parametrize("command", ["lint", "test", "diff", "list", "show"])
def test_every_command_explains_itself(command: str) -> None:
    assert "Usage" in run(command, "--help").stdout
