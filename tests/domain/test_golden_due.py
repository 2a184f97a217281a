"""Due times and deadlines of five profiles over 2026 and 2027: the reviewed tables, and facts known from elsewhere."""

from datetime import date, timedelta

import pytest

from tests.golden_due import TABLES, read, text_of

MONTHS = {(row["profile"], row["pattern"], row["month"]): row for row in read("due_months.tsv")}
WEEKS = {(row["profile"], row["pattern"], row["week"]): row for row in read("due_weeks.tsv")}
DAYS_OFF = [date.fromisoformat(row["date"]) for row in read("days_off.tsv")]


@pytest.mark.parametrize("name", TABLES)
def test_the_rules_as_coded_give_the_reviewed_table(name: str) -> None:
    rows = read(name)
    heads = list(rows[0])
    assert text_of(name).splitlines()[1:] == ["\t".join(row[head] for head in heads) for row in rows]


def test_the_tables_cover_every_profile_pattern_month_and_week_of_two_years() -> None:
    assert len(MONTHS) == 5 * 2 * 24
    assert len(WEEKS) == 5 * 2 * 105


def test_the_decrees_of_2026_and_2027_name_seventeen_and_eighteen_holidays_and_eight_days_off_together() -> None:
    rows = read("days_off.tsv")

    def count(year: str, kind: str) -> int:
        return sum(row["date"].startswith(year) and row["reason"].startswith(kind) for row in rows)

    assert (count("2026", "Libur"), count("2026", "Cuti")) == (17, 8)  # DOMAIN.md 5
    assert (count("2027", "Libur"), count("2027", "Cuti")) == (18, 8)


@pytest.mark.parametrize(
    ("pattern", "month", "last", "draft", "final"),
    [
        ("5", "2026-03", "2026-03-31", "2026-03-26 16:05", "2026-03-31 16:05"),  # TLG-10
        ("6", "2026-03", "2026-03-31", "2026-03-27 14:35", "2026-03-31 14:35"),
        ("5", "2026-05", "2026-05-29", "2026-05-22 16:05", "2026-05-29 16:05"),  # Idul Adha and cuti bersama between
        ("6", "2026-05", "2026-05-30", "2026-05-25 14:35", "2026-05-30 14:35"),
        ("5", "2026-11", "2026-11-30", "2026-11-25 16:05", "2026-11-30 16:05"),
        ("5", "2026-12", "2026-12-31", "2026-12-28 16:05", "2026-12-31 16:05"),
    ],
)
def test_tulungagung_drafts_three_working_days_before_the_last(
    pattern: str, month: str, last: str, draft: str, final: str
) -> None:
    row = MONTHS["tulungagung", pattern, month]
    assert row["last_day"] == last
    assert (row["draft"], row["final"]) == (f"{draft}:00+0700", f"{final}:00+0700")
    assert row["recap_due"] == f"{last} 17:00:00+0700"
    assert row["recap_late"] == f"{last} 17:01:00+0700"
    assert row["reminders"] == f"{last} 16:30:00+0700, {last} 16:50:00+0700"


def test_bulungan_is_late_after_a_day_off_only_on_the_next_working_day() -> None:
    fifth_plus_one_is_off = [
        row["recap_due"][:7]
        for (profile, pattern, _), row in MONTHS.items()
        if (profile, pattern) == ("bulungan", "5")
        # The literal rule's next day is no working day: lateness begins later than the day after.
        and date.fromisoformat(row["recap_late"][:10]) - date.fromisoformat(row["recap_due"][:10]) > timedelta(2)
    ]
    assert fifth_plus_one_is_off == ["2026-09", "2026-12", "2027-02", "2027-06"]  # BLG-32
    assert all(
        row["recap_due"][8:19] == "05 23:59:00" for (profile, _, _), row in MONTHS.items() if profile == "bulungan"
    )
    assert MONTHS["bulungan", "5", "2026-11"]["reminders"] == "2026-12-03 08:00:00+0800, 2026-12-04 08:00:00+0800"


def test_malang_keeps_the_tenth_and_reminds_on_the_working_day_before_it() -> None:
    for pattern in "56":
        for month in (f"{year}-{number:02}" for year in (2026, 2027) for number in range(1, 13)):
            row = MONTHS["malang", pattern, month]
            assert row["recap_due"][8:19] == "10 23:59:00"  # MLG-09: no shift
            assert row["keterangan_cutoff"][11:19] == "23:59:59"  # MLG-06
            assert row["keterangan_cutoff"][:7] == month
            last_call = date.fromisoformat(row["reminders"].split(", ")[-1][:10])
            assert last_call not in DAYS_OFF
            assert last_call.isoweekday() <= int(pattern)
            assert last_call <= date.fromisoformat(row["recap_due"][:10])
    assert MONTHS["malang", "5", "2026-09"]["recap_due"].startswith("2026-10-10")  # a Saturday
    assert MONTHS["malang", "5", "2026-09"]["reminders"].endswith("2026-10-09 08:00:00+0700")


def test_tarakan_and_bontang_set_no_deadline() -> None:
    for (profile, _, _), row in MONTHS.items():
        if profile in ("tarakan", "bontang"):  # K5
            assert {row[name] for name in ("draft", "final", "reminders", "recap_due", "correction_close")} == {"-"}


def test_no_day_off_is_ever_worked_and_weeks_over_the_years_end_are_whole() -> None:
    for row in WEEKS.values():
        monday = date.fromisoformat(row["monday"])
        worked = [monday + timedelta(days=int(digit) - 1) for digit in row["works"].replace("-", "")]
        assert not set(worked) & set(DAYS_OFF)
        if row["weekly_recap"] != "-":
            assert date.fromisoformat(row["weekly_recap"][:10]) == worked[-1]  # TLG-D4
    assert WEEKS["tulungagung", "5", "2026-W53"]["works"] == "1234"  # 1 January is Friday
    assert WEEKS["tulungagung", "6", "2026-W53"]["works"] == "12346"
    assert WEEKS["tulungagung", "5", "2026-W12"]["works"] == "12"  # Nyepi and Idul Fitri with cuti bersama
    assert WEEKS["tulungagung", "6", "2026-W13"]["works"] == "3456"


def test_sheets_are_mailed_on_the_last_working_day_before_their_week() -> None:
    assert WEEKS["tulungagung", "5", "2026-W49"]["sheets_mailed"] == "2026-11-27 10:00:00+0700"
    assert WEEKS["tulungagung", "6", "2026-W49"]["sheets_mailed"] == "2026-11-28 10:00:00+0700"
    assert WEEKS["tulungagung", "5", "2026-W13"]["sheets_mailed"] == "2026-03-17 10:00:00+0700"  # before the holidays
