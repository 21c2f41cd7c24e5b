"""Short texts are looked at once; long ones are never kept."""

from __future__ import annotations

from shelfguard.short_cache import LONGEST, short_cache


def test_only_what_is_short_is_remembered() -> None:
    seen: list[int] = []

    @short_cache(8)
    def length(text: str) -> int:
        seen.append(len(text))
        return len(text)

    short, long = "x" * LONGEST, "x" * (LONGEST + 1)
    assert [length(text) for text in (short, short, long, long)] == [256, 256, 257, 257]
    assert seen == [256, 257, 257]
