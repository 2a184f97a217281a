"""A month out of storage: one status a day, absence only by TLG-18, moves, returns, evidence, the watch."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.calendar import WorkCalendar
from domain.disturbance import MAILBOX_SILENT
from domain.excuse import Decision
from domain.marks import FactSource
from domain.outcome import RECAP, Flag
from domain.profile import load_profile
from domain.reading import Verdict
from domain.report_times import month_span
from domain.resolution import World
from domain.roster import Placement
from domain.terms import Session, StatusKey
from reports.figures_monthly import Monthly, monthly
from reports.gather_monthly import gather_monthly
from storage.records_talk import NewExcuse, NewRemark, RemarkKind
from tests.fakes.desk_world import AGUS, ALWAYS, BUDI, DAY, OUT, ROSTER, SITI, at
from tests.reports.conftest import LATE, UNVERIFIED, Records

SPAN = month_span(DAY)
NOW = at(17, 16, day=date(2026, 11, 30))
NEXT_MONTH = at(1, day=date(2026, 12, 1))
FRIDAY = date(2026, 11, 27)


async def figures(records: Records, now: object = NOW, unit: str | None = None, *, recaps: bool = True) -> Monthly:
    async with records.db.snapshot() as uow:
        given = await gather_monthly(uow, records.world, SPAN, now, unit and {unit}, recaps=recaps)  # type: ignore[arg-type]
        month = monthly(given, records.world.profile)
    assert month.unbalanced == ()
    return month


def cells(month: Monthly, person: str) -> dict[date, str]:
    (line,) = [line for unit in month.units for line in unit.lines if line.person.key == person]
    assert sum(line.totals) + line.open_days == line.working_days  # BLG form F
    return dict(zip(month.days, line.cells, strict=True))


async def both(records: Records, person: str, verdict: Verdict = Verdict.SIGNED, day: date = DAY) -> None:
    for session in Session:
        await records.fact(person, verdict, day, session)


async def test_each_day_has_one_status_and_the_sums_make_up_the_working_days(records: Records) -> None:
    await both(records, SITI)
    await records.fact(BUDI)
    await both(records, BUDI, Verdict.EMPTY, FRIDAY)
    await records.fact(BUDI, Verdict.CODE, FRIDAY, source=FactSource.EXCUSE, key=StatusKey.DINAS_LUAR)
    await records.fact(AGUS, Verdict.UNSURE)
    month = await figures(records)
    assert [u.unit.code for u in month.units] == ["U1", "U2"]
    siti, budi, agus = (cells(month, person) for person in (SITI, BUDI, AGUS))
    assert (siti[DAY], siti[FRIDAY], siti[date(2026, 11, 28)]) == ("H", "·", "")
    assert (budi[DAY], budi[FRIDAY]) == ("½", "DL")
    assert agus[DAY] == "?"
    assert month.working_days == 3 * 21
    assert month.open_days == month.working_days - 2


async def test_days_outside_every_period_are_online_and_units_that_owed_nothing_are_left_out(records: Records) -> None:
    records.world = replace(records.world, periods=(replace(ALWAYS, first_day=DAY, first_session=OUT),))
    await records.fact(SITI, session=OUT)
    month = await figures(records)
    siti = cells(month, SITI)
    assert siti[date(2026, 11, 2)] == "o"
    assert siti[DAY] == "H"  # only its departure was due
    records.world = replace(records.world, periods=())
    assert (await figures(records)).units == ()


async def decided(records: Records, **sheet: Any) -> str:
    """What a day prints of which the desk decided ALPA on both empty crops."""
    for session in Session:
        await records.sheet(session=session, **sheet)
    await both(records, BUDI, Verdict.EMPTY)
    await records.absent(BUDI)
    return cells(await figures(records, NEXT_MONTH), BUDI)[DAY]


async def test_the_desks_decision_on_empty_crops_makes_a_final_absent_day(records: Records) -> None:
    assert await decided(records) == "TH"
    month = await figures(records, NEXT_MONTH)
    assert month.watch is not None
    (counted,) = [g for g in month.watch.groups if "PNS" in g.employment]
    assert counted.crossed == counted.near == ()
    assert (await figures(records, NEXT_MONTH, "U1")).watch is None  # for the discipline section alone


@pytest.mark.parametrize("sheet", [{"received": False}, UNVERIFIED, {"missing_pages": (2,)}, {"flags": {Flag.PENDING}}])
async def test_without_a_page_or_its_reading_the_day_stays_open(records: Records, sheet: dict[str, Any]) -> None:
    if "flags" in sheet:
        sheet = {"flags": frozenset(sheet["flags"])}
    assert await decided(records, **sheet) == "?"


async def test_a_late_sheet_changes_nothing_about_it(records: Records) -> None:
    assert await decided(records, **LATE) == "TH"


async def test_while_an_incident_is_open_nobody_is_absent(records: Records) -> None:
    async with records.db.begin() as uow:
        await uow.incidents.open(MAILBOX_SILENT, "all", "utama", at(7, day=date(2026, 11, 30)), "")
    assert await decided(records) == "?"


async def test_what_an_officer_says_after_the_decision_reopens_the_day(records: Records) -> None:
    assert await decided(records) == "TH"
    await records.fact(BUDI, Verdict.CODE, source=FactSource.OFFICER, key=StatusKey.SAKIT, minutes=900)
    assert cells(await figures(records, NEXT_MONTH), BUDI)[DAY] == "?"


async def test_one_decided_session_is_no_day_of_absence(records: Records) -> None:
    for session in Session:
        await records.sheet(session=session)
    await both(records, BUDI, Verdict.EMPTY)
    await records.fact(BUDI, Verdict.CODE, source=FactSource.DESK, key=StatusKey.ALPA, minutes=600)
    assert cells(await figures(records, NEXT_MONTH), BUDI)[DAY] == "?"


async def test_malang_calls_an_empty_day_provisional_once_it_is_over(records: Records) -> None:
    malang = load_profile("malang")
    records.world = World(malang, WorkCalendar(malang), ROSTER, (ALWAYS,))
    for session in Session:
        await records.sheet(session=session)
    await both(records, BUDI, Verdict.EMPTY)
    assert cells(await figures(records, at(23, 59)), BUDI)[DAY] == "·"
    assert cells(await figures(records, at(0, 1, day=DAY + timedelta(days=1))), BUDI)[DAY] == "TK*"
    assert cells(await figures(records, NEXT_MONTH), SITI)[DAY] == "·"  # no empty cell was seen: nothing becomes TK
    await records.absent(BUDI)
    assert cells(await figures(records, at(12, day=date(2026, 11, 30))), BUDI)[DAY] != "TK"
    assert cells(await figures(records, NEXT_MONTH), BUDI)[DAY] == "TK"


async def test_final_days_of_the_whole_year_are_held_against_the_table(records: Records) -> None:
    days = [date(2026, 11, n) for n in (23, 24, 25)]
    for day in days:
        for session in Session:
            await records.sheet(session=session, day=day)
        await both(records, BUDI, Verdict.EMPTY, day)
        await records.absent(BUDI, day)
    month = await figures(records, NEXT_MONTH)
    assert month.watch is not None
    (line,) = [line for group in month.watch.groups for line in group.crossed]
    assert (line.person.key, line.absent, line.longest_run, line.step, line.newly) == (
        BUDI, 3, 3, "teguran lisan", True,
    )  # fmt: skip


async def test_moves_within_the_month_are_listed(records: Records) -> None:
    kept = tuple(p for p in ROSTER.placements if p.person == AGUS)
    moved = (
        Placement(BUDI, "U1", date(2000, 1, 1), DAY - timedelta(days=1)),
        Placement(BUDI, "U2", DAY),
        Placement(SITI, "U1", date(2000, 1, 1), FRIDAY),
    )
    records.world = replace(records.world, roster=replace(ROSTER, placements=(*kept, *moved)))
    month = await figures(records)
    assert [(t.person.key, t.day, t.before, t.after) for t in month.transfers] == [
        (BUDI, DAY, "U1", "U2"),
        (SITI, FRIDAY + timedelta(days=1), "U1", None),
    ]
    found = {u.unit.code: {line.person.key: line.cells[DAY.day - 1] for line in u.lines} for u in month.units}
    assert found["U1"][BUDI] == "×"
    assert found["U2"][BUDI] == "·"
    assert month.people == 3


async def test_returned_recaps_are_told_with_their_lateness_and_counted_only_when_asked(records: Records) -> None:
    await records.sheet("U1", date(2026, 11, 30), RECAP, at(17, 5, day=date(2026, 11, 30)), **LATE)
    await records.fact(SITI, Verdict.REPORTED, session=None)
    await records.sheet("U2", DAY)
    month = await figures(records)
    assert [(r.unit, r.at is not None, r.late) for r in month.returns[:2]] == [
        ("U1", True, True),
        ("U2", False, False),
    ]
    assert [(e.unit, e.number[-4:], len(e.sha256)) for e in month.evidence] == [("U2", "0002", 64)]
    assert cells(month, SITI)[DAY] == "H"
    assert cells(await figures(records, recaps=False), SITI)[DAY] == "·"
    alone = await figures(records, unit="U1")
    assert [u.unit.code for u in alone.units] == ["U1"]


@pytest.mark.parametrize("session", [None, "pulang"])
async def test_an_open_objection_is_counted_and_keeps_the_day_open(records: Records, session: str | None) -> None:
    assert await decided(records) == "TH"
    said = NewRemark(RemarkKind.OBJECTION, "U1", DAY, session, None, "kami hadir", NEXT_MONTH, "dishub@presensi.test")
    async with records.db.begin() as uow:
        id_ = await uow.remarks.add(said)
        assert id_ is not None
    month = await figures(records, NEXT_MONTH)
    assert (cells(month, BUDI)[DAY], month.objections) == ("?", 1)
    async with records.db.begin() as uow:
        await uow.remarks.close(id_, "bkd", NEXT_MONTH, "ditolak")
    month = await figures(records, NEXT_MONTH)
    assert (cells(month, BUDI)[DAY], month.objections) == ("TH", 0)


async def test_an_undecided_keterangan_keeps_the_day_open(records: Records) -> None:
    assert await decided(records) == "TH"
    filed = NewExcuse(
        BUDI, "U1", StatusKey.SAKIT, "S", DAY, DAY, None, "sakit", NEXT_MONTH, "dishub@presensi.test", False
    )
    async with records.db.begin() as uow:
        row = await uow.excuses.file(filed)
    assert cells(await figures(records, NEXT_MONTH), BUDI)[DAY] == "?"
    async with records.db.begin() as uow:
        await uow.excuses.decide(row.id, Decision.REJECTED, "bkd", NEXT_MONTH, "tanpa bukti")
    assert cells(await figures(records, NEXT_MONTH), BUDI)[DAY] == "TH"
