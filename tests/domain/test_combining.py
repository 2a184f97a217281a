"""Several photos of one printed page in a message, and what recording makes of printed sheets."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from domain.combining import OTHER_CODE, combine
from domain.look import Look, SeenCell
from domain.outcome import Flag, Known, KnownSubmission, QuestionKind
from domain.reading import Cell, HeadMark, PrintedForm, Problem, ProblemCode, SheetKind, SheetReading, Verdict
from domain.resolution import resolve
from domain.terms import Session, Timeliness
from tests.fakes.desk_world import AGUS, BUDI, DAY, IN, OUT, SITI, WORLD, at, cell, file, mail, only, row, run, sheet

SIGNED, EMPTY, UNSURE = Verdict.SIGNED, Verdict.EMPTY, Verdict.UNSURE
FORM = PrintedForm("TLG-1", "U1", "2026-W48", 1, 1)
FAINT, LINE = "tinta tipis atau samar", "garis melintasi beberapa kotak"
OTHER = "b" * 64


def weekly(*verdicts: tuple[Verdict, str], form: PrintedForm = FORM, **fields: object) -> SheetReading:
    """Siti's and Budi's cells of the morning, with the doubt of an unsure one."""
    people = (SITI, BUDI)[: len(verdicts)]
    rows = [
        row(p, cell(v, text=text), cell(EMPTY, OUT), no=n)
        for n, (p, (v, text)) in enumerate(zip(people, verdicts, strict=True), start=1)
    ]
    return replace(sheet(*rows, kind=SheetKind.WEEKLY, form=form), **fields)  # type: ignore[arg-type]


def blurred(form: PrintedForm | None = FORM) -> SheetReading:
    told = (Problem(ProblemCode.BLURRED, "Foto belum terbaca (buram)."),)
    return SheetReading(SheetKind.UNREADABLE, form=form, problems=told)


def mornings(*sheets: SheetReading) -> dict[str, Verdict]:
    files = [file(one, sha=f"{n:064x}") for n, one in enumerate(sheets)]
    draft = only(run(mail(at(7, 20)), *files))
    assert len(draft.arrivals) == len(sheets)
    return {f.person: f.cell.verdict for f in draft.facts if f.cell.session is IN}


def test_two_photos_of_a_page_are_one_sheet_counted_once() -> None:
    draft = only(
        run(
            mail(at(7, 20)), file(weekly((SIGNED, ""), (EMPTY, ""))), file(weekly((SIGNED, ""), (EMPTY, "")), sha=OTHER)
        )
    )
    assert (draft.counts.signed, draft.counts.empty) == (1, 1)
    assert [a.file for a in draft.arrivals] == ["a" * 64, OTHER]


def test_the_photo_that_can_tell_settles_what_the_other_cannot() -> None:
    assert mornings(weekly((UNSURE, FAINT), (UNSURE, FAINT)), weekly((SIGNED, ""), (EMPTY, ""))) == {
        SITI: SIGNED,
        BUDI: EMPTY,
    }


def test_ink_that_one_photo_shows_is_there_in_either_order() -> None:
    for photos in ((EMPTY, SIGNED), (SIGNED, EMPTY)):
        assert mornings(*(weekly((v, "")) for v in photos))[SITI] is SIGNED


def test_a_line_across_the_row_stays_for_a_person_whatever_the_other_photo_says() -> None:
    assert mornings(weekly((UNSURE, LINE), (EMPTY, "")), weekly((EMPTY, ""), (EMPTY, "")))[SITI] is UNSURE


def test_a_blurred_photo_beside_a_sharp_one_of_the_same_page_asks_for_nothing() -> None:
    draft = only(run(mail(at(7, 20)), file(blurred()), file(weekly((SIGNED, ""), (EMPTY, "")), sha=OTHER)))
    assert draft.received
    assert not draft.ask_retake
    assert draft.problems == ()


def test_the_back_of_a_sheet_is_not_said_to_be_no_sheet() -> None:
    back = SheetReading(SheetKind.NOT_SHEET, problems=(Problem(ProblemCode.NOT_SHEET, "Bukan lembar."),))
    duplex = only(run(mail(at(7, 20)), file(weekly((SIGNED, ""), (EMPTY, "")), back)))
    assert (duplex.received, duplex.problems) == (True, ())
    beside = only(run(mail(at(7, 20)), file(weekly((SIGNED, ""), (EMPTY, ""))), file(back, sha=OTHER)))
    assert [p.code for p in beside.problems] == [ProblemCode.NOT_SHEET], "another file is told of"


def test_pages_of_other_forms_and_other_sheets_are_left_alone() -> None:
    second = replace(FORM, id="TLG-2", page=2, pages=2)
    files = [file(weekly((SIGNED, ""))), file(weekly((SIGNED, ""), form=second)), file(sheet(row(SITI, cell())))]
    sheets = resolve(mail(at(7, 20)), files, WORLD).sheets
    assert combine(sheets) == sheets


def test_the_heads_paraf_of_the_session_counts_for_the_session() -> None:
    heads = (cell(SIGNED), cell(EMPTY, OUT))
    signed = only(run(mail(at(7, 20)), file(weekly((SIGNED, ""), head=HeadMark.EMPTY, heads=heads))))
    assert signed.head is HeadMark.SIGNED
    known = Known({("U1", DAY, "datang"): attempt(received=True)}, {"U1": frozenset({(DAY, IN)})})
    evening = sheet(row(SITI, cell(SIGNED), cell(SIGNED, OUT)), kind=SheetKind.WEEKLY, form=FORM, heads=heads)
    assert Flag.HEAD_MISSING in only(run(mail(at(15, 40)), file(evening), known=known)).flags


def test_an_unsure_cell_is_asked_about_by_its_persons_name_and_only_for_its_own_session() -> None:
    one = sheet(
        row(SITI, cell(UNSURE, text=FAINT), cell(UNSURE, OUT, text=FAINT)), row(BUDI, cell(SIGNED), no=2), form=FORM
    )
    draft = only(run(mail(at(7, 20)), file(one)))
    assert [(q.kind, q.candidates, [c.session for c in q.cells]) for q in draft.questions] == [
        (QuestionKind.CELL, (SITI,), [IN])
    ]


def attempt(**fields: object) -> KnownSubmission:
    base = KnownSubmission(
        5, "TLG-20261124-D-0001", False, Timeliness.LATE, 0, at(7, 28), flags=frozenset({Flag.RETAKE}),
        retake_asked_at=at(7, 29),
    )  # fmt: skip
    return replace(base, **fields)  # type: ignore[arg-type]


def test_a_blurred_sheet_is_asked_for_again_and_the_retake_keeps_the_first_time() -> None:
    """TLG-05."""
    first = only(run(mail(at(7, 28)), file(blurred())))
    assert (first.unit, first.received, first.ask_retake) == ("U1", False, True)
    known = Known({("U1", DAY, "datang"): attempt()})
    again = only(run(mail(at(7, 50)), file(weekly((SIGNED, ""), (EMPTY, ""))), known=known))
    assert (again.timeliness, again.at) == (Timeliness.ON_TIME, at(7, 28))


def test_a_coordinators_blurred_photo_that_names_no_unit_keeps_its_time_for_the_unit_of_its_retake() -> None:
    """TLG-05, TLG-13."""
    first = only(run(mail(at(7, 28)), file(blurred(None))))
    assert (first.unit, first.ask_retake) == ("U1", True)
    parking = replace(FORM, id="TLG-7", unit="U2")
    retake = replace(sheet(row(AGUS, cell(SIGNED)), kind=SheetKind.WEEKLY, unit="UPTD Parkir"), form=parking)
    for flags, when, told in (
        (first.flags, at(7, 50), Timeliness.ON_TIME),
        (first.flags, at(8, 10), Timeliness.LATE),
        (frozenset({Flag.RETAKE}), at(7, 50), Timeliness.LATE),  # that photo was the coordinator's own sheet
    ):
        known = Known({("U1", DAY, "datang"): attempt(flags=flags)})
        again = only(run(mail(when), file(retake), known=known))
        assert (again.unit, again.timeliness) == ("U2", told)


def test_a_page_that_was_blurred_keeps_the_time_of_the_others() -> None:
    one, two = replace(FORM, pages=2), replace(FORM, id="TLG-2", page=2, pages=2)
    first = only(run(mail(at(7, 28)), file(weekly((SIGNED, ""), form=one)), file(blurred(two), sha=OTHER)))
    assert (first.received, first.ask_retake, first.missing_pages) == (True, True, (2,))
    assert Flag.RETAKE in first.flags
    before = attempt(received=True, pages={1: at(7, 28)}, flags=first.flags)
    for when, timeliness in ((at(7, 50), Timeliness.ON_TIME), (at(8, 10), Timeliness.PARTIAL)):
        known = Known({("U1", DAY, "datang"): before})
        second = only(run(mail(when), file(weekly((EMPTY, ""), form=two), sha=OTHER), known=known))
        assert (second.timeliness, second.missing_pages) == (timeliness, ())
        assert Flag.RETAKE not in second.flags


def _known_page(when: datetime) -> Look:
    cells = (SeenCell(1, SITI, DAY, IN, SIGNED), SeenCell(1, SITI, DAY, OUT, EMPTY))
    return Look("TLG-1", "U1", "2026-W48", 1, when, (), cells)


def test_counts_go_over_all_pages_of_a_sheet_whenever_they_came() -> None:
    two = replace(FORM, id="TLG-2", page=2, pages=2)
    known = Known(looks={"U1": (_known_page(at(7, 10) - timedelta(hours=1)), _known_page(at(7, 10)))})
    draft = only(run(mail(at(7, 20)), file(weekly((EMPTY, ""), form=two)), known=known))
    assert (draft.counts.signed, draft.counts.empty) == (1, 1)
    assert draft.absentees == (), "whoever stands on the other page is not missing"


def test_a_retired_copy_is_flagged_as_another_print() -> None:
    told = (Problem(ProblemCode.FORM_RETIRED, "Cetakan lama."),)
    assert Flag.OTHER_PRINT in only(run(mail(at(7, 20)), file(weekly((SIGNED, ""), problems=told)))).flags


def test_a_sheet_with_other_names_is_flagged_and_no_other_photo_settles_its_cells() -> None:
    told = (Problem(ProblemCode.NAMES_DIFFER, "Nama berbeda."),)
    strange = weekly((UNSURE, "nama pada lembar berbeda"), (UNSURE, "nama pada lembar berbeda"), problems=told)
    for photos in ((strange, weekly((SIGNED, ""), (EMPTY, ""))), (weekly((SIGNED, ""), (EMPTY, "")), strange)):
        assert set(mornings(*photos).values()) == {UNSURE}
    draft = only(run(mail(at(7, 20)), file(strange)))
    assert Flag.NAMES_DIFFER in draft.flags
    assert Flag.NO_SIGNATURE not in draft.flags, "it is not typed"
    assert [(q.kind, q.candidates) for q in draft.questions] == [(QuestionKind.CELL, (p,)) for p in (SITI, BUDI)]


def _looked(when: datetime, *cells: SeenCell) -> Known:
    page = Look("TLG-1", "U1", "2026-W48", 1, when, (), cells)
    columns = frozenset((c.date, c.session) for c in cells if c.verdict is SIGNED)
    return Known(columns={"U1": columns}, looks={"U1": (page,)})


def _now(when: datetime, known: Known, siti: Verdict = SIGNED, budi: Verdict = SIGNED) -> frozenset[Flag]:
    flags: frozenset[Flag] = frozenset()
    for draft in run(mail(when), file(weekly((siti, ""), (budi, ""))), known=known).submissions:
        flags |= draft.flags
    return flags


SITI_ALONE = (SeenCell(1, SITI, DAY, IN, SIGNED), SeenCell(2, BUDI, DAY, IN, EMPTY))


def test_one_signature_added_after_its_window_closed_is_susulan() -> None:
    assert Flag.SUSULAN in _now(at(9), _looked(at(7, 10), *SITI_ALONE))
    assert Flag.SUSULAN in _now(at(15, 40), _looked(at(7, 10), *SITI_ALONE))
    coded = (SITI_ALONE[0], replace(SITI_ALONE[1], verdict=Verdict.CODE))
    assert Flag.SUSULAN in _now(at(9), _looked(at(7, 10), *coded)), "a code does not make a signature earlier"


def test_a_departure_or_a_day_that_has_not_come_is_mendahului_even_when_nothing_else_is_new() -> None:
    def signed(day: date, *sessions: Session) -> SheetReading:
        cells = [cell(SIGNED), *(cell(SIGNED, session, day) for session in sessions)]
        return replace(sheet(row(SITI, *cells), kind=SheetKind.WEEKLY), form=FORM)

    known = Known(columns={"U1": frozenset({(DAY, IN)})})
    early = run(mail(at(7, 28)), file(signed(DAY, OUT)), known=known).submissions[0]
    assert (early.session, Flag.AHEAD in early.flags) == ("pulang", True)
    tomorrow = run(mail(at(15, 40)), file(signed(DAY + timedelta(days=1), IN)), known=known).submissions[0]
    assert (tomorrow.date, Flag.AHEAD in tomorrow.flags) == (DAY + timedelta(days=1), True)
    home = run(mail(at(15, 25)), file(signed(DAY, OUT)), known=known).submissions[0]
    assert (home.timeliness, Flag.AHEAD in home.flags) == (Timeliness.EARLY, False), "a few minutes early"


def test_a_signature_added_while_the_window_is_open_is_none() -> None:
    assert Flag.SUSULAN not in _now(at(7, 25), _looked(at(7, 10), *SITI_ALONE))


def test_what_the_picture_before_could_not_tell_is_not_said_to_be_added() -> None:
    unsure = (SITI_ALONE[0], replace(SITI_ALONE[1], verdict=UNSURE))
    assert Flag.SUSULAN not in _now(at(9), _looked(at(7, 10), *unsure))
    assert Flag.SUSULAN not in _now(at(9), _looked(at(7, 10), *SITI_ALONE), budi=UNSURE)


def test_a_page_last_seen_before_the_session_began_is_late_and_not_susulan() -> None:
    bare = tuple(replace(c, verdict=EMPTY) for c in SITI_ALONE)
    yesterday = _looked(at(15, 40) - timedelta(days=1), *bare)
    assert Flag.SUSULAN not in _now(at(7, 40), yesterday)
    of_another_page = _looked(at(7, 10), *SITI_ALONE)
    other = replace(of_another_page.looks["U1"][0], form="TLG-9")
    assert Flag.SUSULAN not in _now(at(9), replace(of_another_page, looks={"U1": (other,)}))


CELLS = [
    cell(SIGNED), cell(EMPTY), cell(Verdict.CODE, code="DL"), cell(Verdict.CODE, code="S"),
    cell(UNSURE, text=FAINT), cell(UNSURE, text="di luar foto"), cell(UNSURE, text=LINE),
]  # fmt: skip


@given(st.lists(st.sampled_from(CELLS), min_size=1, max_size=3))
def test_photos_of_a_page_say_the_same_in_every_order(cells: list[Cell]) -> None:
    seen = set()
    (base,) = resolve(mail(at(7, 20)), [file(replace(sheet(row(SITI, cells[0])), form=FORM))], WORLD).sheets
    for order in permutations(cells):
        photos = [replace(base, sheet=replace(base.sheet, rows=(row(SITI, one),))) for one in order]
        (whole,) = combine(photos)
        (one,) = whole.sheet.rows[0].cells
        seen.add((one.verdict, one.code))
        assert len(whole.also) == len(cells) - 1
    assert len(seen) == 1
    verdict, _ = seen.pop()
    assert (verdict is SIGNED) == any(one.verdict is SIGNED for one in cells), "ink that one shows is there"
    if LINE in {one.text for one in cells}:
        assert verdict in (SIGNED, UNSURE)


def test_two_codes_in_one_cell_are_for_a_person() -> None:
    photos = [replace(sheet(row(SITI, one)), form=FORM) for one in CELLS[2:4]]
    draft = only(run(mail(at(7, 20)), *(file(one, sha=f"{n:064x}") for n, one in enumerate(photos))))
    assert [(q.kind, q.text) for q in draft.questions] == [(QuestionKind.CELL, OTHER_CODE)]
