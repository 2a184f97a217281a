"""The clock of the reports: each ordered once by any number of processes, and looked at again each evening."""

import asyncio
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from bot.report_clock import ReportClock
from bot.reporting import Reported, Reporter
from bot.settings_reports import Reports
from domain.report_times import Span
from domain.terms import Pattern, Session
from intake.letters import Outgoing
from reports.making import Wanted
from reports.numbering import ReportKind
from storage.engine import Database
from storage.records import MAX_ATTEMPTS
from storage.records_reports import OrderState, ReportOrderRow
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import DAY, PROFILE, SITI, WIB, at
from tests.fakes.rows import new_fact
from tests.reports.conftest import Records
from tests.storage.test_reports_table import REPORT

FRIDAY = datetime(2026, 11, 27, 16, 15, tzinfo=WIB)
WEEK = Span(date(2026, 11, 23), date(2026, 11, 29), Pattern.FIVE)
RECEIVER, DISCIPLINE = "penerima@bkd.test", "disiplin@bkd.test"


class Desk:
    """One process: its clock, and what makes its reports."""

    def __init__(self, db: Database, url: str, folder: Path, now: datetime, settings: Reports | None = None) -> None:
        self.clock = StillClock(now)
        self.blobs = MemoryBlobs()
        self.reporter = Reporter(
            db, url, self.blobs, self.clock, PROFILE, settings or Reports(weekly=(DISCIPLINE,)),
            Outgoing(receivers=(RECEIVER,)), folder,
        )  # fmt: skip
        self.reports = ReportClock(db, self.clock, PROFILE, self.reporter)


@pytest.fixture
async def records(database: Database) -> Records:
    found = Records(database)
    await found.furnish()
    return found


@pytest.fixture
def desk(database: Database, database_url: str, tmp_path: Path, records: Records) -> Desk:
    return Desk(database, database_url, tmp_path, FRIDAY)


async def orders(db: Database) -> list[ReportOrderRow]:
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        ids = await (await connection.execute("SELECT id FROM report_order ORDER BY id")).fetchall()
    async with db.begin() as uow:
        return [await uow.report_orders.get(id_) for (id_,) in ids]


async def jobs(db: Database) -> int:
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        query = "SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'make_report' AND status = 'todo'"
        row = await (await connection.execute(query)).fetchone()
    return row[0] if row else 0


async def letters(db: Database) -> list[tuple[str, str, str, str]]:
    async with await psycopg.AsyncConnection.connect(db.url) as connection:
        query = "SELECT kind, to_address, subject, body FROM outbox ORDER BY id"
        return await (await connection.execute(query)).fetchall()


async def test_a_report_is_ordered_at_its_moment_and_once_by_many(
    desk: Desk, database: Database, database_url: str, tmp_path: Path
) -> None:
    early = Desk(database, database_url, tmp_path, FRIDAY - timedelta(seconds=1))
    await early.reports.sweep()
    assert "TLG-RM-2026W48-5H" not in {order.dedupe_key for order in await orders(database)}
    others = [Desk(database, database_url, tmp_path, FRIDAY) for _ in range(4)]
    await asyncio.gather(*(one.reports.sweep() for one in (desk, *others)))
    keys = [order.dedupe_key for order in await orders(database)]
    assert len(keys) == len(set(keys))
    assert keys.count("TLG-RM-2026W48-5H") == 1
    (order,) = [o for o in await orders(database) if o.dedupe_key == "TLG-RM-2026W48-5H"]
    assert (order.due_at, order.send, order.state) == (FRIDAY, True, OrderState.PENDING)
    assert await jobs(database) == len(keys)
    await desk.reports.sweep()
    assert await jobs(database) == len(keys)


async def test_a_week_without_anything_due_is_closed_without_a_report(desk: Desk, database: Database) -> None:
    await desk.reports.sweep()
    (old,) = [o for o in await orders(database) if o.dedupe_key == "TLG-RB-202609"]
    assert await desk.reporter.carry_out(old.id)
    assert not await desk.reporter.carry_out(old.id)
    async with database.begin() as uow:
        done = await uow.report_orders.get(old.id)
        assert await uow.reports.latest("TLG-RB-202609") is None
    assert (done.state, done.note) == (OrderState.DONE, "tidak ada yang perlu dilaporkan")


