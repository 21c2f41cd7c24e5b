"""The output of a scan in an object store, where nothing can be renamed or locked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from typing import Any

from shelfguard.errors import RunError, ShelfguardError
from shelfguard.objects import place
from shelfguard.run.identity import Identity, refuse_if_different
from shelfguard.run.output import Wanted
from shelfguard.run.part import DECISIONS, FLAGGED, QUARANTINE
from shelfguard.run.stored_parts import FILES, MANIFESTS, StoredParts

RECORD, STATE = "run.json", "state.json"
DELTA_LOG = f"{DECISIONS}/_delta_log/"

_OURS = re.compile(
    rf"(?:{DECISIONS}|{FLAGGED}|{QUARANTINE})/\d+\.[0-9a-f]{{32}}\.(?:parquet|jsonl)"
    rf"|(?:{MANIFESTS}|{FILES})\d+\.json|{DELTA_LOG}.*"
)


class Stored:
    """A folder by URL. `run.json`, written last, names exactly the files that hold the result.

    Two runs at once into the same folder are no danger where they are the same run: of every
    chunk one attempt is kept.
    """

    def __init__(self, url: str) -> None:
        self.url, self.out, self.chunks = url, place(url), StoredParts(url)
        self._is_open = False

    def locked(self) -> AbstractContextManager[None]:
        return nullcontext()

    def model_in_use(self, source: str) -> dict[str, Any] | None:
        state = self._state()
        model: dict[str, Any] | None = state and state["identity"]["options"].get("model")
        return model if model and model["source"] == source else None

    def open(self, identity: Identity, *, resume: bool, overwrite: bool) -> str:
        if overwrite:
            self._clear()
        state = self._state()
        if state is not None:
            return self._continue(state, identity, resume=resume)
        self._refuse_if_used()
        started = datetime.now(UTC).isoformat()
        state = {"identity": identity, "started_at": started}
        if not (self.out / STATE).create(json.dumps(state).encode()):
            raise RunError("another scan has just begun here", file=self.url, fix="Let it finish.")
        self._is_open = True
        return started

    def _refuse_if_used(self) -> None:
        fix = "Choose another --out, or replace it with --overwrite."
        if (self.out / RECORD).exists():
            raise RunError("this folder holds a finished run", file=self.url, fix=fix)
        if self._ours(MANIFESTS) or self._ours(FILES):
            problem = "this folder holds chunks of a run that nothing tells of"
            raise RunError(problem, file=self.url, fix=fix)

    def _state(self) -> dict[str, Any] | None:
        at = self.out / STATE
        state: dict[str, Any] | None = json.loads(at.read()) if at.exists() else None
        return state

    def _continue(self, state: dict[str, Any], identity: Identity, *, resume: bool) -> str:
        if not resume:
            fix = "Continue it with --resume, or start again with --overwrite."
            raise RunError("this folder holds an unfinished run", file=self.url, fix=fix)
        refuse_if_different(self.url, state["identity"], identity)
        self._is_open = True
        return str(state["started_at"])

    def merge(self, indexes: Sequence[int], wanted: Wanted) -> dict[str, Any]:
        """Name the files of all chunks; what a store holds is not joined into one."""
        manifests = self.chunks.manifests(indexes)
        files = [file for manifest in manifests for file in manifest["files"]]
        if wanted.table == "delta":
            from shelfguard.run.delta import commit_table

            commit_table(f"{self.url}/{DECISIONS}", _inside(DECISIONS, files))
        return {"files": files}

    def write_record(self, record: dict[str, Any]) -> None:
        text = json.dumps(record, indent=2, ensure_ascii=False) + "\n"
        (self.out / RECORD).write(text.encode())

    def close(self) -> None:
        """Remove the files of attempts that came too late, and then the mark of work."""
        record = json.loads((self.out / RECORD).read())
        kept = {file["name"] for file in record["files"]}
        for folder in (DECISIONS, FLAGGED, QUARANTINE):
            for name in self._ours(f"{folder}/"):
                if name not in kept and not name.startswith(DELTA_LOG):
                    (self.out / name).remove()
        (self.out / STATE).remove()

    @contextmanager
    def forgotten_if_nothing_is_done(self) -> Iterator[None]:
        """Let an error leave no unfinished run where there is nothing to continue."""
        try:
            yield
        except ShelfguardError:
            if self._is_open and not self.chunks.committed():
                self._remove(FILES)
                (self.out / STATE).remove()
            raise

    def _clear(self) -> None:
        """Remove what an earlier scan left, and nothing else.

        Whatever counts goes before what it counts, and the mark of work last: if this is killed,
        no scan takes the rest for its own. The earlier scan's workers must be gone: what they
        committed later would count as the next one's.
        """
        (self.out / RECORD).remove()
        for prefix in (DELTA_LOG, FILES, MANIFESTS, ""):
            self._remove(prefix)
        (self.out / STATE).remove()

    def _remove(self, prefix: str) -> None:
        for name in self._ours(prefix):
            (self.out / name).remove()

    def _ours(self, prefix: str) -> list[str]:
        return [name for name in self.out.names(prefix) if _OURS.fullmatch(name)]


def _inside(folder: str, files: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The files of one folder, by their names in it."""
    named = ((file["name"].partition("/"), file) for file in files)
    return [{**file, "name": name} for (top, _, name), file in named if top == folder]
