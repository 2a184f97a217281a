"""Accounts, sessions, contact log and review claims."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"

_MOMENT = sa.DateTime(timezone=True)


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _account_key(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"
    )


def upgrade() -> None:
    _accounts()
    _logins()
    _work()


def _accounts() -> None:
    op.create_table(
        "account",
        _id(),
        _text("name"),
        _text("full_name"),
        _text("role"),
        _text("unit", nullable=True),
        _text("mailbox", nullable=True),
        _text("person", nullable=True),
        _text("password_hash"),
        sa.Column("must_change", sa.Boolean(), nullable=False),
        _text("totp_secret", nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=False),
        sa.Column("locked_at", _MOMENT, nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        _text("made_by"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_table(
        "api_token",
        _id(),
        _text("label"),
        _text("token_hash"),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=False),
        _text("unit", nullable=True),
        sa.Column("made_at", _MOMENT, nullable=False),
        _text("made_by"),
        sa.Column("revoked_at", _MOMENT, nullable=True),
        sa.Column("used_at", _MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_api_token_token_hash")),
    )


def _logins() -> None:
    op.create_table(
        "desk_session",
        _text("token_hash"),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        _text("csrf"),
        sa.Column("second_factor", sa.Boolean(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("seen_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_desk_session")),
        _account_key("desk_session"),
    )
    op.create_index("ix_desk_session_account_id", "desk_session", ["account_id"])
    op.create_table(
        "login_attempt",
        _id(),
        _text("name"),
        _text("peer"),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_attempt")),
    )
    for column in ("name", "peer", "at"):
        op.create_index(f"ix_login_attempt_{column}", "login_attempt", [column])


def _work() -> None:
    op.create_table(
        "contact_log",
        _id(),
        _text("unit"),
        sa.Column("date", sa.Date(), nullable=False),
        _text("session"),
        _text("way"),
        _text("outcome"),
        _text("note"),
        _text("by"),
        sa.Column("at", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_log")),
    )
    op.create_index("ix_contact_log_date_session", "contact_log", ["date", "session"])
    op.execute(
        "CREATE TRIGGER contact_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON contact_log "
        "FOR EACH STATEMENT EXECUTE FUNCTION posko_append_only()"
    )
    op.create_table(
        "review_claim",
        sa.Column("question_id", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.BigInteger(), nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("question_id", name=op.f("pk_review_claim")),
        sa.ForeignKeyConstraint(["question_id"], ["question.id"], name=op.f("fk_review_claim_question_id")),
        _account_key("review_claim"),
    )
    op.create_index("ix_review_claim_account_id", "review_claim", ["account_id"])
    # The queue looks for open questions only; most are closed.
    op.create_index("ix_question_open", "question", ["asked_at", "id"], postgresql_where=sa.text("answered_at IS NULL"))
