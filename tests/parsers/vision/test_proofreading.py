"""Printed names against known ones: what reads alike, which rows are asked, what is said of a page."""

import subprocess
import sys
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.vision.proofreading import Names, judged, likeness, telling_rows
from tests.fakes.sheets import pages

SITI = "Dra. Hj. Siti Nurhaliza Rahmawati, S.Pd., M.Pd."


@pytest.mark.parametrize(
    "text",
    [
        SITI, "Siti Nurhaliza Rahmawati", "SITI NURHALIZA RAHMAWATI, S.Pd", "Síti Nurhalîza Rahmawati",
        "Dra. Hj. Siti Nurhaliza Rah", "Siti Nurhaliza", "Dra Hj Sti Nurhalza Rahmawatl S Pd M Pd",
    ],
)  # fmt: skip
def test_accents_titles_a_cut_end_and_slips_of_the_reader_are_the_same_name(text: str) -> None:
    alike = likeness(text, SITI)
    assert alike is not None
    assert alike >= 65


@pytest.mark.parametrize("text", ["Slamet Hartono, S.E.", "Drs. Bambang Widodo", "Yuliana Kusuma, S.Pd., M.Pd."])
def test_another_person_is_plainly_another(text: str) -> None:
    alike = likeness(text, SITI)
    assert alike is not None
    assert alike < 57


@pytest.mark.parametrize("text", ["", "S.E.", "1984", "Bud"])
def test_a_scrap_says_nothing(text: str) -> None:
    assert likeness(text, SITI) is None


@given(st.text(alphabet="abcdefghiklmnoprstuwy ", min_size=8, max_size=40))
def test_every_name_is_its_own_likeness(name: str) -> None:
    assert likeness(name, name) in (None, 100)


@pytest.mark.parametrize(
    ("likenesses", "said"),
    [
        ([100, 90, 80], Names.SAME),
        ([100, 90], Names.SAME),
        ([100, 90, 20], Names.SAME),
        ([100, 20, 30], Names.OTHER),
        ([20, 30], Names.OTHER),
        ([20], Names.UNREAD),
        ([100], Names.UNREAD),
        ([60, 62, 20], Names.UNREAD),
        ([], Names.UNREAD),
    ],
)
def test_two_rows_must_agree_before_anything_is_said(likenesses: list[float], said: Names) -> None:
    assert judged(likenesses) is said


def test_the_rows_lie_in_all_thirds_of_the_page_and_free_rows_are_not_asked() -> None:
    (page,) = pages(18)[:1]
    rows = telling_rows(page)
    assert [row * 3 // 18 for row in rows] == [0, 1, 2]
    assert all(page.rows[row].person for row in rows)
    # Names of thirty characters are printed in full size, longer ones smaller.
    assert all(len(page.rows[row].name) <= 30 for row in rows)
    assert len(telling_rows(replace(page, rows=page.rows[:2]))) <= 2
    assert telling_rows(replace(page, rows=tuple(replace(row, person=None) for row in page.rows))) == []


def test_the_text_reader_is_not_loaded_before_it_is_needed() -> None:
    told = "import sys, parsers.printed_form; sys.exit('rapidocr' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], check=False).returncode == 0
