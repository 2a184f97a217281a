"""Who sends for whom (TLG-11..14)."""

from datetime import date

import pytest

from domain.roster import Address, Person, Placement, Roster, Route, Unit
from domain.routing import RouteVerdict, SenderIdentity, authenticity, identify, judge_route
from domain.terms import Authenticity, Scheme

DAY = date(2026, 11, 24)
UNITS = {
    u.code: u
    for u in (
        Unit("SETDA", "Sekretariat Daerah"),
        Unit("UMUM", "Bagian Umum", parent="SETDA"),
        Unit("HUKUM", "Bagian Hukum", parent="SETDA", route=Route.VIA_COORDINATOR, coordinator="UMUM"),
        Unit("TANI", "Dinas Pertanian"),
        Unit("BENIH", "UPTD Balai Benih", parent="TANI", route=Route.VIA_PARENT, coordinator="TANI"),
        Unit("DIK", "Dinas Pendidikan"),
        Unit("SMP1", "SMP Negeri 1", parent="DIK"),
    )
}
ROSTER = Roster(
    version=1,
    units=UNITS,
    people={"P1": Person("P1", "Siti", "Siti")},
    placements=(Placement("P1", "HUKUM", date(2020, 1, 1), date(2026, 11, 23)), Placement("P1", "TANI", DAY)),
    addresses=(
        Address(Scheme.MAIL, "siti@presensi.test", person="P1"),
        Address(Scheme.MAIL, "lama@presensi.test", unit="TANI", last=date(2026, 11, 23)),
    ),
)


def sender(*units: str) -> SenderIdentity:
    return SenderIdentity("x@presensi.test", units)


@pytest.mark.parametrize(
    ("unit", "by", "verdict"),
    [
        ("TANI", "TANI", RouteVerdict.RIGHT),
        ("BENIH", "TANI", RouteVerdict.RIGHT),  # TLG-13
        ("BENIH", "BENIH", RouteVerdict.WRONG_ROUTE),
        ("HUKUM", "UMUM", RouteVerdict.RIGHT),  # TLG-12
        ("HUKUM", "HUKUM", RouteVerdict.WRONG_ROUTE),
        ("SETDA", "UMUM", RouteVerdict.RIGHT),
        ("SMP1", "SMP1", RouteVerdict.RIGHT),  # TLG-14
        ("SMP1", "DIK", RouteVerdict.WRONG_ROUTE),
        ("SMP1", "TANI", RouteVerdict.STRANGER),
    ],
)
def test_each_unit_has_its_right_sender(unit: str, by: str, verdict: RouteVerdict) -> None:
    assert judge_route(ROSTER, unit, sender(by)) is verdict


def test_a_unit_sends_rightly_itself_on_its_coordinators_day_off() -> None:
    assert judge_route(ROSTER, "BENIH", sender("BENIH"), coordinator_works=False) is RouteVerdict.RIGHT


def test_nobody_is_identified_by_an_address_that_is_not_registered_or_no_longer_valid() -> None:
    assert identify(ROSTER, Scheme.MAIL, "orang@lain.test", DAY) is None
    assert identify(ROSTER, Scheme.MAIL, None, DAY) is None
    assert identify(ROSTER, Scheme.MAIL, "lama@presensi.test", DAY) is None
    assert judge_route(ROSTER, "TANI", None) is RouteVerdict.UNKNOWN


def test_a_transferred_person_speaks_for_the_new_unit_from_its_first_day() -> None:
    before = identify(ROSTER, Scheme.MAIL, "siti@presensi.test", date(2026, 11, 23))
    after = identify(ROSTER, Scheme.MAIL, "siti@presensi.test", DAY)
    assert before
    assert before.units == ("HUKUM",)
    assert after
    assert after.units == ("TANI",)


def test_a_known_address_without_proof_is_unverified_and_a_proven_stranger_is_unknown() -> None:
    assert authenticity(sender("TANI"), True) is Authenticity.VERIFIED
    assert authenticity(sender("TANI"), False) is Authenticity.UNVERIFIED
    assert authenticity(None, True) is Authenticity.UNKNOWN_SENDER
