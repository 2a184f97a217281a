"""What comes in and what goes out."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _file()
    _mail_cursor()
    _message()
    _oauth_token()
    _file_reading()
    _message_file()
    _sighting()


def _file() -> None:
    op.create_table(
        "file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file")),
    )


def _mail_cursor() -> None:
    op.create_table(
        "mail_cursor",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("searched_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder", name=op.f("pk_mail_cursor")),
    )


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("header_id", sa.Text(), nullable=True),
        sa.Column("from_address", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("official_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("official_basis", sa.Text(), nullable=False),
        sa.Column("internal_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claims", postgresql.JSONB(), nullable=False),
        sa.Column("duplicate_of", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_by", sa.Integer(), nullable=True),
        sa.Column("sender_address", sa.Text(), nullable=True),
        sa.Column("authenticity", sa.Text(), nullable=True),
        sa.Column("sender_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["duplicate_of"], ["message.id"], name=op.f("fk_message_duplicate_of")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("channel", "account", "event_id", name=op.f("uq_message_channel_account_event_id")),
    )
    op.create_index(op.f("ix_message_header_id"), "message", ["header_id"], unique=False)
    op.create_index(op.f("ix_message_sender_address"), "message", ["sender_address"], unique=False)
    op.create_index(op.f("ix_message_sha256"), "message", ["sha256"], unique=False)
    op.create_index(
        "ix_message_unfinished", "message", ["next_try_at"], unique=False, postgresql_where=sa.text("state = 'new'")
    )


def _oauth_token() -> None:
    op.create_table(
        "oauth_token",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account", name=op.f("pk_oauth_token")),
    )


def _file_reading() -> None:
    op.create_table(
        "file_reading",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("reader", sa.Text(), nullable=False),
        sa.Column("reading", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_file_reading_sha256")),
        sa.PrimaryKeyConstraint("sha256", "reader", name=op.f("pk_file_reading")),
    )


def _message_file() -> None:
    op.create_table(
        "message_file",
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_message_file_message_id")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_message_file_sha256")),
        sa.PrimaryKeyConstraint("message_id", "part", name=op.f("pk_message_file")),
    )
    op.create_index(op.f("ix_message_file_sha256"), "message_file", ["sha256"], unique=False)


def _sighting() -> None:
    op.create_table(
        "sighting",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("uidvalidity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"], name=op.f("fk_sighting_message_id")),
        sa.PrimaryKeyConstraint("account", "folder", "uidvalidity", "uid", name=op.f("pk_sighting")),
    )
    op.create_index(op.f("ix_sighting_message_id"), "sighting", ["message_id"], unique=False)
