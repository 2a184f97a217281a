"""Who belongs where, and what was declared."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    _address()
    _calendar_override()
    _day_plan()
    _delegation()
    _period()
    _person()
    _roster_version()
    _unit()
    _placement()


def _address() -> None:
    op.create_table(
        "address",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("person", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=True),
        sa.Column("last", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_address")),
    )


def _calendar_override() -> None:
    op.create_table(
        "calendar_override",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("decision", postgresql.JSONB(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_override")),
    )


def _day_plan() -> None:
    op.create_table(
        "day_plan",
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Boolean(), nullable=False),
        sa.Column("shift", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("person", "day", name=op.f("pk_day_plan")),
    )


def _delegation() -> None:
    op.create_table(
        "delegation",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )


def _period() -> None:
    op.create_table(
        "period",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("members", postgresql.JSONB(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("first_session", sa.Text(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("last_session", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("declared_by", sa.Text(), nullable=False),
        sa.Column("declared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retroactive", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_period")),
    )


def _person() -> None:
    op.create_table(
        "person",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("bare_name", sa.Text(), nullable=False),
        sa.Column("nip", sa.Text(), nullable=True),
        sa.Column("employment", sa.Text(), nullable=False),
        sa.Column("grade", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=False),
        sa.Column("post", sa.Text(), nullable=False),
        sa.Column("echelon", sa.Text(), nullable=False),
        sa.Column("finger_id", sa.Text(), nullable=True),
        sa.Column("superior", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_person")),
    )


def _roster_version() -> None:
    op.create_table(
        "roster_version",
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("snapshot", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_roster_version")),
    )


def _unit() -> None:
    op.create_table(
        "unit",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("pattern", sa.SmallInteger(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=True),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("coordinator", sa.Text(), nullable=True),
        sa.Column("mailbox", sa.Text(), nullable=True),
        sa.Column("aliases", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_unit")),
    )


def _placement() -> None:
    op.create_table(
        "placement",
        sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("head", sa.Boolean(), nullable=False),
        sa.CheckConstraint("last IS NULL OR last >= first", name=op.f("ck_placement_order")),
        sa.ForeignKeyConstraint(["person"], ["person.key"], name=op.f("fk_placement_person")),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("fk_placement_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_placement")),
    )
    op.create_index(op.f("ix_placement_person"), "placement", ["person"], unique=False)
    op.create_index(op.f("ix_placement_unit"), "placement", ["unit"], unique=False)
