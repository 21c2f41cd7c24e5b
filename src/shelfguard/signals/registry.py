"""The rule signals by the name under which a pack asks for them."""

from __future__ import annotations

from collections.abc import Callable

from shelfguard.errors import PackError
from shelfguard.policy.pack import Pack
from shelfguard.signals.base import Signal


def _lexicon(pack: Pack) -> Signal:
    from shelfguard.signals.lexicon import Lexicon

    return Lexicon.from_pack(pack)


def _attributes(pack: Pack) -> Signal:
    from shelfguard.signals.attributes import Attributes

    return Attributes()


def _contact(pack: Pack) -> Signal:
    from shelfguard.signals.contact import Contact

    return Contact()


BUILDERS: dict[str, Callable[[Pack], Signal]] = {
    "lexicon": _lexicon,
    "attributes": _attributes,
    "contact": _contact,
}

TEXT = "text"
"""The learned model; it is not a rule signal, but packs name it among their signals."""


def build_signals(pack: Pack) -> list[Signal]:
    """The pack's rule signals, in the order of its manifest.

    Raises:
        PackError: the manifest names a signal that does not exist.
    """
    names = [name for name in pack.manifest.signals if name != TEXT]
    for name in names:
        if name not in BUILDERS:
            known = ", ".join([*BUILDERS, TEXT])
            raise PackError(
                f"no signal '{name}'",
                file=pack.root / "pack.yaml",
                field="signals",
                fix=f"Known: {known}",
            )
    return [BUILDERS[name](pack) for name in names]
