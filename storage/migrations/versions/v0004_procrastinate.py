"""Procrastinate's tables, from the schema that the pinned version carries."""

from importlib.metadata import version

from alembic import op
from procrastinate.schema import SchemaManager

revision = "0004"
down_revision = "0003"

# A newer Procrastinate brings its changes by a revision of its own, made from its ``sql/migrations``.
PINNED = "3.10.0"


def upgrade() -> None:
    if version("procrastinate") != PINNED:
        raise RuntimeError(f"procrastinate {PINNED} expected: write a revision for the newer schema first")
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    # Through the driver: many statements at once, and percent signs that are no placeholders.
    driver.execute(SchemaManager.get_schema())
