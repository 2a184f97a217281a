"""The close of the day at the machines on a real database (MLG-06, MLG-07): said once, taken back, history kept."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.device_days import DeviceDays
from domain.device import DeviceKind, Provisional
from domain.profile import load_profile
from domain.reading import Verdict
from domain.terms import StatusKey
from intake.letters import Outgoing
from storage.engine import Database
from storage.records_devices import NewDevice, NewDeviceUser
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import BUDI, ROSTER, SITI
from tests.fakes.rows import new_fact

WIB = ZoneInfo("Asia/Jakarta")
MALANG = load_profile("malang")
MON, TUE = date(2026, 11, 23), date(2026, 11, 24)
DISHUB = "dishub@presensi.test"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=WIB)


@pytest.fixture
async def days(database: Database) -> DeviceDays:
    """Siti and Budi have ids on one machine since Monday; its log is told past Monday."""
    clock = StillClock(at(24, 6))
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "test", clock.now())
        await uow.devices.add(
            NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", clock.now(), number=1, unit="U1")
        )
        [lobi] = await uow.devices.all()
        for user, person in (("1", SITI), ("2", BUDI)):
            await uow.devices.map_user(NewDeviceUser(lobi.id, user, person, MON, "admin", clock.now()))
    rows = [("1", f"{MON} 07:11:00"), ("1", f"{MON} 16:01:00"), ("1", f"{TUE} 05:59:00")]
    await logs.intake(database, clock).file("1_attlog.dat", logs.usb(*rows))
    return DeviceDays(database, clock, MALANG, Outgoing((), frozenset(), 30))


async def words(days: DeviceDays, person: str = BUDI) -> list[tuple[date, Provisional, str]]:
    async with days.db.begin() as uow:
        return [(w.date, w.word, w.because) for w in await uow.punches.words(date(2026, 11, 1), TUE, [person])]


async def test_who_has_neither_presence_nor_keterangan_is_sementara_once(days: DeviceDays) -> None:
    assert await days.look() == 1
    assert await days.look() == 0
    assert await words(days) == [(MON, Provisional.SET, "tanpa presensi dan keterangan")]
    assert await words(days, SITI) == []


async def test_a_later_keterangan_takes_the_word_back_and_the_history_stays(days: DeviceDays) -> None:
    await days.look()
    async with days.db.begin() as uow:
        sick = new_fact("k", person=BUDI, date=MON, session=None, verdict=Verdict.CODE, key=StatusKey.SAKIT, unit="U1")
        await uow.facts.add_many([sick])
    assert await days.look() == 1
    assert [(word, because) for _, word, because in await words(days)] == [
        (Provisional.SET, "tanpa presensi dan keterangan"),
        (Provisional.REPLACED, "keterangan"),
    ]


async def test_a_log_that_comes_late_takes_the_word_back(days: DeviceDays) -> None:
    await days.look()
    await logs.intake(days.db, StillClock(at(24, 8))).file("1_attlog.dat", logs.usb(("2", f"{MON} 07:20:00")))
    assert await days.look() == 1
    assert [w for _, w, _ in await words(days)] == [Provisional.SET, Provisional.REPLACED]


async def test_no_word_is_said_before_the_machine_has_told_its_log(days: DeviceDays, database: Database) -> None:
    assert isinstance(days.clock, StillClock)
    days.clock.moment = at(25, 6)  # Tuesday is closed, but the log ends at 05.59
    await days.look()
    assert {day for day, _, _ in await words(days)} == {MON}


async def test_words_are_append_only(days: DeviceDays, database_owner_url: str) -> None:
    import psycopg

    await days.look()
    with psycopg.connect(database_owner_url) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM provisional_absence")


async def test_units_are_warned_once_at_15_00_on_the_months_last_day(days: DeviceDays) -> None:
    assert isinstance(days.clock, StillClock)
    await days.look()
    days.clock.moment = at(30, 14, 59)
    await days.look()
    assert await _letters(days) == 0
    days.clock.moment = at(30, 15)
    await days.look()
    await days.look()
    assert await _letters(days) == 1


async def _letters(days: DeviceDays) -> int:
    async with days.db.begin() as uow:
        return await uow.outbox.count_since(DISHUB, at(1, 0))
