"""Printed sheets by mail (TLG-09, TLG-16): once a week and unit, at the profile's moment, and on request (FORMAT)."""

import asyncio
import io
import os
import signal
from collections.abc import Callable
from concurrent.futures import BrokenExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import psycopg
import pypdfium2
import pytest
from openpyxl import load_workbook

from bot.press import Made, Press
from bot.sheet_post import PDF, XLSX, SheetPost
from domain.errors import UsageError
from domain.fallback import Scope
from domain.roster import Roster
from domain.terms import Session
from intake.letters import Outgoing
from storage.engine import Database
from storage.records import OutboxRow
from tests.fakes.blobs import MemoryBlobs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import ALWAYS, BUDI, PEOPLE, PROFILE, ROSTER, UNITS, at

KEY = bytes(32)
FRIDAY, SATURDAY, MONDAY = date(2026, 11, 27), date(2026, 11, 28), date(2026, 11, 30)
BEFORE = at(9, 59, 59, day=FRIDAY)
MOMENT = at(10, day=FRIDAY)
TEN_PAST_FOUR = at(16, 10, day=FRIDAY)


class InlinePress(Press):
    """Draws in this process: children are tested by themselves."""

    async def run(self, draw: Callable[..., Made], *arguments: object) -> Made:
        return draw(*arguments)


@dataclass
class Office:
    db: Database
    clock: StillClock
    blobs: MemoryBlobs = field(default_factory=MemoryBlobs)

    def __post_init__(self) -> None:
        self.post = self.another()

    def another(self) -> SheetPost:
        outgoing = Outgoing(own_addresses=frozenset({"presensi@bkd.test"}))
        return SheetPost(self.db, self.blobs, self.clock, PROFILE, KEY, InlinePress(), outgoing)

    async def sweep(self, now: datetime) -> int:
        self.clock.moment = now
        return await self.post.sweep()

    async def letters(self) -> list[OutboxRow]:
        async with await psycopg.AsyncConnection.connect(self.db.url) as connection:
            found = await (await connection.execute("SELECT id FROM outbox ORDER BY id")).fetchall()
        async with self.db.begin() as uow:
            return [await uow.outbox.get(id_) for (id_,) in found]

    async def sent(self) -> list[tuple[str, str]]:
        return sorted((row.to_address, row.dedupe_key.split(":")[2]) for row in await self.letters())

    async def replace_roster(self, roster: Roster) -> None:
        async with self.db.begin() as uow:
            await uow.roster.replace(roster, "test", self.clock.now())


@pytest.fixture
async def office(database: Database) -> Office:
    place = Office(database, StillClock(BEFORE))
    await place.replace_roster(ROSTER)
    async with database.begin() as uow:
        await uow.periods.add(replace(ALWAYS, first_day=MONDAY))
    return place


async def test_each_unit_gets_next_weeks_sheet_once_at_its_own_moment(office: Office) -> None:
    assert await office.sweep(BEFORE) == 0
    assert await office.sweep(MOMENT) == 2
    assert await office.sent() == [("dishub@presensi.test", "2026-W49"), ("parkir@presensi.test", "2026-W49")]
    assert await office.sweep(MOMENT) == 0
    assert await office.sweep(at(9, 59, 59, day=SATURDAY)) == 0
    assert await office.sweep(at(10, day=SATURDAY)) == 1  # the six-day unit
    assert len(await office.letters()) == 3


async def test_the_letter_carries_the_registered_sheet_as_pdf_and_protected_workbook(office: Office) -> None:
    await office.sweep(MOMENT)
    letter = next(row for row in await office.letters() if row.to_address == "dishub@presensi.test")
    assert letter.subject == "Lembar presensi 30 November–4 Desember 2026: Dinas Perhubungan"
    assert "pukul 07.00 s.d. 07.30 WIB" in letter.body
    assert letter.expires_at == at(17, 1, day=date(2026, 12, 4))
    pdf, xlsx = letter.files
    assert [(f.name, f.media_type) for f in letter.files] == [
        ("lembar_U1_2026-W49.pdf", PDF),
        ("lembar_U1_2026-W49.xlsx", XLSX),
    ]
    async with office.db.begin() as uow:
        (page,) = await uow.sheets.open_for("U1", "2026-W49")
        kept = await uow.files.get(pdf.sha256)
    assert kept is not None
    text = pypdfium2.PdfDocument(await office.blobs.get(pdf.sha256))[0].get_textpage().get_text_range()
    assert "Budi Santoso" in text
    assert page.copy == 1
    book = load_workbook(io.BytesIO(await office.blobs.get(xlsx.sha256)))
    assert book.worksheets[0].protection.sheet
    assert BUDI in {cell.value for row in book.worksheets[0].iter_rows() for cell in row}


