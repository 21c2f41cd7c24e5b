"""A pack of one clause without models: a server with it is up at once."""

from __future__ import annotations

from pathlib import Path

from tests.unit.policy.tinypack import TinyPack

KNUCKLES = {"id": "sku-7", "title": "Brass knuckles, polished"}
MUG = {"id": "sku-8", "title": "Stoneware mug, 350 ml"}


def lexicon_pack(folder: Path, words: str = "brass knuckles") -> str:
    """Write a pack that sends listings with these words to review; gives its folder."""
    tiny = TinyPack(folder)
    for name in ("pack.yaml", "clauses/CA-WPN-001.yaml"):
        tiny.edit(name, "[lexicon, text]", "[lexicon]")
    tiny.write("lexicons/CA-WPN-001.en.txt", f"{words}\n")
    return str(tiny.root)
