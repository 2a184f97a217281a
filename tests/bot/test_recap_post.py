"""A unit's month from draft to comparison (TLG-10, TLG-D5): issued once each, chased, returned, told."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import psycopg
import pypdfium2
import pytest
from openpyxl import load_workbook

from bot.press import Made, Press
from bot.recap_post import RecapPost
from domain.marks import FactSource
from domain.outcome import RECAP
from domain.reading import Verdict
from domain.report_times import month_span
from domain.terms import Session, Timeliness
from intake.world import Worlds
from reminders.recaps import RecapPen
from reports.recap_checking import check_recap
from reports.recap_making import RecapBatch, RecapWanted, make_recaps
from storage.engine import Database
from storage.records import OutboxRow
from storage.records_reports import ReturnedRecap
from tests.fakes.desk_world import AGUS, BUDI, PROFILE, SITI, at
from tests.fakes.rows import new_fact
from tests.fakes.trip import DISHUB, Trip, mail, trip_on

DRAFT, LAST = date(2026, 11, 25), date(2026, 11, 30)
AT_DRAFT, AT_FINAL = at(16, 5, day=DRAFT), at(16, 5, day=LAST)
PARKIR = "parkir@presensi.test"


class ThreadlessPress(Press):
    """Draws in another thread of this process: the child's own loop must not meet ours."""

    async def run(self, draw: Callable[..., Made], *arguments: object) -> Made:
        return await asyncio.to_thread(draw, *arguments)


@dataclass
class Desk:
    trip: Trip

    def __post_init__(self) -> None:
        self.post = self.another()

    def another(self) -> RecapPost:
        trip = self.trip
        return RecapPost(trip.db, trip.blobs, trip.clock, PROFILE, ThreadlessPress(), trip.outgoing)

    async def sweep(self, now: datetime) -> int:
        self.trip.clock.moment = now
        return await self.post.sweep()

    async def letters(self, kind: str) -> list[OutboxRow]:
        async with await psycopg.AsyncConnection.connect(self.trip.db.url) as connection:
            found = await (
                await connection.execute("SELECT id FROM outbox WHERE kind = %s ORDER BY id", (kind,))
            ).fetchall()
        async with self.trip.db.begin() as uow:
            return [await uow.outbox.get(id_) for (id_,) in found]

    async def signs(self, person: str, unit: str, *days: date, verdict: Verdict = Verdict.SIGNED) -> None:
        facts = [
            new_fact(
                f"{person}:{day}:{session}",
                person=person,
                unit=unit,
                date=day,
                session=session,
                verdict=verdict,
                source=FactSource.SHEET,
                seen_at=at(7, 20, day=day),
                recorded_at=at(7, 20, day=day),
            )
            for day in days
            for session in Session
        ]
        async with self.trip.db.begin() as uow:
            await uow.facts.add_many(facts)

    async def file(self, row: OutboxRow, suffix: str) -> bytes:
        (found,) = [f for f in row.files if f.name.endswith(suffix)]
        return await self.trip.blobs.get(found.sha256)


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> AsyncIterator[Desk]:
    async with trip_on(database, tmp_path) as trip:
        place = Desk(trip)
        await place.signs(SITI, "U1", date(2026, 11, 23), date(2026, 11, 24))
        yield place


