"""WhatsApp and Telegram, keterangan, delivery states."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _letters()
    _channels()
    _addresses()
    _excuses()
    _talk()


def _letters() -> None:
    # Letters of before this revision have no buttons and no short form.
    op.add_column("outbox", sa.Column("buttons", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("outbox", sa.Column("short", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("outbox", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    op.add_column("outbox", sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    for name in ("buttons", "short", "unsure", "withheld"):
        op.alter_column("outbox", name, server_default=None)
    op.add_column("outbox", sa.Column("template", postgresql.JSONB(), nullable=True))
    op.add_column("outbox", sa.Column("replaces", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("delivery", sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("delivery_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("outbox", sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_outbox_provider_id", "outbox", ["provider_id"])
    op.create_index(
        "ix_outbox_failed", "outbox", ["closed_at"], unique=False, postgresql_where=sa.text("state = 'failed'")
    )
    op.drop_index("ix_message_unfinished", "message")
    op.create_index(
        "ix_message_unfinished",
        "message",
        ["next_try_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('new', 'fetching', 'talking')"),
    )
    op.create_index("ix_message_from_address", "message", ["channel", "from_address", "first_seen_at"])


def _channels() -> None:
    op.create_table(
        "provider_event",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outbox_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name=op.f("fk_provider_event_outbox_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_event")),
        sa.UniqueConstraint(
            "channel", "provider_id", "status", name=op.f("uq_provider_event_channel_provider_id_status")
        ),
    )
    op.create_index(op.f("ix_provider_event_outbox_id"), "provider_event", ["outbox_id"])
    op.create_table(
        "contact",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("blocked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("scheme", "value", name=op.f("pk_contact")),
    )


def _addresses() -> None:
    op.create_table(
        "address_claim",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("code_hash", sa.Text(), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address_claim")),
    )
    op.create_index(
        "uq_address_claim_open",
        "address_claim",
        ["scheme", "value", "unit"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'approved')"),
    )
    op.create_table(
        "address_alias",
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("alias", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("scheme", "alias", name=op.f("pk_address_alias")),
    )
    op.create_index(op.f("ix_address_alias_value"), "address_alias", ["value"])


def _excuses() -> None:
    op.create_table(
        "excuse",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Text(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("evidence_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("evidence", postgresql.JSONB(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_excuse_submission_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_excuse_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_excuse")),
    )
    op.create_index("ix_excuse_person_first", "excuse", ["person", "first"])
    op.create_index(
        "ix_excuse_undecided", "excuse", ["unit"], unique=False, postgresql_where=sa.text("decision = 'belum diputus'")
    )


def _talk() -> None:
    op.create_table(
        "remark",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("session", sa.Text(), nullable=True),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("files", postgresql.JSONB(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by", sa.Text(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_remark_submission_id")),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_remark_message_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remark")),
        sa.UniqueConstraint("message_id", "kind", name=op.f("uq_remark_message_id_kind")),
    )
    op.create_index(op.f("ix_remark_submission_id"), "remark", ["submission_id"])
    op.create_index("ix_remark_unit_date", "remark", ["unit", "date"])
    op.create_table(
        "ask",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.BigInteger(), nullable=True),
        sa.Column("question_id", sa.BigInteger(), nullable=True),
        sa.Column("about", postgresql.JSONB(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_ask_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ask")),
        sa.UniqueConstraint("token", name=op.f("uq_ask_token")),
    )
    op.create_index("ix_ask_address", "ask", ["scheme", "address", "asked_at"])
