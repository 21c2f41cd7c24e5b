"""Decisions, cases, idempotency keys, API keys, differences in shadow and the outbox."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Make all tables."""
    _decisions()
    _cases()
    _requests()
    _shadow_differences()
    _deliveries()


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("seq", BIG, sa.Identity(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("pack", sa.Text(), nullable=False),
        sa.Column("models", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("clause", sa.Text()),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("degraded", sa.Boolean(), nullable=False),
        sa.Column("decided_at", TIME, nullable=False),
        sa.Column("client", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("listing", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_decisions"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decisions_decision_id_seq", "decisions", ["decision_id", "seq"])
    op.create_index("ix_decisions_listing_id_seq", "decisions", ["listing_id", "seq"])
    op.create_index("ix_decisions_outcome_seq", "decisions", ["outcome", "seq"])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", BIG, sa.Identity(), nullable=False),
        sa.Column("decision_seq", BIG, nullable=False),
        sa.Column("clause", sa.Text()),
        sa.Column("severity", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
        sa.ForeignKeyConstraint(["decision_seq"], ["decisions.seq"], name="fk_cases_decision_seq"),
        sa.UniqueConstraint("decision_seq", name="uq_cases_decision_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_cases_state_severity_id", "cases", ["state", "severity", "id"])


def _requests() -> None:
    op.create_table(
        "idempotency",
        sa.Column("client", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("response", sa.Text()),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("client", "key", name="pk_idempotency"),
    )
    op.create_index("ix_idempotency_expires_at", "idempotency", ["expires_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret_sha256", sa.Text(), nullable=False),
        sa.Column("scopes", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )


def _shadow_differences() -> None:
    op.create_table(
        "shadow_differences",
        sa.Column("seq", BIG, sa.Identity(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("listing_id", sa.Text(), nullable=False),
        sa.Column("challenger", sa.Text(), nullable=False),
        sa.Column("champion_outcome", sa.Text(), nullable=False),
        sa.Column("challenger_outcome", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_shadow_differences"),
        sqlite_autoincrement=True,
    )


def _deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", TIME, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_deliveries"),
    )
    columns = ["endpoint", "next_attempt_at"]
    op.create_index("ix_deliveries_endpoint_next_attempt_at", "deliveries", columns)
