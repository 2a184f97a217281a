"""Every layout in every format reads back exactly: each row, each cell."""

import random
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.reading import FileReading, HeadMark, Verdict
from parsers import legacy_workbook, pdf_table, text_table, web_table, word, workbook
from parsers.base import ParseContext, Parser
from tests.parsers import draw, layouts
from tests.parsers.layouts import CODES, Drawn, Layout, Person

FORMATS: dict[str, tuple[Callable[[draw.Rows, draw.Merged], bytes], Parser]] = {
    "xlsx": (draw.xlsx, workbook.PARSER),
    "xls": (draw.xls, legacy_workbook.PARSER),
    "ods": (draw.ods, legacy_workbook.PARSER),
    "csv": (draw.csv_text, text_table.PARSER),
    "html": (draw.html, web_table.PARSER),
    "docx": (draw.word, word.PARSER),
    "pdf": (draw.pdf, pdf_table.PARSER),
    "unruled pdf": (draw.pdf_unruled, pdf_table.PARSER),
}
CONTEXT = ParseContext("lembar", CODES, date(2026, 11, 24))
NAMES = (
    "H. Budi Nugroho, S.E., M.H.",
    "SITI AMINAH",
    "Moh. Arif",
    "Sri Wahyuni, A.Md.Keb.",
    "dr. Ni Made Ayu Lestari",
    "Suparman",
    "R. Bambang Kusumo, S.STP., M.AP.",
    "Drs. Ec. Djoko Santoso",
    "Hj. Nur'aini, S.Pd.SD",
    "ABD. RAHMAN",
)
NIPS = ("197911222006121901", "19680411 199303 1 009", "200012312024211001", "198003122005012003")
TYPEABLE = [t for t in layouts.TYPED if t.text != "√"]  # the PDF's font has no tick


def read(name: str, drawn: Drawn) -> FileReading:
    make, parser = FORMATS[name]
    return parser.parse(make(drawn.rows, drawn.merged), CONTEXT)


def as_read(reading: FileReading) -> list[tuple[int | None, str, str, tuple[layouts.Seen, ...]]]:
    return [
        (row.no, row.name, row.nip, tuple((c.date, c.session, c.verdict, c.code, c.time) for c in row.cells))
        for sheet in reading.sheets
        for row in sheet.rows
    ]


def check(name: str, drawn: Drawn) -> None:
    reading = read(name, drawn)
    assert as_read(reading) == drawn.people
    (sheet,) = reading.sheets
    assert (sheet.kind, sheet.unit_text, sheet.head) == (drawn.kind, drawn.unit, HeadMark.ABSENT)
    assert not reading.problems
    assert not sheet.problems
    # BLG-03: nothing typed is ever a signature.
    assert Verdict.SIGNED not in {c.verdict for r in sheet.rows for c in r.cells}


def staff(layout: Layout, size: int, seed: int) -> list[Person]:
    chance = random.Random(seed)
    places = layouts.places_of(layout)
    return [
        Person(
            chance.choice(NAMES) if n >= len(NAMES) else NAMES[n],
            chance.choice(NIPS),
            {p: chance.choice(TYPEABLE) for p in places},
        )
        for n in range(size)
    ]


# Without ruling lines, a name on the line above its number or thirty columns cannot be told apart for certain.
UNCERTAIN = (layouts.daily_name_over_nip, layouts.form_e, layouts.form_f, layouts.weekly_by_name_of_day)
CASES = [(n, f) for n in FORMATS for f in layouts.LAYOUTS if n != "unruled pdf" or f not in UNCERTAIN]


@pytest.mark.parametrize(("name", "layout"), CASES, ids=lambda x: x if isinstance(x, str) else x.__name__)
def test_every_cell_of_every_layout_is_read_in_every_format(name: str, layout: Layout) -> None:
    check(name, layout(staff(layout, 12, seed=len(name))))


@pytest.mark.parametrize("layout", UNCERTAIN, ids=lambda layout: layout.__name__)
def test_an_unruled_table_that_is_not_certain_gives_no_wrong_row(layout: Layout) -> None:
    people = [Person(f"Pegawai {chr(65 + n)}", f"19680411199303{n:04d}") for n in range(6)]
    drawn = layout(people)
    names = {p.nip: p.name for p in people}
    for _, name, nip, _ in as_read(read("unruled pdf", drawn)):
        assert not name or not nip or names[nip] == name


@st.composite
def sheets(make: st.DrawFn) -> Drawn:
    layout = make(st.sampled_from(layouts.LAYOUTS))
    places = layouts.places_of(layout)
    marks = st.lists(st.sampled_from(layouts.TYPED), min_size=len(places), max_size=len(places))
    person = st.builds(
        lambda name, nip, typed: Person(name, nip, dict(zip(places, typed, strict=True))),
        st.sampled_from(NAMES),
        st.sampled_from(NIPS),
        marks,
    )
    return layout(make(st.lists(person, min_size=1, max_size=8)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(sheets(), st.sampled_from(["xlsx", "csv", "html"]))
def test_a_random_sheet_reads_back_exactly(drawn: Drawn, name: str) -> None:
    check(name, drawn)
