"""The picture commands, from files to files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

pytest.importorskip("pdqhash")

from shelfguard.cli.main import app
from shelfguard.images.hashes.hashed_picture import read_hashes
from tests.unit.images.drawing import canvas, compressed, scene
from tests.unit.images.exchange.test_lines import ONE, TWO


def run(*arguments: str | Path | int) -> Result:
    return CliRunner().invoke(app, ["images", *(str(argument) for argument in arguments)])


def told(*arguments: str | Path | int) -> Any:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Two scenes, a plain picture and a file that is none."""
    folder = tmp_path / "photos"
    (folder / "more").mkdir(parents=True)
    scene(seed=1).save(folder / "a.png")
    scene(seed=2).save(folder / "more/b.png")
    canvas()[0].save(folder / "white.png")
    (folder / "notes.txt").write_text("no picture", "utf-8")
    return folder


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    folder = tmp_path / "recalled"
    said = ("--supplier", "Recall [office]", "--terms", "open", "--received", "2026-11-01")
    result = run("bank", "create", folder, "--name", "recalled", "--clause", "CA-CPS-006", *said)
    assert result.exit_code == 0, result.output
    return folder


def test_a_folder_is_hashed_and_what_holds_no_picture_is_named(
    tmp_path: Path, photos: Path
) -> None:
    shown = run("index", photos, "--out", tmp_path / "hashes.parquet")
    assert shown.exit_code == 0, shown.output
    assert "Hashed 3 pictures, 1 of a quality below 50; unread 1." in shown.stdout
    files = {Path(file.picture).name: file for file in read_hashes(tmp_path / "hashes.parquet")}
    assert {name for name, file in files.items() if file.hash} == {"a.png", "b.png", "white.png"}
    assert files["notes.txt"].problem
    counts = told("index", photos, "--out", tmp_path / "hashes.parquet")
    assert (counts["hashed"], counts["low_quality"], counts["unread"]) == (3, 1, 1)


def test_a_picture_is_known_by_its_compressed_copy(
    tmp_path: Path, photos: Path, bank: Path
) -> None:
    compressed(scene(seed=1), 30).save(tmp_path / "copy.png")
    assert run("bank", "add", bank, tmp_path / "copy.png", "--tag", "crib").exit_code == 0
    shown = run("match", photos, "--bank", bank)
    assert shown.exit_code == 0, shown.output
    assert "recalled" in shown.stdout
    assert "Known: 1." in shown.stdout
    run("index", photos, "--out", tmp_path / "hashes.parquet")
    (known,) = told("match", tmp_path / "hashes.parquet", "--bank", bank)["known"]
    assert Path(known["picture"]).name == "a.png"
    assert [(m["bank"], m["entry"]) for m in known["matches"]] == [("recalled", 1)]


def test_what_is_added_is_counted_and_what_cannot_be_is_said(photos: Path, bank: Path) -> None:
    added = told("bank", "add", bank, photos, ONE, "--because", "recall 12", "--as", "ann")
    assert added["first"] == 1
    assert added["counts"] == {"added": 3, "known": 0, "low quality": 1, "unread": 1}
    assert "notes.txt" in added["problems"][0]
    again = run("bank", "add", bank, ONE)
    assert again.stdout == "known 1\n"


def test_no_picture_is_kept(photos: Path, bank: Path) -> None:
    run("bank", "add", bank, photos)
    content = b"".join(file.read_bytes() for file in bank.rglob("*") if file.is_file())
    assert (photos / "a.png").read_bytes()[:200] not in content
    assert sorted(file.name for file in bank.iterdir()) == ["bank.json", "changes.jsonl", "entries"]


def test_an_import_sets_aside_and_refuses_unless_told_to_skip(tmp_path: Path, bank: Path) -> None:
    (tmp_path / "file.txt").write_text(f"pdq {ONE}\nurl x\npdq bad\npdq {TWO}\n", "utf-8")
    refused = run("bank", "import", bank, tmp_path / "file.txt")
    assert refused.exit_code == 8
    assert "file.txt:3: field 'hash': 'bad' is no PDQ hash" in refused.stderr
    assert told("bank", "list", bank)[0]["active"] == 0
    done = told("bank", "import", bank, tmp_path / "file.txt", "--skip-invalid")
    assert done["counts"] == {
        "added": 2, "known": 0, "low quality": 0, "signal type url": 1, "invalid": 1,
    }  # fmt: skip


@pytest.mark.parametrize("form", ["lines", "reference", "threatexchange", "hma"])
def test_an_export_can_be_imported_elsewhere(tmp_path: Path, bank: Path, form: str) -> None:
    run("bank", "add", bank, ONE, TWO)
    out = tmp_path / "exported"
    shown = run("bank", "export", bank, "--format", form, "--out", out)
    assert "2 entries of recalled" in shown.stdout
    assert "Terms: open" in shown.stdout
    said = ("--name", "other", "--supplier", "us", "--terms", "open")
    run("bank", "create", tmp_path / "other", *said)
    assert told("bank", "import", tmp_path / "other", out)["counts"]["added"] == 2


def test_a_list_tells_what_banks_are_and_who_changed_them(bank: Path) -> None:
    run("bank", "add", bank, ONE, TWO, "--as", "ann", "--because", "recall 12")
    run("bank", "remove", bank, 2, "--because", "wrong [model]", "--as", "bob")
    shown = run("bank", "list", bank, "--entries", "--changes", "--verify")
    assert shown.exit_code == 0, shown.output
    (listed,) = told("bank", "list", bank, "--entries", "--changes")
    assert (listed["name"], listed["clauses"], listed["active"]) == ("recalled", ["CA-CPS-006"], 1)
    assert [entry["hash"] for entry in listed["entries"]] == [ONE]
    assert [(c["who"], c["what"]) for c in listed["changes"]][1:] == [
        ("ann", "add"),
        ("bob", "remove"),
    ]


def test_a_bank_that_was_tampered_with_is_found(bank: Path) -> None:
    run("bank", "add", bank, ONE)
    (bank / "entries/000001.parquet").write_bytes(b"other")
    shown = run("bank", "list", bank, "--verify")
    assert shown.exit_code != 0
    assert "000001.parquet" in shown.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("match", "nothing.jpg", "--bank", "BANK"), 8, "nothing.jpg: no such file or folder"),
        (("match", "nothing.parquet", "--bank", "BANK"), 8, "nothing.parquet: no such file"),
        (("match", ".", "--bank", "nothing"), 8, "nothing/bank.json: cannot be read"),
        (("bank", "add", "BANK", "f8f8"), 8, "f8f8: no such file or folder"),
        (("bank", "remove", "BANK", "7", "--because", "x"), 8, "has no entry 7"),
        (("bank", "export", "BANK", "--format", "stopncii", "--out", "x"), 8, "can only be read"),
    ],
)
def test_a_mistake_ends_with_one_message(
    bank: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    result = run(*(str(bank) if each == "BANK" else each for each in arguments))
    assert result.exit_code == code
    assert said in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("index",),
        ("match",),
        ("repeated",),
        ("bank",),
        *(("bank", verb) for verb in ("create", "add", "list")),
    ],
)
def test_every_command_explains_itself(words: tuple[str, ...]) -> None:
    shown = run(*words, "--help")
    assert shown.exit_code == 0
    assert "Usage" in shown.stdout