async def test_a_draft_goes_out_three_working_days_before_the_last_and_the_final_with_what_changed(desk: Desk) -> None:
    assert await desk.sweep(at(16, 4, 59, day=DRAFT)) == 0
    assert await desk.sweep(AT_DRAFT) == 2
    assert await desk.sweep(at(12, day=date(2026, 11, 27))) == 0
    await desk.signs(BUDI, "U1", date(2026, 11, 24), date(2026, 11, 26))
    assert await desk.sweep(at(16, 4, 59, day=LAST)) == 0
    assert await desk.sweep(AT_FINAL) == 2
    assert await desk.sweep(at(16, 6, day=LAST)) == 0
    drafts, finals = (await desk.letters("recap"))[:2], (await desk.letters("recap"))[2:]
    assert [row.to_address for row in drafts] == [DISHUB, PARKIR]
    assert drafts[0].subject == "Rekap bulanan November 2026 (rancangan): Dinas Perhubungan"
    assert "RANCANGAN rekap bulanan" in drafts[0].body
    final = next(row for row in finals if row.to_address == DISHUB)
    assert "paling lambat Senin, 30 November 2026, pukul 17.00 WIB" in final.body
    assert "Budi Santoso" in final.body
    assert final.expires_at == at(5, 1, day=date(2026, 12, 1))
    async with desk.trip.db.begin() as uow:
        versions = await uow.reports.versions("TLG-RU-202611-U1")
    assert [(v.version, v.sent_to) for v in versions] == [(1, (DISHUB,)), (2, (DISHUB,))]
    assert versions[1].changes > 0
    page = load_workbook(io.BytesIO(await desk.file(final, ".xlsx"))).worksheets[0]
    changed = {cell.coordinate for row in page.iter_rows() for cell in row if cell.style == "berubah"}
    assert len(changed) == 1  # the 24th of Budi; days after the draft had nothing to change yet
    text = pypdfium2.PdfDocument(await desk.file(final, ".pdf"))[0].get_textpage().get_text_range()
    assert "Sel berbingkai tebal" in text


async def test_a_final_without_any_change_carries_the_draft_once_more(desk: Desk) -> None:
    await desk.sweep(AT_DRAFT)
    await desk.sweep(AT_FINAL)
    rows = await desk.letters("recap")
    draft, final = (next(r for r in rows if r.to_address == PARKIR and s in r.subject) for s in ("rancangan", "akhir"))
    assert draft.files == final.files
    assert "Tidak ada perubahan sejak versi sebelumnya" in final.body
    async with desk.trip.db.begin() as uow:
        assert len(await uow.reports.versions("TLG-RU-202611-U2")) == 1


async def test_a_desk_that_was_off_over_the_deadline_still_hands_the_recap_out(desk: Desk) -> None:
    assert await desk.post.issue() == 0
    desk.trip.clock.moment = at(18, day=LAST)
    assert await desk.post.issue() == 2
    assert "batas itu sudah lewat; mohon tetap dikirim" in (await desk.letters("recap"))[0].body
    assert await desk.post.remind() == 0


async def test_two_processes_issue_every_recap_once(desk: Desk) -> None:
    desk.trip.clock.moment = AT_DRAFT
    first, second = desk.another(), desk.another()
    assert await first.issue() + await second.issue() == 2
    assert len(await desk.letters("recap")) == 2


async def test_whoever_has_not_returned_it_is_reminded_twice_before_the_deadline_and_never_after(desk: Desk) -> None:
    await desk.sweep(AT_FINAL)
    assert await desk.sweep(at(16, 29, 59, day=LAST)) == 0
    assert await desk.sweep(at(16, 30, day=LAST)) == 3
    reminded = await desk.letters("recap_reminder")
    assert [row.to_address for row in reminded] == [DISHUB, PARKIR]
    assert reminded[0].expires_at == at(17, 1, day=LAST)
    (told,) = await desk.letters("recap_missing")
    assert "2 dari 2 unit belum kembali" in told.body
    await returned(desk, at(16, 40, day=LAST))
    await desk.sweep(at(16, 50, day=LAST))
    assert [row.to_address for row in (await desk.letters("recap_reminder"))[2:]] == [PARKIR]
    assert await desk.sweep(at(17, 1, day=LAST)) == 0


async def test_nobody_is_reminded_while_our_own_mailbox_is_silent(desk: Desk) -> None:
    await desk.sweep(AT_FINAL)
    async with desk.trip.db.begin() as uow:
        await uow.incidents.open("mailbox_silent", "all", "utama", at(16, 20, day=LAST), "")
    await desk.sweep(at(16, 30, day=LAST))
    assert await desk.letters("recap_reminder") == []


