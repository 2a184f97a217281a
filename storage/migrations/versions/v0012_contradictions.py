"""Questions about paper and machine: of a person's session, with or without a sheet."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

_ROW = ("submission_id", "kind", "sha256", "sheet", "row")


def upgrade() -> None:
    op.alter_column("question", "submission_id", existing_type=sa.BigInteger(), nullable=True)
    op.alter_column("question", "message_id", existing_type=sa.BigInteger(), nullable=True)
    op.add_column("question", sa.Column("subject", sa.Text(), nullable=False, server_default=""))
    op.alter_column("question", "subject", existing_type=sa.Text(), server_default=None)
    op.drop_constraint(op.f("uq_question_submission_id_kind_sha256_sheet_row"), "question", type_="unique")
    op.create_unique_constraint(
        op.f("uq_question_submission_id_kind_sha256_sheet_row_subject"), "question", [*_ROW, "subject"]
    )
    op.create_index(
        "uq_question_subject", "question", ["subject"], unique=True, postgresql_where=sa.text("subject <> ''")
    )
