from __future__ import annotations

from pathlib import Path

import pytest

from shelfguard.errors import DataError
from shelfguard.images.exchange.delivery import ERRORS_KEPT, Delivery
from tests.unit.images.exchange.test_lines import ONE, TWO, new


def test_what_is_left_out_is_counted_by_why(tmp_path: Path) -> None:
    lines = [ONE, f"video_md5 {ONE}", *["broken"] * 30, TWO]
    (tmp_path / "file").write_text("\n".join(lines), "utf-8")
    delivery = Delivery(tmp_path / "file", skip_invalid=True)
    assert list(delivery.entries()) == [new(ONE), new(TWO)]
    assert delivery.set_aside == {"signal type video_md5": 1}
    assert delivery.invalid == 30
    assert len(delivery.errors) == ERRORS_KEPT


def test_an_invalid_record_ends_it_unless_such_are_skipped(tmp_path: Path) -> None:
    (tmp_path / "file").write_text(f"{ONE}\nbroken\n", "utf-8")
    with pytest.raises(DataError, match="file:2: field 'hash'"):
        list(Delivery(tmp_path / "file", skip_invalid=False).entries())
