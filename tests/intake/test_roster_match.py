"""``posko roster match``: a line in, a line out."""

from datetime import date

from domain.roster import Person, Placement, Roster, Unit
from intake.roster_match import match_csv

BUDI = Person("197911222006121901", "Budi Nugroho, S.E.", "Budi Nugroho", nip="197911222006121901")
KATIMIN = Person("F9", "Katimin", "Katimin", finger_id="9")
ROSTER = Roster(
    1,
    {"U1": Unit("U1", "Dinas Perhubungan"), "U2": Unit("U2", "Dinas Sosial"), "U3": Unit("U3", "Dinas Kesehatan")},
    {person.key: person for person in (BUDI, KATIMIN)},
    (Placement(BUDI.key, "U1", date(2000, 1, 1), date(2026, 6, 30)), Placement("F9", "U2", date(2000, 1, 1))),
)


def _answer(unit: str, text: str, day: date = date(2026, 6, 30)) -> tuple[object, ...]:
    (answer,) = match_csv([{"unit": unit, "text": text}], ROSTER, day)
    assert list(answer) == ["unit", "text", "person", "how", "candidates"]
    return answer["person"], answer["how"], answer["candidates"]


def test_units_go_by_code_or_name_and_people_by_nip_or_name() -> None:
    assert _answer("U1", BUDI.key) == (BUDI.key, "nip", [BUDI.key])
    assert _answer("Dishub", "BUDI NUGROHO") == (BUDI.key, "name", [BUDI.key])
    assert _answer("U2", "Katimin") == ("F9", "name", ["F9"])


def test_people_are_asked_about_outside_their_unit_and_their_time() -> None:
    assert _answer("U2", BUDI.key) == (None, "ask", [BUDI.key])
    assert _answer("U1", BUDI.key, date(2026, 7, 1)) == (None, "ask", [BUDI.key])


def test_a_unit_that_is_unknown_or_unclear_gives_no_person() -> None:
    assert _answer("Kantor Pos", BUDI.key) == (None, "none", [])
    assert _answer("Dinas Kesehatan Sosial", BUDI.key)[:2] == (None, "ask")
