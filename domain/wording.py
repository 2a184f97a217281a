"""Indonesian spelling of dates, times and zones as official letters write them (CONVENTIONS.md 1)."""

from datetime import date, datetime

from domain.profile import Profile

DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


def long_date(day: date) -> str:
    """``Senin, 23 November 2026``."""
    return f"{DAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def month_name(day: date) -> str:
    """``November 2026``."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def clock_time(moment: datetime, profile: Profile) -> str:
    """``07.18 WIB``: local time with a dot and its zone, always."""
    return f"{moment.astimezone(profile.tz):%H.%M} {profile.zone_label}"


def moment_text(moment: datetime, profile: Profile) -> str:
    """``Senin, 23 November 2026, pukul 07.18 WIB``."""
    return f"{long_date(moment.astimezone(profile.tz).date())}, pukul {clock_time(moment, profile)}"


def listing(items: list[str], limit: int = 10) -> str:
    """``a, b, c`` and, beyond ``limit``, how many more."""
    shown = ", ".join(items[:limit])
    return shown if len(items) <= limit else f"{shown}, dan {len(items) - limit} lainnya"
