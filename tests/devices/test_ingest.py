"""Files of devices to committed punches (facts: devices, "Must hold" 1 to 6)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from devices.files import LogIntake, Taken
from domain.device import DeviceKind, FlagCode, UploadState
from domain.device_clock import ClockWatch, wall
from storage.engine import Database
from storage.records_devices import NewDevice, PunchRow
from tests.fakes import logs
from tests.fakes.clock import StillClock

NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)
DAY = [
    ("1000", "2026-11-23 07:13:52"),
    ("007", "2026-11-23 07:20:01"),
    ("1000", "2026-11-23 16:02:52"),
    ("007", "2026-11-23 16:04:01"),
]
LONG_AGO, FAR = datetime(1970, 1, 1), datetime(2199, 1, 1)


@pytest.fixture
def intake(database: Database) -> LogIntake:
    return logs.intake(database, StillClock(NOW))


async def punches(database: Database, *users: str, device: int = 1) -> list[PunchRow]:
    async with database.begin() as uow:
        return await uow.punches.of_users([(device, user) for user in users], LONG_AGO, FAR)


def counts(taken: Taken) -> tuple[int, int, int, int]:
    assert taken.upload is not None
    read, quarantined = taken.upload.read, taken.upload.quarantined
    return read, taken.new, read - taken.new - quarantined, quarantined


async def test_the_same_file_twice_gives_nothing_new(intake: LogIntake, database: Database) -> None:
    data = logs.usb(*DAY) + b"broken\n"
    first = await intake.file("1_attlog.dat", data)
    second = await intake.file("1_attlog.dat", data)
    assert counts(first) == (5, 4, 0, 1)
    assert counts(second) == (5, 0, 4, 1)
    assert len(await punches(database, "1000", "007")) == 4
    assert first.upload is not None
    async with database.begin() as uow:
        [bad] = await uow.punches.quarantine(first.upload.id)
    assert (bad.line, bad.reason, bad.text) == (5, "form", "broken")


async def test_a_re_export_of_which_the_earlier_file_is_a_prefix_adds_only_its_tail(intake: LogIntake) -> None:
    await intake.file("1_attlog.dat", logs.usb(*DAY[:2]))
    assert counts(await intake.file("1_attlog.dat", logs.usb(*DAY))) == (4, 2, 2, 0)


async def test_a_pair_that_one_file_repeats_is_a_duplicate(intake: LogIntake) -> None:
    assert counts(await intake.file("1_attlog.dat", logs.usb(*DAY, *DAY[:3]))) == (7, 4, 3, 0)


async def test_copies_of_one_punch_by_stick_and_by_network_are_one(intake: LogIntake, database: Database) -> None:
    await intake.file("1_attlog.dat", logs.usb(*DAY))
    assert counts(await intake.file("push.txt", logs.adms(*DAY), "mesin-1")) == (4, 0, 4, 0)
    assert len(await punches(database, "1000", "007")) == 4


async def test_the_raw_file_is_stored_with_its_hash_before_it_is_parsed(database: Database) -> None:
    intake = logs.intake(database, StillClock(NOW))
    steps: list[str] = []
    intake.step = steps.append
    data = b"nothing that anybody could read"
    taken = await intake.file("x.dat", data, "mesin")
    assert taken.upload is not None
    assert taken.upload.state is UploadState.ASKS
    assert await intake.blobs.get(taken.upload.sha256) == data
    assert steps[:2] == ["archived", "kept"]


async def test_unknown_ids_are_counted_within_new_and_named_for_the_operator(
    intake: LogIntake, database: Database
) -> None:
    taken = await intake.file("1_attlog.dat", logs.usb(*DAY))
    assert (taken.new, taken.unknown_ids) == (4, 2)
    async with database.begin() as uow:
        assert {u.user_id: u.punches for u in await uow.punches.unknown()} == {"1000": 2, "007": 2}


async def test_two_devices_with_the_same_number_are_asked_about(intake: LogIntake, database: Database) -> None:
    async with database.begin() as uow:
        for name in ("dishub", "dinkes"):
            await uow.devices.add(NewDevice(name, DeviceKind.FILE, "Asia/Jakarta", "admin", NOW, number=1))
    taken = await intake.file("1_attlog.dat", logs.usb(*DAY))
    assert taken.needs_person
    assert [f.code for f in taken.flags] == [FlagCode.DEVICE_UNKNOWN]
    named = await intake.file("1_attlog.dat", logs.usb(*DAY), "dinkes")
    assert counts(named) == (4, 4, 0, 0)


async def test_the_same_id_on_two_devices_is_two_ids(intake: LogIntake, database: Database) -> None:
    one = await intake.file("1_attlog.dat", logs.usb(*DAY), "dishub")
    two = await intake.file("1_attlog.dat", logs.usb(*DAY), "dinkes")
    assert (one.new, two.new) == (4, 4)


async def test_a_file_name_that_contradicts_the_device_column_is_flagged(intake: LogIntake) -> None:
    taken = await intake.file("3_attlog.dat", logs.usb(*DAY, device=2))
    assert FlagCode.NUMBER_CONTRADICTS in {f.code for f in taken.flags}


async def test_a_clock_that_fell_back_is_flagged_with_the_range_that_brackets_it(intake: LogIntake) -> None:
    fallen = [DAY[0], DAY[1], ("5", "2000-01-01 00:03:00"), ("6", "2000-01-01 00:09:00"), DAY[2]]
    taken = await intake.file("1_attlog.dat", logs.usb(*fallen))
    [flag] = [f for f in taken.flags if f.code is FlagCode.CLOCK_JUMP]
    assert (flag.first, flag.last) == (wall("2000-01-01 00:03:00"), wall("2000-01-01 00:09:00"))
    assert (flag.after, flag.before) == (wall(DAY[1][1]), wall(DAY[2][1]))
    assert (flag.lines, flag.count) == ((3, 4), 2)
    assert taken.new == 5  # kept as they are: nobody corrects but a person


async def test_times_that_have_not_come_yet_are_kept_and_flagged(intake: LogIntake, database: Database) -> None:
    taken = await intake.file("1_attlog.dat", logs.usb(DAY[0], ("9", "2131-05-05 08:00:00"), DAY[2]))
    [flag] = [f for f in taken.flags if f.code is FlagCode.FUTURE]
    assert (flag.first, flag.after, flag.before, flag.count) == (
        wall("2131-05-05 08:00:00"), wall(DAY[0][1]), wall(DAY[2][1]), 1,
    )  # fmt: skip
    async with database.begin() as uow:
        [device] = await uow.devices.all()
    assert device.synced_to == wall(DAY[2][1])  # a future punch says nothing about how far the log goes


async def test_a_log_sorted_by_id_is_not_taken_for_a_broken_clock(intake: LogIntake) -> None:
    rows = [(str(u), f"2026-{m:02}-02 07:00:00") for u in range(40) for m in range(1, 11)]
    taken = await intake.file("1_attlog.dat", logs.usb(*rows))
    assert FlagCode.CLOCK_JUMP not in {f.code for f in taken.flags}


def test_the_clock_watch_tells_first_and_last_of_what_it_saw() -> None:
    watch = ClockWatch(wall("2026-11-24 17:00:00"))
    watch.look([(n, u, at, "1", "0", "") for n, (u, at) in enumerate(reversed(DAY), 1)])
    assert (watch.first, watch.last) == (DAY[0][1], DAY[3][1])


async def test_punches_are_append_only(intake: LogIntake, database_owner_url: str) -> None:
    import psycopg

    await intake.file("1_attlog.dat", logs.usb(*DAY))
    with psycopg.connect(database_owner_url) as connection:
        for change in ("UPDATE punch SET line = 0", "DELETE FROM punch", "TRUNCATE punch"):
            with pytest.raises(psycopg.errors.RestrictViolation), connection.transaction():
                connection.execute(change.encode())


@pytest.mark.parametrize("step", ["archived", "kept", "loaded", "finished", "committed"])
async def test_a_cut_off_at_any_step_loses_and_doubles_nothing(database: Database, step: str) -> None:
    clock = StillClock(NOW)
    broken, blobs = logs.intake(database, clock), None

    def cut(reached: str) -> None:
        if reached == step:
            raise KeyboardInterrupt

    broken.step = cut
    blobs = broken.blobs
    with pytest.raises(KeyboardInterrupt):
        await broken.file("1_attlog.dat", logs.usb(*DAY), "mesin-1")
    whole = logs.intake(database, clock)
    whole.blobs = blobs
    async with database.begin() as uow:
        waiting = await uow.punches.waiting()
    for upload in waiting:
        assert await whole.again(upload, lambda source, data: None) is not None
    taken = await whole.file("1_attlog.dat", logs.usb(*DAY), "mesin-1")
    assert taken.upload is not None
    assert taken.upload.read == 4
    async with database.begin() as uow:
        assert await uow.punches.count() == 4
        assert await uow.punches.waiting() == []


MOMENT = st.integers(0, 3 * 24 * 60).map(lambda m: (datetime(2026, 11, 20) + timedelta(minutes=m)).strftime("%F %T"))
PUNCH = st.tuples(st.sampled_from(["1", "01", "22"]), MOMENT)
_runs = iter(range(1, 10_000))


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(PUNCH, min_size=1, max_size=12), st.data())
async def test_permuting_repeating_and_splitting_uploads_gives_the_same_punches(
    database: Database, rows: list[tuple[str, str]], data: st.DataObject
) -> None:
    intake = logs.intake(database, StillClock(NOW))
    one, other = f"a{next(_runs)}", f"b{next(_runs)}"
    await intake.file("a.dat", logs.usb(*rows), one)
    for part in data.draw(st.lists(st.lists(st.sampled_from(rows), min_size=1), max_size=3)):
        await intake.file("b.dat", logs.usb(*part), other)
    shuffled = data.draw(st.permutations(rows))
    middle = data.draw(st.integers(0, len(rows)))
    for part in (shuffled[:middle], shuffled[middle:]):
        if part:
            await intake.file("b.dat", logs.usb(*part), other)
    async with database.begin() as uow:
        ids = {d.name: d.id for d in await uow.devices.all()}
    found = [
        {(p.user_id, p.at, p.verify, p.state) for p in await punches(database, "1", "01", "22", device=ids[name])}
        for name in (one, other)
    ]
    assert found[0] == found[1] == {(user, wall(at), 1, 0) for user, at in rows}
