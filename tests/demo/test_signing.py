"""Offices that sign the printed sheet: the right people, the right column, and a receipt that has to name the rest."""

from datetime import date
from email.message import EmailMessage
from io import BytesIO

import pytest
from PIL import Image

from benchmarks.paper_sheets import sheets_of
from demo.clock import real_now
from demo.make_roster import invent
from demo.paper.finder import find_geometry
from demo.post_office import Letter
from demo.signing import people_of, photographer, rows_of
from tests.fakes.sheets import pages

DAY = date(2026, 11, 24)


@pytest.fixture(scope="module")
def letter() -> Letter:
    message = EmailMessage()
    message["Subject"] = "Lembar presensi"
    message.set_content("Terlampir.\n")
    pdf = sheets_of(pages(6))[0].pdf
    message.add_attachment(pdf, maintype="application", subtype="pdf", filename="lembar.pdf")
    return Letter(real_now(), bytes(message))


def printed(letter: Letter) -> bytes:
    return next(bytes(part.get_payload(decode=True)) for part in letter.message.iter_attachments())


def test_an_office_photographs_each_page_of_the_sheet_that_came_the_same_way_every_time(letter: Letter) -> None:
    photos = photographer("U011", DAY, frozenset({2}))(letter)
    assert [name.rpartition(".")[2] for name, _ in photos] == ["jpg"]
    assert Image.open(BytesIO(photos[0][1])).size[1] == 1600
    assert photographer("U011", DAY, frozenset({2}))(letter) == photos
    assert photographer("U011", DAY, frozenset({3}))(letter) != photos


def test_rows_are_known_by_what_is_printed_beside_them_and_free_rows_by_nothing(letter: Letter) -> None:
    pdf = printed(letter)
    rows = rows_of(pdf, find_geometry(pdf))
    assert [number for number, _ in rows.values()] == list(range(1, len(rows) + 1))
    assert rows[0][1].startswith("Budi Santoso")
    assert [bool(text) for _, text in rows.values()] == [True] * 6 + [False] * (len(rows) - 6)
    assert list(people_of(pdf, frozenset({2, 5}), invent())) == [(2, ""), (5, "")]
