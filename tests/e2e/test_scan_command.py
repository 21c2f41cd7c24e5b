"""What a person gets from `shelfguard scan`, `explain` and `replay`."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.e2e.conftest import Scan
from typer.testing import CliRunner

from shelfguard.cli.main import app
from shelfguard.decision import DECISION_SCHEMA, VOLATILE_COLUMNS
from shelfguard.listing import LISTING_SCHEMA
from shelfguard.run.folder import Folder

SLOW_ROWS = 12_000


@pytest.fixture
def feed(tmp_path: Path) -> Path:
    file = tmp_path / "feed.csv"
    file.write_text("id,title\na,Oak chair\nb,Brass knuckles gold\nc,\nd,Lamp\n")
    return file


@pytest.fixture
def long_feed(tmp_path: Path) -> Path:
    """Long enough to be interrupted in the middle."""
    words = ["Oak chair", "Brass knuckles", "Desk lamp with a long arm"]
    rows = (f"sku-{n},{words[n % 3]} {n}" for n in range(SLOW_ROWS))
    file = tmp_path / "long.csv"
    file.write_text("id,title\n" + "\n".join(rows) + "\n")
    return file


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", "100")


def test_a_scan_writes_every_file_and_says_counts_that_add_up(
    scan: Scan, feed: Path, out: Path
) -> None:
    result = scan(feed)
    assert result.exit_code == 0, result.stderr
    assert "CA-WPN-001" in result.stdout
    assert "Brass knuckles" in result.stdout
    assert "Read 4 = decided 3 + quarantined 1." in result.stdout
    assert "Flagged 1 (33.33%)" in result.stdout
    assert sorted(path.name for path in out.iterdir()) == [
        "decisions.parquet",
        "flagged.parquet",
        "issues.jsonl",
        "quarantine.jsonl",
        "report.html",
        "run.json",
    ]
    decisions = pq.read_table(out / "decisions.parquet")
    assert decisions.schema == DECISION_SCHEMA
    assert decisions["listing_id"].to_pylist() == ["a", "b", "d"]
    flagged = pq.read_table(out / "flagged.parquet")
    assert flagged.schema == LISTING_SCHEMA
    assert flagged["id"].to_pylist() == ["b"]


def test_run_json_says_what_ran_on_what(scan: Scan, feed: Path, out: Path) -> None:
    result = scan(feed, "--json", "--market", "CA")
    record = json.loads(result.stdout)
    assert record == json.loads((out / "run.json").read_text())
    assert record["pack"]["label"].startswith("tiny@1.0.0+")
    assert record["feed"] == {"uri": str(feed), "format": "csv", "bytes": feed.stat().st_size}
    assert record["options"]["market"] == "CA"
    assert record["counts"]["clauses"] == {"CA-WPN-001": {"review": 1}}
    assert record["stages"]["lexicon"]["rows"] == 3


@pytest.mark.parametrize("market", ["ca", "CA-QC"])
def test_a_market_holds_in_either_case(scan: Scan, feed: Path, market: str) -> None:
    record = json.loads(scan(feed, "--market", market, "--json").stdout)
    assert record["options"]["market"] == market.upper()
    assert record["counts"]["clauses"] == {"CA-WPN-001": {"review": 1}}


def test_titles_come_in_the_language_asked_for(scan: Scan, feed: Path) -> None:
    assert "Coups-de-poing" in scan(feed, "--lang", "fr").stdout


def test_quiet_says_nothing(scan: Scan, feed: Path) -> None:
    assert scan(feed, "--quiet").output == ""


def test_decisions_also_come_as_jsonl_or_csv(scan: Scan, feed: Path, out: Path) -> None:
    scan(feed, "--format", "jsonl")
    lines = (out / "decisions.jsonl").read_text().splitlines()
    scan(feed, "--format", "csv", "--overwrite")
    with (out / "decisions.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert not (out / "decisions.jsonl").exists()
    assert [json.loads(line)["outcome"] for line in lines] == ["allow", "review", "allow"]
    assert [row["outcome"] for row in rows] == ["allow", "review", "allow"]


def test_scores_have_a_column_a_clause(scan: Scan, feed: Path, tmp_path: Path) -> None:
    scores = tmp_path / "more" / "scores.parquet"
    scan(feed, "--scores", str(scores))
    table = pq.read_table(scores)
    assert table.schema.names == ["listing_id", "CA-WPN-001"]
    assert table["CA-WPN-001"].to_pylist() == [None, None, None]


@pytest.mark.parametrize(("least", "code"), [("warn", 7), ("review", 7), ("block", 0)])
def test_fail_on_sets_the_exit_code(scan: Scan, feed: Path, least: str, code: int) -> None:
    result = scan(feed, "--fail-on", least)
    assert result.exit_code == code
    assert ("found 1 review" in result.stderr) == bool(code)


def test_a_folder_in_use_is_not_overwritten_unasked(scan: Scan, feed: Path) -> None:
    scan(feed)
    for options in ([], ["--resume"]):
        result = scan(feed, *options)
        assert result.exit_code == 6
        assert "--overwrite" in result.stderr
    assert scan(feed, "--overwrite").exit_code == 0


def test_resume_and_overwrite_contradict_each_other(scan: Scan, feed: Path) -> None:
    assert scan(feed, "--resume", "--overwrite").exit_code == 2


def test_explain_and_replay_read_the_scan(scan: Scan, feed: Path, out: Path) -> None:
    scan(feed)
    said = CliRunner().invoke(app, ["explain", str(out), "b", "--lang", "fr"])
    assert "CA-WPN-001" in said.stdout
    record = CliRunner().invoke(app, ["explain", str(out), "b", "--json"])
    assert json.loads(record.stdout)["outcome"] == "review"
    for listing_id in ("a", "b"):
        again = CliRunner().invoke(app, ["replay", str(out), listing_id])
        assert (again.exit_code, again.stdout) == (0, "identical\n")
    unknown = CliRunner().invoke(app, ["replay", str(out), "zzz"])
    assert unknown.exit_code == 6


def test_replay_under_a_changed_pack_says_what_differs(
    scan: Scan, feed: Path, out: Path, pack: Path
) -> None:
    scan(feed)
    (pack / "lexicons" / "CA-WPN-001.en.txt").write_text("sword cane\n")
    again = CliRunner().invoke(app, ["replay", str(out), "b"])
    assert again.exit_code == 7
    assert 'outcome: recorded "review", now "allow"' in again.stdout
    assert "pack: recorded" in again.stdout


@pytest.mark.usefixtures("small_chunks")
@pytest.mark.parametrize("workers", [1, 2])
def test_kill_9_and_resume_give_what_one_go_gives(
    scan: Scan,
    long_feed: Path,
    out: Path,
    pack: Path,
    workers: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SHELFGUARD_CHUNK_ROWS", "100")
    with _scanning(long_feed, out, pack, workers) as process:
        process.kill()
    assert process.returncode == -signal.SIGKILL
    refused = scan(long_feed)
    assert refused.exit_code == 6
    assert "--resume" in refused.stderr
    assert scan(long_feed, "--resume").exit_code == 0
    resumed = _stable(out)
    assert scan(long_feed, "--overwrite").exit_code == 0
    assert resumed.equals(_stable(out))
    assert resumed.num_rows == SLOW_ROWS


@pytest.mark.usefixtures("small_chunks")
def test_ctrl_c_says_how_to_go_on(long_feed: Path, out: Path, pack: Path) -> None:
    with _scanning(long_feed, out, pack, 2) as process:
        os.killpg(process.pid, signal.SIGINT)
        _, said = process.communicate()
    assert process.returncode == 130
    assert "Continue with: shelfguard scan" in said
    assert said.rstrip().endswith("--resume")
    assert "Traceback" not in said


def _scanning(feed: Path, out: Path, pack: Path, workers: int) -> subprocess.Popen[str]:
    """A scan in a process of its own, some chunks in."""
    command = [sys.executable, "-c", "from shelfguard.cli.main import main; main()", "scan"]
    options = ["--out", str(out), "--pack", str(pack), "--workers", str(workers)]
    process = subprocess.Popen(
        [*command, str(feed), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    while len(list(Folder(out).parts.glob("0*[0-9]"))) < 3:
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)
    return process


def _stable(out: Path) -> pa.Table:
    return pq.read_table(out / "decisions.parquet").drop_columns(list(VOLATILE_COLUMNS))
