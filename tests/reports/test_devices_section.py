"""The part of the recaps about machines, from punches and sheets on a real database to paper."""

import io
import re
from dataclasses import replace
from datetime import date, timedelta

import openpyxl
import pypdfium2
import pytest

from domain.contradiction import contradictions
from domain.device import DeviceKind, Provisional
from domain.device_clock import wall
from domain.marks import MarkState
from domain.outcome import QuestionKind
from domain.profile import load_profile
from domain.reading import Verdict
from domain.reconcile import Agreement
from domain.report_times import Span
from domain.terms import Pattern, StatusKey
from reports.content import weekly_identity
from reports.figures_devices import COLUMNS, DeviceSection, asked_rows
from reports.figures_weekly import weekly
from reports.gather_devices import compared_sessions, gather_devices
from reports.gather_weekly import gather_weekly
from reports.pdf import Frame
from reports.pdf_weekly import weekly_pdf
from reports.xlsx_weekly import weekly_xlsx
from storage.records import NewQuestion
from storage.records_devices import NewDevice, NewDeviceUser, NewWord
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import AGUS, BUDI, DAY, IN, SITI, at
from tests.fakes.report_world import week_input
from tests.fakes.rows import new_fact
from tests.reports.conftest import Records

MONDAY = DAY - timedelta(days=1)
FIVE = Span(MONDAY, MONDAY + timedelta(days=6), Pattern.FIVE)
TLG = load_profile("tulungagung")


