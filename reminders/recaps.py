"""Monthly recaps in words: the covering letter, reminders to who has not returned one, what a comparison found.

TLG-10, TLG-D5; a key makes each letter exactly one. Nothing is decided here (``domain.recap_due`` does).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from domain.chase import coming_units, contact_of
from domain.disturbance import MAILBOX_SILENT
from domain.recap_due import RecapPlan, RecapStage, plans_at
from domain.resolution import World
from domain.roster import Unit
from domain.terms import Scheme
from domain.wording import clock_time, moment_text, month_name
from storage.engine import UnitOfWork
from storage.jobs import DELIVER
from storage.records import LetterFile, NewOutbox
from storage.records_reports import NewRecapCheck, RecapDifference
from templates import DESK_NAME, render

CHECK_LIFE = timedelta(days=3)
AFTER_RECEIPTS = -1
DIFFERENCES_TOLD = 30


class Identity(Protocol):
    """What the letter tells of the version (``reports.numbering.ReportIdentity``)."""

    @property
    def number(self) -> str:
        """The report's number."""
        ...

    @property
    def version(self) -> int:
        """From 1 on."""
        ...

    @property
    def as_of(self) -> datetime:
        """The state of the data."""
        ...


class Contents(Protocol):
    """What the letter tells of the recap (``reports.recap_making.MadeRecap``)."""

    @property
    def people(self) -> int:
        """How many people."""
        ...

    @property
    def open_days(self) -> int:
        """Days that are not settled."""
        ...

    @property
    def changes(self) -> int:
        """Differences from the version before."""
        ...

    @property
    def told(self) -> tuple[str, ...]:
        """The first of them."""
        ...

    @property
    def unchanged(self) -> bool:
        """The version before goes out once more."""
        ...


def recap_addresses(world: World, unit: Unit, day: date, own: frozenset[str]) -> tuple[str, ...]:
    """The unit's own officers; a unit that has no address is written to through its sender (TLG-12)."""
    for code in (unit.code, world.roster.sender_of(unit.code)):
        found = tuple(to for to in world.roster.contacts(code, Scheme.MAIL, day) if to not in own)
        if found:
            return found
    return ()


@dataclass(frozen=True)
class RecapPen:
    """Writes about one unit's recap at ``now``; ``plan`` is that of its month, where a letter speaks of one."""

    world: World
    unit: Unit
    plan: RecapPlan | None
    now: datetime

    def issued(self, stage: RecapStage, identity: Identity, contents: Contents, *, signed: bool) -> str:
        """The covering letter of a draft or final recap."""
        plan, profile = self._plan(), self.world.profile
        return render(
            "recap_issued",
            draft=stage is RecapStage.DRAFT,
            month=month_name(plan.first),
            as_of=moment_text(identity.as_of, profile),
            number=identity.number,
            version=identity.version,
            people=contents.people,
            open_days=contents.open_days,
            changes=contents.changes,
            told=contents.told,
            again=contents.unchanged,
            signed=signed,
            final=moment_text(plan.final_at, profile),
            due=moment_text(plan.due, profile),
            over=self.now >= plan.late_from,
            **self._common(),
        )

    def reminder(self, key: str, to: str) -> NewOutbox:
        """Not returned yet; never sent once it is late."""
        plan = self._plan()
        body = render(
            "recap_reminder",
            month=month_name(plan.first),
            as_of=clock_time(self.now, self.world.profile),
            due=moment_text(plan.due, self.world.profile),
            **self._common(),
        )
        subject = f"Pengingat: rekap bulanan {month_name(plan.first)} {self.unit.name}"
        return self.letter(key, to, "recap_reminder", subject, body, plan.late_from)

    def checked(self, key: str, to: str, number: str, check: NewRecapCheck) -> NewOutbox:
        """What the comparison of a returned recap found."""
        lines = [difference_line(one) for one in check.differences[:DIFFERENCES_TOLD]]
        body = render(
            "recap_checked",
            month=month_name(check.first),
            number=number,
            compared=check.compared,
            same=check.same,
            count=len(check.differences),
            lines=lines,
            **self._common(),
        )
        found = f"{len(check.differences)} perbedaan" if check.compared else "belum dapat dicocokkan"
        subject = f"Pencocokan rekap {month_name(check.first)}, {self.unit.name}: {found}"
        return self.letter(key, to, "recap_checked", subject, body, self.now + CHECK_LIFE)

    def letter(
        self,
        key: str,
        to: str,
        kind: str,
        subject: str,
        body: str,
        expires: datetime,
        files: tuple[LetterFile, ...] = (),
    ) -> NewOutbox:
        """A row of the outbox."""
        return NewOutbox(
            dedupe_key=key,
            scheme=Scheme.MAIL,
            to_address=to,
            kind=kind,
            subject=subject,
            body=body,
            due_at=self.now,
            expires_at=expires,
            files=files,
        )

    def _plan(self) -> RecapPlan:
        assert self.plan is not None
        return self.plan

    def _common(self) -> dict[str, str]:
        roster = self.world.roster
        sender = roster.units.get(roster.sender_of(self.unit.code), self.unit)
        return {
            "unit": self.unit.name,
            "sender": sender.name if sender.code != self.unit.code else "",
            "mailbox": sender.mailbox or "alamat surel presensi BKD",
            "sender_name": DESK_NAME,
            "government": self.world.profile.government,
        }


