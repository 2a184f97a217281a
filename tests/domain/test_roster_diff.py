"""What an import would change, and transfers dated as they happened (BLG-14)."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from domain.roster import Address, Delegation, Person, Placement, Roster, Unit, by_code
from domain.roster_diff import ChangeKind, diff, merge
from domain.terms import Pattern, Scheme

BEGINNING = date(2000, 1, 1)
DAY = date(2026, 11, 24)
EVE = date(2026, 11, 23)
UNITS = by_code([Unit("U1", "Dinas Perhubungan"), Unit("U2", "Dinas Sosial")])


def _roster(**where: str) -> Roster:
    people = {key: Person(key, f"Pegawai {key}", f"Pegawai {key}") for key in where}
    return Roster(0, UNITS, people, tuple(Placement(key, unit, BEGINNING) for key, unit in where.items()))


def test_a_first_import_lists_everything_as_new() -> None:
    changes = diff(None, _roster(a="U1"))
    assert {change.kind for change in changes} == {ChangeKind.ADDED}
    assert [change.text for change in changes if change.subject == "pegawai"] == ["pegawai baru: Pegawai a (a)"]


def test_nothing_changes_between_equal_rosters() -> None:
    assert diff(_roster(a="U1", b="U2"), _roster(a="U1", b="U2")) == ()


def test_changed_fields_are_named_with_both_values() -> None:
    old = _roster(a="U1")
    unit = replace(UNITS["U1"], pattern=Pattern.SIX)
    new = replace(
        old, units={**UNITS, "U1": unit}, people={"a": replace(old.people["a"], grade="III/d", name="Pegawai a, S.E.")}
    )
    texts = [change.text for change in diff(old, new)]
    assert "unit Dinas Perhubungan (U1): pola hari '5' menjadi '6'" in texts
    assert "pegawai Pegawai a, S.E. (a): golongan '' menjadi 'III/d'" in texts


def test_a_transfer_closes_the_old_placement_the_day_before_and_opens_the_new_one() -> None:
    merged = merge(_roster(a="U1", b="U1"), _roster(a="U2", b="U1"), DAY)
    assert merged.placements_of("a") == (Placement("a", "U1", BEGINNING, EVE), Placement("a", "U2", DAY))
    assert merged.placements_of("b") == (Placement("b", "U1", BEGINNING),)
    assert [(change.kind, change.text) for change in diff(_roster(a="U1", b="U1"), merged)] == [
        (ChangeKind.MOVED, "pegawai Pegawai a (a): pindah dari Dinas Perhubungan ke Dinas Sosial")
    ]


def test_a_transfer_with_its_own_date_begins_on_that_date() -> None:
    new = replace(_roster(a="U2"), placements=(Placement("a", "U2", date(2026, 12, 1)),))
    assert merge(_roster(a="U1"), new, DAY).placements_of("a")[0].last == date(2026, 11, 30)


def test_who_is_gone_keeps_a_row_with_an_ended_placement() -> None:
    old = _roster(a="U1", b="U1")
    merged = merge(old, _roster(b="U1"), DAY)
    assert merged.unit_of("a", EVE) == "U1"
    assert merged.unit_of("a", DAY) is None
    assert [change.kind for change in diff(old, merged)] == [ChangeKind.REMOVED]


def test_who_is_new_was_not_expected_before_the_import() -> None:
    merged = merge(_roster(a="U1"), _roster(a="U1", b="U1"), DAY)
    assert merged.unit_of("b", EVE) is None
    assert merged.unit_of("b", DAY) == "U1"


def test_a_written_history_is_taken_as_it_is() -> None:
    history = (Placement("a", "U1", BEGINNING, date(2026, 6, 30)), Placement("a", "U2", date(2026, 7, 1)))
    assert merge(_roster(a="U1"), replace(_roster(a="U2"), placements=history), DAY).placements == history


def test_a_new_head_is_a_change_of_the_person() -> None:
    new = replace(_roster(a="U1"), placements=(Placement("a", "U1", BEGINNING, head=True),))
    assert [change.text for change in diff(_roster(a="U1"), merge(_roster(a="U1"), new, DAY))] == [
        "pegawai Pegawai a (a): menjadi kepala Dinas Perhubungan"
    ]


def test_addresses_and_delegations_are_listed() -> None:
    old = replace(_roster(a="U1"), addresses=(Address(Scheme.MAIL, "lama@contoh.test", unit="U1"),))
    new = replace(
        _roster(a="U1"),
        addresses=(Address(Scheme.MAIL, "baru@contoh.test", unit="U1"),),
        delegations=(Delegation("U1", "a", "Plh.", DAY, DAY),),
    )
    assert [change.text for change in diff(old, new)] == [
        "alamat baru: baru@contoh.test (pribadi, U1)",
        "alamat tidak ada lagi: lama@contoh.test (pribadi, U1)",
        "delegasi baru: Plh. a untuk unit U1 mulai 24-11-2026 sampai 24-11-2026",
    ]


WHERE = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["U1", "U2"]), min_size=1)


@given(WHERE, WHERE, WHERE)
def test_merging_keeps_the_past_gives_the_present_and_never_overlaps(
    first: dict[str, str], second: dict[str, str], third: dict[str, str]
) -> None:
    old = merge(_roster(**first), _roster(**second), DAY)
    later = date(2026, 12, 1)
    merged = merge(old, _roster(**third), later)
    for key in merged.people:
        assert merged.unit_of(key, later) == third.get(key)
        for day in (date(2026, 1, 5), EVE, DAY, date(2026, 11, 30)):
            assert merged.unit_of(key, day) == old.unit_of(key, day)
            assert sum(p.covers(day) for p in merged.placements_of(key)) <= 1
    assert merge(merged, _roster(**third), later).placements_of("a") == merged.placements_of("a")
