"""Keterangan with evidence: S, DL, C, I and the profile's other codes, for one person and a range of days. Pure.

Sources: MLG-05, MLG-06 (on evidence, before the next month), BLG-27, BLG-28 (credited at once, incomplete until the
letter is there), BLG-33 (cut-off), BLG-37 (one at a time), BLG-23, BTG-03 and MLG-05 with K4 (who decides, and what
silence means), K8 (what needs evidence), CONVENTIONS.md 4 (a sick note is for those who decide).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from domain.calendar import WorkCalendar
from domain.deadlines import DeadlineKind, monthly_deadline
from domain.profile import Profile
from domain.roster import AddressRole, Roster
from domain.terms import Pattern, Session, StatusKey

LONGEST = 400  # days of one keterangan; longer leave is entered by the desk in parts
_HEALTH = frozenset({StatusKey.SAKIT})
_NEVER = frozenset({StatusKey.HADIR, StatusKey.ALPA})


class ExcuseState(StrEnum):
    """What everybody may read of it."""

    WAITING = "menunggu bukti"
    COMPLETE = "lengkap"
    REJECTED = "ditolak"


class Decision(StrEnum):
    """What those who decide said."""

    OPEN = "belum diputus"
    APPROVED = "disetujui"
    BY_SILENCE = "disetujui otomatis"  # BLG-23: apart from DISETUJUI, timed to the second
    REJECTED = "ditolak"


@dataclass(frozen=True, slots=True)
class Excuse:
    """One keterangan. ``session`` None: whole days. ``late``: filed or proven after the cut-off (MLG-06, BLG-33)."""

    person: str
    unit: str
    key: StatusKey
    first: date
    last: date
    filed_at: datetime
    session: Session | None = None
    evidence_at: datetime | None = None
    decision: Decision = Decision.OPEN
    late: bool = False

    def covers(self, day: date, session: Session) -> bool:
        """Whether it speaks of that session."""
        return self.first <= day <= self.last and self.session in (None, session)


class Refusal(StrEnum):
    """Why something about a keterangan is not done; the value is what the person is told."""

    OWN_RECORD = "keterangan atas nama sendiri tidak dapat diputus sendiri"
    NOT_THE_SUPERIOR = "keterangan ini diputus oleh atasan langsung pegawai atau administrator"
    NOT_THE_ADMIN = "keterangan ini diputus oleh pengelola kepegawaian unit atau petugas BKD"
    ONE_PENDING = "masih ada keterangan pegawai ini yang belum diputus; yang baru dapat diajukan sesudahnya"
    NO_EVIDENCE = "bukti belum ada"
    REASON_NEEDED = "sesudah batas keterangan, keputusan harus disertai alasan"
    NOT_A_STATUS = "kode ini tidak dapat diajukan sebagai keterangan"
    BAD_RANGE = "rentang tanggal tidak benar"
    CLOSED = "keterangan ini sudah diputus"


def needs_evidence(profile: Profile, key: StatusKey) -> bool:
    """K8: whether the government wants a letter for ``key``."""
    return key in profile.evidence.required_for


def state_of(excuse: Excuse, profile: Profile) -> ExcuseState:
    """The state that everybody may read."""
    if excuse.decision is Decision.REJECTED:
        return ExcuseState.REJECTED
    if excuse.evidence_at is None and needs_evidence(profile, excuse.key):
        return ExcuseState.WAITING
    return ExcuseState.COMPLETE


def check_new(new: Excuse, undecided: Iterable[Excuse], profile: Profile) -> Refusal | None:
    """Whether it may be filed. What only adds to an undecided one (``joined``) always may."""
    if new.key in _NEVER or profile.code_for(new.key) is None:
        return Refusal.NOT_A_STATUS
    if new.last < new.first or (new.last - new.first).days >= LONGEST:
        return Refusal.BAD_RANGE
    others = [one for one in undecided if one.person == new.person and joined(one, new) is None]
    return Refusal.ONE_PENDING if others and profile.people.one_pending_leave else None  # BLG-37


def joined(old: Excuse, new: Excuse) -> Excuse | None:
    """``old`` with what ``new`` adds: the same status, days that touch. None when they are two things.

    The officer who answers ``7 DL`` in the morning and again in the afternoon speaks of one journey.
    """
    same = (old.person, old.unit, old.key) == (new.person, new.unit, new.key)
    if not same or old.decision is not Decision.OPEN:
        return None
    day = timedelta(days=1)
    if new.first > old.last + day or old.first > new.last + day:
        return None
    if old.session != new.session:
        alike = old.first == new.first and old.last == new.last
        inside = old.session is None and old.first <= new.first and new.last <= old.last
        if not alike and not inside:
            return None
    return Excuse(
        old.person, old.unit, old.key, min(old.first, new.first), max(old.last, new.last), old.filed_at,
        old.session if old.session == new.session else None,
        old.evidence_at or new.evidence_at, old.decision, old.late or new.late,
    )  # fmt: skip


def closes_at(calendar: WorkCalendar, pattern: Pattern, first: date, last: date, unit: str) -> datetime | None:
    """From this moment on a keterangan for ``first`` to ``last`` is late: the cut-off of its earliest month (K6).

    None where the government sets no cut-off: there the desk decides.
    """
    found = monthly_deadline(calendar, pattern, DeadlineKind.KETERANGAN_CUTOFF, first.year, first.month, unit)
    return None if found is None else found.late_from


def is_late(closes: datetime | None, at: datetime) -> bool:
    """Whether what comes at ``at`` is after the cut-off."""
    return closes is not None and at >= closes


def silence_decides_at(excuse: Excuse, profile: Profile) -> datetime | None:
    """When nobody's answer becomes a yes (BLG-23: 48 hours); None: never (BTG-03, MLG-05).

    The hours run from the moment when there is something to decide: the evidence, where one is needed. What came
    after the cut-off never passes by silence.
    """
    if profile.superior_silence != "approved" or excuse.decision is not Decision.OPEN or excuse.late:
        return None
    if state_of(excuse, profile) is not ExcuseState.COMPLETE:
        return None
    hours = profile.kinerja.verify_hours if profile.kinerja else 48
    return max(excuse.filed_at, excuse.evidence_at or excuse.filed_at) + timedelta(hours=hours)


@dataclass(frozen=True, slots=True)
class Decider:
    """Somebody who wants to decide. ``desk``: staff of BKD; ``person`` is a key of the roster where it is known.

    ``supervises`` are the units for which the person holds the role of kasubbag (or admin of the office).
    """

    name: str
    desk: bool = False
    person: str | None = None
    supervises: frozenset[str] = frozenset()


def decider_of(roster: Roster, name: str, person: str | None, day: date) -> Decider:
    """What the roster says of somebody outside the desk: whose kasubbag he is."""
    units = {
        unit
        for address in roster.addresses
        if address.role is AddressRole.SUPERVISOR and person is not None and address.person == person
        for unit in (address.unit or roster.unit_of(person, day),)
        if unit is not None
    }
    return Decider(name, False, person, frozenset(units))


def may_decide(decider: Decider, excuse: Excuse, profile: Profile, roster: Roster) -> Refusal | None:
    """Who decides is the profile's (K4); nobody decides on his own record, not even at the desk."""
    if decider.person is not None and decider.person == excuse.person:
        return Refusal.OWN_RECORD
    if decider.desk:
        return None
    if profile.superior_silence == "admin":
        units = {excuse.unit, roster.sender_of(excuse.unit)}
        return None if units & decider.supervises else Refusal.NOT_THE_ADMIN
    person = roster.people.get(excuse.person)
    is_superior = person is not None and decider.person is not None and person.superior == decider.person
    return None if is_superior else Refusal.NOT_THE_SUPERIOR


