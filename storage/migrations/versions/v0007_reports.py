"""Attachments of letters; reports and returned recaps (filled by the report work)."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # Letters that wait since before this revision carry nothing.
    op.add_column("outbox", sa.Column("files", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'")))
    op.alter_column("outbox", "files", server_default=None)
