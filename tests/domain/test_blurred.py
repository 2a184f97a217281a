"""A row of blurred print: name and number are both damaged, and together they still mean one person or nobody."""

import random
from datetime import date
from pathlib import Path

import pytest

from domain.blurred import Numbered, blurred_match, spellings
from domain.identity import Everyone, How, Matcher
from domain.names import parse_name
from domain.roster import Person, Roster
from intake.roster_file import read_roster

DAY = date(2026, 11, 24)
LETTERS = "abcdefghijklmnopqrstuvwxyz"


@pytest.fixture(scope="module")
def roster(shared: Path) -> Roster:
    data = (shared / "data" / "roster_tulungagung.xlsx").read_bytes()
    return read_roster(data, "roster_tulungagung.xlsx").roster


def numbered(roster: Roster) -> list[Person]:
    return sorted((p for p in roster.people.values() if p.nip and len(p.name) > 12), key=lambda p: p.key)


def blur(text: str, alphabet: str, count: int, rng: random.Random) -> str:
    """``text`` with ``count`` of its letters or digits read as others."""
    letters = list(text)
    for place in rng.sample([n for n, ch in enumerate(text) if ch.isalnum()], count):
        letters[place] = rng.choice([ch for ch in alphabet if ch != letters[place].lower()])
    return "".join(letters)


def as_read(person: Person, rng: random.Random, wrong_digits: int, wrong_letters: int) -> tuple[str, str]:
    name = person.bare_name or person.name
    return (
        blur(name, LETTERS, min(wrong_letters, len(name) // 4), rng),
        blur(person.nip or "", "0123456789", wrong_digits, rng),
    )


def test_rows_of_blurred_print_are_given_to_their_person_or_to_nobody(roster: Roster) -> None:
    rng, everyone, found = random.Random(7), Everyone(roster.people.values()), 0
    for person in rng.sample(numbered(roster), 250):
        unit = roster.unit_of(person.key, DAY)
        matcher = Matcher(roster.members(unit, DAY), everyone) if unit else Matcher([person], everyone)
        got = matcher.match(*as_read(person, rng, rng.randint(2, 4), rng.randint(2, 4)))
        assert got.person in (person.key, None)
        found += got.person is not None
    assert found > 0.7 * 250


def words(person: Person) -> tuple[str, ...]:
    return parse_name(person.bare_name or person.name).key


def written(name: str) -> tuple[str, str, str]:
    return spellings(name, parse_name(name))


def test_somebody_who_is_not_in_the_roster_is_never_taken_for_another(roster: Roster) -> None:
    rng, everyone = random.Random(8), Everyone(roster.people.values()).numbered
    for person in rng.sample(numbered(roster), 250):
        others = [one for one in everyone if one.key != person.key]
        name, number = as_read(person, rng, rng.randint(0, 3), rng.randint(0, 3))
        assert blurred_match(written(name), number, others) is None


def test_a_number_copied_beside_a_colleague_s_name_is_given_to_neither(roster: Roster) -> None:
    rng, everyone, tried = random.Random(9), Everyone(roster.people.values()), 0
    for person in rng.sample(numbered(roster), 200):
        unit = roster.unit_of(person.key, DAY)
        members = roster.members(unit, DAY) if unit else ()
        others = [one for one in members if not set(words(one)) & set(words(person))]
        if not others:
            continue
        tried += 1
        got = Matcher(members, everyone).match(rng.choice(others).name, person.nip or "")
        assert (got.person, got.how) == (None, How.ASK)
    assert tried > 100


def test_two_who_are_about_as_near_are_asked_about() -> None:
    twins = [
        Person("1", "Dewi Rahmawati", "Dewi Rahmawati", "198705142010012003"),
        Person("2", "Devi Rahmawati", "Devi Rahmawati", "198705142010012004"),
    ]
    got = Matcher(twins).match("Dew1 Rahnawat", "19870514 2O1001 2 0B8")
    assert got.person is None


def test_an_exact_number_beside_a_name_that_is_another_s_stays_a_question() -> None:
    people = [
        Person("1", "Siti Aminah Lestari", "Siti Aminah Lestari", "198705142010012003"),
        Person("2", "Rudi Hartono Wijaya", "Rudi Hartono Wijaya", "199001022015032001"),
    ]
    got = Matcher(people).match("Rudi Hartono Wijaya", "198705142010012003")
    assert (got.person, got.how) == (None, How.ASK)


@pytest.mark.parametrize(("name", "number"), [("Budi", "198705142010012003"), ("Dewi Rahmawati", "19870514")])
def test_a_scrap_of_a_name_or_of_a_number_is_not_enough(name: str, number: str) -> None:
    dewi = Numbered("1", "198705142010012003", written("Dewi Rahmawati"))
    assert blurred_match(written(name), number, [dewi]) is None


PUJI = Person("1", "Puji Tri Handayani, S.KM.", "Puji Tri Handayani", "197406172021212965")
YUNI = Person("2", "Yuni Sari Pertiwi, S.Kep., Ns.", "Yuni Sari Pertiwi", "199408012020122989")
RATNA = Person("3", "Ratna Ayu Pertiwi, S.E.", "Ratna Ayu Pertiwi", "198910222021212984")


@pytest.mark.parametrize(
    ("name", "number", "who"),
    [
        ("Pg Te Handayani, S.KM", "19740617 202121 2 965", PUJI),  # the number is whole, the name is not
        ("Yunl Sas Pertiwi SKap. Na", "19040501 202012 2 989", YUNI),  # titles ran into the name
        ("Ratna Apu Pete, 8.E", "1980102 202121 2 984", RATNA),  # a digit was lost
    ],
)
def test_rows_as_readers_of_print_really_garble_them_mean_their_person(name: str, number: str, who: Person) -> None:
    assert Matcher([PUJI, YUNI, RATNA]).match(name, number).person == who.key


def test_a_number_with_some_wrong_digits_beside_another_s_name_stays_a_question() -> None:
    assert Matcher([PUJI, YUNI, RATNA]).match("Yuni Sari Pertiwi", "19740817 202121 2 965").person is None


def test_people_of_other_units_are_rivals_too() -> None:
    other = Person("9", "Puji Eka Handayani, S.KM.", "Puji Eka Handayani", "197406072021212985")
    everyone = Everyone([PUJI, YUNI, RATNA, other])
    assert Matcher([PUJI, YUNI], everyone).match("Pg Ea Handayani S.KM", "19740607 202121 2 965").person is None