async def returned(desk: Desk, when: datetime, day: int | None = None, text: str = "", **other: object) -> int:
    """Dinas Perhubungan mails its final recap back, with ``text`` typed into Siti's cell of ``day``."""
    final = [row for row in await desk.letters("recap") if row.to_address == DISHUB][-1]
    book = load_workbook(io.BytesIO(await desk.file(final, ".xlsx")))
    page = book.worksheets[0]
    if day is not None:
        row = next(cell.row for line in page.iter_rows() for cell in line if cell.value == SITI)
        column = next(cell.column for line in page.iter_rows() for cell in line if cell.value == "TANGGAL")
        page.cell(row, column + day - 1).value = text
    out = io.BytesIO()
    book.save(out)
    desk.trip.clock.moment = when
    return await desk.trip.read(mail(out.getvalue(), when=when, subject="Rekap", name="rekap.xlsx", **other))  # type: ignore[arg-type]


async def test_a_returned_recap_is_tracked_compared_and_told_and_nothing_is_overwritten(desk: Desk) -> None:
    await desk.sweep(AT_FINAL)
    await returned(desk, at(16, 40, day=LAST), 25, "DL")
    await desk.sweep(at(16, 41, day=LAST))
    async with desk.trip.db.begin() as uow:
        kept = await uow.submissions.find("U1", LAST, RECAP)
        check = (await uow.recap_checks.latest(date(2026, 11, 1)))["U1"]
        facts = await uow.facts.for_people([SITI], date(2026, 11, 24), date(2026, 11, 24))
    assert kept is not None
    assert kept.state.timeliness is Timeliness.ON_TIME
    assert kept.number.startswith("TLG-20261130-R-")
    assert (check.compared, check.same) == (60, 59)
    (one,) = check.differences
    assert (one.person, one.place, one.recorded, one.returned) == (SITI, "2026-11-25", "·", "DL")
    assert [f.verdict for f in facts if f.session] == [Verdict.SIGNED, Verdict.SIGNED]
    (told,) = await desk.letters("recap_checked")
    assert told.to_address == DISHUB
    assert "60 sel dibandingkan, 59 sama, 1 perbedaan" in told.body
    assert "Siti Aminah, S.E., 25-11-2026: catatan ·, rekap DL (hanya pada rekap kembali)" in told.body
    assert await desk.sweep(at(16, 42, day=LAST)) == 0


async def test_a_recap_after_the_deadline_is_late_and_still_compared(desk: Desk) -> None:
    await desk.sweep(AT_FINAL)
    await returned(desk, at(17, 1, day=LAST), header_id="<telat@presensi.test>")
    await desk.sweep(at(17, 2, day=LAST))
    async with desk.trip.db.begin() as uow:
        kept = await uow.submissions.find("U1", LAST, RECAP)
    assert kept is not None
    assert (kept.state.timeliness, kept.state.late_minutes) == (Timeliness.LATE, 1)
    (told,) = await desk.letters("recap_checked")
    assert "semuanya sama" in told.body


async def test_a_file_that_holds_no_recap_compares_nothing_and_says_so(desk: Desk) -> None:
    async with desk.trip.db.begin() as uow:
        world = await Worlds(PROFILE).load(uow)
        back = ReturnedRecap(1, "TLG-20261130-R-0001", "ff" * 32, "U1", LAST, AT_FINAL)
        check = await check_recap(uow, world, back, AT_FINAL)
    assert (check.compared, check.differences) == (0, ())
    letter = RecapPen(world, world.roster.units["U1"], None, AT_FINAL).checked("key", DISHUB, back.number, check)
    assert "belum dapat dicocokkan" in letter.subject
    assert "diperiksa petugas BKD" in letter.body


async def test_recaps_are_drawn_in_a_child_of_the_press(desk: Desk, tmp_path: Path) -> None:
    press = Press()
    try:
        batch = RecapBatch(
            desk.trip.db.url, PROFILE, month_span(LAST), (RecapWanted("U1"), RecapWanted("U3")), AT_FINAL, tmp_path
        )
        made, held = await press.run(make_recaps, batch)
    finally:
        press.close()
    assert held == []
    assert [one.unit for one in made] == ["U1"]
    assert made[0].people == 2
    assert {file.path.suffix for file in made[0].files} == {".pdf", ".xlsx"}
    assert AGUS not in str(made[0])
    assert replace(made[0], files=()).files == ()
