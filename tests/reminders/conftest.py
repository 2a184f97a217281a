"""A desk with a fixed clock over a real database."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import psycopg
import pytest

from domain.calendar import WorkCalendar
from domain.disturbance import MAILBOX_SILENT
from domain.resolution import World
from domain.roster import Address, AddressRole
from domain.terms import Scheme, Session
from reminders.run import Desk, Swept, sweep
from storage.engine import Database
from storage.records import OutboxRow
from tests.fakes.desk_world import ALWAYS, BUDI, DAY, PROFILE, ROSTER, at
from tests.fakes.rows import new_message, new_state, new_submission

RECEIVER = "penerima@bkd.test"
KASUBBAG = "kasubbag@presensi.test"
AT_NIGHT = at(23, 59)
ADDRESSES = (
    *ROSTER.addresses,
    Address(Scheme.MAIL, KASUBBAG, unit="U1", role=AddressRole.SUPERVISOR),
    Address(Scheme.WHATSAPP, "6281234", unit="U1", person=BUDI, role=AddressRole.RECAP_OFFICER),
)


@dataclass
class Office:
    """What a test holds in its hands. ``searched``: when the mailbox's last complete search began."""

    db: Database
    world: World = field(
        default_factory=lambda: World(PROFILE, WorkCalendar(PROFILE), replace(ROSTER, addresses=ADDRESSES), (ALWAYS,))
    )
    searched: datetime = AT_NIGHT  # every search is done
    receivers: tuple[str, ...] = (RECEIVER,)
    sent: int = 0

    async def sweep(self, now: datetime) -> Swept:
        async with self.db.begin() as uow:
            return await sweep(uow, self.world, now, self.desk())

    def desk(self) -> Desk:
        def unsearched(moment: datetime) -> Sequence[str]:
            return ["utama"] if self.searched < moment else []

        return Desk(self.receivers, frozenset({"presensi@bkd.test"}), frozenset({"utama"}), unsearched)

    async def letters(self, kind: str = "") -> list[OutboxRow]:
        """What lies in the outbox, in the order of writing."""
        async with await psycopg.AsyncConnection.connect(self.db.url) as connection:
            found = await (await connection.execute("SELECT id FROM outbox ORDER BY id")).fetchall()
        async with self.db.begin() as uow:
            rows = [await uow.outbox.get(id_) for (id_,) in found]
        return [row for row in rows if row.kind == kind or not kind]

    async def only(self, kind: str) -> OutboxRow:
        (row,) = await self.letters(kind)
        return row

    async def to(self, kind: str) -> list[str]:
        return sorted(row.to_address for row in await self.letters(kind))

    async def arrives(self, unit: str, session: Session = Session.DATANG, day: date = DAY, **state: object) -> None:
        """A sheet of ``unit`` is recorded."""
        self.sent += 1
        async with self.db.begin() as uow:
            message = await uow.messages.add(new_message(f"{self.sent:064x}"))
            assert message is not None
            await uow.submissions.add(
                new_submission(message, unit, date=day, session=session.value, state=new_state(**state))
            )

    async def writes(self, sender: str) -> int:
        """A mail of ``sender`` is archived and not read yet."""
        self.sent += 1
        async with self.db.begin() as uow:
            message = await uow.messages.add(new_message(f"{self.sent:064x}", from_address=sender))
        assert message is not None
        return message

    async def falls_silent(self, since: datetime) -> None:
        async with self.db.begin() as uow:
            await uow.incidents.open(MAILBOX_SILENT, "all", "utama", since, "")

    async def is_heard_again(self, now: datetime) -> None:
        async with self.db.begin() as uow:
            await uow.incidents.close(MAILBOX_SILENT, "utama", now)


@pytest.fixture
def office(database: Database) -> Office:
    return Office(database)
