"""What earlier looks at a printed sheet saw, and confirmed column maps."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    _layout()
    _looks()


def _layout() -> None:
    op.create_table(
        "layout",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("guess", postgresql.JSONB(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=True),
        sa.Column("confirmed_by", sa.Text(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_layout")),
    )


def _looks() -> None:
    op.create_table(
        "sheet_look",
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("week", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("photos", postgresql.JSONB(), nullable=False),
        sa.Column("cells", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("form", name=op.f("pk_sheet_look")),
    )
    op.create_index("ix_sheet_look_unit_week", "sheet_look", ["unit", "week"], unique=False)