async def test_an_ordered_report_is_made_posted_and_its_order_closed_together(
    desk: Desk, database: Database, records: Records
) -> None:
    await records.sheet("U1", DAY)
    await records.fact(SITI)
    await desk.reports.sweep()
    (order,) = [o for o in await orders(database) if o.dedupe_key == "TLG-RM-2026W48-5H"]
    assert await desk.reporter.carry_out(order.id)
    async with database.begin() as uow:
        report = await uow.reports.latest("TLG-RM-2026W48-5H")
        done = await uow.report_orders.get(order.id)
        kept = [sha async for sha, owner in uow.files.references() if owner == "file"]
    assert report is not None
    assert (done.state, done.note) == (OrderState.DONE, "TLG-RM-2026W48-5H versi 1")
    assert report.sent_to == (DISCIPLINE,)
    assert sorted(kept) == sorted(desk.blobs.kept)  # so that `posko verify` misses none of them
    ((kind, to, subject, body),) = await letters(database)
    assert (kind, to) == ("report", DISCIPLINE)
    assert "Rekap Mingguan Presensi Manual, 23–27 November 2026" in subject
    assert "Dari 20 kiriman: 1 tepat waktu, 0 terlambat, 19 belum diterima." in body


async def test_without_a_recipient_the_receivers_are_told_and_get_no_figures(
    database: Database, database_url: str, tmp_path: Path, records: Records
) -> None:
    desk = Desk(database, database_url, tmp_path, FRIDAY, Reports())
    await records.sheet("U1", DAY)
    made = await desk.reporter.make(Wanted(ReportKind.WEEKLY, WEEK), "uji", send=True)
    assert isinstance(made, Reported)
    assert made.letters == ()
    ((kind, to, subject, body),) = await letters(database)
    assert (kind, to) == ("alert", RECEIVER)
    assert "belum mempunyai penerima" in subject
    assert "posko report weekly --week 2026-W48" in body


async def test_five_failed_attempts_alert_the_receivers_once(desk: Desk, database: Database) -> None:
    await desk.reports.sweep()
    order = (await orders(database))[0]
    for _ in range(MAX_ATTEMPTS):
        async with database.begin() as uow:
            assert await uow.report_orders.claim(order.id, desk.clock.now(), timedelta(minutes=1))
        await desk.reporter.failed(order.id, RuntimeError("rusak"))
        desk.clock.move(7200)
    ((kind, to, subject, body),) = await letters(database)
    assert (kind, to) == ("alert", RECEIVER)
    assert "gagal dibuat" in subject
    assert "RuntimeError: rusak" in body


async def test_each_evening_what_went_out_is_compared_with_what_was_recorded_since(
    desk: Desk, database: Database
) -> None:
    async with database.begin() as uow:
        id_ = await uow.reports.add(replace(REPORT, as_of=FRIDAY, made_at=FRIDAY))
        assert id_ is not None
        await uow.reports.add_recipients(id_, [DISCIPLINE])

    async def ordered(now: datetime) -> list[str]:
        desk.clock.moment = now
        await desk.reports.sweep()
        return [o.dedupe_key for o in await orders(database) if "perubahan" in o.dedupe_key]

    assert await ordered(at(16, 45, day=FRIDAY.date())) == []
    monday = date(2026, 11, 30)
    async with database.begin() as uow:
        late = new_fact("uji:1", person=SITI, date=DAY, session=Session.PULANG, recorded_at=at(9, day=monday))
        await uow.facts.add_many([late])
    assert await ordered(at(16, 29, day=monday)) == []
    key = "TLG-RM-2026W48-5H:perubahan:2026-11-30"
    assert await ordered(at(16, 30, day=monday)) == [key]
    assert await ordered(at(16, 35, day=monday)) == [key]
    (order,) = [o for o in await orders(database) if o.dedupe_key == key]
    assert not order.send
    async with database.begin() as uow:
        assert await uow.report_orders.finish(order.id, "tanpa perubahan")
    assert await ordered(at(16, 35, day=date(2026, 12, 1))) == [key]  # nothing since
