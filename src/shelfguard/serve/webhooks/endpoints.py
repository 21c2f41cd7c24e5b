"""Who is sent events: the endpoints of a YAML file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from shelfguard.decision import Outcome
from shelfguard.errors import ServeError
from shelfguard.policy.document import Document, Loc, read_document
from shelfguard.policy.schema import parse
from shelfguard.serve import LOOPBACK
from shelfguard.serve.webhooks.signature import read_secret

TOLD = (Outcome.REVIEW, Outcome.BLOCK, Outcome.ESCALATE)
"""The outcomes that are sent where an endpoint names none."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where events go, which outcomes, and the secrets that sign them, newest first."""

    name: str
    url: str
    secrets: tuple[bytes, ...] = field(repr=False)
    outcomes: frozenset[Outcome] = frozenset(TOLD)


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]
    url: str
    secrets: list[str] = []
    secret_files: list[Path] = []
    outcomes: Annotated[list[Outcome], Field(min_length=1)] = list(TOLD)

    @field_validator("url")
    @classmethod
    def _encrypted(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.username or parts.password:
            raise ValueError("must hold no password")
        if not parts.hostname or re.search(r"[\s\x00-\x1f]", url):
            raise ValueError("must be an address such as https://example.org/hook")
        if parts.scheme != "https" and (parts.scheme, parts.hostname) not in _LOCAL:
            raise ValueError("must begin with https://, except on this machine")
        return url


_LOCAL = [("http", host) for host in LOOPBACK]


class _Entries(BaseModel):
    model_config = ConfigDict(extra="forbid")

    endpoints: Annotated[list[_Entry], Field(min_length=1)]


def read_endpoints(file: Path) -> list[Endpoint]:
    """Read a file such as

    ```yaml
    endpoints:
      - name: review-desk
        url: https://example.org/hooks/shelfguard
        secret_files: [review-desk.secret]
        outcomes: [review, block, escalate]
    ```

    A secret's file is found beside this one. While secrets change, name the new one and the old.

    Raises:
        ServeError: what is wrong, each with its line.
    """
    document = read_document(file)
    entries = parse(document, _Entries)
    found = list(_endpoints(document, entries)) if entries else []
    if document.problems:
        problems = sorted(document.problems, key=lambda problem: problem.line or 0)
        raise ServeError("\n".join(map(str, problems)))
    return found


def _endpoints(document: Document, entries: _Entries) -> Iterator[Endpoint]:
    names: set[str] = set()
    for number, entry in enumerate(entries.endpoints):
        here: Loc = ("endpoints", number)
        if entry.name in names:
            document.reject((*here, "name"), f"two endpoints are called '{entry.name}'")
        names.add(entry.name)
        secrets = tuple(_secrets(document, entry, here))
        if not (entry.secrets or entry.secret_files):
            document.reject(here, "has no secret", "Name a file of one under secret_files")
        yield Endpoint(entry.name, entry.url, secrets, frozenset(entry.outcomes))


def _secrets(document: Document, entry: _Entry, here: Loc) -> Iterator[bytes]:
    written = [((*here, "secrets", n), text) for n, text in enumerate(entry.secrets)]
    for number, name in enumerate(entry.secret_files):
        loc = (*here, "secret_files", number)
        try:
            written.append((loc, (document.file.parent / name).read_text("ascii")))
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "not a secret"
            document.reject(loc, f"'{name}' cannot be read: {reason}")
    for loc, text in written:
        try:
            yield read_secret(text)
        except ServeError as error:
            document.reject(loc, error.problem, error.fix)
