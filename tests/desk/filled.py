"""A desk with something on every page: for tours in a browser, for following every link, for the audit of looks."""

from dataclasses import dataclass
from datetime import timedelta

from devices.files import LogIntake
from domain.account import ContactOutcome, ContactWay
from domain.calendar import CalendarOverride
from domain.device import DeviceKind
from domain.reading import Box, FileReading, Row, SheetKind, SheetReading, Verdict
from domain.reading_json import to_plain
from domain.terms import Scheme
from reports.numbering import ReportKind
from storage.messages import STRANGER
from storage.records import LetterFile, MessageState, SubmissionRow
from storage.records_desk import NewContact
from storage.records_devices import NewDevice
from storage.records_layouts import NewLayout
from storage.records_reports import NewReport
from storage.records_talk import NewClaim
from tests.desk.test_recap import excuse
from tests.fakes import logs
from tests.fakes.desk_scene import earlier_parafs, photo, photo_sheet
from tests.fakes.desk_web import Web
from tests.fakes.desk_world import BUDI, DAY, PEOPLE, SITI, at, cell
from tests.fakes.rows import new_message, new_outbox
from tests.fakes.trip import DISHUB, Trip, mail, workbook

GUESS = ("NO", "NAMA", "NIP", "TTD DATANG", "TTD PULANG", "KETERANGAN")
WAITS, CONFIRMED = "3f9a123f9a123f9a", "77aa0077aa0077aa"
REPORT = "TLG-RM-2026-47-5H"


@dataclass(frozen=True)
class Filled:
    """What addresses need: the numbers and hashes of what is there."""

    photo: SubmissionRow
    photo_file: str
    report_file: str
    letter: int
    message: int
    device: int


async def sheets(trip: Trip) -> SubmissionRow:
    """A workbook that was read, earlier signed sheets, and a photo with two doubts; returns the photo's submission."""
    await trip.read(mail(workbook(), when=at(7, 20), by=DISHUB))
    await earlier_parafs(trip)
    return await photo_sheet(trip, "U2")


async def fill(web: Web) -> Filled:
    """Put it all in."""
    sheet = await sheets(web.trip)
    await excuse(web, SITI)
    await _layouts(web)
    device = await _device(web)
    report = await _report(web)
    letter, message = await _stuck(web, sheet)
    async with web.house.db.begin() as uow:
        await uow.addresses.ask(NewClaim(Scheme.WHATSAPP, "6281234567890", "U3", at(7), at(7)))
        await uow.calendar.add(
            CalendarOverride(DAY + timedelta(days=7), DAY + timedelta(days=7), False, "Hari jadi kabupaten", "800/1"),
            "desk:ani", at(6),
        )  # fmt: skip
        await uow.contact_log.add(
            NewContact("U3", DAY, "datang", ContactWay.PHONE, ContactOutcome.TOLD, "listrik padam", "rini", at(7, 5))
        )
        await uow.incidents.open("mailbox", "all", "utama", at(6), "tidak dapat masuk")
        await uow.accounts.add_token("SIMPEG", "a" * 64, [], None, "desk:ani", at(6))
        file = (await uow.submissions.arrivals(sheet.id))[0].sha256
    web.clock.moment = at(7, 21)
    return Filled(sheet, file, report, letter, message, device)


async def _layouts(web: Web) -> None:
    data = photo(SITI, BUDI)
    sha256 = await web.trip.blobs.put(data)
    rows = tuple(
        Row(n, PEOPLE[key].name, key, (cell(Verdict.SIGNED, box=Box(1, 700, 260, 950, 350)),))
        for n, key in enumerate((SITI, BUDI), 1)
    )
    reading = FileReading(
        "foreign_scan/1", (SheetReading(SheetKind.DAILY, dates=(DAY,), rows=rows),),
        extra={"layout": f"{WAITS},{CONFIRMED}"},
    )  # fmt: skip
    async with web.house.db.begin() as uow:
        await uow.files.add(sha256, len(data), "image/jpeg")
        await uow.files.save_reading(sha256, "foreign_scan/1", to_plain(reading))
        # The mail that shows the layouts is the one that was read: reading it again takes no time.
        [book] = await uow.files.for_message(1)
        await uow.files.save_reading(book.sha256, "foreign_scan/1", to_plain(reading))
        for name in (WAITS, CONFIRMED):
            assert await uow.layouts.note(NewLayout(name, sha256, at(7), GUESS))
        await uow.layouts.confirm(CONFIRMED, GUESS, "desk:rini", at(7, 2))


async def _device(web: Web) -> int:
    house = web.house
    async with house.db.begin() as uow:
        id_ = await uow.devices.add(
            NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "uji", at(6), unit="U1", place="lobi depan")
        )
        assert id_
    intake = LogIntake(house.db, house.blobs, house.clock, house.profile.zone, house.sandbox)
    data = logs.usb(("7", f"{DAY} 07:05:00"), ("8", f"{DAY} 07:06:00"))
    await intake.file("1_attlog.dat", data, "lobi", "upload")
    await intake.file("mei.csv", b"No;PIN;Nama;Tanggal;Jam\n1;7;SITI;05/06/2026;07:01\n", "lobi", "upload")  # asks
    return id_


async def _report(web: Web) -> str:
    sha256 = await web.trip.blobs.put(b"%PDF-1.7 laporan")
    files = (LetterFile(f"{REPORT}.pdf", "application/pdf", sha256),)
    async with web.house.db.begin() as uow:
        for number, code, version in ((REPORT, "5H", 1), (REPORT, "5H", 2), ("TLG-RU-2026-11-U1", "U1", 1)):
            await uow.reports.add(
                NewReport(ReportKind.WEEKLY.value, number, version, code, DAY, DAY, "unit lima hari kerja",
                          "23 s.d. 27 November 2026", at(6), f"{version}" * 64, (("wajib", 3), ("tepat waktu", 2)),
                          "e" * 64, version - 1, "", files, at(6), "posko")
            )  # fmt: skip
    return sha256


async def _stuck(web: Web, sheet: SubmissionRow) -> tuple[int, int]:
    sha256 = await web.trip.blobs.put(b"From: a\r\n\r\nisi\r\n")
    async with web.house.db.begin() as uow:
        letter = await uow.outbox.put(new_outbox("gagal", submission_id=sheet.id))
        replaced = await uow.outbox.put(new_outbox("diganti", subject="Pengingat DATANG"))
        assert letter
        assert replaced
        for id_ in (letter, replaced):
            await uow.outbox.mark_failed(id_, "550", "5.1.1 kotak tidak ada", at(7, 19))
        await uow.outbox.put(new_outbox("pengganti", replaces=replaced))
        message = await uow.messages.add(new_message("1" * 64, sha256=sha256, from_address="smp1@presensi.test"))
        stranger = await uow.messages.add(
            new_message("2" * 64, channel=Scheme.WHATSAPP, from_address="6281234567890", sha256=sha256)
        )
        assert message
        assert stranger
        await uow.messages.finish(message, MessageState.QUARANTINE, "ReadingError: berkas rusak")
        await uow.messages.finish(stranger, MessageState.QUARANTINE, STRANGER)
        await uow.defer("read_message", "read", message_id=stranger)
    return letter, message
