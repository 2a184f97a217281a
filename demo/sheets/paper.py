"""What an office wrote on its sheet of the morning, before any file format: one line a person."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from demo.offices import Office
from demo.roster import Employee, Town

_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()
_CODES = {3: "DL", 5: "S", 7: "C"}
_NAMELESS = 13


@dataclass(frozen=True, slots=True)
class Line:
    """One person: ``nip`` is a number where a spreadsheet has eaten it; ``arrived`` and ``left`` empty or ``06.52``."""

    name: str
    nip: str | int
    grade: str
    post: str
    arrived: str
    note: str = ""
    left: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """One office's sheet of ``day``, to be signed by its head."""

    office: Office
    day: date
    lines: tuple[Line, ...]
    head_name: str
    head_post: str
    head_nip: str


def write_paper(town: Town, office: Office, day: date, *, codes: bool = False, evening: bool = False) -> Paper:
    """The sheet that ``office`` fills in on ``day``; the same for the same day, every time.

    ``codes``: some people are away and have a code in KETERANGAN instead of a time. ``evening``: they have left too.
    """
    dice = random.Random(f"{day}:{office.code}")
    lines = [_line(employee, dice) for employee in town.members(office.code)]
    if codes:
        for place, code in _CODES.items():
            lines[place] = replace(lines[place], arrived="", note=code)
    if evening:
        hour, first = (16, 1) if office.pattern == 5 else (14, 1)
        lines = [
            replace(line, left=f"{hour}.{dice.randint(first, first + 8):02}" * bool(line.arrived)) for line in lines
        ]
    head = town.head(office.code)
    return Paper(office, day, tuple(lines), head.name, head.post, head.nip or "-")


def _line(employee: Employee, dice: random.Random) -> Line:
    arrived = f"06.{dice.randint(18, 54)}"
    return Line(employee.name, employee.nip or "-", employee.grade or "-", employee.post, arrived)


def misspelt(paper: Paper) -> Paper:
    """Every third name as a hurried hand types it, every ninth line without its NIP, one with a first name alone."""
    slips = (_swap, _shorten, str.upper)

    def slip(place: int, line: Line) -> Line:
        if place % 9 == 4:
            line = replace(line, nip="")
        if place == _NAMELESS:
            line = replace(line, name=line.name.split()[0])
        return replace(line, name=slips[place // 3 % 3](line.name)) if place % 3 == 0 else line

    return _changed(paper, slip)


def damaged(paper: Paper) -> Paper:
    """NIPs that went through number cells: the last three of eighteen digits became zeros (DOMAIN.md 1)."""
    return _changed(
        paper, lambda _, line: replace(line, nip=int(str(line.nip)[:15] + "000")) if line.nip != "-" else line
    )


def _changed(paper: Paper, change: Callable[[int, Line], Line]) -> Paper:
    return replace(paper, lines=tuple(change(place, line) for place, line in enumerate(paper.lines)))


def _swap(name: str) -> str:
    """Two letters in the wrong order."""
    return name[:2] + name[3] + name[2] + name[4:] if len(name) > 4 else name


def _shorten(name: str) -> str:
    """Without titles, the first name cut short as is usual."""
    bare = name.split(",")[0]
    return bare.replace("Muhammad", "Moh.").replace("Bambang", "Bbg.")


def long_date(day: date) -> str:
    """``Selasa, 24 November 2026``."""
    return f"{day_name(day)}, {day.day} {month_name(day)} {day.year}"


def day_name(day: date) -> str:
    """``Selasa``."""
    return _DAYS[day.weekday()]


def month_name(day: date) -> str:
    """``November``."""
    return _MONTHS[day.month - 1]
