"""Google Merchant feeds in RSS 2.0 or Atom, with attributes in the `g:` namespace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from shelfguard.errors import FeedError
from shelfguard.feeds.chunk import UNFIT, Quarantined, excerpt
from shelfguard.feeds.draft import Flat, Item
from shelfguard.feeds.fields import LISTS
from shelfguard.feeds.stream import BLOCK, Bytes

if TYPE_CHECKING:
    from lxml import etree
    from lxml.etree import _Element

_FIX = "Export the feed again."
_SKIPPED = {"updated", "published", "author", "guid", "pubDate"}
_GOOGLE = "{http://base.google.com/ns/1.0}"


class _File:
    """The stream as the object with `read` that the parser asks for."""

    def __init__(self, stream: Bytes) -> None:
        self.stream = stream

    def read(self, size: int = BLOCK) -> bytes:
        return self.stream.read(size)


def items(stream: Bytes, flat: Flat) -> Iterator[Item]:
    """Every `item` or `entry`; entities, DTDs and the network are out of bounds.

    A document that breaks off gives what came before, and one quarantined entry.

    Raises:
        FeedError: there is a DTD, no item at all, or none before the document breaks.
    """
    from lxml import etree

    file, rows = stream.path.name, 0
    try:
        for _, element in _elements(stream):
            if rows == 0:
                _refuse_dtd(element, stream)
            if _name(element) in ("item", "entry"):
                rows += 1
                yield _item(_record(element), flat, file, element.sourceline)
                _forget(element)
    except etree.XMLSyntaxError as error:
        line, reason = error.lineno, stream.cut or f"is not well-formed XML: {error.msg}"
        if not rows:
            raise FeedError(reason, file=stream.path, line=line, fix=_FIX) from None
        yield Item(line, Quarantined(file, line, None, None, reason, ""))
    if not rows:
        raise FeedError("has neither RSS items nor Atom entries", file=stream.path, fix=_FIX)


def _item(record: dict[str, Any], flat: Flat, file: str, line: int | None) -> Item:
    try:
        return Item(line, flat.draft(record))
    except UNFIT as error:
        return Item(line, Quarantined(file, line, None, None, str(error), excerpt(record)))


def _elements(stream: Bytes) -> etree.iterparse[tuple[str, _Element]]:
    from lxml import etree

    return etree.iterparse(
        _File(stream),
        events=("end",),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _refuse_dtd(element: _Element, stream: Bytes) -> None:
    if element.getroottree().docinfo.internalDTD is not None:
        raise FeedError(
            "has a document type declaration, which may carry an entity bomb",
            file=stream.path,
            fix="Remove the DOCTYPE; product feeds need none.",
        )


def _name(element: _Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _record(item: _Element) -> dict[str, Any]:
    """Flat keys of one item; a `g:` attribute wins over RSS's or Atom's own of that name."""
    own: dict[str, list[str]] = {}
    google: dict[str, list[str]] = {}
    details: dict[str, list[str]] = {}
    for child in item:
        name = _name(child)
        if name == "product_detail":
            parts = {_name(part): _text(part) for part in child}
            texts = details.setdefault(parts.get("attribute_name", name), [])
            texts.append(parts.get("attribute_value", ""))
        elif name not in _SKIPPED:
            values = google if str(child.tag).startswith(_GOOGLE) else own
            values.setdefault(name, []).append(_text(child))
    record: dict[str, Any] = {
        name: texts if name in LISTS else _joined(texts) for name, texts in (own | google).items()
    }
    given = {name: _joined(texts) for name, texts in details.items()}
    return record | ({"attributes": given} if given else {})


def _joined(texts: list[str]) -> str:
    return "; ".join(filter(None, texts))


def _text(element: _Element) -> str:
    """Text of an element; of one with parts, such as `shipping`, its parts by name."""
    if len(element):
        return "; ".join(f"{_name(part)}: {_text(part)}" for part in element)
    return (element.text or element.get("href") or "").strip()


def _forget(element: _Element) -> None:
    """Frees what has been read, so that memory stays flat."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
