"""Shapes that the weekly and the monthly figures share. Pure: whoever has the rows fills these in.

Every moment is aware. Nothing here knows storage, paper or workbooks.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from domain.marks import Mark, MarkState
from domain.profile import Profile
from domain.terms import Pattern, Session, StatusKey

SIGNED = "✓"
REPORTED = "k"
INCOMPLETE = "·"
HALF = "½"
TO_CHECK = "?"
SYMBOL_WORDS: Mapping[str, str] = {
    SIGNED: "ada tanda tangan",
    REPORTED: "diketik, tanpa tanda tangan",
    INCOMPLETE: "belum lengkap (bukan tidak hadir)",
    HALF: "tidak lengkap: satu sesi terisi",
    TO_CHECK: "perlu periksa",
}
"""What the signs mean that are not codes of any government; printed below every table that uses them."""

UNCODED: Mapping[StatusKey, tuple[str, str]] = {
    StatusKey.HADIR: ("H", "Hadir"),
    StatusKey.ALPA: ("TH", "Tidak hadir tanpa keterangan"),
    StatusKey.TUGAS_KHUSUS: ("TKH", "Tugas khusus"),
    StatusKey.CUTI: ("CT", "Cuti"),
    StatusKey.SAKIT: ("SKT", "Sakit"),
    StatusKey.DINAS_LUAR: ("DLR", "Dinas luar"),
    StatusKey.IZIN: ("IZ", "Izin"),
    StatusKey.TUGAS_BELAJAR: ("TBL", "Tugas belajar"),
    StatusKey.DIKLAT: ("DKL", "Pendidikan dan pelatihan"),
    StatusKey.LEPAS_JAGA: ("LJ", "Lepas jaga"),
    StatusKey.BEBAS_PRESENSI: ("-", "Bebas presensi"),
}
"""Printed code and words for a key that a government's rules name no code for (Tulungagung has none for absence)."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit as reports print it."""

    code: str
    name: str
    pattern: Pattern = Pattern.FIVE


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A person as reports print it; ``nip`` is empty for people without one, ``rank`` is pangkat and golongan."""

    key: str
    name: str
    nip: str
    unit: str
    rank: str = ""
    post: str = ""
    employment: str = "PNS"


@dataclass(frozen=True, slots=True)
class Correction:
    """A fact that was replaced: ``subject`` is a submission number or a person's name."""

    at: datetime
    by: str
    unit: str
    subject: str
    day: date
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A sheet that figures rest on: its submission number and the SHA-256 of the archived file."""

    unit: str
    day: date
    session: Session
    number: str
    sha256: str


def spaced_nip(nip: str) -> str:
    """``196804111993031009`` → ``19680411 199303 1 009``; anything but 18 digits stays as it is."""
    if len(nip) != 18 or not nip.isdigit():
        return nip
    return f"{nip[:8]} {nip[8:14]} {nip[14]} {nip[15:]}"


def printed_code(profile: Profile, key: StatusKey) -> str:
    """What this government prints for ``key``, or the code of ``UNCODED``."""
    return profile.code_for(key) or UNCODED[key][0]


def mark_text(mark: Mark, profile: Profile) -> str:
    """One session of one person: a sign or the government's code; ``*`` where the sender is not proven."""
    if mark.state is MarkState.CODE and mark.key is StatusKey.ALPA:
        text = TO_CHECK  # TLG-18: no sheet makes anyone absent
    elif mark.state is MarkState.CODE and mark.key is not None:
        text = printed_code(profile, mark.key)
    else:
        text = _SIGNS.get(mark.state, TO_CHECK)
    return text if mark.verified else f"{text}*"


_SIGNS = {MarkState.SIGNED: SIGNED, MarkState.REPORTED: REPORTED, MarkState.INCOMPLETE: INCOMPLETE}
