"""Who a row means: the numbers promised for the shared variants, and what must never happen."""

import csv
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from domain.identity import Everyone, How, Match, Matcher
from domain.names import parse_name
from domain.roster import Person, Roster
from intake.roster_file import read_roster

DAY = date(2026, 11, 24)


@dataclass(frozen=True)
class Variant:
    key: str
    text: str
    kind: str
    has_nip: bool


@dataclass(frozen=True)
class Town:
    """The shared roster with a matcher a unit."""

    roster: Roster
    variants: tuple[Variant, ...]

    @cached_property
    def matchers(self) -> dict[str, Matcher]:
        everyone = Everyone(self.roster.people.values())
        return {unit: Matcher(self.roster.members(unit, DAY), everyone) for unit in self.roster.units}

    def unit(self, key: str) -> str:
        return self.roster.unit_of(key, DAY) or ""


@pytest.fixture(scope="module")
def town(shared: Path) -> Town:
    data = (shared / "data" / "roster_tulungagung.xlsx").read_bytes()
    roster = read_roster(data, "roster_tulungagung.xlsx").roster
    by_finger = {person.finger_id: person.key for person in roster.people.values()}
    with (shared / "data" / "name_variants.csv").open(encoding="utf-8", newline="") as lines:
        variants = tuple(
            Variant(by_finger[row["finger_id"]], row["tulisan"], row["jenis"], bool(row["nip"]))
            for row in csv.DictReader(lines)
        )
    return Town(roster, variants)


def _count(town: Town, variants: list[Variant]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for variant in variants:
        match = town.matchers[town.unit(variant.key)].match_text(variant.text)
        counts["certain" if match.person == variant.key else "wrong" if match.person else "ask"] += 1
    return counts


@pytest.mark.parametrize(("kind", "promised"), [("nama", 0.97), ("nip", 0.99)])
def test_shared_variants_name_no_wrong_person_and_are_certain_as_promised(
    town: Town, kind: str, promised: float, record_property: Callable[[str, object], None]
) -> None:
    # A "-" in the NIP column of a person without one says nothing and can name nobody.
    variants = [v for v in town.variants if v.kind == kind and (v.has_nip or kind == "nama")]
    counts = _count(town, variants)
    share = counts["certain"] / len(variants)
    line = f"{kind}: {len(variants)} variants, wrong {counts['wrong']}, certain {share:.2%}, ask {counts['ask']}"
    record_property(f"identity_{kind}", line)
    print(f"\nidentity {line}")
    assert counts["wrong"] == 0
    assert share >= promised


def _fits_as_short_form(written: str, name: str) -> bool:
    """Whether every written word begins a word of ``name``, in order (a cut end, an initial, a word left out)."""
    rest = iter(parse_name(name).key)
    return all(
        any(word.startswith(own) or OSA.distance(word, own) <= 1 for word in rest) for own in parse_name(written).key
    )


def test_people_of_other_units_are_never_taken_for_a_member(town: Town) -> None:
    """Certain for a stranger only if the text is the member's name too, letter by letter or as its short form."""
    chance = random.Random(20261124)
    for variant in chance.sample(town.variants, 1500):
        # "1.97911E+17" keeps six digits: only the unit and the row's name can tell.
        if "E+" in variant.text:
            continue
        person = town.roster.people[variant.key]
        for unit in chance.sample(sorted(town.matchers), 8):
            match = town.matchers[unit].match_text(variant.text)
            if unit == town.unit(variant.key) or match.person is None:
                continue
            member = town.roster.people[match.person]
            assert match.how is How.NAME, (variant.text, member.name)
            if parse_name(variant.text).key == parse_name(person.bare_name).key:
                assert parse_name(member.bare_name).key == parse_name(person.bare_name).key, (variant.text, member.name)
            else:
                assert _fits_as_short_form(variant.text, member.bare_name), (variant.text, member.name)


LETTERS = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def _typo(draw: st.DrawFn, text: str) -> str:
    place = draw(st.integers(0, len(text) - 1))
    letter = draw(st.sampled_from(LETTERS))
    return draw(
        st.sampled_from(
            (
                text[:place] + letter + text[place + 1 :],
                text[:place] + text[place + 1 :],
                text[:place] + letter + text[place:],
                text[:place] + text[place : place + 2][::-1] + text[place + 2 :],
            )
        )
    )


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_one_or_two_typos_never_name_another_member_who_is_only_equally_near(town: Town, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(town.matchers)))
    members = town.roster.members(unit, DAY)
    person = data.draw(st.sampled_from(members))
    text = data.draw(_typo(person.bare_name))
    if data.draw(st.booleans()):
        text = data.draw(_typo(text))
    match = town.matchers[unit].match_text(text)
    if match.person not in (None, person.key):
        taken = town.roster.people[match.person or ""]
        near = OSA.distance(text.lower(), taken.bare_name.lower())
        assert near < OSA.distance(text.lower(), person.bare_name.lower()), (text, person.name, taken.name)


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_one_or_two_wrong_digits_never_name_another_person(town: Town, data: st.DataObject) -> None:
    unit = data.draw(st.sampled_from(sorted(town.matchers)))
    person = data.draw(st.sampled_from([p for p in town.roster.members(unit, DAY) if p.nip]))
    digits = list(person.nip or "")
    for place in data.draw(st.lists(st.integers(0, 17), min_size=1, max_size=2)):
        digits[place] = data.draw(st.sampled_from("0123456789"))
    text = "".join(digits)
    match = town.matchers[unit].match_text(text)
    if match.person is not None and match.person != person.key:
        assert match.person == text  # it is exactly another member's number


def _person(key: str, name: str, finger: str | None = None) -> Person:
    nip = key if key.isdigit() else None
    return Person(key=key, name=name, bare_name=parse_name(name).bare, nip=nip, finger_id=finger)


