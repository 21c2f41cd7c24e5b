"""Real catalogs, where they are at hand."""

from pathlib import Path

import pytest

from tests.unit.feeds.reading import read

SHARED = Path(__file__).parents[4] / "shared" / "data"


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("products_pyjedai/data__ccer__D8__amazon.csv", 22_001),
        ("products_pyjedai/data__ccer__D8__walmart.csv", 2_527),
        ("products_pyjedai/data__ccer__D3__gp.csv", 3_011),
        ("products_pyjedai/data__ccer__D2__abt.csv", 1_050),
        ("products_bestbuy_typesense/ecommerce.json", 3_261),
    ],
)
def test_every_row_is_read(name: str, rows: int) -> None:
    path = SHARED / name
    if not path.exists():
        pytest.skip(f"needs {name} in ../shared/data")
    records, quarantined, _ = read(path)
    assert (len(records), quarantined) == (rows, [])
    assert all(record["title"] for record in records)


def test_the_catalog_in_examples_reads_whole() -> None:
    records, quarantined, warnings = read(Path(__file__).parents[3] / "examples" / "catalog.csv")
    assert (len(records), quarantined, dict(warnings)) == (60, [], {})
    assert {lang for record in records for lang in record["title"]} == {"en", "fr"}
