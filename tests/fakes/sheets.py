"""A small regency for sheets: one office of each pattern, people with long names, one without a NIP."""

from datetime import date

from domain.calendar import WorkCalendar
from domain.profile import Profile, load_profile
from domain.roster import Delegation, Person, Placement, Roster, Unit
from domain.sheet import SheetPage, issue
from domain.sheet_layout import Paper
from domain.sheet_plan import SheetDrafter
from domain.terms import Pattern

KEY = b"a key for tests, not a secret"
WEEK = "2026-W48"
NAMES = (
    "Budi Santoso",
    "Dra. Hj. Siti Nurhaliza Rahmawati Kusumawardhani, S.Pd., M.Pd.",
    "=1+1, S.E.",
    "#panic() $x$ \\ *Suparman* _S.Kom._",
    "R. Ngt. Bambang Hadikusumo Adiwinata Prawiranegara",
)


def person(number: int, **changes: object) -> Person:
    nip = f"198001{number % 28 + 1:02d}2005011{number:03d}"
    name = NAMES[number % len(NAMES)]
    values = {"key": nip, "name": name, "bare_name": name, "nip": nip, "post": "Pengelola Kepegawaian Ahli Muda"}
    return Person(**(values | changes))  # type: ignore[arg-type]


def unit(pattern: Pattern = Pattern.FIVE, code: str = "U001", name: str = "Dinas Perhubungan") -> Unit:
    return Unit(code, name, pattern=pattern)


def roster(people: int = 12, *units: Unit, delegations: tuple[Delegation, ...] = ()) -> Roster:
    offices = units or (unit(),)
    staff: dict[str, Person] = {}
    placements: list[Placement] = []
    for office in offices:
        for number in range(people):
            one = person(len(staff))
            staff[one.key] = one
            placements.append(Placement(one.key, office.code, date(2026, 1, 1), head=number == 0))
    return Roster(7, {u.code: u for u in offices}, staff, tuple(placements), delegations=delegations)


def daily(profile: Profile) -> Profile:
    """The same government with daily sheets."""
    return profile.model_copy(update={"sheet_layout": "daily"})


def pages(
    people: int = 12,
    pattern: Pattern = Pattern.FIVE,
    paper: Paper = Paper.A4,
    week: str = WEEK,
    profile: Profile | None = None,
) -> tuple[SheetPage, ...]:
    """Issued pages of one unit."""
    law = profile or load_profile("tulungagung")
    office = unit(pattern)
    drafts = SheetDrafter(law, roster(people, office), WorkCalendar(law)).draft(office, week, paper=paper)
    return issue(drafts, 4711, KEY)
