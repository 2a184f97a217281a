"""Orders of reports are carried out once; a version is written once, and who has it is known."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.errors import StorageError
from storage.engine import Database
from storage.records import MAX_ATTEMPTS, LetterFile
from storage.records_reports import NewReport, NewReportOrder, OrderState
from tests.fakes.rows import NOW

LEASE = timedelta(minutes=5)
ORDER = NewReportOrder(
    dedupe_key="TLG-RM-2026W48-5H",
    kind="RM",
    code="5H",
    first=date(2026, 11, 23),
    last=date(2026, 11, 29),
    due_at=NOW,
    asked_by="posko",
    send=True,
)
REPORT = NewReport(
    kind="RM",
    number="TLG-RM-2026W48-5H",
    version=1,
    code="5H",
    first=date(2026, 11, 23),
    last=date(2026, 11, 29),
    scope="Pemerintah Kabupaten Tulungagung",
    period="23–27 November 2026",
    as_of=NOW,
    sha256="ab" * 32,
    totals=(("kiriman wajib", 10), ("tepat waktu", 9)),
    figures_sha256="cd" * 32,
    changes=0,
    audit_head="",
    files=(LetterFile("a.pdf", "application/pdf", "ef" * 32),),
    made_at=NOW,
    made_by="posko",
)


async def ordered(db: Database) -> int:
    async with db.begin() as uow:
        (id_,) = await uow.report_orders.put_many([ORDER])
    return id_


async def until_free(db: Database, id_: int, now: datetime) -> None:
    """The server notices the end of a connection a moment later."""
    async with asyncio.timeout(10):
        while True:
            async with db.begin() as uow:
                if id_ in await uow.report_orders.unfinished(now):
                    return
            await asyncio.sleep(0.02)


async def test_one_of_many_processes_orders_and_one_carries_out(database: Database) -> None:
    async def order() -> list[int]:
        async with database.begin() as uow:
            return await uow.report_orders.put_many([ORDER])

    async def claim() -> bool:
        async with database.begin() as uow:
            return await uow.report_orders.claim(id_, NOW, LEASE)

    ids = [id_ for found in await asyncio.gather(*(order() for _ in range(6))) for id_ in found]
    assert len(ids) == 1
    (id_,) = ids
    async with database.begin() as uow:
        assert await uow.report_orders.known([ORDER.dedupe_key, "lain"]) == {ORDER.dedupe_key}
        assert await uow.report_orders.unfinished(NOW) == [id_]
    assert sum(await asyncio.gather(*(claim() for _ in range(6)))) == 1
    async with database.begin() as uow:
        assert await uow.report_orders.unfinished(NOW) == []
        assert await uow.report_orders.finish(id_, "versi 1")
        assert not await uow.report_orders.finish(id_, "versi 2")
        row = await uow.report_orders.get(id_)
    assert (row.state, row.note, row.attempts) == (OrderState.DONE, "versi 1", 1)


async def test_the_order_of_a_dead_process_is_free_at_once(database: Database, database_url: str) -> None:
    id_ = await ordered(database)
    other = await Database.open(database_url)
    async with other.begin() as uow:
        assert await uow.report_orders.claim(id_, NOW, LEASE)
    await other.close()  # as its connection would be after kill -9
    await until_free(database, id_, NOW)


async def test_an_order_is_given_up_after_five_attempts(database: Database) -> None:
    id_ = await ordered(database)
    now = NOW
    for attempt in range(1, MAX_ATTEMPTS + 1):
        async with database.begin() as uow:
            assert await uow.report_orders.claim(id_, now, LEASE)
            state = await uow.report_orders.fail(id_, now, "rusak")
        assert state is (OrderState.FAILED if attempt == MAX_ATTEMPTS else OrderState.PENDING)
        now += timedelta(hours=1)
    async with database.begin() as uow:
        assert await uow.report_orders.unfinished(now) == []
        assert await uow.report_orders.exhausted(now) == []


async def test_attempts_that_died_with_their_process_end_as_failed_once(database: Database, database_url: str) -> None:
    id_ = await ordered(database)
    other = await Database.open(database_url)
    for attempt in range(MAX_ATTEMPTS):
        async with other.begin() as uow:
            assert await uow.report_orders.claim(id_, NOW + attempt * LEASE, LEASE)
    later = NOW + MAX_ATTEMPTS * LEASE
    async with database.begin() as uow:
        assert await uow.report_orders.exhausted(NOW) == []  # the last attempt is under way
        assert [row.id for row in await uow.report_orders.exhausted(later)] == [id_]
        assert await uow.report_orders.exhausted(later) == []
    await other.close()


async def test_an_unknown_order_or_report_is_an_error(database: Database) -> None:
    async with database.begin() as uow:
        with pytest.raises(StorageError):
            await uow.report_orders.get(9)
        with pytest.raises(StorageError):
            await uow.report_orders.fail(9, NOW, "")
        with pytest.raises(StorageError):
            await uow.reports.add_recipients(9, ["a@b.test"])


async def test_a_version_is_written_once_and_keeps_the_order_of_its_totals(database: Database) -> None:
    async with database.begin() as uow:
        first = await uow.reports.add(REPORT)
        assert first is not None
        assert await uow.reports.add(replace(REPORT, sha256="00" * 32)) is None
        await uow.reports.add_recipients(first, ["a@b.test", "c@d.test"])
        await uow.reports.add_recipients(first, ["a@b.test"])
        await uow.reports.add(replace(REPORT, version=2, changes=3, files=()))
    async with database.begin() as uow:
        one, two = await uow.reports.versions(" tlg-rm-2026w48-5h ")
        latest = await uow.reports.latest(REPORT.number)
        by_file = await uow.reports.by_file("ef" * 32)
        assert await uow.reports.latest("TLG-RM-2026W01") is None
        assert await uow.reports.by_file("11" * 32) is None
        assert [r.version for r in await uow.reports.made_since(NOW)] == [2]
        assert await uow.reports.made_since(NOW + LEASE) == []
    assert one.sent_to == ("a@b.test", "c@d.test")
    assert list(one.totals_by_label) == ["kiriman wajib", "tepat waktu"]
    assert one.files == REPORT.files
    assert (two.version, two.sent_to, two.changes) == (2, (), 3)
    assert latest == two
    assert by_file == one
