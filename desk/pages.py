"""From fields to HTML: what every page shares, and the words and shapes of states."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from fastapi.responses import HTMLResponse

from desk.house import House
from desk.rights import may
from domain.account import Role
from domain.profile import Profile
from domain.wording import clock_time, long_date, moment_text
from storage.records_desk import AccountRow
from templates import render_page

STATIC = Path(__file__).parent / "static"
_MENU = (
    ("/papan", "Papan"),
    ("/periksa", "Periksa"),
    ("/kiriman", "Kiriman"),
    ("/rekap", "Rekap"),
    ("/laporan", "Laporan"),
    ("/pegawai", "Pegawai"),
    ("/keterangan", "Keterangan"),
    ("/periode", "Masa manual"),
    ("/admin", "Admin"),
    ("/admin/alamat", "Alamat"),  # for those who may not see the other rooms beside it
)


@dataclass(frozen=True, slots=True)
class Words:
    """Dates and times as a page writes them, in the profile's zone."""

    profile: Profile

    def time(self, moment: datetime | None) -> str:
        """``07.18 WIB``, or a dash."""
        return clock_time(moment, self.profile) if moment else "–"

    def short(self, moment: datetime | None) -> str:
        """``07.18``, or a dash: where the zone stands above."""
        return f"{moment.astimezone(self.profile.tz):%H.%M}" if moment else "–"

    def moment(self, moment: datetime | None) -> str:
        """``Senin, 23 November 2026, pukul 07.18 WIB``, or a dash."""
        return moment_text(moment, self.profile) if moment else "–"

    def day(self, day: date | None) -> str:
        """``Senin, 23 November 2026``, or a dash."""
        return long_date(day) if day else "–"

    def stamp(self, moment: datetime | None) -> str:
        """``23-11-2026 07.18``: for tables."""
        return f"{moment.astimezone(self.profile.tz):%d-%m-%Y %H.%M}" if moment else "–"


@dataclass(frozen=True, slots=True)
class Face:
    """What every page shows: where one is, who one is, and the menu that one's role may use."""

    words: Words
    government: str
    now: datetime
    demo_clock: str | None
    account: AccountRow | None
    csrf: str
    path: str
    menu: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, house: House, account: AccountRow | None, csrf: str, path: str) -> "Face":
        """The face of a page for ``account`` (None: nobody has logged in)."""
        menu = tuple(line for line in _MENU if account and may("GET", line[0], account.role))
        if ("/admin", "Admin") in menu:
            menu = menu[:-1]
        words = Words(house.profile)
        return cls(words, house.profile.government, house.now(), house.demo_clock, account, csrf, path, menu)

    def may(self, method: str, path: str) -> bool:
        """Whether to draw a button for a route."""
        return self.account is not None and may(method, path, self.account.role)

    def is_here(self, address: str) -> bool:
        """Whether the menu line is the one we are in."""
        return self.path == address or self.path.startswith(f"{address}/")

    @property
    def role(self) -> Role | None:
        """The role of who looks."""
        return self.account.role if self.account else None


@cache
def static_version(name: str) -> str:
    """Changes with the file, so that browsers keep it for ever and never keep an old one."""
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def html(page: str, face: Face, status: int = 200, /, **fields: object) -> HTMLResponse:
    """The answer with that page."""
    return HTMLResponse(render_page(page, face=face, words=face.words, static=static_version, **fields), status)
