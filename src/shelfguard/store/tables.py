"""The tables of the store; `migrations/` makes them."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
)

from shelfguard.store.columns import OutsideText, UtcTime

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows by itself only where the key is a plain INTEGER.
BIG = BigInteger().with_variant(Integer, "sqlite")


def _numbered(name: str) -> Column[int]:
    """A key that the database counts up and, in SQLite too, never gives twice."""
    return Column(name, BIG, Identity(), primary_key=True)


decisions = Table(
    "decisions",
    metadata,
    _numbered("seq"),
    Column("decision_id", Text, nullable=False),
    Column("listing_id", OutsideText, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("pack", Text, nullable=False),
    Column("models", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("clause", Text),
    Column("mode", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("degraded", Boolean, nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Column("client", OutsideText),
    Column("request_id", OutsideText),
    Column("body", Text, nullable=False),
    Column("listing", Text),
    Index(None, "decision_id", "seq"),
    Index(None, "listing_id", "seq"),
    Index(None, "outcome", "seq"),
    sqlite_autoincrement=True,
)
"""Every decision that was answered; `body` is its JSON to the byte, `clause` its first reason's."""

cases = Table(
    "cases",
    metadata,
    _numbered("id"),
    Column("decision_seq", BIG, ForeignKey("decisions.seq"), nullable=False, unique=True),
    Column("clause", Text),
    Column("severity", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Index(None, "state", "severity", "id"),
    sqlite_autoincrement=True,
)
"""What a person has to see: one for each decision that is more severe than a warning."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("client", OutsideText, primary_key=True),
    Column("key", OutsideText, primary_key=True),
    Column("request_sha256", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("response", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False, index=True),
)
"""Requests under a key; after `expires_at` the key is free, whatever became of its request."""

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", OutsideText, nullable=False),
    Column("secret_sha256", Text, nullable=False),
    Column("scopes", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
)
"""Who may call the API, and for what; never the secret."""

shadow_differences = Table(
    "shadow_differences",
    metadata,
    _numbered("seq"),
    Column("decision_id", Text, nullable=False),
    Column("listing_id", OutsideText, nullable=False),
    Column("challenger", Text, nullable=False),
    Column("champion_outcome", Text, nullable=False),
    Column("challenger_outcome", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Where a challenger in shadow decided otherwise than the champion did."""

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("endpoint", Text, nullable=False),
    Column("event", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcTime, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Index(None, "endpoint", "next_attempt_at"),
)
"""The outbox of webhooks: events that were not delivered yet."""
