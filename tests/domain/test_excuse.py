"""Keterangan: evidence, cut-offs, one at a time, who decides, what silence means, what is credited."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import WorkCalendar
from domain.excuse import (
    Decider,
    Decision,
    Excuse,
    ExcuseState,
    Refusal,
    check_decision,
    check_new,
    closes_at,
    credit_of,
    decider_of,
    is_late,
    joined,
    may_decide,
    may_see_evidence,
    shown,
    silence_decides_at,
    state_of,
)
from domain.excuse_text import read_request
from domain.profile import Profile, load_profile
from domain.roster import Address, AddressRole, Roster
from domain.terms import Pattern, Scheme, Session, StatusKey
from tests.fakes.desk_world import AGUS, BUDI, DAY, PEOPLE, ROSTER, SITI

TLG, BLG, MLG, BTG = (load_profile(name) for name in ("tulungagung", "bulungan", "malang", "bontang"))
FILED = datetime(2026, 11, 24, 1, 0, tzinfo=UTC)
SICK = Excuse(SITI, "U1", StatusKey.SAKIT, DAY, DAY + timedelta(days=2), FILED)
PROVEN = replace(SICK, evidence_at=FILED + timedelta(hours=5))
HOURS_48 = timedelta(hours=48)


def test_it_waits_for_its_evidence_then_is_complete_and_rejected_stays_rejected() -> None:
    assert state_of(SICK, TLG) is ExcuseState.WAITING
    assert state_of(PROVEN, TLG) is ExcuseState.COMPLETE
    assert state_of(replace(PROVEN, decision=Decision.REJECTED), TLG) is ExcuseState.REJECTED


@pytest.mark.parametrize(
    ("profile", "last_moment"),
    [
        (MLG, datetime(2026, 11, 30, 23, 59, 59, tzinfo=MLG.tz)),  # MLG-06
        (BLG, datetime(2026, 12, 4, 23, 59, 59, tzinfo=BLG.tz)),  # BLG-33
    ],
)
def test_the_cut_off_is_the_governments_own(profile: Profile, last_moment: datetime) -> None:
    closes = closes_at(WorkCalendar(profile), Pattern.FIVE, DAY, DAY, "U1")
    assert not is_late(closes, last_moment)
    assert is_late(closes, last_moment + timedelta(seconds=1))


def test_a_range_over_two_months_closes_with_its_first_month_and_no_rule_means_no_cut_off() -> None:
    closes = closes_at(WorkCalendar(MLG), Pattern.FIVE, DAY, date(2026, 12, 3), "U1")
    assert closes == datetime(2026, 12, 1, tzinfo=MLG.tz)
    assert closes_at(WorkCalendar(BTG), Pattern.FIVE, DAY, DAY, "U1") is None


def test_silence_approves_after_48_hours_in_bulungan_and_nowhere_else() -> None:
    assert silence_decides_at(PROVEN, BLG) == FILED + timedelta(hours=5) + HOURS_48  # BLG-23
    assert silence_decides_at(SICK, BLG) is None  # nothing to decide on yet (BLG-28)
    assert silence_decides_at(replace(PROVEN, late=True), BLG) is None  # BLG-33
    assert silence_decides_at(replace(PROVEN, decision=Decision.APPROVED), BLG) is None
    for profile in (BTG, MLG, TLG):  # K4
        assert silence_decides_at(PROVEN, profile) is None


def test_one_pending_at_a_time_where_the_government_says_so() -> None:
    other = replace(SICK, key=StatusKey.CUTI, first=date(2026, 12, 7), last=date(2026, 12, 8))
    assert check_new(other, [SICK], BLG) is Refusal.ONE_PENDING  # BLG-37
    assert check_new(other, [SICK], MLG) is None
    assert check_new(replace(other, person=BUDI), [SICK], BLG) is None
    assert check_new(replace(SICK, last=SICK.last + timedelta(days=1)), [SICK], BLG) is None  # the same illness goes on


def test_what_is_no_status_of_this_government_or_no_range_is_refused() -> None:
    assert check_new(replace(SICK, key=StatusKey.ALPA), [], MLG) is Refusal.NOT_A_STATUS
    assert check_new(replace(SICK, key=StatusKey.HADIR), [], MLG) is Refusal.NOT_A_STATUS
    assert check_new(replace(SICK, key=StatusKey.TUGAS_KHUSUS), [], MLG) is Refusal.NOT_A_STATUS  # K1
    assert check_new(replace(SICK, last=DAY - timedelta(days=1)), [], TLG) is Refusal.BAD_RANGE
    assert check_new(replace(SICK, last=DAY + timedelta(days=4000)), [], TLG) is Refusal.BAD_RANGE


def test_the_same_word_in_the_morning_and_the_afternoon_is_one_keterangan() -> None:
    morning = replace(SICK, last=DAY, session=Session.DATANG)
    whole = joined(morning, replace(morning, session=Session.PULANG))
    assert whole is not None
    assert whole.session is None
    assert joined(morning, replace(morning, key=StatusKey.CUTI)) is None
    assert joined(morning, replace(morning, first=DAY + timedelta(days=3), last=DAY + timedelta(days=3))) is None


days = st.integers(0, 30).map(lambda n: DAY + timedelta(days=n))
excuses = st.builds(
    lambda a, b, session, proven: replace(
        SICK, first=min(a, b), last=max(a, b), session=session, evidence_at=FILED if proven else None
    ),
    days, days, st.sampled_from([None, *Session]), st.booleans(),
)  # fmt: skip


@given(excuses, excuses)
def test_joining_loses_no_day_no_session_and_no_evidence(old: Excuse, new: Excuse) -> None:
    both = joined(old, new)
    if both is None:
        return
    for one in (old, new):
        for offset in range((one.last - one.first).days + 1):
            for session in Session:
                day = one.first + timedelta(days=offset)
                assert not one.covers(day, session) or both.covers(day, session)
    assert (both.evidence_at is None) == (old.evidence_at is None and new.evidence_at is None)


@given(excuses, st.sampled_from([TLG, BLG, MLG, BTG]), st.sampled_from(list(Decision)), st.booleans())
def test_silence_never_decides_what_is_decided_late_or_without_its_evidence(
    excuse: Excuse, profile: Profile, decision: Decision, late: bool
) -> None:
    one = replace(excuse, decision=decision, late=late)
    moment = silence_decides_at(one, profile)
    if moment is not None:
        assert profile is BLG
        assert decision is Decision.OPEN
        assert not late
        assert state_of(one, profile) is ExcuseState.COMPLETE
        assert moment >= one.filed_at + HOURS_48


def test_a_journey_of_three_working_days_is_credited_at_once_and_provisional_until_the_letter_is_there() -> None:
    trip = replace(SICK, key=StatusKey.DINAS_LUAR, last=date(2026, 11, 29))  # Tuesday to Sunday
    worked = list(WorkCalendar(BLG).working_days(trip.first, trip.last, Pattern.FIVE))
    credit = credit_of(trip, worked, BLG)
    assert (credit.sessions, credit.points, credit.provisional) == (8, 4 * 360, True)  # BLG-27, BLG-28
    assert not credit_of(replace(trip, evidence_at=FILED), worked, BLG).provisional
    assert credit_of(replace(trip, decision=Decision.REJECTED), worked, BLG).sessions == 0
    assert credit_of(replace(trip, key=StatusKey.IZIN), worked, BLG).sessions == 0  # Izin is not credited (annex F)


SUPERVISED: Roster = replace(
    ROSTER,
    people={**PEOPLE, SITI: replace(PEOPLE[SITI], superior=AGUS), BUDI: replace(PEOPLE[BUDI], superior=SITI)},
    addresses=(*ROSTER.addresses, Address(Scheme.WHATSAPP, "62811", "U1", BUDI, AddressRole.SUPERVISOR)),
)


def test_who_decides_is_the_profiles() -> None:
    kasubbag = decider_of(SUPERVISED, "Budi", BUDI, DAY)
    superior = decider_of(SUPERVISED, "Agus", AGUS, DAY)
    desk = Decider("petugas", desk=True)
    assert may_decide(kasubbag, PROVEN, MLG, SUPERVISED) is None
    assert may_decide(superior, PROVEN, MLG, SUPERVISED) is Refusal.NOT_THE_ADMIN
    assert may_decide(kasubbag, replace(PROVEN, unit="U3"), MLG, SUPERVISED) is Refusal.NOT_THE_ADMIN
    for profile in (BLG, BTG):
        assert may_decide(superior, PROVEN, profile, SUPERVISED) is None
        assert may_decide(kasubbag, PROVEN, profile, SUPERVISED) is Refusal.NOT_THE_SUPERIOR
    for profile in (TLG, BLG, MLG, BTG):
        assert may_decide(desk, PROVEN, profile, SUPERVISED) is None


@given(st.sampled_from([SITI, BUDI, AGUS]), st.booleans(), st.sampled_from([TLG, BLG, MLG, BTG]))
def test_nobody_decides_on_his_own_record(person: str, desk: bool, profile: Profile) -> None:
    own = replace(PROVEN, person=person)
    decider = replace(decider_of(SUPERVISED, "x", person, DAY), desk=desk)
    assert may_decide(decider, own, profile, SUPERVISED) is Refusal.OWN_RECORD


def test_a_yes_needs_the_evidence_a_no_its_reason_and_after_the_cut_off_both() -> None:
    assert check_decision(SICK, True, "", TLG) is Refusal.NO_EVIDENCE
    assert check_decision(PROVEN, True, "", TLG) is None
    assert check_decision(PROVEN, False, " ", TLG) is Refusal.REASON_NEEDED
    assert check_decision(replace(PROVEN, late=True), True, "", TLG) is Refusal.REASON_NEEDED
    assert check_decision(replace(PROVEN, late=True), True, "surat baru terbit", TLG) is None


def test_only_those_who_decide_see_a_sick_persons_words_and_note() -> None:
    assert shown(PROVEN, TLG, decides=False, text="demam berdarah") == "S, bukti lengkap"
    assert shown(PROVEN, TLG, decides=True, text="demam berdarah") == "S, bukti lengkap: demam berdarah"
    assert shown(SICK, TLG, decides=False) == "S, menunggu bukti"
    assert shown(replace(PROVEN, key=StatusKey.DINAS_LUAR), TLG, decides=False, text="Surabaya").endswith("Surabaya")
    assert not may_see_evidence(StatusKey.SAKIT, decides=False)
    assert may_see_evidence(StatusKey.DINAS_LUAR, decides=False)


@pytest.mark.parametrize(
    ("text", "who", "first", "last", "key"),
    [
        ("DL Siti Aminah 24-26 November 2026", "Siti Aminah", DAY, date(2026, 11, 26), StatusKey.DINAS_LUAR),
        ("sakit 197911222006121901 24/11/2026", SITI, DAY, DAY, StatusKey.SAKIT),
        ("S Siti Aminah", "Siti Aminah", DAY, DAY, StatusKey.SAKIT),
        ("Keterangan: dinas luar Siti Aminah tanggal 25 Nov 2026", "Siti Aminah", date(2026, 11, 25),
         date(2026, 11, 25), StatusKey.DINAS_LUAR),
        ("C Budi Santoso, 30 November 2026 s.d. 4 Desember 2026", "Budi Santoso", date(2026, 11, 30),
         date(2026, 12, 4), StatusKey.CUTI),
    ],
)  # fmt: skip
def test_a_request_names_status_person_and_days(text: str, who: str, first: date, last: date, key: StatusKey) -> None:
    found = read_request(text, TLG, DAY)
    assert found is not None
    assert (found.key, found.who, found.first, found.last) == (key, who, first, last)


@pytest.mark.parametrize(
    "text", ["", "Terlampir", "H Siti Aminah", "TK Siti Aminah", "XX Siti Aminah", "S", "DL 24/11"]
)
def test_what_names_no_status_or_nobody_is_no_request(text: str) -> None:
    assert read_request(text, TLG, DAY) is None


@given(st.text(max_size=120))
def test_any_text_is_read_without_an_error(text: str) -> None:
    found = read_request(text, MLG, DAY)
    assert found is None or (found.first <= found.last and found.key not in (StatusKey.ALPA, StatusKey.HADIR))
