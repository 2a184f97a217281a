"""What earlier looks at a printed sheet saw, and confirmed column maps."""

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    pass
