"""A pack that is replaced while requests are on their way."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx
import pytest

from shelfguard.store.database import writing
from tests.unit.serve.lexicon_pack import KNUCKLES, lexicon_pack
from tests.unit.serve.running import running
from tests.waiting import wait_until


def renamed(folder: Path) -> str:
    """The same pack, but its clause has another id."""
    pack = Path(lexicon_pack(folder))
    for file in [found for found in pack.rglob("*") if found.is_file()]:
        text = file.read_text("utf-8").replace("CA-WPN-001", "CA-WPN-009")
        file.unlink()
        file.with_name(file.name.replace("CA-WPN-001", "CA-WPN-009")).write_text(text, "utf-8")
    return str(pack)


@pytest.mark.parametrize("cache", [False, True], ids=["decided", "cached"])
def test_notices_are_worded_by_the_pack_that_made_the_decision(
    tmp_path: Path, *, cache: bool
) -> None:
    answers: list[httpx.Response] = []
    with running(tmp_path, pack=lexicon_pack(tmp_path / "old"), cache=cache) as api:
        assert api.server.store
        decided = api.server.measures.registry.get_sample_value
        asking = threading.Thread(
            target=lambda: answers.append(api.decide(KNUCKLES, **{"accept-language": "en"}))
        )
        with writing(api.server.store):  # the decision is made, and waits to be kept
            asking.start()
            wait_until(lambda: decided("shelfguard_batch_rows_count") == 1)
            api.server.service.swap(api.server.load(renamed(tmp_path / "new"), None))
        asking.join()
    (answer,) = answers
    assert answer.status_code == 200, answer.text
    assert [notice["clause"] for notice in answer.json()["notices"]] == ["CA-WPN-001"]
