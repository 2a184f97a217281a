"""Printed names on photographs and scans: how often a page is taken for another's, how often another is seen."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from time import process_time

from benchmarks.paper_sheets import PEOPLE, sheets_of
from demo.paper.laboratory import take
from demo.paper.sheet import Sheet
from domain.open_sheets import OpenSheet
from domain.profile import load_profile
from domain.sheet import SheetPage
from domain.sheet_layout import Paper
from domain.terms import Pattern
from parsers.vision.picture import pictures
from parsers.vision.proofreading import Names, names_on
from parsers.vision.sheet import Found, look_for_sheet
from tests.fakes import sheets as fakes

SETS = ("photo1280", "photo1600", "scan", "creased")
_FIRST = (
    "Siti Budi Agus Sri Endang Wahyu Dwi Eko Nur Rina Slamet Suparman Joko Ratna Bambang Titik Yuliana Hendra "
    "Mochammad Abdul Dewi Tri Heru Lilik Anik Sugeng Imam Khoirul Fitri Retno Sulistyo Puji Hari Wiwik Ahmad Arif"
).split()
_LAST = (
    "Aminah Santoso Setiawan Wulandari Hartono Purnomo Rahayu Kurniawan Hidayat Susanti Widodo Nugroho Astuti Prasetyo "
    "Utami Wijaya Handayani Suryadi Mulyono Kusuma Maharani Fauzi Rohmah Saputra Anggraini Basuki Cahyono Iswanto"
).split()
_BEFORE = ("", "", "", "Drs. ", "Dra. ", "Hj. ", "Ir. ")
_AFTER = ("", "", ", S.E.", ", S.Pd.", ", S.Sos., M.Si.", ", A.Md.", ", S.T.")


@dataclass(frozen=True, slots=True)
class NameScore:
    """One picture: what was said beside its own snapshot and beside another office's, and what that cost."""

    own: Names
    other: Names
    seconds: float


def _name(dice: random.Random) -> str:
    words = [dice.choice(_FIRST), *dice.sample(_LAST, 2 if dice.random() < 0.35 else 1)]
    return dice.choice(_BEFORE) + " ".join(words) + dice.choice(_AFTER)


def _renamed(page: SheetPage, dice: random.Random) -> SheetPage:
    """The same page with other people on it, as another office of that size prints it."""
    return replace(page, rows=tuple(replace(row, name=_name(dice)) if row.person else row for row in page.rows))


@cache
def _offices() -> tuple[tuple[SheetPage, Sheet], ...]:
    dice, law = random.Random(5), load_profile("tulungagung")
    every: list[tuple[SheetPage, Sheet]] = []
    for n, people in enumerate(PEOPLE):
        for profile in (law, fakes.daily(law)):
            pattern = Pattern.SIX if n % 3 == 1 else Pattern.FIVE
            bare = fakes.pages(people, pattern, Paper.F4 if n % 2 else Paper.A4, profile=profile)[:2]
            pages = [_renamed(page, dice).signed(fakes.KEY) for page in bare]
            every += zip(pages, sheets_of(pages), strict=True)
    return tuple(every)


def name_scores(seeds: Sequence[int], sets: Sequence[str] = SETS) -> Iterator[NameScore]:
    """Every seed's picture, of the test school; pages that were not found are left out."""
    for seed in seeds:
        printed, sheet = _offices()[seed % len(_offices())]
        shot = take(sheet, "test", sets[seed % len(sets)], seed)
        found = look_for_sheet(next(pictures(shot.data)), [OpenSheet.of(printed, fakes.KEY)])
        if isinstance(found, Found):
            began = process_time()
            own = names_on(found)
            seconds = process_time() - began
            another = _renamed(printed, random.Random(seed))
            yield NameScore(own, names_on(replace(found, printed=another)), seconds)
