"""A week out of storage: what was due, what came, and everybody's marks."""

from dataclasses import replace
from datetime import date, timedelta

from domain.disturbance import MAILBOX_SILENT
from domain.marks import FactSource, MarkState
from domain.outcome import QuestionKind
from domain.reading import Verdict
from domain.report_times import Span
from domain.roster import Placement
from domain.terms import Pattern, Session, StatusKey
from reports.figures_weekly import Outcome, Weekly, weekly
from reports.gather_people import mark_of
from reports.gather_weekly import gather_weekly
from storage.records import NewQuestion
from tests.fakes.desk_world import AGUS, ALWAYS, BUDI, DAY, IN, OUT, PROFILE, SITI, at
from tests.reports.conftest import LATE, UNVERIFIED, Records

MONDAY = DAY - timedelta(days=1)
FIVE, SIX = (Span(MONDAY, MONDAY + timedelta(days=6), pattern) for pattern in (Pattern.FIVE, Pattern.SIX))
NOW = at(16, 15, day=date(2026, 11, 27))


async def figures(records: Records, span: Span = FIVE, now: object = NOW) -> Weekly:
    async with records.db.snapshot() as uow:
        return weekly(await gather_weekly(uow, records.world, span, now), PROFILE)  # type: ignore[arg-type]


async def test_every_due_sheet_is_counted_whether_or_not_it_came(records: Records) -> None:
    await records.sheet()
    await records.sheet(session=OUT, when=at(16, 4), **LATE)
    await records.sheet("U2", DAY, **UNVERIFIED)
    week = await figures(records)
    assert [u.unit.code for u in week.units] == ["U1", "U2"]
    assert (week.total.due, week.total.on_time, week.total.late, week.total.to_check) == (20, 1, 1, 1)
    assert (week.total.missing, week.total.late_minutes) == (17, 4)
    assert week.last == date(2026, 11, 27)
    (first,) = [s for s, o in week.evidence if o is Outcome.ON_TIME]
    assert first.entry is not None
    assert first.entry.number == "TLG-20261124-D-0001"
    assert first.sha256 == f"{1:064x}"


async def test_six_day_units_have_their_own_report_with_saturday(records: Records) -> None:
    await records.sheet("U3", date(2026, 11, 28))
    week = await figures(records, SIX, at(14, 45, day=date(2026, 11, 28)))
    assert [u.unit.code for u in week.units] == ["U3"]
    assert (week.total.due, week.total.on_time, week.last) == (12, 1, date(2026, 11, 28))


async def test_sheets_to_come_are_not_missing(records: Records) -> None:
    week = await figures(records, now=at(9))
    assert week.total.due == week.total.missing == 6  # Monday both, Tuesday's datang
    assert Outcome.NOT_YET in {o for _, o in week.evidence}


async def test_a_sheet_outside_every_period_is_shown_and_owed_by_nobody(records: Records) -> None:
    records.world = replace(records.world, periods=())
    await records.sheet()
    week = await figures(records)
    assert (week.total.due, week.total.extra) == (0, 1)


async def test_open_questions_are_counted(records: Records) -> None:
    id_ = await records.sheet()
    async with records.db.begin() as uow:
        await uow.questions.add_many(
            [NewQuestion(id_, 1, QuestionKind.PERSON, "ab" * 32, 0, row, 1, "Sit", at(8)) for row in (1, 2)]
        )
        await uow.questions.answer(1, "Siti", "petugas", at(9))
    assert (await figures(records)).total.questions == 1


async def test_late_around_a_silence_of_our_mailbox_or_before_the_period_was_known_is_no_fault(
    records: Records,
) -> None:
    await records.sheet(when=at(7, 35), **LATE)
    async with records.db.begin() as uow:
        await uow.incidents.open(MAILBOX_SILENT, "all", "utama", at(7, 20), "")
        await uow.incidents.close(MAILBOX_SILENT, "utama", at(7, 32))
    assert (await figures(records)).total.excused == 1
    records.world = replace(records.world, periods=(replace(ALWAYS, declared_at=at(12)),))
    await records.sheet(day=DAY + timedelta(days=1), when=at(7, 34, day=DAY + timedelta(days=1)), **LATE)
    week = await figures(records)
    assert (week.total.excused, week.total.late) == (1, 1)


async def test_marks_are_the_current_ones_of_those_who_owed_them(records: Records) -> None:
    await records.fact(SITI)
    await records.fact(BUDI, Verdict.EMPTY)
    await records.fact(BUDI, Verdict.CODE, source=FactSource.EXCUSE, key=StatusKey.SAKIT, minutes=60)
    await records.fact(AGUS, Verdict.UNSURE)
    week = await figures(records)
    lines = {line.person.key: line for line in week.people}
    place = week.columns.index((DAY, Session.DATANG))
    assert [lines[p].cells[place] for p in (SITI, BUDI, AGUS)] == ["✓", "S", "?"]
    assert lines[SITI].open == 9
    assert week.corrections[0].subject == "Budi Santoso"
    assert (week.corrections[0].before, week.corrections[0].after) == ("·", "S")
    assert week.corrected_by == (("dishub@presensi.test", 1),)


async def test_a_keterangan_of_the_whole_day_fills_both_sessions(records: Records) -> None:
    await records.fact(BUDI, Verdict.CODE, session=None, source=FactSource.DESK, key=StatusKey.CUTI)
    await records.fact(BUDI, Verdict.SIGNED, session=OUT)
    week = await figures(records)
    (line,) = [line for line in week.people if line.person.key == BUDI]
    cells = dict(zip(week.columns, line.cells, strict=True))
    assert (cells[DAY, IN], cells[DAY, OUT]) == ("C", "?")  # a decision about the day did not look at the signature


async def test_somebody_who_moved_stands_in_both_units_with_the_days_spent_there(records: Records) -> None:
    roster = records.world.roster
    kept = tuple(p for p in roster.placements if p.person != BUDI)
    moved = (Placement(BUDI, "U1", date(2000, 1, 1), MONDAY), Placement(BUDI, "U2", DAY))
    records.world = replace(records.world, roster=replace(roster, placements=(*kept, *moved)))
    await records.fact(BUDI, day=MONDAY)
    await records.fact(BUDI)
    async with records.db.snapshot() as uow:
        given = await gather_weekly(uow, records.world, FIVE, NOW)
    marks = {week.person.unit: week.marks for week in given.people if week.person.key == BUDI}
    assert {day for day, _ in marks["U1"]} == {MONDAY}
    assert min(day for day, _ in marks["U2"]) == DAY
    assert marks["U1"][MONDAY, IN].state is marks["U2"][DAY, IN].state is MarkState.SIGNED


def test_nothing_recorded_is_incomplete() -> None:
    assert mark_of(()).state is MarkState.INCOMPLETE
