"""Whom an officer names for a row that the desk could not tell."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.roster import Person, Placement
from domain.row_owner import owner_of, owners
from tests.fakes.desk_world import AGUS, BUDI, DAY, PEOPLE, ROSTER, SITI, WORLD

ARIF, ARIFIN = "198503122010011002", "198604132011021003"
NAMED = {
    ARIF: Person(ARIF, "Moh. Arif Hidayat, S.Sos.", "Moh. Arif Hidayat", nip=ARIF),
    ARIFIN: Person(ARIFIN, "Moh. Arif Rahman", "Moh. Arif Rahman", nip=ARIFIN),
}
ARIFS = replace(
    WORLD,
    roster=replace(
        ROSTER,
        people={**PEOPLE, **NAMED},
        placements=(*ROSTER.placements, *(Placement(key, "U1", date(2000, 1, 1)) for key in NAMED)),
    ),
)
BOTH = (ARIF, ARIFIN)


@pytest.mark.parametrize(
    ("words", "person"),
    [
        ("3", ARIF), ("4", ARIFIN), (ARIF, ARIF), ("Moh. Arif Hidayat", ARIF), ("moh arif rahman", ARIFIN),
        ("Moh. Arif Hidayat, S.Sos", ARIF), ("Siti Aminah", SITI),
    ],
)  # fmt: skip
def test_a_place_a_name_or_a_nip_names_one_person(words: str, person: str) -> None:
    assert owner_of(words, ARIFS, "U1", DAY, BOTH) == person


@pytest.mark.parametrize("words", ["Moh. Arif", "1", "0", "99", "XX", AGUS, "Agus Setiawan", "198503122010011999"])
def test_what_fits_two_people_or_nobody_of_the_unit_names_nobody(words: str) -> None:
    assert owner_of(words, ARIFS, "U1", DAY, BOTH) is None


def test_without_candidates_any_place_of_the_unit_counts_and_a_stranger_only_as_a_candidate() -> None:
    assert owner_of("2", ARIFS, "U1", DAY, ()) == BUDI
    assert owner_of(AGUS, ARIFS, "U1", DAY, (AGUS,)) == AGUS
    told = [owner.text for owner in owners(ARIFS, "U1", DAY, (ARIF, AGUS))]
    assert told == ["3 Moh. Arif Hidayat", "Agus Setiawan (unit lain)"]


@given(st.text(max_size=80))
def test_any_words_name_somebody_of_the_unit_or_nobody(words: str) -> None:
    assert owner_of(words, ARIFS, "U1", DAY, ()) in (None, SITI, BUDI, ARIF, ARIFIN)
