"""``posko verify``: one changed byte in an original, an audit row or a seal is found and named."""

from pathlib import Path

import psycopg
import pytest

from storage.audit import Sealer
from storage.blobs import FolderBlobStore
from storage.engine import Database
from storage.verify import Fault, Finding, verify
from tests.fakes.rows import NOW, new_message


@pytest.fixture
def archive(tmp_path: Path) -> FolderBlobStore:
    return FolderBlobStore(tmp_path / "originals")


async def fill(db: Database, archive: FolderBlobStore) -> list[str]:
    names = [await archive.put(f"surat {number}".encode()) for number in range(4)]
    async with db.begin() as uow:
        for name in names[:3]:
            id_ = await uow.messages.add(new_message(name))
            await uow.audit.add("message.archived", "message", str(id_), "posko", NOW, {"sha256": name, "n": 1.5})
        await uow.files.add(names[0], 7, "text/plain")
        await uow.files.add(names[3], 7, "text/plain")
    await Sealer(db).seal()
    return names


def tamper(url: str, *statements: str) -> None:
    """As somebody with the keys of the machine would: triggers off."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET session_replication_role = replica")
        for statement in statements:
            assert connection.execute(statement.encode()).rowcount == 1


async def findings(db: Database, archive: FolderBlobStore, head: str | None = None) -> list[tuple[Fault, str]]:
    return [(f.fault, f.subject) for f in (await verify(db, archive, head=head)).findings]


async def test_what_nobody_touched_is_clean(database: Database, archive: FolderBlobStore) -> None:
    await fill(database, archive)
    told: list[tuple[str, int]] = []
    report = await verify(database, archive, lambda stage, done: told.append((stage, done)))
    assert report.clean
    assert (report.originals, report.referenced, report.audit_rows, report.unsealed) == (4, 4, 3, 0)
    assert report.head == await Sealer(database).head()
    assert told[-1] == ("originals", 4)


async def test_an_empty_installation_is_clean(database: Database, archive: FolderBlobStore) -> None:
    report = await verify(database, archive)
    assert (report.clean, report.head, await Sealer(database).head()) == (True, None, None)


async def test_one_flipped_byte_of_an_original_is_found(database: Database, archive: FolderBlobStore) -> None:
    names = await fill(database, archive)
    file = Path(archive.place(names[1]))
    file.chmod(0o600)
    file.write_bytes(b"s" + b"V" + file.read_bytes()[2:])
    report = await verify(database, archive)
    assert report.findings == [Finding(Fault.ORIGINAL_ALTERED, names[1], str(file))]


async def test_a_missing_and_a_foreign_file_are_found(database: Database, archive: FolderBlobStore) -> None:
    names = await fill(database, archive)
    Path(archive.place(names[0])).unlink()
    Path(archive.place(names[3])).rename(Path(archive.place(names[3])).with_name("x"))
    assert sorted(await findings(database, archive)) == sorted(
        [
            (Fault.STRAY, str(Path(archive.place(names[3])).with_name("x"))),
            (Fault.ORIGINAL_MISSING, names[0]),
            (Fault.ORIGINAL_MISSING, names[3]),
        ]
    )


async def test_an_original_that_no_row_knows_is_harmless(database: Database, archive: FolderBlobStore) -> None:
    await fill(database, archive)
    await archive.put(b"committed never")
    report = await verify(database, archive)
    assert (report.clean, report.unreferenced) == (True, 1)


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'poskp'",
        "detail = jsonb_set(detail, '{n}', '1.25')",
        "at = at + interval '1 microsecond'",
        "action = 'message.archive'",
        "subject_id = '9'",
        "subject_kind = 'messagf'",
    ],
)
async def test_any_changed_audit_row_is_found_and_named(
    database: Database, archive: FolderBlobStore, database_superuser_url: str, change: str
) -> None:
    await fill(database, archive)
    tamper(database_superuser_url, f"UPDATE audit SET {change} WHERE id = 2")
    assert await findings(database, archive) == [(Fault.AUDIT_ALTERED, "2")]


@pytest.mark.parametrize("column", ["hash", "prev", "row_hash"])
@pytest.mark.parametrize("seq", [1, 2, 3])
async def test_any_changed_seal_is_found_and_named(
    database: Database, archive: FolderBlobStore, database_superuser_url: str, column: str, seq: int
) -> None:
    await fill(database, archive)
    flip = (
        f"overlay({column} placing translate(left({column}, 1), '0123456789abcdef', '123456789abcdef0') from 1 for 1)"
    )
    tamper(database_superuser_url, f"UPDATE audit_seal SET {column} = {flip} WHERE seq = {seq}")
    assert await findings(database, archive) == [(Fault.SEAL_ALTERED, str(seq))]


async def test_removed_rows_and_seals_are_found(
    database: Database, archive: FolderBlobStore, database_superuser_url: str
) -> None:
    await fill(database, archive)
    tamper(database_superuser_url, "DELETE FROM audit WHERE id = 3", "DELETE FROM audit_seal WHERE seq = 1")
    report = await verify(database, archive)
    assert sorted((f.fault, f.subject) for f in report.findings) == sorted(
        [(Fault.SEAL_MISSING, "1"), (Fault.AUDIT_MISSING, "3")]
    )
    assert report.unsealed == 1


async def test_a_rewritten_end_of_the_chain_misses_the_printed_head(
    database: Database, archive: FolderBlobStore, database_superuser_url: str
) -> None:
    await fill(database, archive)
    head = await Sealer(database).head()
    assert await findings(database, archive, head) == []
    tamper(database_superuser_url, "DELETE FROM audit WHERE id = 3", "DELETE FROM audit_seal WHERE seq = 3")
    assert await findings(database, archive) == []
    assert await findings(database, archive, head) == [(Fault.HEAD_MISSING, head)]


async def test_rows_of_a_slow_transaction_are_sealed_later(database: Database) -> None:
    sealer = Sealer(database)
    async with database.begin() as slow:
        await slow.audit.add("slow", "message", "1", "posko", NOW)
        async with database.begin() as quick:
            await quick.audit.add("quick", "message", "2", "posko", NOW)
        assert await sealer.seal() == 1
    assert await sealer.seal() == 1
    assert await sealer.seal() == 0
