"""Attendance devices, their users and punches; shifts; words on days without presence."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"

APPEND_ONLY = ("punch", "provisional_absence")


def upgrade() -> None:
    _device()
    _device_upload()
    _punch()
    _device_user()
    _clock_offset()
    _device_layout()
    _shifts()
    _provisional_absence()
    _guards()


def _id() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger(), autoincrement=True, nullable=False)


def _made() -> tuple[sa.Column[str], sa.Column[object]]:
    return (
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
    )


def _of_device(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f(f"fk_{table}_device_id"))


def _device() -> None:
    op.create_table(
        "device",
        _id(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("key_file", sa.Text(), nullable=True),
        sa.Column("networks", postgresql.JSONB(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("synced_to", sa.DateTime(timezone=False), nullable=True),
        sa.Column("drift_s", sa.Float(), nullable=True),
        sa.Column("drift_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("name", name=op.f("uq_device_name")),
        sa.UniqueConstraint("serial", name=op.f("uq_device_serial")),
    )


def _device_upload() -> None:
    op.create_table(
        "device_upload",
        _id(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("read", sa.Integer(), nullable=False),
        sa.Column("new", sa.Integer(), nullable=False),
        sa.Column("quarantined", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=False), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=False), nullable=True),
        sa.Column("users", postgresql.JSONB(), nullable=False),
        sa.Column("flags", postgresql.JSONB(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        _of_device("device_upload"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_upload")),
        sa.UniqueConstraint("device_id", "sha256", name=op.f("uq_device_upload_device_id_sha256")),
    )
    op.create_index(op.f("ix_device_upload_sha256"), "device_upload", ["sha256"], unique=False)
    op.create_index(
        "ix_device_upload_waiting",
        "device_upload",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state IN ('kept', 'asks')"),
    )


def _punch() -> None:
    op.create_table(
        "punch",
        sa.Column("device_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=False), nullable=False),
        sa.Column("verify", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("upload_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "user_id", "at", "verify", "state", name=op.f("pk_punch")),
    )
    op.create_table(
        "device_quarantine",
        sa.Column("upload_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("upload_id", "line", name=op.f("pk_device_quarantine")),
    )


def _device_user() -> None:
    op.create_table(
        "device_name",
        sa.Column("device_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "user_id", name=op.f("pk_device_name")),
    )
    op.create_table(
        "device_user",
        _id(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        *_made(),
        sa.CheckConstraint("last IS NULL OR last >= first", name=op.f("ck_device_user_order")),
        _of_device("device_user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_user")),
    )
    op.create_index("ix_device_user_device_user", "device_user", ["device_id", "user_id"], unique=False)
    op.create_index(op.f("ix_device_user_person"), "device_user", ["person"], unique=False)


def _clock_offset() -> None:
    op.create_table(
        "clock_offset",
        _id(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=False), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=False), nullable=False),
        sa.Column("seconds", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        *_made(),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("last_at >= first_at", name=op.f("ck_clock_offset_order")),
        _of_device("clock_offset"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clock_offset")),
    )
    op.create_index(op.f("ix_clock_offset_device_id"), "clock_offset", ["device_id"], unique=False)


def _device_layout() -> None:
    op.create_table(
        "device_layout",
        _id(),
        sa.Column("device_id", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("columns", postgresql.JSONB(), nullable=False),
        sa.Column("date_order", sa.Text(), nullable=False),
        *_made(),
        _of_device("device_layout"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device_layout")),
        sa.UniqueConstraint("device_id", "signature", name=op.f("uq_device_layout_device_id_signature")),
    )


def _shifts() -> None:
    op.create_table(
        "shift",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("before_minutes", sa.Integer(), nullable=False),
        sa.Column("after_minutes", sa.Integer(), nullable=False),
        *_made(),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_shift")),
    )
    op.create_table(
        "shift_assignment",
        _id(),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("shift", sa.Text(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("weekdays", postgresql.JSONB(), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        *_made(),
        sa.CheckConstraint("last IS NULL OR last >= first", name=op.f("ck_shift_assignment_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shift_assignment")),
    )
    op.create_index(op.f("ix_shift_assignment_person"), "shift_assignment", ["person"], unique=False)


def _provisional_absence() -> None:
    op.create_table(
        "provisional_absence",
        _id(),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("because", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provisional_absence")),
    )
    op.create_index(op.f("ix_provisional_absence_date"), "provisional_absence", ["date"], unique=False)
    op.create_index("ix_provisional_absence_person_date", "provisional_absence", ["person", "date"], unique=False)


def _guards() -> None:
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION posko_append_only()"
        )
    # As with placements: the device's row is locked, so that two transactions cannot both see no overlap.
    op.execute("""
        CREATE FUNCTION posko_no_shared_id() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM device WHERE id = NEW.device_id FOR UPDATE;
            IF EXISTS (
                SELECT 1 FROM device_user AS other
                WHERE other.device_id = NEW.device_id AND other.user_id = NEW.user_id AND other.id <> NEW.id
                AND daterange(other.first, other.last, '[]') && daterange(NEW.first, NEW.last, '[]')
            ) THEN
                RAISE EXCEPTION 'id % of device % is two people', NEW.user_id, NEW.device_id
                    USING ERRCODE = 'exclusion_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER device_user_no_shared_id AFTER INSERT OR UPDATE ON device_user "
        "FOR EACH ROW EXECUTE FUNCTION posko_no_shared_id()"
    )
