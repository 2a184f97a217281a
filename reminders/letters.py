"""The letters of one slot (``domain.chase``): to whom, under which key, in which words. Nothing is decided here.

A key makes a letter exactly one, whoever writes it and however often.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from domain.chase import Chased, Slot, contact_of, expected_names, minutes_left, slot_name, supervisors_of
from domain.due import Due
from domain.resolution import World
from domain.terms import Scheme
from domain.windows import Window
from domain.wording import clock_time, listing, long_date, moment_text
from storage.records import NewOutbox
from storage.records_chat import REMINDER_TEMPLATE, TemplateCall
from templates import DESK_NAME, render, render_chat

CHANNEL = Scheme.MAIL  # how the receivers at BKD are written to
ORDER = (Scheme.MAIL, Scheme.WHATSAPP, Scheme.TELEGRAM)  # the first by which a unit is reached
ESCALATION_LIFE = timedelta(hours=2)
SUMMARY_LIFE = timedelta(hours=12)
_NAMED = 30  # units or people in one sentence

Targets = Mapping[str, tuple[Chased, str]]
"""Key of a letter → whom it speaks of and the address it goes to."""


@dataclass(frozen=True)
class Pen:
    """Writes about the slot of ``window`` as it stands at ``now``. ``own`` addresses are never written to.

    ``channels`` are those that are set up. An address of a chat is written ``whatsapp:62812…`` here (``marked``).
    """

    world: World
    window: Window
    now: datetime
    receivers: tuple[str, ...]
    own: frozenset[str] = frozenset()
    channels: frozenset[Scheme] = frozenset({Scheme.MAIL})

    def reminder_targets(self, chased: Sequence[Chased]) -> Targets:
        """One letter per sender and address of its recap officers."""
        day = self.window.date
        return self._targets("reminder", [(c, to) for c in chased for to in self._contacts(c.sender, day)])

    def escalation_targets(self, chased: Sequence[Chased]) -> Targets:
        """One letter per sender and address of its kasubbag (profile: escalation)."""
        roster, profile, day = self.world.roster, self.world.profile, self.window.date
        return self._targets(
            "escalation", [(c, to) for c in chased for to in supervisors_of(roster, profile, c.sender, CHANNEL, day)]
        )

    def receiver_targets(self, kind: str) -> dict[str, str]:
        """Key → receiver, for a letter of ``kind`` to every receiver at BKD."""
        return {f"{kind}:{self._slot}:{to}": to for to in self.receivers}

    def reminder(self, key: str, chased: Chased, to: str) -> NewOutbox:
        """Ten minutes to go, or what is left of them; never sent once the window is over."""
        body = render("reminder", minutes=minutes_left(self.window, self.now), **self._units(chased), **self._common())
        subject = f"Pengingat: presensi {self._subject(self._name(chased.sender))}"
        short = self._short("short_reminder", chased, minutes=minutes_left(self.window, self.now))
        letter = self._letter(key, to, "reminder", subject, body, self.window.late_from, short)
        return replace(letter, template=self._approved(chased))

    def _approved(self, chased: Chased) -> TemplateCall:
        """The reminder as the approved text, whose gaps are filled here."""
        common = self._common()
        others = self._others(chased)
        what = common["session"] + (f" (untuk: {others[:200]})" if others else "")
        values = (self._name(chased.sender), common["as_of"], what, common["day"], common["closes"])
        return TemplateCall(REMINDER_TEMPLATE, {str(n): value for n, value in enumerate(values, 1)})

    def escalation(self, key: str, chased: Chased, to: str, reminded: bool) -> NewOutbox:
        """To the kasubbag; ``reminded`` only if a reminder really left."""
        body = render("escalation", reminded=reminded, **self._units(chased), **self._common())
        subject = f"Belum diterima: presensi {self._subject(self._name(chased.sender))}"
        short = self._short("short_escalation", chased)
        return self._letter(key, to, "escalation", subject, body, self.now + ESCALATION_LIFE, short)

    def held(self, key: str, to: str, accounts: Sequence[str], since: datetime) -> NewOutbox:
        """Reminders wait, because a mailbox cannot be searched."""
        told = f"kotak surel {', '.join(accounts)}"
        body = render("reminder_held", accounts=told, since=moment_text(since, self.world.profile), **self._common())
        return self._letter(key, to, "alert", f"Pengingat DITAHAN: {self._subject()}", body, self.window.late_from)

    def missing_list(self, to_by_key: Mapping[str, str], slot: Slot) -> list[NewOutbox]:
        """The missing with names, ``tel:`` and ``wa.me`` links."""
        body = render(
            "missing_list",
            due=len(slot.dues),
            missing=slot.missing_units,
            coming=len(slot.coming),
            retaking=len(slot.retaking),
            chased=[self._reachable(c) for c in slot.missing],
            **self._common(),
        )
        subject = f"Belum terkirim ({slot.missing_units}): {self._subject()}"
        return [
            self._letter(k, to, "missing_list", subject, body, self.window.late_from) for k, to in to_by_key.items()
        ]

    def summary(
        self, to_by_key: Mapping[str, str], slot: Slot, figures: Mapping[str, object], notes: Sequence[str]
    ) -> list[NewOutbox]:
        """What came of the window."""
        body = render(
            "window_summary",
            due=len(slot.dues),
            received=len(slot.received),
            missing=slot.missing_units,
            coming=len(slot.coming),
            retaking=len(slot.retaking),
            chased=[self._line(c) for c in slot.missing],
            notes=notes,
            **figures,
            **self._common(),
        )
        subject = f"Ringkasan: {self._subject()}"
        expires = self.now + SUMMARY_LIFE
        return [self._letter(key, to, "window_summary", subject, body, expires) for key, to in to_by_key.items()]

    def names(self, units: Sequence[str]) -> str:
        """Units by name, in one sentence."""
        return listing([self._name(unit) for unit in units], _NAMED)

    @property
    def _slot(self) -> str:
        return f"{self.window.date}:{slot_name(self.window)}"

    def _targets(self, kind: str, pairs: Sequence[tuple[Chased, str]]) -> Targets:
        return {f"{kind}:{c.sender}:{self._slot}:{to}": (c, to) for c, to in pairs if to not in self.own}

    def _contacts(self, sender: str, day: date) -> tuple[str, ...]:
        """The unit's addresses by the first channel that reaches it; those that asked for silence stay silent."""
        for scheme in ORDER:
            found = self.world.roster.contacts(sender, scheme, day) if scheme in self.channels else ()
            if found:
                return tuple(marked(scheme, value) for value in found)
        return ()

    def _short(self, name: str, chased: Chased, **fields: object) -> str:
        """The same for a chat: units by name, and how many more there are."""
        plain = all(d.unit == chased.sender for d in chased.dues)
        units = [] if plain else [self._name(d.unit) for d in chased.dues]
        return render_chat(name, units, sender=self._name(chased.sender), **fields, **self._common())

    def _letter(
        self, key: str, to: str, kind: str, subject: str, body: str, expires: datetime, short: str = ""
    ) -> NewOutbox:
        scheme, value = unmarked(to)
        return NewOutbox(
            dedupe_key=key,
            scheme=scheme,
            to_address=value,
            kind=kind,
            subject=subject,
            body=body,
            short=short,
            due_at=self.now,
            expires_at=expires,
        )

    def _common(self) -> dict[str, str]:
        profile = self.world.profile
        return {
            "session": profile.session_names[self.window.session],
            "day": long_date(self.window.date),
            "closes": clock_time(self.window.closes, profile),
            "as_of": clock_time(self.now, profile),
            "sender_name": DESK_NAME,
            "government": profile.government,
        }

    def _subject(self, unit: str = "") -> str:
        common = self._common()
        return (
            " ".join(part for part in (common["session"], unit) if part)
            + f", {common['day']}, batas {common['closes']}"
        )

    def _name(self, unit: str) -> str:
        return self.world.roster.units[unit].name

    def _units(self, chased: Chased) -> dict[str, object]:
        """``units`` stays empty for the plain case: the sender misses its own sheet, of everybody."""
        plain = all(d.unit == chased.sender and not d.people for d in chased.dues)
        return {
            "sender": self._name(chased.sender),
            "units": [] if plain else [{"name": self._name(d.unit), "people": self._people(d)} for d in chased.dues],
            "mailbox": self.world.roster.units[chased.sender].mailbox,
        }

    def _people(self, due: Due) -> str:
        return listing(list(expected_names(self.world.roster, due)), _NAMED)

    def _others(self, chased: Chased) -> str:
        """The units of ``chased``; empty when it is only the sender itself."""
        if all(d.unit == chased.sender for d in chased.dues):
            return ""
        return self.names([d.unit for d in chased.dues])

    def _line(self, chased: Chased) -> str:
        others = self._others(chased)
        return self._name(chased.sender) + (f", untuk: {others}" if others else "")

    def _reachable(self, chased: Chased) -> dict[str, object]:
        contact = contact_of(self.world.roster, chased.sender, self.window.date)
        reached = self.world.roster.contacts(chased.sender, CHANNEL, self.window.date)
        return {
            "sender": self._name(chased.sender),
            "units": self._others(chased),
            "contact": contact.name,
            "phones": contact.phones,
            "mails": ", ".join(to for to in reached if to not in self.own),
        }


def marked(scheme: Scheme, value: str) -> str:
    """An address with its channel before it; a mail address stays as it is."""
    return value if scheme is Scheme.MAIL else f"{scheme.value}:{value}"


def unmarked(address: str) -> tuple[Scheme, str]:
    """The other way round."""
    scheme, colon, value = address.partition(":")
    return (Scheme(scheme), value) if colon and scheme in set(Scheme) else (Scheme.MAIL, address)
