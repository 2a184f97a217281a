"""Printed sheets and the sequence of their numbers."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    # 2**20 numbers, then again from 0: as many as the tags along the edges can carry.
    op.execute("CREATE SEQUENCE sheet_number AS integer MINVALUE 0 MAXVALUE 1048575 START 0 CYCLE")
    op.create_table(
        "sheet",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("leaf", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("copy", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Text(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sheet")),
    )
    op.create_index("ix_sheet_number_leaf", "sheet", ["number", "leaf"], unique=False)
    op.create_index("ix_sheet_unit_week", "sheet", ["unit", "week"], unique=False)
    op.create_index(
        "uq_sheet_open", "sheet", ["number", "leaf"], unique=True, postgresql_where=sa.text("retired_at IS NULL")
    )
