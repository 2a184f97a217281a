"""The heart: one message and what is known → submissions, facts, questions, flags."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from domain.calendar import WorkCalendar
from domain.fallback import Scope
from domain.outcome import RECAP, Flag, Known, KnownSubmission, QuestionKind
from domain.profile import load_profile
from domain.reading import Cell, HeadMark, PrintedForm, Problem, ProblemCode, Row, SheetKind, SheetReading, Verdict
from domain.resolution import ReadFile
from domain.terms import Authenticity, StatusKey, Timeliness
from tests.fakes.desk_world import AGUS, BUDI, DAY, IN, OUT, SITI, WORLD, at, cell, file, mail, only, row, run, sheet

BOTH = (row(SITI, cell()), row(BUDI, cell(), no=2))


@pytest.mark.parametrize(
    ("when", "timeliness", "minutes"),
    [
        (at(6, 59, 59), Timeliness.EARLY, 0),
        (at(7), Timeliness.ON_TIME, 0),
        (at(7, 30, 59), Timeliness.ON_TIME, 0),
        (at(7, 31), Timeliness.LATE, 1),
        (at(8, 30, 59), Timeliness.LATE, 60),
    ],
)
def test_a_sheet_is_timed_to_the_second_of_tlg_01(when: datetime, timeliness: Timeliness, minutes: int) -> None:
    draft = only(run(mail(when), file(sheet(*BOTH))))
    assert (draft.unit, draft.date, draft.session) == ("U1", DAY, "datang")
    assert (draft.timeliness, draft.late_minutes) == (timeliness, minutes)
    assert draft.received


def test_every_row_becomes_a_fact_of_its_person() -> None:
    draft = only(run(mail(at(7, 10)), file(sheet(*BOTH))))
    assert {(f.person, f.cell.verdict) for f in draft.facts} == {(SITI, Verdict.REPORTED), (BUDI, Verdict.REPORTED)}
    assert (draft.counts.rows, draft.counts.reported) == (2, 2)
    assert draft.questions == ()


def test_a_typed_sheet_is_flagged_as_without_signature() -> None:
    assert Flag.NO_SIGNATURE in only(run(mail(at(7, 10)), file(sheet(*BOTH)))).flags
    inked = sheet(row(SITI, cell(Verdict.SIGNED)))
    assert Flag.NO_SIGNATURE not in only(run(mail(at(7, 10)), file(inked))).flags


def test_a_code_in_the_note_speaks_for_the_empty_cell_and_words_are_asked_about() -> None:
    rows = (row(SITI, cell(Verdict.EMPTY), note="dl"), row(BUDI, cell(Verdict.EMPTY), no=2, note="ke luar kota"))
    draft = only(run(mail(at(7, 10)), file(sheet(*rows))))
    facts = {f.person: f.cell for f in draft.facts}
    assert facts[SITI].key is StatusKey.DINAS_LUAR
    assert facts[BUDI].verdict is Verdict.EMPTY
    assert [q.kind for q in draft.questions] == [QuestionKind.NOTE]


def test_a_code_this_government_does_not_know_is_asked_and_never_guessed() -> None:
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell(Verdict.CODE, code="XYZ"))))))
    assert draft.facts[0].cell.verdict is Verdict.UNSURE
    assert [q.kind for q in draft.questions] == [QuestionKind.CELL]


def test_an_empty_cell_is_named_and_nobody_becomes_absent() -> None:
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell()), row(BUDI, cell(Verdict.EMPTY), no=2)))))
    assert draft.empty_rows == ((2, "Budi Santoso"),)
    assert all(f.cell.key is None for f in draft.facts)


def test_people_whom_the_sheet_does_not_list_are_named() -> None:
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell())))))
    assert draft.absentees == (BUDI,)
    assert Flag.PEOPLE_MISSING in draft.flags


def test_a_row_that_fits_nobody_is_asked_about_and_gives_no_fact() -> None:
    stranger = Row(2, "Zulkifli Harahap", "", (cell(),))
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell()), stranger))))
    assert [q.kind for q in draft.questions] == [QuestionKind.NEWCOMER]
    assert {f.person for f in draft.facts} == {SITI}
    assert draft.questions[0].cells[0].verdict is Verdict.REPORTED


def test_two_rows_for_one_person_leave_the_row_with_the_nip_certain() -> None:
    by_name = Row(2, "Siti Aminah", "", (cell(Verdict.EMPTY),))
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell()), by_name))))
    assert [(f.person, f.row) for f in draft.facts] == [(SITI, 0)]
    assert [q.kind for q in draft.questions] == [QuestionKind.PERSON]


def test_a_list_of_strangers_is_no_sheet_of_the_unit() -> None:
    strangers = sheet(Row(1, "Beras", "", (cell(),)), Row(2, "Minyak goreng", "", (cell(),)), unit=None)
    recording = run(mail(at(7, 10)), file(strangers))
    assert not any(d.received for d in recording.submissions)


# TLG-05a --------------------------------------------------------------------------------------------------------


def test_a_datang_column_first_seen_in_the_pulang_mail_makes_datang_late_and_people_keep_their_marks() -> None:
    rows = (row(SITI, cell(), cell(session=OUT)), row(BUDI, cell(), cell(session=OUT), no=2))
    recording = run(mail(at(15, 40)), file(sheet(*rows)))
    evening, morning = recording.submissions
    assert (evening.session, evening.timeliness) == ("pulang", Timeliness.ON_TIME)
    assert (morning.session, morning.timeliness, morning.late_minutes) == ("datang", Timeliness.LATE, 490)
    assert Flag.SUSULAN in morning.flags
    assert len(evening.facts) == 4
    assert morning.facts == ()


def test_the_pulang_mail_of_a_unit_whose_datang_came_is_one_submission() -> None:
    known = Known({("U1", DAY, "datang"): earlier()}, {"U1": frozenset({(DAY, IN)})})
    rows = (row(SITI, cell(), cell(session=OUT)),)
    draft = only(run(mail(at(15, 40)), file(sheet(*rows)), known=known))
    assert (draft.session, Flag.SUSULAN in draft.flags) == ("pulang", False)


def test_a_pulang_mark_in_the_datang_mail_is_ahead() -> None:
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell(), cell(session=OUT))))))
    assert draft.session == "datang"
    assert Flag.AHEAD in draft.flags


# Resends, retakes, pages ----------------------------------------------------------------------------------------


def earlier(**fields: object) -> KnownSubmission:
    base = KnownSubmission(
        5, "TLG-20261124-D-0001", True, Timeliness.ON_TIME, 0, at(7, 10), frozenset({"a" * 64}), {1: at(7, 10)}
    )
    return replace(base, **fields)  # type: ignore[arg-type]


def test_a_resend_joins_its_submission_and_never_changes_the_first_time() -> None:
    known = Known({("U1", DAY, "datang"): earlier()}, {"U1": frozenset({(DAY, IN)})})
    draft = only(run(mail(at(9)), file(sheet(*BOTH), sha="b" * 64), known=known))
    assert draft.existing is not None
    assert (draft.timeliness, draft.at) == (Timeliness.ON_TIME, at(7, 10))
    assert Flag.RESENT in draft.flags
    same = only(run(mail(at(9)), file(sheet(*BOTH)), known=known))
    assert Flag.SAME_FILE in same.flags


def damaged() -> ReadFile:
    return file(problems=(Problem(ProblemCode.DAMAGED, "Berkas rusak."),))


def test_a_damaged_file_is_an_attempt_that_asks_for_a_retake() -> None:
    draft = only(run(mail(at(7, 28)), damaged()))
    assert (draft.received, draft.ask_retake) == (False, True)
    assert Flag.RETAKE in draft.flags


@pytest.mark.parametrize(("when", "timeliness"), [(at(7, 58), Timeliness.ON_TIME), (at(7, 59, 1), Timeliness.LATE)])
def test_a_retake_within_half_an_hour_keeps_the_first_time(when: datetime, timeliness: Timeliness) -> None:
    attempt = earlier(received=False, first_at=at(7, 28), retake_asked_at=at(7, 29), flags=frozenset({Flag.RETAKE}))
    draft = only(run(mail(when), file(sheet(*BOTH)), known=Known({("U1", DAY, "datang"): attempt})))
    assert draft.timeliness is timeliness
    assert Flag.RETAKE not in draft.flags


def test_pages_on_time_and_late_are_partly_on_time_and_the_missing_ones_are_named() -> None:
    form = PrintedForm("F1", "U1", "2026-W48", 2, 3)
    second = sheet(*BOTH, form=form)
    known = Known({("U1", DAY, "datang"): earlier(pages={1: at(7, 10)})})
    draft = only(run(mail(at(7, 40)), file(second), known=known))
    assert (draft.timeliness, draft.missing_pages) == (Timeliness.PARTIAL, (3,))
    assert Flag.INCOMPLETE_PAGES in draft.flags


def test_a_picture_is_received_and_timed_and_waits_for_its_reading() -> None:
    picture = SheetReading(kind=SheetKind.IMAGE, problems=(Problem(ProblemCode.READING_PENDING, "Foto disimpan."),))
    draft = only(run(mail(at(7, 20)), file(picture)))
    assert (draft.received, draft.session, draft.timeliness) == (True, "datang", Timeliness.ON_TIME)
    assert Flag.PENDING in draft.flags
    assert Flag.NO_SIGNATURE not in draft.flags


def test_a_picture_beside_a_workbook_joins_its_submission() -> None:
    picture = SheetReading(kind=SheetKind.IMAGE)
    draft = only(run(mail(at(7, 20)), file(sheet(*BOTH)), file(picture, sha="c" * 64)))
    assert [a.file for a in draft.arrivals] == ["a" * 64, "c" * 64]


# Routes, mailboxes, proof ---------------------------------------------------------------------------------------


def test_three_units_in_one_mail_are_three_submissions_with_the_coordinator_as_right_sender() -> None:
    own = sheet(*BOTH)
    parking = sheet(row(AGUS, cell()), unit="UPTD Parkir")
    recording = run(mail(at(7, 20)), file(own, parking))
    assert {d.unit for d in recording.submissions} == {"U1", "U2"}
    assert not any(d.flags & {Flag.WRONG_ROUTE, Flag.STRANGER} for d in recording.submissions)


def test_a_unit_that_mails_past_its_coordinator_is_recorded_and_flagged() -> None:
    draft = only(run(mail(at(7, 20), "parkir@presensi.test"), file(sheet(row(AGUS, cell()), unit="UPTD Parkir"))))
    assert Flag.WRONG_ROUTE in draft.flags
    assert draft.received


def test_an_unrelated_sender_is_a_stranger_to_the_unit() -> None:
    draft = only(run(mail(at(7, 20), "smp1@presensi.test"), file(sheet(*BOTH))))
    assert Flag.STRANGER in draft.flags


def test_the_wrong_bkd_mailbox_is_flagged_and_accepted() -> None:
    picture = file(SheetReading(kind=SheetKind.IMAGE))
    wrong = only(run(mail(at(7, 20), "smp1@presensi.test", mailbox="umum@bkd.test"), picture))
    right = only(run(mail(at(7, 20), "smp1@presensi.test", mailbox="sekolah@bkd.test"), picture))
    assert Flag.WRONG_MAILBOX in wrong.flags
    assert Flag.WRONG_MAILBOX not in right.flags


def test_unproven_mail_is_recorded_as_unverified_and_a_verified_copy_cures_it() -> None:
    spoofed = only(run(mail(at(7, 20), authenticity=Authenticity.UNVERIFIED), file(sheet(*BOTH))))
    assert Flag.UNVERIFIED in spoofed.flags
    assert not any(f.verified for f in spoofed.facts)
    known = Known({("U1", DAY, "datang"): earlier(flags=frozenset({Flag.UNVERIFIED}))})
    assert Flag.UNVERIFIED not in only(run(mail(at(7, 25)), file(sheet(*BOTH), sha="b" * 64), known=known)).flags


def test_a_stranger_without_a_sheet_that_names_a_unit_stays_loose() -> None:
    recording = run(
        mail(at(7, 20), "x@lain.test", authenticity=Authenticity.UNKNOWN_SENDER),
        file(SheetReading(kind=SheetKind.IMAGE)),
    )
    assert recording.submissions == ()
    assert len(recording.loose) == 1


# Due or not, other times ----------------------------------------------------------------------------------------


def test_outside_a_fallback_period_a_sheet_is_kept_read_and_said_to_be_so() -> None:
    draft = only(run(mail(at(7, 20)), file(sheet(*BOTH)), world=replace(WORLD, periods=())))
    assert draft.received
    assert Flag.OUTSIDE_PERIOD in draft.flags


def test_a_sheet_of_a_rest_day_is_not_due() -> None:
    sunday = date(2026, 11, 29)
    rows = (row(SITI, cell(day=sunday)),)
    draft = only(run(mail(at(7, 20, day=sunday)), file(sheet(*rows, dates=(sunday,)))))
    assert Flag.NOT_DUE in draft.flags


def test_a_late_mail_that_its_provider_signed_inside_the_window_is_for_a_person() -> None:
    signed = mail(at(7, 40), provider_signed_at=at(7, 29), sent_at=at(7, 29))
    draft = only(run(signed, file(sheet(*BOTH))))
    assert {Flag.SENT_IN_TIME, Flag.TIME_GAP} <= draft.flags
    assert draft.timeliness is Timeliness.LATE


def test_a_missing_head_signature_is_named_and_changes_no_mark() -> None:
    inked = sheet(row(SITI, cell(Verdict.SIGNED)), head=HeadMark.EMPTY)
    draft = only(run(mail(at(7, 10)), file(inked)))
    assert Flag.HEAD_MISSING in draft.flags
    assert draft.facts[0].cell.verdict is Verdict.SIGNED


def test_a_monthly_recap_is_timed_by_the_month_and_counts_a_row_once() -> None:
    days = tuple(date(2026, 11, d) for d in range(1, 31))
    cells = tuple(Cell(Verdict.CODE, d, None, code="H") for d in days if d.weekday() < 5)
    recap = sheet(row(SITI, *cells), row(BUDI, *cells, no=2), kind=SheetKind.RECAP, dates=days)
    draft = only(run(mail(at(16, 59, day=days[-1])), file(recap)))
    assert (draft.session, draft.date, draft.timeliness) == (RECAP, days[-1], Timeliness.ON_TIME)
    assert draft.counts.rows == 2
    late = only(run(mail(at(17, 1, day=days[-1])), file(recap)))
    assert (late.timeliness, late.late_minutes) == (Timeliness.LATE, 1)


def test_a_sheet_without_unit_and_date_takes_them_from_sender_and_moment() -> None:
    bare = sheet(Row(1, "Siti Aminah", SITI, (Cell(Verdict.REPORTED),)), unit=None, dates=())
    draft = only(run(mail(at(15, 45) + timedelta()), file(bare)))
    assert (draft.unit, draft.date, draft.session) == ("U1", DAY, "pulang")
    assert Flag.UNIT_FROM_SENDER in draft.flags


@pytest.mark.parametrize(("when", "timeliness"), [(at(9, 0, 59), Timeliness.ON_TIME), (at(9, 1), Timeliness.LATE)])
def test_an_apel_list_in_bulungan_is_due_by_nine(when: datetime, timeliness: Timeliness) -> None:
    bulungan = load_profile("bulungan")
    world = replace(WORLD, profile=bulungan, calendar=WorkCalendar(bulungan))
    local = when.replace(tzinfo=bulungan.tz)
    draft = only(run(mail(local), file(sheet(*BOTH, kind=SheetKind.APEL)), world=world))
    assert draft.timeliness is timeliness  # BLG-17


def test_a_sheet_under_a_period_for_persons_is_due_for_them() -> None:
    named = replace(WORLD.periods[0], scope=Scope.PERSONS, members=frozenset({SITI}))
    inside = only(run(mail(at(7, 10)), file(sheet(*BOTH)), world=replace(WORLD, periods=(named,))))
    assert Flag.OUTSIDE_PERIOD not in inside.flags
    other = replace(named, members=frozenset({AGUS}))
    outside = only(run(mail(at(7, 10)), file(sheet(*BOTH)), world=replace(WORLD, periods=(other,))))
    assert Flag.OUTSIDE_PERIOD in outside.flags


def test_a_code_for_the_whole_day_is_no_mark_ahead_and_decides_no_session() -> None:
    away = row(BUDI, cell(Verdict.CODE, code="DL"), cell(Verdict.CODE, session=OUT, code="DL"), no=2)
    draft = only(run(mail(at(7, 10)), file(sheet(row(SITI, cell()), away))))
    assert draft.session == "datang"
    assert Flag.AHEAD not in draft.flags
    assert (draft.counts.reported, draft.counts.code) == (1, 1)
