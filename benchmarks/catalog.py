"""Grow a large catalog from real product rows: python -m benchmarks.catalog OUT --rows N."""

from __future__ import annotations

import argparse
import csv
import json
import random
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from shelfguard.learn.data.corpus import is_held_out, unlike

Row = dict[str, str]

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"
EXAMPLES = ROOT / "src/shelfguard/packs/ca_marketplace/examples"
COLUMNS = ("id", "title", "description", "brand", "category", "model", "dimensions", "price")
COLOURS = ("black", "white", "red", "blue", "green", "silver", "grey", "pink", "brown", "gold")
WORD = re.compile(r"&#?\w+;|\w+")
DIGIT = re.compile(r"\d")
SWAPPED = 1 / 8
"""The share of ordinary words that give way to a word of another row."""


def real_rows() -> list[Row]:
    """Real product rows that no model has seen, else the pack's ordinary examples.

    The rows lie in the shared data beside the project; models learn from the others there, of
    which these are no near-duplicates.
    """
    if not (SHARED / "products_pyjedai").is_dir():
        print("No shared product data: growing the pack's ordinary examples.", file=sys.stderr)
        return _ordinary_examples()
    named = dict([*_delimited_rows(SHARED / "products_pyjedai"), *_bestbuy_rows(SHARED)])
    sides: dict[bool, list[Row]] = {True: [], False: []}
    for name, row in named.items():
        if row["title"].strip():
            sides[is_held_out(name)].append(row)
    titles, others = ([row["title"] for row in sides[side]] for side in (True, False))
    return [sides[True][number] for number in unlike(titles, others)]


def grow(size: int, seed: int = 20261122) -> Iterator[Row]:
    """Rows with changed words, as many as asked for; the same seed gives the same rows."""
    rows = real_rows()
    rng = random.Random(seed)
    rng.shuffle(rows)
    changer = Changer(rows, rng)
    for number in range(size):
        yield {**changer.change(rows[number % len(rows)]), "id": f"row-{number + 1:07d}"}


class Changer:
    """Swaps brands, model numbers, sizes, colours and some words for those of other rows."""

    def __init__(self, rows: list[Row], rng: random.Random) -> None:
        self._rng = rng
        self._brands = sorted({row["brand"] for row in rows if row["brand"]}) or [""]
        titles: set[str] = {word for row in rows for word in WORD.findall(row["title"])}
        words = [word for word in titles if word.isalpha()]
        self._capitals = sorted(word for word in words if word[0].isupper())
        self._smalls = sorted(word for word in words if word[0].islower()) or self._capitals

    def change(self, row: Row) -> Row:
        brand = self._rng.choice(self._brands) if row["brand"] else ""
        title = row["title"].replace(row["brand"], brand, 1) if brand else row["title"]
        texts = {**row, "title": title}
        swapped = {word: self._swap(word) for text in texts.values() for word in WORD.findall(text)}
        changed = {name: WORD.sub(lambda m: swapped[m[0]], text) for name, text in texts.items()}
        return {**changed, "brand": brand, "category": row["category"]}

    def _swap(self, word: str) -> str:
        if word.startswith("&"):
            return word
        if not word.isalpha():
            return DIGIT.sub(lambda _: self._rng.choice("123456789"), word)
        if word.lower() in COLOURS:
            colour: str = self._rng.choice(COLOURS)
            return colour.capitalize() if word[0].isupper() else colour
        if self._rng.random() > SWAPPED:
            return word
        return self._rng.choice(self._capitals if word[0].isupper() else self._smalls)


def write(path: Path, rows: Iterable[Row]) -> int:
    """Write CSV, or JSONL by the file's suffix; the number of rows written."""
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        if path.suffix != ".jsonl":
            sheet.writeheader()
        for row in rows:
            count += 1
            if path.suffix == ".jsonl":
                file.write(json.dumps(_flat(row), ensure_ascii=False) + "\n")
            else:
                sheet.writerow(row)
    return count


def read(path: Path, limit: int | None = None) -> list[Row]:
    """The rows of a grown CSV, for tools that have no reader of their own."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(islice(csv.DictReader(file), limit))


def _flat(row: Row) -> dict[str, object]:
    attributes = {name: row[name] for name in ("model", "dimensions") if row[name]}
    plain = {name: row[name] or None for name in ("id", "title", "description", "brand")}
    price = float(row["price"]) if row["price"] else None
    return {**plain, "category": row["category"] or None, "price": price, "attributes": attributes}


def _row(**values: str | None) -> Row:
    return {name: values.get(name) or "" for name in COLUMNS}


def _delimited_rows(folder: Path) -> Iterator[tuple[str, Row]]:
    names = ("D8__amazon", "D8__walmart", "D2__abt", "D2__buy", "D3__amazon", "D3__gp")
    for name in names:
        delimiter = "#" if name.startswith("D3") else "|"
        path = folder / f"data__ccer__{name}.csv"
        with path.open(encoding="utf-8", errors="replace") as file:
            for raw in csv.DictReader(file, delimiter=delimiter):
                row = _row(
                    title=raw.get("title") or raw.get("name"),
                    description=raw.get("description"),
                    brand=raw.get("brand") or raw.get("manufacturer"),
                    model=raw.get("modelno"),
                    dimensions=raw.get("dimensions"),
                    price=_price(raw.get("price")),
                )
                yield f"{path.name}:{raw['id']}", row


def _bestbuy_rows(folder: Path) -> Iterator[tuple[str, Row]]:
    path = folder / "products_bestbuy_typesense/ecommerce.json"
    for number, raw in enumerate(json.loads(path.read_text(encoding="utf-8")), 1):
        row = _row(
            title=raw["name"],
            description=raw["description"],
            brand=raw["brand"],
            category=" > ".join(raw["categories"]),
            price=_price(raw["price"]),
        )
        yield f"{path.name}:{path.name}:{number}", row


def _ordinary_examples() -> list[Row]:
    lines = [
        json.loads(line)
        for file in sorted(EXAMPLES.glob("*.jsonl"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    names = ("title", "description", "brand", "category")
    kept = [line for line in lines if line["near"] is None]
    return [
        _row(**{name: line[name] for name in names}, price=_price(line["price"])) for line in kept
    ]


def _price(value: object) -> str:
    try:
        return f"{float(str(value)):.2f}"
    except ValueError:
        return ""


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=100_000)
    chosen = parser.parse_args()
    print(f"{write(chosen.out, grow(chosen.rows))} rows in {chosen.out}")
