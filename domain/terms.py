"""The words every room shares: sessions, working patterns, timeliness, status keys.

Sources: RULES.md 1 (sessions, timeliness) and 6 (status keys). A status *code* (``TK``) belongs to one
profile and is never stored; the *key* (``ALPA``) is (conflict K1).
"""

from enum import IntEnum, StrEnum


class Session(StrEnum):
    """One of the two daily sessions of a unit (TLG-06)."""

    DATANG = "datang"
    PULANG = "pulang"

    @property
    def letter(self) -> str:
        """The letter used in submission numbers: D or P."""
        return self.value[0].upper()


class Pattern(IntEnum):
    """Working days a week of a unit (TLG-02, TLG-03)."""

    FIVE = 5
    SIX = 6


class Timeliness(StrEnum):
    """How a unit's sending relates to its window (TLG-05); never said of a person."""

    EARLY = "early"
    ON_TIME = "on_time"
    PARTIAL = "partial"
    LATE = "late"


class Scheme(StrEnum):
    """The kind of an address and of the channel that serves it."""

    MAIL = "mail"
    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    UPLOAD = "upload"


class StatusKey(StrEnum):
    """What a code means, independent of any government's spelling (RULES.md 6)."""

    HADIR = "HADIR"
    ALPA = "ALPA"
    TUGAS_KHUSUS = "TUGAS_KHUSUS"
    CUTI = "CUTI"
    SAKIT = "SAKIT"
    DINAS_LUAR = "DINAS_LUAR"
    IZIN = "IZIN"
    TUGAS_BELAJAR = "TUGAS_BELAJAR"
    DIKLAT = "DIKLAT"
    LEPAS_JAGA = "LEPAS_JAGA"
    BEBAS_PRESENSI = "BEBAS_PRESENSI"


class Authenticity(StrEnum):
    """Whether the sender of a message is proven (facts: mail, "Who sent it")."""

    VERIFIED = "verified"
    UNVERIFIED = "unverified"
    UNKNOWN_SENDER = "unknown_sender"
