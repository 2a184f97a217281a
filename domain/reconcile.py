"""Device sessions against paper marks: do they agree, and what has to be asked? Pure; nothing is decided here.

The profile says which side a report follows where they differ (``punches.wins``); "ask" leaves it to a person. A
contradiction is asked under every profile: what the rules prefer is only what counts until somebody has looked.
Incidents make a mark without a punch lawful for their span (MLG-11, BLG-25c).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from domain.marks import Mark, MarkState
from domain.punches import DayState, PunchDay, Stamp
from domain.terms import Session, StatusKey

BOTH_LAWFUL = frozenset({StatusKey.DINAS_LUAR, StatusKey.TUGAS_KHUSUS, StatusKey.DIKLAT, StatusKey.HADIR})
"""Codes that a punch does not contradict: part of the day was at the office (MLG-12b, MLG-14)."""
Side = Literal["paper", "device", "ask", ""]
Place = tuple[str, date, Session | None]
"""A person's session; None: the whole day."""


class Agreement(StrEnum):
    """How the two sides stand to each other; the value is what people read."""

    AGREE = "sama"
    ONLY_PAPER = "hanya lembar"
    ONLY_DEVICE = "hanya mesin"
    CONTRADICT = "bertentangan"
    AWAITED = "menunggu mesin"
    NEITHER = "belum ada keduanya"


@dataclass(frozen=True, slots=True)
class Outage:
    """A device or our server was down from ``first`` to ``last`` (wall times; None: it lasts)."""

    device: int | None
    first: datetime
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Compared:
    """One person's session on both sides. ``follow``: whose word a report prints; ``lawful``: an outage explains it.

    ``settled``: a person looked at the difference and decided; ``whole_day``: the mark is that of the whole day.
    """

    person: str
    day: date
    session: Session
    agreement: Agreement
    follow: Side
    stamp: Stamp | None = None
    mark: Mark | None = None
    lawful: bool = False
    question: str = ""
    settled: bool = False
    whole_day: bool = False


def compare(
    days: Iterable[PunchDay],
    marks: Mapping[tuple[str, date, Session], Mark],
    wins: Side,
    outages: Sequence[Outage] = (),
    settled: Collection[Place] = (),
    whole: Collection[Place] = (),
) -> list[Compared]:
    """Every session of every day on both sides, in the order of ``days``.

    ``settled`` are the differences that a person decided, ``whole`` the sessions whose mark is that of the whole day.
    """
    found = []
    for day in days:
        for session in Session:
            place = (day.person, day.day, session)
            done = place in settled or (day.person, day.day, None) in settled
            found.append(_compared(day, session, marks.get(place), wins, outages, done, place in whole))
    return found


def _compared(
    day: PunchDay,
    session: Session,
    mark: Mark | None,
    wins: Side,
    outages: Sequence[Outage],
    settled: bool,
    whole: bool,
) -> Compared:
    stamp = day.came if session is Session.DATANG else day.left
    agreement = _agreement(day, stamp, mark)
    lawful = agreement is Agreement.ONLY_PAPER and any(_covers(o, day.day) for o in outages)
    differ = agreement is Agreement.CONTRADICT or (agreement is Agreement.ONLY_PAPER and not lawful)
    settled = settled and differ
    follow: Side = ""
    if agreement is Agreement.AGREE or lawful or settled:
        follow = "paper"  # whoever settled it said so: the mark is that person's word by now
    elif agreement is Agreement.ONLY_DEVICE:
        follow = "device"
    elif differ:
        follow = wins
    asked = differ and not settled and (wins == "ask" or agreement is Agreement.CONTRADICT)
    question = _question(agreement, stamp, mark) if asked else ""
    return Compared(day.person, day.day, session, agreement, follow, stamp, mark, lawful, question, settled, whole)


def _agreement(day: PunchDay, stamp: Stamp | None, mark: Mark | None) -> Agreement:
    signed = mark is not None and mark.state in (MarkState.SIGNED, MarkState.REPORTED)
    coded = mark is not None and mark.state is MarkState.CODE
    if stamp is not None:
        if coded and mark is not None and mark.key not in BOTH_LAWFUL:
            return Agreement.CONTRADICT
        return Agreement.AGREE if signed or coded else Agreement.ONLY_DEVICE
    if day.state is DayState.AWAITED or not day.told:
        return Agreement.AWAITED
    if signed:
        return Agreement.ONLY_PAPER
    return Agreement.AGREE if coded else Agreement.NEITHER


def _covers(outage: Outage, day: date) -> bool:
    begins = datetime.combine(day, datetime.min.time())
    return outage.first < begins + timedelta(days=1) and (outage.last is None or outage.last >= begins)


def _question(agreement: Agreement, stamp: Stamp | None, mark: Mark | None) -> str:
    if agreement is Agreement.ONLY_PAPER:
        return "Ada tanda tangan pada lembar, tetapi tidak ada presensi pada mesin. Mana yang benar?"
    shown = f"{stamp.at:%H.%M}" if stamp else ""
    key = mark.key.value.replace("_", " ").lower() if mark is not None and mark.key is not None else "keterangan"
    return f"Lembar menyatakan {key}, tetapi mesin mencatat presensi pukul {shown}. Mana yang benar?"


@dataclass(slots=True)
class Count:
    """Sessions of one unit by agreement."""

    agree: int = 0
    only_paper: int = 0
    only_device: int = 0
    contradict: int = 0
    awaited: int = 0
    neither: int = 0

    def add(self, agreement: Agreement) -> None:
        """Count one session."""
        name = agreement.name.lower()
        setattr(self, name, getattr(self, name) + 1)


def counts(compared: Iterable[Compared], unit_of: Mapping[tuple[str, date], str]) -> dict[str, Count]:
    """Counts by unit code; a person counts for the unit of the day."""
    found: dict[str, Count] = {}
    for one in compared:
        unit = unit_of.get((one.person, one.day))
        if unit is not None:
            found.setdefault(unit, Count()).add(one.agreement)
    return found
