"""Device sessions beside paper, and days without either (MLG-05 to MLG-07, TLG-18, BLG-25)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.device import Provisional
from domain.marks import Mark, MarkState
from domain.profile import load_profile
from domain.provisional import closed_days, warning_at, words_due
from domain.punches import DayState, PunchDay, Stamp
from domain.reconcile import Agreement, Outage, Side, compare, counts
from domain.terms import Session, StatusKey

DAY = date(2026, 11, 23)
WIB = ZoneInfo("Asia/Jakarta")
MALANG = load_profile("malang")
IN, OUT = Session.DATANG, Session.PULANG


def stamp(hour: int) -> Stamp:
    at = datetime(2026, 11, 23, hour, 5)
    return Stamp(at, 1, "17", at)


FULL = PunchDay("F1", DAY, "", DayState.COMPLETE, stamp(7), stamp(16))
NONE = PunchDay("F1", DAY, "", DayState.NONE)
AWAITED = PunchDay("F1", DAY, "", DayState.AWAITED)
NOON = PunchDay("F1", DAY, "", DayState.PARTIAL, left=stamp(16), told=False)
SIGNED = Mark(MarkState.SIGNED, StatusKey.HADIR)
SICK = Mark(MarkState.CODE, StatusKey.SAKIT)
TRIP = Mark(MarkState.CODE, StatusKey.DINAS_LUAR)
EMPTY = Mark(MarkState.INCOMPLETE)


@pytest.mark.parametrize(
    ("day", "mark", "agreement", "follow"),
    [
        (FULL, SIGNED, Agreement.AGREE, "paper"),
        (FULL, TRIP, Agreement.AGREE, "paper"),
        (FULL, SICK, Agreement.CONTRADICT, "ask"),
        (FULL, EMPTY, Agreement.ONLY_DEVICE, "device"),
        (FULL, None, Agreement.ONLY_DEVICE, "device"),
        (NONE, SIGNED, Agreement.ONLY_PAPER, "ask"),
        (NONE, SICK, Agreement.AGREE, "paper"),
        (NONE, EMPTY, Agreement.NEITHER, ""),
        (AWAITED, SIGNED, Agreement.AWAITED, ""),
        (NOON, SIGNED, Agreement.AWAITED, ""),  # one side is there, the log may still bring the other
        (AWAITED, None, Agreement.AWAITED, ""),
    ],
)
def test_the_two_sides_agree_differ_or_wait(
    day: PunchDay, mark: Mark | None, agreement: Agreement, follow: Side
) -> None:
    marks = {("F1", DAY, IN): mark} if mark else {}
    found = compare([day], marks, "ask")[0]
    assert (found.agreement, found.follow) == (agreement, follow)
    assert bool(found.question) == (follow == "ask")


@pytest.mark.parametrize("wins", ["paper", "device"])
def test_the_profile_says_which_side_wins(wins: Side) -> None:
    found = compare([FULL], {("F1", DAY, IN): SICK}, wins)[0]
    assert found.follow == wins
    assert found.question.startswith("Lembar menyatakan sakit")  # what the rules prefer counts until somebody looked
    alone = compare([NONE], {("F1", DAY, IN): SIGNED}, wins)[0]
    assert (alone.follow, alone.question) == (wins, "")


def test_an_outage_makes_a_mark_without_a_punch_lawful_for_its_span() -> None:
    down = Outage(1, datetime(2026, 11, 22, 20), datetime(2026, 11, 23, 9))
    found = compare([NONE], {("F1", DAY, IN): SIGNED}, "ask", [down])[0]
    assert (found.agreement, found.lawful, found.follow, found.question) == (Agreement.ONLY_PAPER, True, "paper", "")
    earlier = replace(down, last=datetime(2026, 11, 22, 21))
    assert not compare([NONE], {("F1", DAY, IN): SIGNED}, "ask", [earlier])[0].lawful
    assert compare([NONE], {("F1", DAY, IN): SIGNED}, "ask", [replace(down, last=None)])[0].lawful


def test_units_are_counted_by_agreement() -> None:
    compared = compare([FULL, NONE], {("F1", DAY, IN): SIGNED}, "ask")
    count = counts(compared, {("F1", DAY): "U1"})["U1"]
    assert (count.agree, count.only_device, count.only_paper, count.neither) == (1, 1, 1, 1)


def test_nobody_gets_a_word_before_the_day_is_closed() -> None:
    assert closed_days(MALANG, datetime(2026, 11, 24, 0, 0, 59, tzinfo=WIB)) == (date(2026, 11, 1), date(2026, 11, 22))
    assert closed_days(MALANG, datetime(2026, 11, 24, 0, 1, tzinfo=WIB)) == (date(2026, 11, 1), DAY)
    assert closed_days(load_profile("tulungagung"), datetime(2026, 11, 24, 12, tzinfo=WIB)) is None


def test_a_day_without_presence_and_keterangan_is_sementara_and_replaced_by_a_later_keterangan() -> None:
    [word] = words_due([NONE], {}, {})
    assert (word.word, word.day) == (Provisional.SET, DAY)
    key = ("F1", DAY)
    assert words_due([NONE], {}, {key: Provisional.SET}) == []  # said once
    [replaced] = words_due([NONE], {key: "keterangan"}, {key: Provisional.SET})
    assert (replaced.word, replaced.because) == (Provisional.REPLACED, "keterangan")
    [late_log] = words_due([FULL], {}, {key: Provisional.SET})
    assert (late_log.word, late_log.because) == (Provisional.REPLACED, "mesin")
    [again] = words_due([NONE], {}, {key: Provisional.REPLACED})  # the keterangan was taken back
    assert again.word is Provisional.SET


def test_nothing_is_said_while_a_device_is_awaited_or_a_doubt_is_open() -> None:
    key = ("F1", DAY)
    assert words_due([AWAITED], {}, {}) == []
    assert words_due([NONE], {}, {}, [key]) == []
    partial = replace(FULL, left=None, state=DayState.PARTIAL)
    assert words_due([partial], {}, {}) == []  # one side is missing: belum lengkap, not absent


def test_units_are_warned_at_15_00_on_the_last_day_of_the_month() -> None:
    assert warning_at(MALANG, date(2026, 11, 30)) == datetime(2026, 11, 30, 15, tzinfo=WIB)
    assert warning_at(MALANG, date(2026, 11, 29)) is None
    assert warning_at(load_profile("tulungagung"), date(2026, 11, 30)) is None
    assert warning_at(MALANG, DAY + timedelta(days=7)) is not None
