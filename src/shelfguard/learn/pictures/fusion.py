"""Learn how a clause weighs text and pictures together, and what each is worth.

python -m shelfguard.learn.pictures.fusion --boxes FOLDER --out fusion.json

Texts are the pack's held-out examples (to learn from) and its cases (to report on); pictures the
calibration part of the boxes, `negatives/` included, and the test part. Neither the text model nor
the detector has learned from any of them.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from shelfguard.durable import write_json
from shelfguard.engine import Engine
from shelfguard.images.decode import Decoded, decode
from shelfguard.images.objects import ObjectDetector
from shelfguard.learn.command import parser, run, say
from shelfguard.learn.data.corpus import is_held_out
from shelfguard.learn.data.dataset import Split
from shelfguard.learn.pictures.ablation import ablation, table
from shelfguard.learn.pictures.boxes import MarkedPicture, read_boxes, split
from shelfguard.learn.pictures.pairing import Paired, Pictures, Scores, Text, Wording, paired
from shelfguard.listing import Batch
from shelfguard.models.source import resolve
from shelfguard.policy.load import load_pack
from shelfguard.policy.pack import Pack
from shelfguard.policy.rows import Row, read_cases, read_examples
from shelfguard.signals.fusion import Fusion, FusionFile, object_log_odds, text_log_odds

CLAUSE, GUNS = "CA-WPN-008", ("pistol", "long gun")

TIMES = 20
"""How often each text is paired."""

ORDINARY = 600
"""Texts of other clauses and of none, drawn from the pack's."""

STRENGTH = 1.0
"""Of the ridge penalty: scikit-learn's usual."""

SEED = 20261128


def texts(pack: Pack, engine: Engine, rows: Sequence[Row], rng: random.Random) -> list[Text]:
    """What the text model says of rows of the clause and of some others."""
    own = [row for row in rows if CLAUSE in row.violates or row.near == CLAUSE]
    rest = [row for row in rows if row.kind == "benign"]
    chosen = [*own, *rng.sample(rest, min(ORDINARY, len(rest)))]
    found = engine.run(Batch.from_records(row.record() for row in chosen)).probabilities
    column = found[:, engine.clauses.index(CLAUSE)].tolist()
    return [Text(row.id, said, _wording(row)) for row, said in zip(chosen, column, strict=True)]


def _wording(row: Row) -> Wording:
    if CLAUSE in row.violates:
        return Wording.VIOLATES
    return Wording.LOOKS_ALIKE if row.near == CLAUSE else Wording.ORDINARY


def pictures(
    detector: ObjectDetector, marked: Sequence[MarkedPicture], photos: Sequence[Path]
) -> Pictures:
    """What the detector sees in pictures of guns, and in others, knives among them."""
    guns: list[tuple[str, Scores]] = []
    others: list[tuple[str, Scores]] = []
    for each in marked:
        shows = {found.label for found in each.objects}
        scores = scores_of(detector, each.file)
        (guns if shows.intersection(GUNS) else others).append((each.group, scores))
    others += [(photo.stem, scores_of(detector, photo)) for photo in photos]
    return Pictures(guns, others)


def scores_of(detector: ObjectDetector, file: Path) -> Scores:
    """The likeliest object of each label in a picture; none in one that cannot be decoded."""
    decoded = decode(file.read_bytes(), file.name)
    found = detector.read(decoded.picture).found if isinstance(decoded, Decoded) else ()
    scores: dict[str, float] = {}
    for each in found:
        scores[each.label] = max(each.score, scores.get(each.label, 0.0))
    return scores


def fit(made: Sequence[Paired]) -> Fusion:
    """Logistic regression on log-odds, of the listings with pictures."""
    with_picture = [each for each in made if each.objects is not None]
    numbers = np.array([_numbers(each) for each in with_picture])
    model = LogisticRegression(C=STRENGTH).fit(numbers, [each.violates for each in with_picture])
    text, *objects = np.maximum(model.coef_[0], 0.0).round(4).tolist()
    offset = round(float(model.intercept_[0]), 4)
    return Fusion(offset=offset, text=text, objects=dict(zip(GUNS, objects, strict=True)))


def _numbers(each: Paired) -> list[float]:
    objects: Mapping[str, float] = each.objects or {}
    shown = [object_log_odds(objects.get(label, 0.0)) for label in GUNS]
    return [text_log_odds(each.text.probability), *shown]


def main() -> None:
    """Pair, fit, report and write."""
    options, rng = _options(), random.Random(SEED)  # noqa: S311
    pack = load_pack(options.pack)
    engine, detector = Engine.from_pack(pack), ObjectDetector(options.detector or _detector(pack))
    marked, photos = read_boxes(options.boxes), _photos(options.photos)
    learned = [row for row in read_examples(pack) if is_held_out(row.id)]
    parts = []
    for rows, part, half in ((learned, Split.CALIBRATION, 0), (read_cases(pack), Split.TEST, 1)):
        seen = pictures(detector, split(marked.pictures, part), photos[half::2])
        made = list(paired(texts(pack, engine, rows, rng), seen, TIMES, rng))
        say(f"{part}: {len(made)} listings, {len(seen.guns)} and {len(seen.others)} pictures")
        parts.append(made)
    fusion = fit(parts[0])
    found = ablation(fusion, parts[1])
    write_json(
        options.out,
        FusionFile(clauses={CLAUSE: fusion}, figures={CLAUSE: found}).model_dump(mode="json"),
    )
    say("\n".join(table(found)))


def _detector(pack: Pack) -> Path:
    models = pack.manifest.pictures.models if pack.manifest.pictures else []
    (model,) = [model for model in models if model.name == "objects"]
    return resolve(model.source, model.sha256, root=pack.root)


def _photos(folders: Sequence[Path]) -> list[Path]:
    return sorted(file for folder in folders for file in folder.iterdir() if file.is_file())


def _options() -> argparse.Namespace:
    made = parser(__doc__)
    made.add_argument("--boxes", type=Path, required=True, help="pictures marked with boxes")
    made.add_argument("--photos", type=Path, nargs="*", default=[], help="photos of other things")
    made.add_argument("--detector", type=Path, help="its graph; the pack's otherwise")
    made.add_argument("--out", type=Path, required=True, help="where the fusion goes")
    return made.parse_args()


if __name__ == "__main__":
    run(main)
