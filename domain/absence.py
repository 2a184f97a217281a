"""When somebody is absent (TLG-18): only if every condition holds. Until then a session is BELUM LENGKAP. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from domain.outcome import Flag
from domain.reading import Verdict


class Condition(StrEnum):
    """What TLG-18 asks for, in its order; the value is what people read of an open one."""

    EXPECTED = "tidak wajib hadir pada sesi itu"
    RECEIVED = "lembar atau halaman belum diterima"
    READ = "lembar belum selesai dibaca atau pengirimnya belum terbukti"
    EMPTY = "kolomnya tidak terbaca kosong"
    SEEN = "belum dilihat dan diputuskan petugas BKD"
    SETTLED = "masih ada pertanyaan, sanggahan, atau gangguan"
    CUT_OFF = "batas memasukkan keterangan belum lewat"


UNREAD_FLAGS = frozenset(
    {Flag.PENDING, Flag.RETAKE, Flag.UNVERIFIED, Flag.STRANGER, Flag.INCOMPLETE_PAGES, Flag.NO_SIGNATURE}
)
"""A sheet with one of these says nothing yet about who did not sign it."""
_PRESENCE = frozenset({Verdict.SIGNED, Verdict.REPORTED, Verdict.CODE, Verdict.UNSURE})


@dataclass(frozen=True, slots=True)
class AbsenceCase:
    """One person and session without presence.

    ``expected``: placement, shift, not exempt, inside a declared period. ``verdicts`` are those of every sheet that
    has the cell. ``seen``: a person at the desk saw the empty crop and decided. ``doubts``: open questions, objections
    and incidents. ``cut_off``: from then on no keterangan is taken; None where the rules set no such moment, so that
    the desk's own decision is the end of it.
    """

    expected: bool
    received: bool
    missing_pages: int
    flags: frozenset[Flag]
    verdicts: tuple[Verdict, ...]
    seen: bool
    doubts: int
    cut_off: datetime | None


def open_conditions(case: AbsenceCase, now: datetime) -> frozenset[Condition]:
    """The conditions that do not hold at ``now``; a late sheet or a missing head's signature is none of them."""
    holds = {
        Condition.EXPECTED: case.expected,
        Condition.RECEIVED: case.received and case.missing_pages == 0,
        Condition.READ: not case.flags & UNREAD_FLAGS,
        Condition.EMPTY: Verdict.EMPTY in case.verdicts and not _PRESENCE.intersection(case.verdicts),
        Condition.SEEN: case.seen,
        Condition.SETTLED: case.doubts == 0,
        Condition.CUT_OFF: case.cut_off is None or now >= case.cut_off,
    }
    return frozenset(condition for condition, held in holds.items() if not held)


def is_final(cases: Collection[AbsenceCase], now: datetime) -> bool:
    """Whether a day is one of absence for good: it has sessions, and in each everything holds (TLG-18).

    One empty session of a day is TIDAK LENGKAP, never a day of absence.
    """
    return bool(cases) and not any(open_conditions(case, now) for case in cases)


def is_provisional(cases: Iterable[AbsenceCase], now: datetime) -> bool:
    """MLG-07: "sementara", where the rules make it so by themselves: all holds but the desk's look and the cut-off."""
    waits_for = frozenset({Condition.SEEN, Condition.CUT_OFF})
    found = [open_conditions(case, now) for case in cases]
    return bool(found) and any(found) and all(conditions <= waits_for for conditions in found)
