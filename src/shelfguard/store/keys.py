"""API keys: shown once, kept as digests, and checked in constant time."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, text, update

from shelfguard.errors import StoreError
from shelfguard.store.scopes import Scope
from shelfguard.store.tables import api_keys

SECRET_BYTES = 32

TOKEN = re.compile(r"sg_([0-9a-f]{12})_([\w-]{43})", re.ASCII)
"""`sg_`, the key's public id, and the secret: its bytes in URL-safe base64."""

_NOBODY = "0" * 64

_ONE_AT_A_TIME = text("LOCK TABLE api_keys IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Key:
    """What is known of a key; its secret is not."""

    id: str
    name: str
    scopes: frozenset[Scope]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def valid(self, now: datetime) -> bool:
        """Whether it may still be used."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def create(
    connection: Connection, name: str, scopes: Collection[Scope], expires_at: datetime | None = None
) -> tuple[Key, str]:
    """Make a key, and the token that its client sends: it is not to be had again.

    SHA-256 is enough at rest: slow hashes protect what people choose, while nobody guesses 256
    random bits (NIST SP 800-63B, 5.1.2.2), and a check costs microseconds at every request.

    Raises:
        StoreError: the name is empty or that of another valid key, or there is no scope.
    """
    if not name.strip() or not scopes:
        raise StoreError("a key needs a name and a scope", field="name" if scopes else "scopes")
    _refuse_taken(connection, name)
    key = Key(secrets.token_hex(6), name, frozenset(scopes), datetime.now(UTC), expires_at, None)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    connection.execute(
        insert(api_keys).values(
            id=key.id,
            name=key.name,
            secret_sha256=_digest(secret),
            scopes=",".join(sorted(key.scopes)),
            created_at=key.created_at,
            expires_at=key.expires_at,
        )
    )
    return key, f"sg_{key.id}_{secret}"


def verify(connection: Connection, token: str) -> Key | None:
    """The valid key of a token; None tells nobody whether its id, secret or time was wrong."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    row = connection.execute(select(api_keys).where(api_keys.c.id == parts[1])).first()
    # An unknown id costs the same work, so that time does not tell it from a known one.
    same = hmac.compare_digest(_digest(parts[2]), row.secret_sha256 if row else _NOBODY)
    key = _key(row) if row else None
    return key if key and same and key.valid(datetime.now(UTC)) else None


def revoke(connection: Connection, id_: str) -> None:
    """Let a key be used no more; it stays in the list.

    Raises:
        StoreError: there is no such key.
    """
    asked = update(api_keys).where(api_keys.c.id == id_, api_keys.c.revoked_at.is_(None))
    connection.execute(asked.values(revoked_at=datetime.now(UTC)))
    if connection.execute(select(api_keys.c.id).where(api_keys.c.id == id_)).first() is None:
        raise StoreError(f"there is no key '{id_}'", fix="See them with: shelfguard keys list")


def all_keys(connection: Connection) -> list[Key]:
    """Every key that was made, oldest first."""
    ordered = select(api_keys).order_by(api_keys.c.created_at, api_keys.c.id)
    return [_key(row) for row in connection.execute(ordered)]


def _refuse_taken(connection: Connection, name: str) -> None:
    """Rate limits and idempotency keys tell clients by name, so two may not share one."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    now = datetime.now(UTC)
    named = connection.execute(select(api_keys).where(api_keys.c.name == name))
    if holder := next((key for key in map(_key, named) if key.valid(now)), None):
        fix = f"Choose another name, or first run: shelfguard keys revoke {holder.id}"
        raise StoreError(f"the valid key {holder.id} has the name '{name}'", field="name", fix=fix)


def _key(row: Row[Any]) -> Key:
    scopes = frozenset(Scope(scope) for scope in row.scopes.split(","))
    return Key(row.id, row.name, scopes, row.created_at, row.expires_at, row.revoked_at)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
