"""Real texts that are no catalogs: messages, posts and recalled products, read as listings."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from shelfguard.errors import FeedError
from shelfguard.listing import Batch, Record


class Text(NamedTuple):
    """One real text; `key` names it inside its file."""

    key: str
    lang: str
    text: str
    brand: str | None = None


def is_auxiliary(file: Path) -> bool:
    """Whether a file is one of the sources that are known here, by its folder and name."""
    return _name(file) in SOURCES


def read_auxiliary(file: Path) -> Batch:
    """The texts of a source, each the title of a listing whose id is `FOLDER/FILE#KEY`.

    Raises:
        FeedError: the file is not as its source publishes it.
    """
    name = _name(file)
    try:
        return Batch.from_records(_record(name, text) for text in SOURCES[name](file))
    except (OSError, KeyError, ValueError, StopIteration, zipfile.BadZipFile) as error:
        problem = f"is not as {file.parent.name} publishes it: {error}"
        raise FeedError(problem, file=file, fix="Fetch the file again") from error


def _name(file: Path) -> str:
    return f"{file.parent.name}/{file.name}"


def _record(name: str, text: Text) -> Record:
    title = {text.lang: " ".join(text.text.split())}
    return {"id": f"{name}#{text.key}", "title": title, "brand": text.brand}


def _messages(file: Path) -> Iterator[Text]:
    with file.open(encoding="utf-8", errors="replace", newline="") as lines:
        for number, row in enumerate(csv.reader(lines)):
            if number and len(row) > 1 and row[1].strip():
                yield Text(str(number), "en", row[1])


def _toxic(file: Path) -> Iterator[Text]:
    with file.open(encoding="utf-8", newline="") as lines:
        for number, row in enumerate(csv.DictReader(lines), 1):
            yield Text(str(number), "en", row["text"])


def _posts(file: Path) -> Iterator[Text]:
    with zipfile.ZipFile(file) as archive:
        for lang in ("en", "fr"):
            name = next(n for n in archive.namelist() if n.endswith(f"/{lang}_dataset.csv"))
            lines = io.StringIO(archive.read(name).decode("utf-8"), newline="")
            for number, row in enumerate(csv.DictReader(lines), 1):
                yield Text(f"{lang}-{number}", lang, row["tweet"])


def _recalled(file: Path) -> Iterator[Text]:
    for recall in json.loads(file.read_bytes())["recalls"]:
        firm = recall.get("recalling_firm") or None
        yield Text(recall["recall_number"], "en", recall["product_description"], firm)


SOURCES: dict[str, Callable[[Path], Iterator[Text]]] = {
    "mod_smsspam/spam.csv": _messages,
    "mod_surge/toxicity_en.csv": _toxic,
    "mod_mlma/hate_speech_mlma.zip": _posts,
    "recalls_fda_food_class1/recalls.json": _recalled,
}
"""Each source's path, and how it is read. None of them are listings: say so with every figure."""