async def section(records: Records, *, periods: bool = True) -> DeviceSection:
    """Three people on one machine, told up to Thursday: Siti punches, Budi only signs, Agus punches while sick."""
    now = at(20, day=DAY + timedelta(days=1))
    async with records.db.begin() as uow:
        await uow.roster.replace(records.world.roster, "test", now)
        await uow.devices.add(NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", now, number=1, unit="U1"))
        [lobi] = await uow.devices.all()
        for user, person in (("1", SITI), ("2", BUDI), ("3", AGUS)):
            await uow.devices.map_user(NewDeviceUser(lobi.id, user, person, date(2020, 1, 1), "admin", now))
    days = [f"{DAY:%Y-%m-%d}", f"{DAY + timedelta(days=2):%Y-%m-%d}"]
    rows = [
        ("1", f"{days[0]} 07:11:00"),
        ("3", f"{days[0]} 07:12:00"),
        ("1", f"{days[0]} 16:01:00"),
        ("9", f"{days[1]} 07:00:00"),
    ]
    intake = logs.intake(records.db, StillClock(at(20, day=DAY + timedelta(days=2))))
    await intake.file("1_attlog.dat", logs.usb(*rows))
    async with records.db.begin() as uow:
        await uow.facts.add_many(
            [
                new_fact("a", person=SITI, date=DAY, session=IN, verdict=Verdict.SIGNED, unit="U1"),
                new_fact("b", person=BUDI, date=DAY, session=IN, verdict=Verdict.SIGNED, unit="U1"),
                new_fact(
                    "c", person=AGUS, date=DAY, session=None, verdict=Verdict.CODE, unit="U2", key=StatusKey.SAKIT
                ),
            ]
        )
        world = records.world if periods else replace(records.world, periods=())
        found = await gather_devices(uow, world, ["U1", "U2", "U3"], DAY, DAY)
    assert found is not None
    return found


async def test_paper_and_machine_are_compared_and_differences_are_asked(records: Records) -> None:
    found = await section(records, periods=False)
    counts = dict(found.units)
    assert (counts["Dinas Perhubungan"].agree, counts["Dinas Perhubungan"].only_device) == (1, 1)
    assert (counts["Dinas Perhubungan"].only_paper, counts["UPTD Parkir"].contradict) == (1, 1)
    assert [(d.person, d.agreement, bool(d.question)) for d in found.differences] == [
        ("Drs. Agus Setiawan", Agreement.CONTRADICT, True),
        ("Budi Santoso", Agreement.ONLY_PAPER, True),
    ]
    [machine] = found.machines
    assert (machine.name, machine.unknown_ids, machine.synced_to) == ("lobi", 1, wall("2026-11-26 07:00:00"))


@pytest.mark.parametrize(
    ("wins", "state"), [("ask", MarkState.TO_CHECK), ("device", MarkState.REPORTED), ("paper", MarkState.CODE)]
)
async def test_an_open_contradiction_is_printed_as_the_profile_says_until_a_person_settles_it(
    records: Records, wins: str, state: MarkState
) -> None:
    await section(records)
    profile = records.world.profile
    rules = profile.punches.model_copy(update={"wins": wins})
    world = replace(records.world, profile=profile.model_copy(update={"punches": rules}))

    async def printed() -> MarkState:
        async with records.db.begin() as uow:
            week = await gather_weekly(uow, world, FIVE, at(20, day=DAY + timedelta(days=2)))
        [agus] = [p for p in week.people if p.person.name == "Drs. Agus Setiawan"]
        return agus.marks[DAY, IN].state

    async with records.db.begin() as uow:
        ill = new_fact("d", person=AGUS, date=DAY, session=IN, verdict=Verdict.CODE, unit="U2", key=StatusKey.SAKIT)
        await uow.facts.add_many([ill])
    assert await printed() is state
    async with records.db.begin() as uow:
        told = [q for q in contradictions(await compared_sessions(uow, world, DAY, DAY, [AGUS])) if q.session is IN]
        question = NewQuestion(
            None, None, QuestionKind.DEVICE, "", 0, 0, None, "", at(20), (AGUS,), told[0].cells, told[0].subject
        )
        await uow.contradictions.ask([question])
        [row] = await uow.contradictions.between(DAY, DAY)
        assert await uow.questions.answer(row.id, "lembar", "desk:rini", at(21))
        found = await gather_devices(uow, world, ["U1", "U2", "U3"], DAY, DAY)
    assert await printed() is MarkState.CODE
    assert found is not None
    assert [d.settled for d in found.differences if d.person == "Drs. Agus Setiawan"] == [True]


async def test_inside_a_declared_period_a_signature_without_a_punch_is_lawful(records: Records) -> None:
    found = await section(records)
    [budi] = [d for d in found.differences if d.person == "Budi Santoso"]
    assert (budi.lawful, budi.question) == (True, "")


async def test_the_part_is_printed_and_stands_in_the_workbook(records: Records) -> None:
    week = weekly(replace(week_input(TLG, 3, 2), devices=await section(records, periods=False)), TLG)
    identity = weekly_identity(week, TLG)
    assert identity.figures["mesin, Dinas Perhubungan"] == "1 / 1 / 1 / 0 / 0 / 1"
    pdf = weekly_pdf(week, Frame(identity, TLG, ("REKAP MINGGUAN",), "Kepala Subbidang Disiplin ASN"))
    text = re.sub(r"\s+", " ", " ".join(p.get_textpage().get_text_range() for p in pypdfium2.PdfDocument(pdf)))
    for words in ("Perbandingan dengan mesin presensi", *COLUMNS, "bertentangan", "1 ID belum dipetakan"):
        assert words in text
    book = openpyxl.load_workbook(io.BytesIO(weekly_xlsx(week, identity, TLG)))
    assert {"Mesin", "Beda mesin"} <= set(book.sheetnames)


async def test_days_that_are_sementara_stand_in_the_recap_until_their_word_is_taken_back(records: Records) -> None:
    await section(records)
    when = at(7, day=DAY + timedelta(days=1))
    async with records.db.begin() as uow:
        said = [NewWord(p, "U1", DAY, Provisional.SET, "tanpa presensi", "posko devices", when) for p in (SITI, BUDI)]
        await uow.punches.say([*said, NewWord(SITI, "U1", DAY, Provisional.REPLACED, "keterangan", "x", when)])
        found = await gather_devices(uow, records.world, ["U1", "U2", "U3"], DAY, DAY)
    assert found is not None
    assert [(one.person, one.day) for one in found.provisional] == [("Budi Santoso", DAY)]
    malang = load_profile("malang")
    assert asked_rows(found, malang)[-1][3:5] == ("sehari", "TK*")
    week = weekly(replace(week_input(TLG, 3, 2), devices=found), TLG)
    book = openpyxl.load_workbook(io.BytesIO(weekly_xlsx(week, weekly_identity(week, TLG), TLG)))
    assert any("sementara" in str(row[5].value) for row in book["Beda mesin"])


async def test_without_a_machine_there_is_no_such_part(records: Records) -> None:
    async with records.db.begin() as uow:
        assert await gather_devices(uow, records.world, ["U1"], DAY, DAY) is None
