"""WhatsApp and Telegram, keterangan, delivery states."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    _letters()
    _channels()


def _letters() -> None:
    # Letters of before this revision have no buttons and no short form.
    op.add_column("outbox", sa.Column("buttons", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.add_column("outbox", sa.Column("short", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.add_column("outbox", sa.Column("unsure", sa.Boolean(), nullable=False, server_default=sa.text("false")))
    for name in ("buttons", "short", "unsure"):
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