def check_decision(excuse: Excuse, approve: bool, reason: str, profile: Profile) -> Refusal | None:
    """What a decision needs: a yes needs the evidence, a no needs a reason, after the cut-off both do (BLG-33)."""
    if approve and state_of(excuse, profile) is ExcuseState.WAITING:
        return Refusal.NO_EVIDENCE
    if not reason.strip() and (excuse.late or not approve):
        return Refusal.REASON_NEEDED
    return None


@dataclass(frozen=True, slots=True)
class Credit:
    """What counts by itself (BLG-27): ``sessions`` of presence and ``points`` of kinerja; ``provisional`` (BLG-28)."""

    sessions: int
    points: int
    provisional: bool


def credit_of(excuse: Excuse, days: Sequence[date], profile: Profile) -> Credit:
    """BLG-27: in and out and 360 points for each of the person's working ``days`` inside the range.

    BLG-28: counted at once, provisional until the letter is there. Rejected, or a status that the profile does not
    credit: nothing. Half a day gives its session and no points (half days are not defined).
    """
    inside = [day for day in days if excuse.first <= day <= excuse.last]
    if excuse.key not in profile.people.credited or excuse.decision is Decision.REJECTED:
        return Credit(0, 0, False)
    per_day = profile.kinerja.points_per_credited_day if profile.kinerja and excuse.session is None else 0
    sessions = len(inside) * (2 if excuse.session is None else 1)
    return Credit(sessions, len(inside) * per_day, state_of(excuse, profile) is ExcuseState.WAITING)


def shown(excuse: Excuse, profile: Profile, *, decides: bool, text: str = "") -> str:
    """``S, bukti lengkap``: what a viewer may read. Only those who decide see a sick person's words."""
    code = profile.code_for(excuse.key) or excuse.key.value
    state = state_of(excuse, profile)
    told = f"{code}, bukti lengkap" if state is ExcuseState.COMPLETE else f"{code}, {state.value}"
    return f"{told}: {text}" if text and (decides or excuse.key not in _HEALTH) else told


def may_see_evidence(key: StatusKey, *, decides: bool) -> bool:
    """Whether the file itself may be opened: a sick note by those who decide only (CONVENTIONS.md 4)."""
    return decides or key not in _HEALTH
