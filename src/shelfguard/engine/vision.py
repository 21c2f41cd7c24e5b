"""What an engine looks at pictures with: where they come from, detectors, heads and banks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shelfguard.engine.picture_source import READINGS, PictureSource
from shelfguard.errors import PackError
from shelfguard.images.banks.bank import LOG, Bank
from shelfguard.images.banks.catalog import Catalog
from shelfguard.images.detectors import build_detectors
from shelfguard.images.fetch import Access, Fetcher, PictureCache
from shelfguard.images.picture_heads import Head, PictureHeads
from shelfguard.images.reader import Fetches, PictureReader
from shelfguard.images.reading_cache import ReadingCache
from shelfguard.models.source import digest, resolve
from shelfguard.policy.calibration import Threshold, Thresholds
from shelfguard.policy.pack import Pack, PictureUse
from shelfguard.signals.fusion import Fusion, read_fusions

CACHE_BYTES = 10_000_000_000
"""Of fetched pictures; those unused for longest go first."""

HEADS, FUSION = "heads", "fusion"
"""The models that judge clauses by pictures alone, and by text and pictures together."""


@dataclass(frozen=True)
class Vision:
    """Detectors, heads and banks of a pack, ready to look."""

    use: PictureUse
    reader: PictureReader
    heads: PictureHeads | None
    fusions: Mapping[str, Fusion]
    banks: Sequence[Bank]
    catalog: Catalog | None
    models: dict[str, str]
    """Digest by model file and bank, version by detector: all that can change a reading."""

    @property
    def judges(self) -> frozenset[str]:
        """The clauses that pictures alone are judged by."""
        return frozenset(self.heads.clauses if self.heads else ())

    @property
    def thresholds(self) -> dict[str, Thresholds]:
        """What the goals of these clauses came to."""
        heads = self.heads.heads if self.heads else {}
        return {clause: _thresholds(head) for clause, head in heads.items()}

    @classmethod
    def from_pack(cls, pack: Pack, source: PictureSource, fetches: Fetches | None = None) -> Vision:
        """What the pack asks for; `fetches` takes the place of the web, as a replay needs.

        Raises:
            PackError: the pack asks nothing of pictures.
            ModelError: a model file or a library is missing, or is not the one that was pinned.
        """
        use = pack.manifest.pictures
        if use is None:
            fix = "Scan without --images, or add a section 'pictures' to the pack"
            raise PackError("asks nothing of pictures", file=pack.root / "pack.yaml", fix=fix)
        files = {m.name: resolve(m.source, m.sha256, root=pack.root) for m in use.models}
        detectors = build_detectors(use.detectors, files)
        cache = ReadingCache(source.cache / READINGS)
        banks = [_known(Bank(folder), pack) for folder in source.banks]
        return cls(
            use,
            PictureReader(fetches or _open(source), detectors, cache),
            PictureHeads.load(files[HEADS]) if HEADS in files else None,
            read_fusions(files[FUSION]) if FUSION in files else {},
            banks,
            Catalog.read(source.catalog) if source.catalog else None,
            {
                **{f"picture-{m.name}": m.sha256 for m in use.models},
                **{f"detector-{name}": detector.version for name, detector in detectors.items()},
                **{f"bank-{bank.card.name}": digest(bank.folder / LOG) for bank in banks},
                **({"catalog": digest(source.catalog)} if source.catalog else {}),
            },
        )


def _known(bank: Bank, pack: Pack) -> Bank:
    """A bank whose clauses the pack has: another would match without any effect."""
    for clause in bank.card.clauses:
        if clause not in pack.clauses:
            fix = "Scan with the pack that the bank was made for, or make a bank for this one"
            problem = f"stands for {clause}, which {pack.manifest.id} does not have"
            raise PackError(problem, file=bank.folder, field="clauses", fix=fix)
    return bank


def _thresholds(head: Head) -> Thresholds:
    act, review = (Threshold(goal={}, **limit.model_dump()) for limit in (head.act, head.review))
    return Thresholds(act=act, review=review)


def _open(source: PictureSource) -> Fetcher:
    """What fetches pictures; it stays open as long as the process lives."""
    kept = PictureCache(source.cache, CACHE_BYTES)
    access = Access.allowing(*source.allow)
    return Fetcher(source.roots, access=access, cache=kept).__enter__()
