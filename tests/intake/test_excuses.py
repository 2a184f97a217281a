"""Keterangan on a database: filed, proven, decided, decided by silence; facts and who is told."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.calendar import WorkCalendar
from domain.excuse import Decider, Decision, Refusal
from domain.marks import FactSource
from domain.profile import Profile, load_profile
from domain.reading import Verdict
from domain.resolution import World
from domain.roster import Address, AddressRole
from domain.terms import Scheme, Session, StatusKey
from intake.excuses import decide, decide_silent, file, prove
from intake.letters import Outgoing
from storage.engine import Database, UnitOfWork
from storage.records_talk import ExcuseRow, NewExcuse
from tests.fakes.desk_world import AGUS, BUDI, DAY, PEOPLE, ROSTER, SITI, at
from tests.fakes.talk import posted

FILE, OTHER = "f" * 64, "e" * 64
DESK = Decider("petugas bkd", desk=True)
OUT = Outgoing(("penerima@bkd.test",))
FRIDAY = date(2026, 11, 27)
SUPERIOR = "agus@presensi.test"


def world_of(name: str) -> World:
    profile: Profile = load_profile(name)
    roster = replace(
        ROSTER,
        people={**PEOPLE, SITI: replace(PEOPLE[SITI], superior=AGUS)},
        addresses=(
            *ROSTER.addresses,
            Address(Scheme.MAIL, SUPERIOR, None, AGUS),
            Address(Scheme.MAIL, "kasubbag@presensi.test", "U1", BUDI, AddressRole.SUPERVISOR),
        ),
    )
    return World(profile, WorkCalendar(profile), roster)


TLG, BLG, MLG, BTG = (world_of(name) for name in ("tulungagung", "bulungan", "malang", "bontang"))


def new(key: StatusKey = StatusKey.SAKIT, first: date = DAY, last: date = DAY, **other: object) -> NewExcuse:
    code = {StatusKey.SAKIT: "S", StatusKey.CUTI: "C", StatusKey.DINAS_LUAR: "DL"}[key]
    plain = NewExcuse(SITI, "U1", key, code, first, last, None, "demam", at(8), "62811", False)
    return replace(plain, **other)  # type: ignore[arg-type]


@pytest.fixture
async def uow(database: Database) -> AsyncIterator[UnitOfWork]:
    async with database.begin() as opened:
        yield opened


async def filed(uow: UnitOfWork, world: World, one: NewExcuse) -> ExcuseRow:
    done = await file(uow, world, one, OUT)
    assert done.row is not None
    return done.row


async def letters(uow: UnitOfWork) -> list[tuple[str, str]]:
    return [(row.to_address, row.body) for row in await posted(uow, "excuse")]


async def facts(uow: UnitOfWork) -> list[tuple[date, str, Verdict, StatusKey | None]]:
    found = await uow.facts.for_people([SITI], DAY - timedelta(30), DAY + timedelta(30))
    assert all(f.source is FactSource.EXCUSE for f in found)
    return [(f.date, str(f.session), f.verdict, f.key) for f in found]


async def test_an_approval_becomes_a_fact_for_each_session_of_each_working_day(uow: UnitOfWork) -> None:
    row = await filed(uow, TLG, new(first=FRIDAY, last=FRIDAY + timedelta(days=3)))  # Friday to Monday
    assert await letters(uow) == []  # nothing to decide on yet
    assert (await decide(uow, TLG, row.id, DESK, True, "", at(9))).refusal is Refusal.NO_EVIDENCE
    await prove(uow, TLG, row.id, FILE, at(9), "62811", OUT)
    (alert,) = await letters(uow)
    assert alert[0] == "penerima@bkd.test" or alert[0] == "kasubbag@presensi.test"
    assert (await decide(uow, TLG, row.id, DESK, True, "", at(10))).row is not None
    code, sick = Verdict.CODE, StatusKey.SAKIT
    monday = FRIDAY + timedelta(days=3)
    assert await facts(uow) == [
        (FRIDAY, "datang", code, sick), (FRIDAY, "pulang", code, sick),
        (monday, "datang", code, sick), (monday, "pulang", code, sick),
    ]  # fmt: skip
    assert (await decide(uow, TLG, row.id, DESK, True, "", at(11))).refusal is Refusal.CLOSED


async def test_a_rejection_writes_no_mark_and_a_later_one_withdraws_what_was_approved(uow: UnitOfWork) -> None:
    row = await filed(uow, TLG, new(session=Session.DATANG))
    await prove(uow, TLG, row.id, FILE, at(9), "62811", OUT)
    assert (await decide(uow, TLG, row.id, DESK, False, "surat palsu", at(10))).row is not None
    assert await facts(uow) == []
    await decide(uow, TLG, row.id, DESK, True, "ternyata asli", at(11))
    await decide(uow, TLG, row.id, DESK, False, "dibatalkan penerbit", at(12))
    assert [(verdict, key) for _, _, verdict, key in await facts(uow)] == [
        (Verdict.CODE, StatusKey.SAKIT),
        (Verdict.EMPTY, None),
    ]


async def test_withdrawing_one_keterangan_leaves_another_of_the_same_day_standing(uow: UnitOfWork) -> None:
    ill = await filed(uow, TLG, new())
    trip = await filed(uow, TLG, new(StatusKey.DINAS_LUAR))
    for row in (ill, trip):
        await prove(uow, TLG, row.id, FILE, at(9), "62811", OUT)
        await decide(uow, TLG, row.id, DESK, True, "", at(10))
    await decide(uow, TLG, trip.id, DESK, False, "tidak jadi", at(11))
    last = (await facts(uow))[-2:]
    assert {(verdict, key) for _, _, verdict, key in last} == {(Verdict.CODE, StatusKey.SAKIT)}


async def test_the_days_of_an_illness_that_goes_on_join_the_undecided_one(uow: UnitOfWork) -> None:
    first = await filed(uow, BLG, new())
    more = await filed(uow, BLG, new(first=DAY + timedelta(days=1), last=DAY + timedelta(days=2)))
    assert (more.id, more.first, more.last) == (first.id, DAY, DAY + timedelta(days=2))
    refused = await file(uow, BLG, new(StatusKey.CUTI, date(2026, 12, 14), date(2026, 12, 15)), OUT)
    assert refused.refusal is Refusal.ONE_PENDING  # BLG-37
    assert refused.row is None


@pytest.mark.parametrize(
    ("world", "moment", "late"),
    [
        (MLG, datetime(2026, 11, 30, 23, 59, 59, tzinfo=MLG.profile.tz), False),  # MLG-06
        (MLG, datetime(2026, 12, 1, tzinfo=MLG.profile.tz), True),
        (BLG, datetime(2026, 12, 4, 23, 59, 59, tzinfo=BLG.profile.tz), False),  # BLG-33
        (BLG, datetime(2026, 12, 5, tzinfo=BLG.profile.tz), True),
        (BTG, datetime(2027, 3, 1, tzinfo=BTG.profile.tz), False),
    ],
)
async def test_after_the_cut_off_it_is_kept_and_needs_a_reason(
    uow: UnitOfWork, world: World, moment: datetime, late: bool
) -> None:
    row = await filed(uow, world, new(filed_at=moment))
    assert row.late is late
    await prove(uow, world, row.id, FILE, moment, "62811", OUT)
    plain = await decide(uow, world, row.id, DESK, True, "", moment)
    assert plain.refusal is (Refusal.REASON_NEEDED if late else None)
    if late:
        assert (await decide(uow, world, row.id, DESK, True, "izin administrator", moment)).row is not None


async def test_evidence_that_comes_after_the_cut_off_makes_it_late(uow: UnitOfWork) -> None:
    row = await filed(uow, MLG, new())
    proven = await prove(uow, MLG, row.id, FILE, datetime(2026, 12, 2, tzinfo=MLG.profile.tz), "62811", OUT)
    assert proven.late
    again = await prove(uow, MLG, row.id, OTHER, datetime(2026, 12, 3, tzinfo=MLG.profile.tz), "62811", OUT)
    assert again.evidence == (FILE, OTHER)
    assert again.evidence_at == proven.evidence_at


async def test_bulungan_approves_by_silence_at_the_exact_second_and_the_others_never_do(uow: UnitOfWork) -> None:
    row = await filed(uow, BLG, new())
    await prove(uow, BLG, row.id, FILE, at(9), "62811", OUT)
    due = at(9) + timedelta(hours=48)
    for world in (TLG, MLG, BTG):
        assert await decide_silent(uow, world, due + timedelta(days=99)) == []
    assert await decide_silent(uow, BLG, due - timedelta(seconds=1)) == []
    (settled,) = await decide_silent(uow, BLG, due + timedelta(hours=5))
    assert (settled.decision, settled.decided_at) == (Decision.BY_SILENCE, due)  # BLG-23
    assert await decide_silent(uow, BLG, due + timedelta(hours=6)) == []
    assert len(await facts(uow)) == 2


async def test_without_evidence_silence_decides_nothing(uow: UnitOfWork) -> None:
    await filed(uow, BLG, new())
    assert await decide_silent(uow, BLG, at(9) + timedelta(days=60)) == []
    assert await facts(uow) == []


async def test_those_who_decide_are_told_and_only_they_read_a_sick_persons_words(uow: UnitOfWork) -> None:
    for world, told in ((BLG, SUPERIOR), (MLG, "kasubbag@presensi.test")):
        day = DAY + timedelta(days=world is MLG)
        row = await filed(uow, world, new(first=day, last=day))
        await prove(uow, world, row.id, FILE, at(9), "62811", OUT)
        to, body = (await letters(uow))[-1]
        assert to == told
        assert "S, bukti lengkap: demam" in body
        assert f"SETUJU {row.number}" in body
        await decide(uow, world, row.id, DESK, False, "uji", at(10))


async def test_nobody_decides_on_his_own_record(uow: UnitOfWork) -> None:
    row = await filed(uow, TLG, new())
    own = Decider("siti", desk=True, person=SITI)
    assert (await decide(uow, TLG, row.id, own, True, "", at(9))).refusal is Refusal.OWN_RECORD
