"""Attendance devices, their users and punches."""

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    pass