BUDI = _person("197911222006121901", "Budi Nugroho, S.E.", "10001")
SITI = _person("198009252002122901", "Siti Aminah", "10002")
ARIF = _person("199301072021211901", "Moh. Arif", "10003")
NON = _person("F10004", "Katimin", "10004")
UNIT = [BUDI, SITI, ARIF, NON]


def _match(name: str, nip: str, *more: Person) -> Match:
    return Matcher([*UNIT, *more]).match(name, nip)


@pytest.mark.parametrize(
    ("name", "nip", "how"),
    [
        ("", "197911222006121901", How.NIP),
        ("Budi Nugroho", "197911222006121901", How.NIP),
        ("......", "197911222006121901", How.NIP),
        ("Budi Nugroho", "197911222006121907", How.NIP_REPAIRED),
        ("", "19791122200612190l", How.NIP_REPAIRED),
        ("Budi Nugroho", "1.97911E+17", How.NIP_REPAIRED),
        ("", "197911222006121000", How.NIP_REPAIRED),
        ("", "10001", How.FINGER),
        ("BUDI NUGROHO SE", "", How.NAME),
        ("Budi Nugrohp", "3504112211790001", How.NAME),
        ("Budi Nugroho", "-", How.NAME),
    ],
)
def test_the_order_is_nip_then_repaired_nip_then_finger_then_name(name: str, nip: str, how: How) -> None:
    match = _match(name, nip)
    assert (match.person, match.how) == (BUDI.key, how)


@pytest.mark.parametrize(
    ("name", "nip"),
    [
        ("Siti Aminah", "197911222006121901"),
        ("Siti Aminah", "197911222006121907"),
        ("Siti Aminah", "1.97911E+17"),
        ("Siti Aminah", "10001"),
        ("Joko Susilo", "197911222006121901"),
        ("Siti Aminah", "197001011995031002"),
    ],
)
def test_name_and_number_that_disagree_are_asked_about(name: str, nip: str) -> None:
    match = _match(name, nip)
    assert match.person is None
    assert match.how is How.ASK
    assert match.candidates


def test_no_number_is_repaired_when_a_second_one_is_within_two_edits() -> None:
    neighbour = _person("197911222006121902", "Dewi Lestari")
    assert _match("", "197911222006121903", neighbour).how is How.ASK
    assert Matcher(UNIT, Everyone([*UNIT, neighbour])).match("", "197911222006121903").how is How.ASK


def test_namesakes_are_told_apart_by_their_numbers_only() -> None:
    twin = _person("198501012010011003", "Budi Nugroho, S.T.")
    assert _match("Budi Nugroho", "", twin).how is How.ASK
    assert set(_match("Budi Nugroho", "", twin).candidates) == {BUDI.key, twin.key}
    assert _match("Budi Nugroho", "198501012010011003", twin).person == twin.key
    assert _match("Budi Nugroho", "198501012010011000", twin).person == twin.key


def test_two_spellings_of_one_name_in_a_unit_go_by_the_letters() -> None:
    other = _person("198501012010011003", "Muhammad Arif")
    assert _match("Muhammad Arif", "", other).person == other.key
    assert _match("Moh Arif", "", other).person == ARIF.key
    assert _match("Mochamad Arif", "", other).how is How.ASK


def test_serial_lost_in_excel_is_asked_when_two_people_share_the_rest() -> None:
    sister = _person("198009252002122902", "Dewi Lestari")
    assert _match("", "198009252002122000", sister).how is How.ASK
    assert _match("Dewi Lestari", "198009252002122000", sister).person == sister.key


def test_the_number_of_someone_in_another_unit_is_asked_about_with_that_person() -> None:
    stranger = _person("198501012010011003", "Joko Susilo")
    matcher = Matcher(UNIT, Everyone([*UNIT, stranger]))
    match = matcher.match("Joko Susilo", stranger.key)
    assert (match.person, match.how, match.candidates) == (None, How.ASK, (stranger.key,))


@pytest.mark.parametrize(
    "text",
    [
        "Budi Nugroho, S.E.\nNIP. 19791122 200612 1 901\nPenata Tk.I (III/d)",
        "Budi Nugroho / 197911222006121901",
        "197911222006121901 Budi Nugroho",
        "1. BUDI NUGROHO NIP 197911222006121901",
    ],
)
def test_name_and_number_in_one_cell_are_taken_apart(text: str) -> None:
    assert Matcher(UNIT).match_text(text).how is How.NIP
    assert Matcher(UNIT).match_text(text).person == BUDI.key


@pytest.mark.parametrize("text", ["", "-", "Jumlah", "Kepala Dinas", "123456", "Xyz Abc"])
def test_what_names_nobody_gives_none(text: str) -> None:
    assert Matcher(UNIT).match_text(text) == Match(None, How.NONE)


def test_a_nik_in_the_text_is_not_read_as_a_nip() -> None:
    assert Matcher(UNIT).match_text("Katimin NIK 3504112211790001").person == NON.key


@pytest.mark.timeout(10)
@pytest.mark.parametrize("text", ["n" + " " * 60_000, "NIP" * 20_000, "1 " * 30_000, "S." * 30_000, "\n, " * 20_000])
def test_a_hostile_cell_costs_no_time(text: str) -> None:
    assert Matcher(UNIT).match_text(text).person is None
    assert Matcher(UNIT).match(text, text).person is None


@given(st.text(max_size=60), st.text(max_size=30))
def test_matching_never_fails(name: str, nip: str) -> None:
    match = Matcher(UNIT).match(name, nip)
    assert (match.person is None) == (match.how in (How.ASK, How.NONE))
