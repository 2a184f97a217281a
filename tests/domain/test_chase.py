"""Whom to remind and when, to the second (TLG-D3); nobody outside a period, on days off, or who has sent."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import profile as profiles
from domain.calendar import CalendarOverride, WorkCalendar
from domain.chase import (
    AFTERMATH,
    Chased,
    Phase,
    Slot,
    coming_units,
    contact_of,
    expected_names,
    minutes_left,
    next_moment,
    phase_of,
    slot_name,
    slots_at,
    slots_on,
    stand_of,
    supervisors_of,
)
from domain.due import due_on
from domain.fallback import Period, Scope
from domain.profile import Profile, load_profile
from domain.roster import Address, AddressRole, Person, Placement, Roster, Route, Unit, by_code
from domain.terms import Pattern, Scheme, Session
from domain.windows import windows_on

DATANG, PULANG = Session.DATANG, Session.PULANG
SECOND = timedelta(seconds=1)
TUESDAY, SATURDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 28), date(2026, 11, 29)
NAMES = ("tulungagung", "bulungan", "malang", "tarakan", "bontang")
PROFILES = {name: load_profile(name) for name in NAMES}
PROFILE = PROFILES["tulungagung"]
UNITS = by_code(
    [
        Unit("DISHUB", "Dinas Perhubungan"),
        Unit("TERMINAL", "UPTD Terminal", "uptd", Pattern.SIX, "DISHUB", Route.VIA_PARENT, "DISHUB"),
        Unit("PARKIR", "UPTD Parkir", "uptd", Pattern.FIVE, "DISHUB", Route.VIA_PARENT, "DISHUB"),
        Unit("SMP1", "SMP Negeri 1", "smp", Pattern.SIX),
        Unit("DINKES", "Dinas Kesehatan"),
    ]
)
BUDI = Person("B", "Budi Santoso, S.E.", "Budi Santoso", phone="628111")
SITI = Person("S", "Dra. Siti Aminah", "Siti Aminah", phone="628222")
ROSTER = Roster(
    version=1,
    units=UNITS,
    people={"B": BUDI, "S": SITI},
    placements=(Placement("B", "DISHUB", date(2020, 1, 1)), Placement("S", "SMP1", date(2020, 1, 1), head=True)),
    addresses=(
        Address(Scheme.MAIL, "rekap@dishub.test", "DISHUB", role=AddressRole.RECAP_OFFICER),
        Address(Scheme.MAIL, "budi@dishub.test", None, "B", AddressRole.RECAP_OFFICER),
        Address(Scheme.WHATSAPP, "628333", "DISHUB", role=AddressRole.RECAP_OFFICER),
        Address(Scheme.MAIL, "kasubbag@dishub.test", "DISHUB", role=AddressRole.SUPERVISOR),
        Address(Scheme.MAIL, "parkir@dishub.test", "PARKIR", role=AddressRole.RECAP_OFFICER),
        Address(Scheme.MAIL, "siti@smp1.test", None, "S"),
    ),
)
ALWAYS = Period(
    1, Scope.ALL, frozenset(), date(2020, 1, 1), DATANG, None, None, "padam", "", "BKD",
    datetime(2020, 1, 1, tzinfo=UTC),
)  # fmt: skip
UNIT_CODES = st.sampled_from(sorted(UNITS))
START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(2026, 1, 1), date(2028, 3, 1))
SENT = st.frozensets(st.tuples(UNIT_CODES, st.sampled_from([s.value for s in Session])))


def stand(
    day: date = TUESDAY,
    session: Session = DATANG,
    pattern: Pattern = Pattern.FIVE,
    received: frozenset[tuple[str, str]] = frozenset(),
    coming: frozenset[str] = frozenset(),
    periods: tuple[Period, ...] = (ALWAYS,),
    profile: Profile = PROFILE,
    overrides: tuple[CalendarOverride, ...] = (),
    retaking: frozenset[tuple[str, str]] = frozenset(),
) -> Slot:
    calendar = WorkCalendar(profile, overrides)
    window = next(w for w in windows_on(profile, day, pattern) if w.session is session)
    return stand_of(window, due_on(ROSTER, calendar, profile, periods, day), received, coming, retaking)


def named(slot: Slot) -> dict[str, list[str]]:
    return {chased.sender: [d.unit for d in chased.dues] for chased in slot.missing}


def test_a_coordinator_is_asked_once_for_all_its_missing_units() -> None:
    slot = stand(received=frozenset({("SMP1", "datang"), ("DISHUB", "datang")}))
    assert named(slot) == {"DISHUB": ["TERMINAL", "PARKIR"], "DINKES": ["DINKES"]}
    assert (slot.missing_units, len(slot.received), len(slot.dues)) == (3, 2, 5)


def test_in_the_afternoon_the_six_day_units_are_a_slot_of_their_own() -> None:
    assert named(stand(session=PULANG, pattern=Pattern.SIX)) == {"DISHUB": ["TERMINAL"], "SMP1": ["SMP1"]}
    assert named(stand(session=PULANG)) == {"DISHUB": ["DISHUB", "PARKIR"], "DINKES": ["DINKES"]}
    assert [slot_name(w) for w in slots_on(PROFILE, TUESDAY)] == ["datang-0730", "pulang-1430", "pulang-1600"]


def test_on_the_coordinators_day_off_the_unit_itself_is_asked() -> None:
    assert named(stand(SATURDAY, pattern=Pattern.SIX)) == {"TERMINAL": ["TERMINAL"], "SMP1": ["SMP1"]}


def test_who_is_on_the_way_is_not_chased_and_a_coordinators_mail_may_hold_any_of_its_sheets() -> None:
    slot = stand(coming=frozenset({"DISHUB"}))
    assert named(slot) == {"SMP1": ["SMP1"], "DINKES": ["DINKES"]}
    assert [d.unit for d in slot.coming] == ["DISHUB", "TERMINAL", "PARKIR"]
    assert named(stand(coming=frozenset({"PARKIR"})))["DISHUB"] == ["DISHUB", "TERMINAL"]  # SALAH JALUR, yet sent


def test_unread_mail_belongs_to_whoever_registered_its_sender() -> None:
    unread = [(Scheme.MAIL, "rekap@dishub.test"), (Scheme.MAIL, "siti@smp1.test"), (Scheme.MAIL, "orang@lain.test")]
    assert coming_units(ROSTER, unread, TUESDAY) == {"DISHUB", "SMP1"}
    assert coming_units(ROSTER, [(Scheme.WHATSAPP, "628333")], TUESDAY) == {"DISHUB"}


def test_an_early_sheet_counts_and_one_of_the_other_session_does_not() -> None:
    received = frozenset({("DINKES", "datang"), ("SMP1", "pulang")})
    assert set(named(stand(received=received))) == {"DISHUB", "SMP1"}


def test_a_period_for_persons_asks_their_unit_for_their_rows_only() -> None:
    slot = stand(periods=(replace(ALWAYS, scope=Scope.PERSONS, members=frozenset({"B"})),))
    assert named(slot) == {"DISHUB": ["DISHUB"]}
    assert expected_names(ROSTER, slot.missing[0].dues[0]) == ("Budi Santoso, S.E.",)


@pytest.mark.parametrize(
    ("day", "units"),
    [
        (SUNDAY, set()),
        (date(2026, 12, 24), set()),  # cuti bersama
        (date(2026, 12, 25), set()),  # national holiday
        (SATURDAY, {"TERMINAL", "SMP1"}),
        (date(2026, 12, 31), {"DISHUB", "SMP1", "DINKES"}),
        (date(2027, 1, 1), set()),
        (date(2028, 2, 29), {"DISHUB", "SMP1", "DINKES"}),
    ],
)
def test_days_off_ask_nobody(day: date, units: set[str]) -> None:
    assert set(named(stand(day))) == units


def test_a_unit_that_works_through_cuti_bersama_is_asked_itself() -> None:
    day = date(2026, 12, 24)
    works = CalendarOverride(day, day, True, "Layanan terminal", unit="TERMINAL")
    assert named(stand(day, overrides=(works,))) == {"TERMINAL": ["TERMINAL"]}


@pytest.mark.parametrize(
    ("moment", "slots"),
    [
        ("07:19:59", []), ("07:20:00", ["datang-0730"]), ("07:30:59", ["datang-0730"]), ("07:31:00", ["datang-0730"]),
        ("08:00:59", ["datang-0730"]), ("08:01:00", []), ("14:19:59", []), ("14:20:00", ["pulang-1430"]),
        ("15:49:59", []), ("15:50:00", ["pulang-1600"]), ("16:30:59", ["pulang-1600"]), ("16:31:00", []),
    ],
)  # fmt: skip
def test_the_sweep_has_work_only_around_the_closes(moment: str, slots: list[str]) -> None:
    now = datetime.fromisoformat(f"2026-11-24T{moment}+07:00").astimezone(UTC)
    assert [slot_name(w) for w in slots_at(PROFILE, now)] == slots


@pytest.mark.parametrize(
    ("zone", "utc"),
    [("Asia/Jakarta", "2026-11-24T00:20:00"), ("Asia/Makassar", "2026-11-23T23:20:00"),
     ("Asia/Jayapura", "2026-11-23T22:20:00")],
)  # fmt: skip
def test_the_moment_is_the_governments_own_zone(zone: str, utc: str, tmp_path: Path) -> None:
    text = (Path(profiles.__file__).parent / "profiles/tulungagung.toml").read_text("utf-8")
    (tmp_path / "p.toml").write_text(text.replace("Asia/Jakarta", zone), "utf-8")
    profile = load_profile(str(tmp_path / "p.toml"))
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert slots_at(profile, moment - SECOND) == ()
    (window,) = slots_at(profile, moment)
    assert (slot_name(window), window.date, phase_of(window, moment)) == ("datang-0730", TUESDAY, Phase.REMIND)
    assert next_moment(profile, moment - SECOND) == moment


@given(DAYS, st.sampled_from(NAMES), st.sampled_from(Pattern), st.sampled_from(Session))
def test_each_window_is_reminded_exactly_ten_minutes_before_its_close(
    day: date, name: str, pattern: Pattern, session: Session
) -> None:
    window = next(w for w in windows_on(PROFILES[name], day, pattern) if w.session is session)
    assert window.closes - window.remind_at == timedelta(minutes=10)
    edges = [
        (window.remind_at - SECOND / 1000, None), (window.remind_at, Phase.REMIND),
        (window.late_from - SECOND / 1000, Phase.REMIND), (window.late_from, Phase.CLOSED),
        (window.late_from + AFTERMATH - SECOND, Phase.CLOSED), (window.late_from + AFTERMATH, None),
    ]  # fmt: skip
    assert [phase_of(window, moment) for moment, _ in edges] == [phase for _, phase in edges]


@given(st.integers(0, 790 * 86_400).map(lambda s: START + s * SECOND), st.sampled_from(NAMES))
def test_the_next_moment_is_a_due_time_ahead_and_none_lies_between(now: datetime, name: str) -> None:
    profile = PROFILES[name]
    moment = next_moment(profile, now)
    days = [(now + timedelta(days=n)).date() for n in range(-1, 3)]
    all_moments = {m for day in days for w in slots_on(profile, day) for m in (w.remind_at, w.late_from)}
    assert moment in all_moments
    assert not [m for m in all_moments if now < m < moment]


@given(DAYS, st.sampled_from(Session), st.sampled_from(Pattern), SENT, st.frozensets(UNIT_CODES), SENT)
def test_every_due_sheet_is_received_on_its_way_or_asked_for_once(
    day: date,
    session: Session,
    pattern: Pattern,
    received: frozenset[tuple[str, str]],
    coming: frozenset[str],
    retaking: frozenset[tuple[str, str]],
) -> None:
    slot = stand(day, session, pattern, received, coming, retaking=retaking)
    asked = [d for chased in slot.missing for d in chased.dues]
    assert sorted(d.unit for d in slot.dues) == sorted(
        d.unit for d in (*slot.received, *slot.coming, *slot.retaking, *asked)
    )
    assert not {(d.unit, d.window.session.value) for d in asked} & (received | retaking)
    assert not {unit for d in asked for unit in (d.unit, d.sender)} & coming
    assert len({c.sender for c in slot.missing}) == len(slot.missing)
    assert all(d.sender == c.sender for c in slot.missing for d in c.dues)
    assert len({d.window.closes for d in slot.dues}) <= 1


@given(DAYS, st.sampled_from(Session), SENT, SENT)
def test_another_sheet_never_makes_anybody_missing(
    day: date, session: Session, received: frozenset[tuple[str, str]], more: frozenset[tuple[str, str]]
) -> None:
    def asked(sent: frozenset[tuple[str, str]]) -> set[str]:
        return {unit for units in named(stand(day, session, received=sent)).values() for unit in units}

    assert asked(received | more) <= asked(received)


@given(DAYS, st.sampled_from(Session), st.sampled_from(Pattern), DAYS, st.integers(0, 20), UNIT_CODES)
def test_outside_a_period_nobody_is_asked(
    day: date, session: Session, pattern: Pattern, first: date, length: int, unit: str
) -> None:
    last = first + timedelta(days=length)
    period = replace(ALWAYS, scope=Scope.UNITS, members=frozenset({unit}), first_day=first, last_day=last)
    slot = stand(day, session, pattern, periods=(period,))
    assert {d.unit for d in slot.dues} <= ({unit} if first <= day <= last else set())
    assert stand(day, session, pattern, periods=()).dues == ()


@pytest.mark.parametrize(
    ("moment", "minutes"),
    [("07:20:00", 10), ("07:20:01", 10), ("07:21:00", 9), ("07:29:59", 1), ("07:30:00", 0), ("07:30:59", 0)],
)
def test_minutes_left_are_begun_minutes_to_the_printed_close(moment: str, minutes: int) -> None:
    window = slots_on(PROFILE, TUESDAY)[0]
    assert minutes_left(window, datetime.fromisoformat(f"2026-11-24T{moment}+07:00")) == minutes


def test_contacts_are_the_recap_officers_with_every_number_they_have() -> None:
    contact = contact_of(ROSTER, "DISHUB", TUESDAY)
    assert contact.name == "Budi Santoso, S.E."
    assert contact.phones == ("628333", "628111")
    assert contact.mails == ("rekap@dishub.test", "budi@dishub.test")


def test_without_an_officer_the_head_is_named_and_without_anybody_nobody() -> None:
    assert contact_of(ROSTER, "SMP1", TUESDAY).phones == ("628222",)
    assert contact_of(ROSTER, "SMP1", TUESDAY).name == "Dra. Siti Aminah"
    assert contact_of(ROSTER, "DINKES", TUESDAY).name == ""
    assert contact_of(ROSTER, "GONE", TUESDAY).phones == ()


def test_superiors_hear_only_where_the_profile_says_so() -> None:
    assert supervisors_of(ROSTER, PROFILE, "DISHUB", Scheme.MAIL, TUESDAY) == ("kasubbag@dishub.test",)
    assert supervisors_of(ROSTER, PROFILE, "SMP1", Scheme.MAIL, TUESDAY) == ()
    assert supervisors_of(ROSTER, PROFILES["malang"], "DISHUB", Scheme.MAIL, TUESDAY) == ()


def test_a_chased_sender_keeps_the_order_of_the_roster() -> None:
    (dishub, *_) = stand().missing
    assert isinstance(dishub, Chased)
    assert [d.unit for d in dishub.dues] == ["DISHUB", "TERMINAL", "PARKIR"]
