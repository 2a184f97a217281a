"""Ids that nobody is mapped to: by day, on each device, counted without reading every punch."""

from datetime import date, datetime

from domain.device import DeviceKind
from storage.engine import Database
from storage.records_devices import NewDevice, NewDeviceUser
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import at

OPEN, SHUT = date(2026, 11, 23), date(2026, 11, 24)


async def test_ids_are_unknown_on_the_days_on_which_nobody_has_them(database: Database) -> None:
    clock = StillClock(at(20))
    async with database.begin() as uow:
        for number in (1, 2):
            await uow.devices.add(
                NewDevice(f"m{number}", DeviceKind.FILE, "Asia/Jakarta", "admin", clock.now(), number=number)
            )
        first, second = (device.id for device in await uow.devices.all())
        assert await uow.punches.unknown() == []
        for device, user, last in ((first, "1", None), (first, "2", SHUT), (second, "1", None)):
            start = SHUT if device == second else OPEN
            await uow.devices.map_user(NewDeviceUser(device, user, "F1", start, "admin", clock.now(), last))
    days = ("2026-11-23 07:00:00", "2026-11-24 07:00:00", "2026-11-25 07:00:00")
    punches = [(user, day) for user in ("1", "2", "3") for day in days]
    for number in (1, 2):
        await logs.intake(database, clock).file(f"{number}_attlog.dat", logs.usb(*punches, device=number))
    async with database.begin() as uow:
        found = [(u.device_id, u.user_id, u.punches, u.first_at.day) for u in await uow.punches.unknown()]
        assert found == [
            (second, "2", 3, 23),
            (first, "3", 3, 23),
            (second, "3", 3, 23),
            (second, "1", 1, 23),
            (first, "2", 1, 25),
        ]
        assert await uow.punches.unknown_counts() == {first: 2, second: 3}
        [only] = await uow.punches.unknown(first, most=1)
        assert (only.user_id, only.last_at) == ("3", datetime.fromisoformat(days[-1]))