def difference_line(one: RecapDifference) -> str:
    """``Siti Aminah, 24-11-2026: catatan H, rekap DL (berbeda)``."""
    place = one.place
    if len(place) == 10 and place[4] == "-":
        place = f"{date.fromisoformat(place):%d-%m-%Y}"
    where = f", {place}" if place else ""
    said = f": catatan {one.recorded or '(kosong)'}, rekap {one.returned or '(kosong)'}" if place else ""
    return f"{one.name}{where}{said} ({one.kind})"


async def sweep_reminders(
    uow: UnitOfWork, world: World, now: datetime, receivers: Sequence[str], own: frozenset[str]
) -> int:
    """Write the reminders that are due at ``now`` and not written yet, and the receivers' list; returns how many.

    Nobody is reminded of what has come or is on its way, and nobody while a mailbox of ours cannot be searched.
    """
    due = [(u, p, at) for u, p in plans_at(world.roster, world.calendar, world.periods, now) if (at := p.reminder(now))]
    if not due or any(i.kind == MAILBOX_SILENT for i in await uow.incidents.all_open()):
        return 0
    day = now.astimezone(world.profile.tz).date()
    coming = coming_units(world.roster, await uow.messages.unread_senders(), day)
    back = {p.first: await uow.recap_checks.returned(p.first, p.last) for _, p, _ in due}
    missing = [
        (unit, plan, at)
        for unit, plan, at in due
        if unit.code not in back[plan.first] and not {unit.code, world.roster.sender_of(unit.code)} & coming
    ]
    letters = [
        RecapPen(world, unit, plan, now).reminder(f"recap_reminder:{_slot(plan, at)}:{unit.code}:{to}", to)
        for unit, plan, at in missing
        for to in recap_addresses(world, unit, day, own)
    ]
    if missing:
        letters += _lists(world, now, missing, len(due), receivers)
    known = await uow.outbox.states([letter.dedupe_key for letter in letters])
    ids = await uow.outbox.put_many([letter for letter in letters if letter.dedupe_key not in known])
    await uow.defer_many(DELIVER.name, DELIVER.queue, [{DELIVER.argument: i} for i in ids], priority=AFTER_RECEIPTS)
    if ids:
        await uow.audit.add("recap_reminders", "outbox", str(ids[0]), "posko", now, {"letters": len(ids)})
    return len(ids)


def _slot(plan: RecapPlan, at: datetime) -> str:
    return f"{plan.first:%Y-%m}:{at:%d-%H%M}"


def _lists(
    world: World,
    now: datetime,
    missing: Sequence[tuple[Unit, RecapPlan, datetime]],
    due_units: int,
    receivers: Sequence[str],
) -> list[NewOutbox]:
    """Who has not returned, with whom to call; one list for each reminder's moment and month."""
    _, plan, at = missing[0]
    day = now.astimezone(world.profile.tz).date()
    body = render(
        "recap_missing",
        month=month_name(plan.first),
        missing=[_reachable(world, unit, day) for unit, _, _ in missing],
        due_units=due_units,
        as_of=clock_time(now, world.profile),
        due=moment_text(plan.due, world.profile),
        sender_name=DESK_NAME,
        government=world.profile.government,
    )
    subject = f"Rekap {month_name(plan.first)} belum kembali ({len(missing)})"
    pen = RecapPen(world, missing[0][0], plan, now)
    return [
        pen.letter(f"recap_missing:{_slot(plan, at)}:{to}", to, "recap_missing", subject, body, plan.late_from)
        for to in receivers
    ]


def _reachable(world: World, unit: Unit, day: date) -> str:
    contact = contact_of(world.roster, unit.code, day)
    calls = ", ".join(f"tel:+{phone} https://wa.me/{phone}" for phone in contact.phones)
    return ": ".join(filter(None, (unit.name, " ".join(filter(None, (contact.name, calls))))))
