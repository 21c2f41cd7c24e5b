"""The recipe of the cascade: parts that other recipes trained, calibrated together."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from shelfguard.engine import Engine
from shelfguard.errors import DataError, ModelError
from shelfguard.learn.calibrate.cascade import calibration_of, told, write_calibration
from shelfguard.learn.calibrate.held_out import HeldOut
from shelfguard.learn.model import ModelRecord
from shelfguard.learn.train.settings import Settings, read_settings
from shelfguard.learn.train.trainer import Job
from shelfguard.listing import Batch
from shelfguard.policy.load import load_labelled, with_models
from shelfguard.policy.pack import CALIBRATION, MODEL_FILES, Pack
from shelfguard.signals.text import STUDENT, TRANSFORMERS, resolve_models

Floats = npt.NDArray[np.float32]

OWN = "pack"
"""Given for a part: the pack's own model."""

WORDS = ("pieces", "vectors")
"""What transformers have beside them; those of one cascade share them."""


class CascadeSettings(Settings):
    """`pack` has the rule signals and the goals, the dataset's own by default.

    `parts` names the folder of each stage's model, or `pack` for the pack's own.
    """

    pack: str | None = None
    parts: dict[Literal["student", "screener", "encoder"], str]


def train(job: Job) -> None:
    """Gather the parts and write `calibration.json` beside them.

    Raises:
        DataError: a setting is unknown, there is no student, or too few rows to calibrate on.
        ModelError: a folder lacks its model, or the models do not belong together.
    """
    settings = read_settings(CascadeSettings, job.settings)
    if STUDENT not in settings.parts:
        problem, fix = "a cascade begins with a student", "Name one in its recipe"
        raise DataError(problem, field="settings.parts", fix=fix)
    pack = load_labelled(settings.pack or job.dataset.manifest.pack)
    files = gather({str(stage): part for stage, part in settings.parts.items()}, pack, job.folder)
    held_out = HeldOut.of_part(job.dataset.calibration)
    job.watch.say(
        f"calibrating on {len(held_out.batch)} rows and {len(held_out.catalog)} real ones"
    )
    calibration = calibration_of(pack, files, held_out)
    write_calibration(calibration, job.folder / CALIBRATION)
    for line in told(calibration):
        job.watch.say(line)
    figures = {name: v for name, v in calibration.data.items() if isinstance(v, int | float)}
    job.watch.log(figures, 0)


def gather(parts: dict[str, str], pack: Pack, folder: Path) -> dict[str, Path]:
    """Copy each stage's model into the folder, under the name that the engine asks for.

    Raises:
        ModelError: a part has no such file, or transformers were made for other word pieces.
    """
    own = resolve_models(pack) if OWN in parts.values() else {}
    wanted = {name: _found(parts[name], name, own) for name in parts}
    for stage in (stage for stage in TRANSFORMERS if stage in parts):
        for name in WORDS:
            file = _found(parts[stage], name, own)
            if file.read_bytes() != wanted.setdefault(name, file).read_bytes():
                fix = "Train the transformers of a cascade with the same `pieces`"
                raise ModelError(f"not the {name} of the other transformer", file=file, fix=fix)
    return {
        name: Path(shutil.copyfile(file, folder / MODEL_FILES[name]))
        for name, file in wanted.items()
    }


def _found(part: str, name: str, own: dict[str, Path]) -> Path:
    """The file of a part: of the pack's own, or the one so named or alone of its sort."""
    if part == OWN:
        if name not in own:
            raise ModelError(f"the pack has no {name} of its own", field=f"settings.parts.{name}")
        return own[name]
    folder, file = Path(part), MODEL_FILES[name]
    alike = [folder / file, *sorted(folder.glob(f"*{Path(file).suffix}"))]
    found = [path for path in alike if path.is_file()]
    if not found or (found[0] != folder / file and len(found) > 1):
        fix = "Give the folder of a model that `shelfguard model train` wrote"
        raise ModelError(f"has no {file}", file=folder, fix=fix)
    return found[0]


class CascadeScorer:
    """A Scorer that is the whole engine: rules, student and transformers, as in a scan."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def clauses(self) -> list[str]:
        return list(self.engine.clauses)

    def probabilities(self, batch: Batch) -> Floats:
        """P(violates) [listings, clauses], calibrated; NaN where no model judges."""
        return self.engine.run(batch).probabilities


def load(folder: Path, record: ModelRecord) -> CascadeScorer:
    """The cascade of a folder under the pack that it was calibrated for.

    Raises:
        ModelError: a file is missing or is not the one that was calibrated.
        PackError: the pack is not here.
    """
    pack = record.recipe.get("settings", {}).get("pack") or record.pack
    return CascadeScorer(Engine.from_pack(with_models(load_labelled(pack), folder)))
