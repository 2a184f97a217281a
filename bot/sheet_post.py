"""Printed sheets by mail: each unit's weekly sheet at the profile's moment, and on request (TLG-09, TLG-16; FORMAT)."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from urllib.parse import quote

import structlog

from bot.issuing import IssuedSheet, Order, issue_weekly
from bot.press import Press
from domain.errors import UsageError
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.resolution import World
from domain.roster import Unit
from domain.sheet_mailing import current_week, day_over, weeks_to_mail
from domain.terms import Scheme
from domain.windows import windows_on
from domain.wording import clock_time
from intake.letters import Outgoing
from intake.world import Worlds
from reports.content import span_text
from reports.forms import print_sheets
from storage.engine import Database
from storage.jobs import DELIVER
from storage.records import LetterFile, NewOutbox
from templates import DESK_NAME, render

log = structlog.get_logger()

BATCH = 8  # units drawn and handed to the outbox at a time: the first letters leave while the last are drawn
BEHIND = -2  # after receipts and reminders
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROBOT = "posko"


@dataclass(frozen=True, slots=True)
class SheetLetter:
    """A letter that carries a unit's sheets of ``week``; its files lie in the archive already.

    ``again``: the open copy as it was issued before; otherwise ``copy`` is new and every earlier copy is retired.
    """

    unit: str
    week: str
    copy: int
    again: bool
    subject: str
    body: str
    files: tuple[LetterFile, ...]
    useful_until: datetime


@dataclass(frozen=True, slots=True)
class _Wanted:
    unit: str
    week: str
    addresses: tuple[str, ...]


class SheetPost:
    """Issues sheets, has them drawn by the press, and puts the letters into the outbox, each once.

    ``key`` signs sheets (``Settings.sheets_key_bytes``).
    """

    def __init__(
        self,
        db: Database,
        blobs: BlobStore,
        clock: Clock,
        profile: Profile,
        key: bytes,
        press: Press,
        outgoing: Outgoing,
    ) -> None:
        self._db = db
        self._blobs = blobs
        self._clock = clock
        self._profile = profile
        self._key = key
        self._press = press
        self._outgoing = outgoing
        self._worlds = Worlds(profile)

    async def format_letter(self, unit: str, *, by: str, new_copy: bool = False) -> SheetLetter:
        """The answer to FORMAT (``new_copy``: to FORMAT ULANG): the sheets of ``unit`` for the week it needs now.

        ``unit`` is a unit code, ``by`` who asked (an address). The first call for a week issues copy 1, a later one
        gives the same sheet again; FORMAT ULANG drafts it anew from today's roster, as the next copy, and retires the
        earlier one. The caller puts subject, body and files into its own outbox row, threaded and keyed by the
        message that asked (``NewOutbox.files = letter.files``). ``UsageError`` (Indonesian) for an unknown unit, or
        when it does not work that week.
        """
        now = self._clock.now()
        async with self._db.begin() as uow:
            world = await self._worlds.load(uow)
        known = world.roster.units.get(unit)
        if known is None:
            raise UsageError(f"tidak ada unit berkode {unit}")
        week = current_week(world.calendar, known, now)
        issued = await issue_weekly(self._db, self._profile, self._key, Order(week, (unit,), new_copy, by), now)
        if not issued:
            raise UsageError(f"{known.name} tidak bekerja pada minggu {week}; tidak ada lembar")
        return await self._letter(world, issued[0])

    async def sweep(self) -> int:
        """Mail every sheet that a unit should have by now and has not been sent; returns how many letters were new."""
        now = self._clock.now()
        async with self._db.begin() as uow:
            world = await self._worlds.load(uow)
            wanted = [w for w in self._wanted(world, now) if w.addresses]
            known = await uow.outbox.states([_key(w.unit, w.week, to) for w in wanted for to in w.addresses])
        fresh = [w for w in wanted if any(_key(w.unit, w.week, to) not in known for to in w.addresses)]
        written = 0
        rest = iter(fresh)
        while batch := list(islice(rest, BATCH)):
            written += await self._mail(world, batch, now)
        return written

    def _wanted(self, world: World, now: datetime) -> list[_Wanted]:
        day = now.astimezone(self._profile.tz).date()
        return [
            _Wanted(unit.code, week, self._addresses(world, unit, day))
            for unit in world.roster.units.values()
            for week in weeks_to_mail(world.roster, world.calendar, world.periods, unit, now)
        ]

    def _addresses(self, world: World, unit: Unit, day: date) -> tuple[str, ...]:
        """The unit's own officers, who print the sheet; a unit that has none gets it through its sender (TLG-12)."""
        own, sender = (
            world.roster.contacts(c, Scheme.MAIL, day) for c in (unit.code, world.roster.sender_of(unit.code))
        )
        found = own or sender
        return tuple(to for to in found if to not in self._outgoing.own_addresses)

    async def _mail(self, world: World, batch: Sequence[_Wanted], now: datetime) -> int:
        """Issue, draw and post a few units' sheets; a second process that does the same writes no second letter."""
        issued: list[IssuedSheet] = []
        for week in dict.fromkeys(w.week for w in batch):
            units = tuple(w.unit for w in batch if w.week == week)
            issued += await issue_weekly(self._db, self._profile, self._key, Order(week, units, False, ROBOT), now)
        letters = await asyncio.gather(*(self._letter(world, sheet) for sheet in issued))
        addresses = {(w.unit, w.week): w.addresses for w in batch}
        rows = [self._row(letter, to, now) for letter in letters for to in addresses[letter.unit, letter.week]]
        async with self._db.begin() as uow:
            ids = await uow.outbox.put_many(rows)
            await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: i} for i in ids], priority=BEHIND)
            if ids:
                await uow.audit.add("sheets_mailed", "outbox", str(ids[0]), ROBOT, now, {"letters": len(ids)})
        if ids:
            log.info("sheets_mailed", units=len(letters), letters=len(ids))
        return len(ids)

    def _row(self, letter: SheetLetter, to: str, now: datetime) -> NewOutbox:
        return NewOutbox(
            dedupe_key=_key(letter.unit, letter.week, to),
            scheme=Scheme.MAIL,
            to_address=to,
            kind="sheets",
            subject=letter.subject,
            body=letter.body,
            due_at=now,
            expires_at=letter.useful_until,
            files=letter.files,
        )

    async def _letter(self, world: World, sheet: IssuedSheet) -> SheetLetter:
        first = sheet.pages[0]
        printed = await self._press.run(print_sheets, self._profile, self._key, sheet.pages)
        stem = f"lembar_{quote(first.unit, safe='')}_{first.week}" + (f"_salinan{first.copy}" * (first.copy > 1))
        files = [
            LetterFile(f"{stem}{suffix}", media_type, await self._blobs.put(data))
            for suffix, media_type, data in ((".pdf", PDF, printed.pdf), (".xlsx", XLSX, printed.xlsx))
        ]
        async with self._db.begin() as uow:
            for file, data in zip(files, (printed.pdf, printed.xlsx), strict=True):
                await uow.files.add(file.sha256, len(data), file.media_type)
        days = sorted({day for page in sheet.pages for day in page.days})
        return SheetLetter(
            unit=first.unit,
            week=first.week,
            copy=first.copy,
            again=sheet.again,
            subject=f"Lembar presensi {span_text(days[0], days[-1])}: {first.unit_name}",
            body=self._body(world, sheet),
            files=tuple(files),
            useful_until=max(day_over(world.calendar, first.pattern, day) for day in days) + timedelta(hours=1),
        )

    def _body(self, world: World, sheet: IssuedSheet) -> str:
        first = sheet.pages[0]
        days = sorted({day for page in sheet.pages for day in page.days})
        sender = world.roster.sender_of(first.unit)
        unit = world.roster.units.get(sender) or world.roster.units.get(first.unit)
        profile = self._profile
        return render(
            "sheets_mailed",
            unit=first.unit_name,
            period=span_text(days[0], days[-1]),
            pages=len(sheet.pages),
            copy=first.copy,
            retired=first.copy > 1 and not sheet.again,
            again=sheet.again,
            sender=unit.name if unit and unit.code != first.unit else "",
            mailbox=(unit.mailbox if unit else "") or "alamat surel presensi BKD",
            windows=[
                f"{profile.session_names[w.session]}: pukul {w.opens:%H.%M} s.d. {clock_time(w.closes, profile)}"
                for w in windows_on(profile, days[0], first.pattern)
            ],
            code=first.code,
            sender_name=DESK_NAME,
            government=profile.government,
        )


def _key(unit: str, week: str, to: str) -> str:
    return f"sheets:{unit}:{week}:{to}"
