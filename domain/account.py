"""Who may enter the desk: roles, what tokens may ask for, and the rules of passwords and log-in. Pure."""

from datetime import timedelta
from enum import StrEnum

SHORTEST_PASSWORD = 12
SESSION_LIFE = timedelta(hours=12)  # one working day: nobody stays logged in over night
SESSION_IDLE = timedelta(hours=2)
LOGIN_SPAN = timedelta(minutes=15)
MOST_FAILURES = 5  # of one account name within ``LOGIN_SPAN``
MOST_FAILURES_ADDRESS = 30  # of one network address: an office shares one
REVIEW_LEASE = timedelta(minutes=3)  # how long an item of the review queue stays with who opened it


class Role(StrEnum):
    """What an account is for."""

    ADMIN = "admin"
    RECEIVER = "penerima"  # receives sheets, chases the missing, settles doubts
    DISCIPLINE = "disiplin"  # reads reports and decides on keterangan
    UNIT = "opd"  # sees its own unit and those it coordinates

    @property
    def label(self) -> str:
        """How pages call it."""
        return _LABELS[self]


_LABELS = {
    Role.ADMIN: "Admin",
    Role.RECEIVER: "Penerima",
    Role.DISCIPLINE: "Subbidang Disiplin",
    Role.UNIT: "Perangkat daerah",
}


class ApiScope(StrEnum):
    """What an API token may ask for."""

    UNITS = "units"
    SUBMISSIONS = "submissions"
    MARKS = "marks"
    REPORTS = "reports"


class ContactWay(StrEnum):
    """How an officer was reached (TLG-D3)."""

    PHONE = "telepon"
    WHATSAPP = "whatsapp"
    MAIL = "surel"
    VISIT = "langsung"


class ContactOutcome(StrEnum):
    """What came of it."""

    PROMISE = "berjanji mengirim"
    REASON = "memberi alasan"
    TOLD = "sudah diberi tahu"
    SILENT = "tidak terhubung"


def password_fault(password: str, name: str) -> str | None:
    """Why ``password`` cannot be taken, in Indonesian; None when it can. Length counts, not kinds of signs."""
    if len(password) < SHORTEST_PASSWORD:
        return f"Kata sandi sedikitnya {SHORTEST_PASSWORD} huruf; rangkaian beberapa kata mudah diingat."
    if len(password) > 200:
        return "Kata sandi paling panjang 200 huruf."
    if name.lower() in password.lower():
        return "Kata sandi tidak boleh memuat nama akun."
    if len(set(password.lower())) < 5:
        return "Kata sandi terlalu seragam."
    return None
