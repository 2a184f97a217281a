"""The agenda as ``posko calendar --json`` prints it."""

import json
import re
from datetime import date

from domain.agenda import agenda
from domain.calendar import CalendarOverride
from domain.profile import load_profile, profile_names
from domain.terms import Pattern


def test_a_working_day_shows_sessions_and_deadlines_with_offsets() -> None:
    found = agenda(load_profile("tulungagung"), Pattern.FIVE, date(2026, 11, 30), date(2026, 11, 30))
    assert found == [
        {
            "date": "2026-11-30",
            "working": True,
            "reason": "Hari kerja",
            "sessions": [
                {
                    "session": "datang",
                    "opens": "2026-11-30T07:00:00+07:00",
                    "remind_at": "2026-11-30T07:20:00+07:00",
                    "closes": "2026-11-30T07:30:00+07:00",
                    "late_from": "2026-11-30T07:31:00+07:00",
                },
                {
                    "session": "pulang",
                    "opens": "2026-11-30T15:30:00+07:00",
                    "remind_at": "2026-11-30T15:50:00+07:00",
                    "closes": "2026-11-30T16:00:00+07:00",
                    "late_from": "2026-11-30T16:01:00+07:00",
                },
            ],
            "deadlines": [
                {
                    "kind": "monthly_recap",
                    "due": "2026-11-30T17:00:00+07:00",
                    "late_from": "2026-11-30T17:01:00+07:00",
                }
            ],
        }
    ]


def test_a_day_off_has_no_sessions_but_may_hold_a_deadline() -> None:
    (day,) = agenda(load_profile("bulungan"), Pattern.FIVE, date(2026, 12, 5), date(2026, 12, 5))
    assert (day["working"], day["reason"], day["sessions"]) == (False, "Akhir pekan", [])
    assert day["deadlines"] == [
        {"kind": "monthly_recap", "due": "2026-12-05T23:59:00+08:00", "late_from": "2026-12-08T00:00:00+08:00"}
    ]


def test_an_override_changes_a_day() -> None:
    day = date(2026, 11, 24)
    off = CalendarOverride(day, day, False, "Hari jadi kabupaten")
    (entry,) = agenda(load_profile("malang"), Pattern.SIX, day, day, [off])
    assert entry == {
        "date": "2026-11-24",
        "working": False,
        "reason": "Hari jadi kabupaten",
        "sessions": [],
        "deadlines": [],
    }


def test_every_day_of_three_years_is_there_once_for_all_governments_and_is_plain_json() -> None:
    for name in profile_names():
        profile = load_profile(name)
        offset = "+07:00" if profile.zone_label == "WIB" else "+08:00"
        for pattern in Pattern:
            days = agenda(profile, pattern, date(2025, 1, 1), date(2027, 12, 31))
            assert len({day["date"] for day in days}) == len(days) == 1095
            moments = re.findall(r"\d\dT[\d:]+([+-][\d:]+)?\"", json.dumps(days))
            assert set(moments) == {offset}
            assert all(bool(day["sessions"]) == day["working"] for day in days)


def test_deadlines_of_a_year_come_once_a_month() -> None:
    days = agenda(load_profile("bulungan"), Pattern.SIX, date(2026, 1, 1), date(2026, 12, 31))
    kinds = [d["kind"] for day in days for d in day["deadlines"]]  # type: ignore[attr-defined]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "monthly_recap": 12,
        "correction_close": 12,
        "keterangan_cutoff": 12,
    }


def test_nothing_is_printed_for_a_range_that_ends_before_it_begins() -> None:
    assert agenda(load_profile("malang"), Pattern.FIVE, date(2026, 1, 2), date(2026, 1, 1)) == []
