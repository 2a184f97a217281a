"""What the tables refuse: changes of append-only rows, and two placements of one person on one day."""

from alembic import op

revision = "0005"
down_revision = "0004"

APPEND_ONLY = ("fact", "audit", "audit_seal")


def upgrade() -> None:
    op.execute("""
        CREATE FUNCTION posko_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
        END $$
    """)
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION posko_append_only()"
        )
    # An exclusion constraint would need btree_gist, which neither the wheel nor every server has. The row of the
    # person is locked, so that two transactions cannot both see no overlap.
    op.execute("""
        CREATE FUNCTION posko_no_overlap() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM 1 FROM person WHERE key = NEW.person FOR UPDATE;
            IF EXISTS (
                SELECT 1 FROM placement AS other
                WHERE other.person = NEW.person AND other.id <> NEW.id
                AND daterange(other.first, other.last, '[]') && daterange(NEW.first, NEW.last, '[]')
            ) THEN
                RAISE EXCEPTION 'placements of % overlap', NEW.person USING ERRCODE = 'exclusion_violation';
            END IF;
            RETURN NEW;
        END $$
    """)
    op.execute(
        "CREATE TRIGGER placement_no_overlap AFTER INSERT OR UPDATE ON placement "
        "FOR EACH ROW EXECUTE FUNCTION posko_no_overlap()"
    )
