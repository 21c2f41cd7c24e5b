"""Pictures of one batch on their way into its probabilities."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from shelfguard.engine.sight import NO_PICTURE, Sight
from shelfguard.engine.vision import Vision
from shelfguard.images.readings import Readings
from shelfguard.policy.pack import IMAGE
from shelfguard.signals.fusion import Fusion, fused, object_scores

if TYPE_CHECKING:
    from shelfguard.engine.judging import Judging

DECIMALS = 5
"""As decisions record probabilities."""


class Looking:
    """Adds what pictures show to a batch whose words, those in pictures too, were judged."""

    def __init__(self, judged: Judging, vision: Vision, sight: Sight) -> None:
        self._judged, self._vision, self._sight = judged, vision, sight

    def judge(self) -> None:
        """Judge by what pictures show, alone and together with the words."""
        self._judge_by_heads()
        self._judge_by_labels()
        for clause, fusion in self._vision.fusions.items():
            if clause in self._judged.engine.clauses:
                self._fuse(clause, fusion)
        self._note_unread()

    def _judge_by_heads(self) -> None:
        if self._vision.heads is None:
            return
        known: dict[tuple[str, bool], dict[str, float]] = {}
        for place, readings in self._sight.readings.items():
            same = readings.sha256, self._sight.is_main(place)
            if same not in known:
                known[same] = self._vision.heads.judge(readings, is_main=same[1])
            for clause, share in known[same].items():
                self._raise(place[0], clause, share)

    def _judge_by_labels(self) -> None:
        """A label that is a clause's id judges that clause."""
        for (row, _), readings in self._sight.readings.items():
            for label, share in readings.labels.probabilities.items() if readings.labels else ():
                self._raise(row, label, share)

    def _raise(self, row: int, clause: str, share: float) -> None:
        """The worst that speaks for a clause counts."""
        if clause in self._judged.engine.clauses:
            at = row, self._judged.engine.clauses.index(clause)
            known = self._judged.probabilities[at]
            self._judged.probabilities[at] = np.fmax(known, np.float32(round(share, DECIMALS)))

    def _fuse(self, clause: str, fusion: Fusion) -> None:
        pictures: dict[int, list[Readings]] = defaultdict(list)
        for (row, _), readings in self._sight.readings.items():
            pictures[row].append(readings)
        column = self._judged.probabilities[:, self._judged.engine.clauses.index(clause)]
        for row in np.flatnonzero(np.isfinite(column)).tolist():
            shown = object_scores(pictures.get(row, ()))
            column[row] = round(fused(fusion, float(column[row]), shown), DECIMALS)

    def _note_unread(self) -> None:
        for row, reason in self._sight.unread():
            self._judged.degraded[row].append(reason)
            if self._vision.use.unread == "review":
                self._judged.missing[row].add(IMAGE)
        if IMAGE in self._judged.engine.pack.manifest.required:
            self._judged.degrade(IMAGE, NO_PICTURE, self._sight.without_pictures())