async def test_declaring_a_period_within_a_week_mails_its_sheet_at_once(office: Office) -> None:
    async with office.db.begin() as uow:
        await uow.periods.add(
            replace(ALWAYS, scope=Scope.UNITS, members=frozenset({"U2"}), first_day=date(2026, 11, 25))
        )
    assert await office.sweep(at(11, day=date(2026, 11, 24))) == 1
    assert await office.sent() == [("parkir@presensi.test", "2026-W48")]


async def test_two_processes_write_every_letter_once(office: Office) -> None:
    office.clock.moment = MOMENT
    counts = await asyncio.gather(*(office.another().sweep() for _ in range(4)))
    assert sum(counts) == 2
    assert len(await office.letters()) == 2


async def test_a_unit_without_an_address_gets_its_sheet_through_its_sender(office: Office) -> None:
    addresses = tuple(a for a in ROSTER.addresses if a.unit != "U2")
    await office.replace_roster(replace(ROSTER, addresses=addresses))
    await office.sweep(MOMENT)
    mine = [row for row in await office.letters() if row.dedupe_key.startswith("sheets:U2")]
    assert [row.to_address for row in mine] == ["dishub@presensi.test"]
    assert "melalui petugas rekap Dinas Perhubungan" in mine[0].body


async def test_nothing_is_mailed_outside_every_period(database: Database) -> None:
    place = Office(database, StillClock(MOMENT))
    await place.replace_roster(ROSTER)
    assert await place.sweep(MOMENT) == 0


async def test_format_gives_the_same_sheet_again_and_format_ulang_the_next_copy(office: Office) -> None:
    office.clock.moment = TEN_PAST_FOUR
    first = await office.post.format_letter("U1", by="dishub@presensi.test")
    again = await office.post.format_letter("U1", by="dishub@presensi.test")
    assert (first.week, first.copy, first.again) == ("2026-W49", 1, False)
    assert (again.copy, again.again, again.files) == (1, True, first.files)
    assert "FORMAT ULANG" in again.body
    more = {**PEOPLE, "baru": replace(PEOPLE[BUDI], key="baru", name="Citra Baru", bare_name="Citra Baru", nip=None)}
    newcomer = replace(ROSTER.placements[1], person="baru")
    await office.replace_roster(replace(ROSTER, people=more, placements=(*ROSTER.placements, newcomer)))
    second = await office.post.format_letter("U1", by="dishub@presensi.test", new_copy=True)
    assert (second.copy, second.again) == (2, False)
    assert "salinan ke-2" in second.body
    assert second.files[0].name == "lembar_U1_2026-W49_salinan2.pdf"
    async with office.db.begin() as uow:
        (open_page,) = await uow.sheets.open_for("U1", "2026-W49")
    assert open_page.copy == 2
    assert "Citra Baru" in str(open_page.snapshot)
    assert await office.letters() == []  # the caller writes the letter


async def test_format_of_an_unknown_unit_is_refused_in_words(office: Office) -> None:
    with pytest.raises(UsageError, match="tidak ada unit berkode U9"):
        await office.post.format_letter("U9", by="x")


async def test_the_morning_of_a_working_day_still_belongs_to_its_own_week(office: Office) -> None:
    office.clock.moment = at(7, 10, day=FRIDAY)
    assert (await office.post.format_letter("U1", by="x")).week == "2026-W48"
    assert Session.DATANG in PROFILE.session_names
    assert "U1" in UNITS


async def test_a_child_that_is_killed_costs_one_order_and_not_the_press() -> None:
    press = Press()
    try:
        first = await press.run(os.getpid)
        assert first != os.getpid()
        with pytest.raises(BrokenExecutor):
            await press.run(_die)
        assert await press.run(os.getpid) not in (first, os.getpid())
    finally:
        press.close()


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)
