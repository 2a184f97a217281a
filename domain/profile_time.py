"""The parts of a profile that say when: windows and deadlines. Times are local, in the profile's zone.

Every closing time is inclusive to its minute (TLG-01): "07.30" is on time to 07:30:59, "07.59" means before 08.00.
"""

from datetime import date
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field, model_validator

from domain.profile_base import ClockTime, Closing, Misfit, Part
from domain.terms import Pattern, Session

Weekday = Annotated[int, Field(ge=1, le=7)]
Minutes = Annotated[int, Field(ge=1, le=1440)]
WorkingDays = Annotated[int, Field(ge=0, le=20)]


class WindowRule(Part):
    """One line of the table of windows (TLG-01..03, TLG-07).

    A rule without ``weekdays`` and dates is the standing one; a rule for some weekdays beats it, a rule for a range
    of dates beats both, a rule for weekdays within a range beats all.
    """

    session: Session = Field(description='sesi: "datang" atau "pulang"')
    patterns: tuple[Pattern, ...] = Field(min_length=1, description="pola hari kerja unit: [5], [6] atau [5, 6]")
    opens: ClockTime = Field(description='jam buka, misalnya "07.00"; kiriman sebelumnya LEBIH AWAL (TLG-05)')
    closes: ClockTime = Field(description='menit terakhir yang masih tepat waktu, misalnya "07.30" = s.d. 07.30.59')
    weekdays: tuple[Weekday, ...] = Field(
        default=(), description="hanya hari ini: 1 = Senin … 7 = Minggu; kosong = setiap hari"
    )
    first_day: date | None = Field(default=None, description="tanggal mulai berlaku, misalnya 2027-02-08")
    last_day: date | None = Field(default=None, description="tanggal terakhir berlaku, termasuk hari itu")
    label: str = Field(default="", description='nama jam khusus, misalnya "Ramadan" atau "Jumat"')

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> "WindowRule":
        if self.opens >= self.closes:
            raise Misfit(("closes",), "jam tutup harus sesudah jam buka pada hari yang sama")
        if self.first_day and self.last_day and self.last_day < self.first_day:
            raise Misfit(("last_day",), "tanggal terakhir harus tidak sebelum tanggal mulai")
        return self

    @property
    def rank(self) -> int:
        """How special the rule is; of all that apply on a day the highest rank counts."""
        return 2 * (self.first_day is not None or self.last_day is not None) + bool(self.weekdays)

    @property
    def minutes(self) -> int:
        """Length of the window from opening to close."""
        return 60 * (self.closes.hour - self.opens.hour) + self.closes.minute - self.opens.minute

    def applies(self, day: date, pattern: Pattern) -> bool:
        """Whether the rule speaks of ``day`` for units of ``pattern``."""
        return (
            pattern in self.patterns
            and (not self.weekdays or day.isoweekday() in self.weekdays)
            and (self.first_day or date.min) <= day <= (self.last_day or date.max)
        )

    def meets(self, other: "WindowRule") -> bool:
        """Whether some unit has a day on which both rules apply."""
        return (
            bool(set(self.patterns) & set(other.patterns))
            and (not self.weekdays or not other.weekdays or bool(set(self.weekdays) & set(other.weekdays)))
            and (self.first_day or date.min) <= (other.last_day or date.max)
            and (other.first_day or date.min) <= (self.last_day or date.max)
        )


def check_windows(windows: tuple[WindowRule, ...], reminder_minutes: int) -> None:
    """Raise ``Misfit`` unless every pattern has one window a session on every day, datang before pulang.

    No window may be shorter than the time that a reminder comes before its close (TLG-D3).
    """
    if any(window.minutes < reminder_minutes for window in windows):
        raise Misfit(("reminder_minutes",), "lebih panjang daripada salah satu jendela waktu kirim")
    for pattern in Pattern:
        for session in Session:
            if not any(w.session is session and pattern in w.patterns and w.rank == 0 for w in windows):
                message = f"belum ada jendela {session} yang berlaku setiap hari untuk pola {pattern.value} hari kerja"
                raise Misfit(("windows",), message)
    for (_, one), (index, two) in combinations(enumerate(windows), 2):
        if not one.meets(two):
            continue
        if one.session is two.session and one.rank == two.rank:
            message = f"dua jendela {two.session} berlaku pada hari yang sama; sempitkan hari, tanggal atau polanya"
            raise Misfit(("windows", index), message)
        datang, pulang = (one, two) if one.session is Session.DATANG else (two, one)
        if one.session is not two.session and datang.closes >= pulang.opens:
            raise Misfit(("windows", index, "opens"), "jendela datang harus tutup sebelum jendela pulang buka")


class WeeklyDeadline(Part):
    """The weekly recap: on the last working day of the week, after the last departure window (TLG-D4)."""

    minutes_after_last_window: int = Field(ge=0, le=480, description="menit sesudah jendela pulang terakhir tutup")
    together: bool = Field(
        default=False,
        description="true = satu laporan untuk unit lima dan enam hari; false = masing-masing satu (TLG-D4)",
    )


class MonthlyDeadline(Part):
    """A deadline that belongs to one month of attendance.

    ``closes`` is inclusive to its minute. ``shift`` is for days off: BLG-32 moves to the next working day (reminded by
    the literal day), MLG-09 not at all.
    """

    rule: Literal["last_working_day", "last_day", "day_of_next_month"] = Field(
        description='"last_working_day" (hari kerja terakhir bulan itu), "last_day" atau "day_of_next_month"'
    )
    day: int | None = Field(default=None, ge=1, le=28, description="tanggal pada bulan berikutnya, 1 s.d. 28")
    closes: Closing = Field(description='jam batas, misalnya "17.00"; "24.00" = akhir hari')
    shift: Literal["none", "next_working_day"] = Field(
        default="none", description='bila jatuh pada hari libur: "none" (tetap) atau "next_working_day"'
    )
    extend_to_working_days: int = Field(
        default=0, ge=0, le=10, description="perpanjang sampai ada sekian hari kerja pada bulan itu; 0 = mati (BLG-33)"
    )

    @model_validator(mode="after")
    def _day_goes_with_its_rule(self) -> "MonthlyDeadline":
        if (self.rule == "day_of_next_month") != (self.day is not None):
            raise Misfit(("day",), 'day diisi hanya dan harus bersama rule = "day_of_next_month"')
        if self.rule != "day_of_next_month" and (self.shift != "none" or self.extend_to_working_days):
            raise Misfit(("rule",), 'shift dan extend_to_working_days hanya untuk rule = "day_of_next_month"')
        return self


class Deadlines(Part):
    """Report deadlines and cut-offs; a key that is left out means that the government's rules set none (K5, K6)."""

    weekly_recap: WeeklyDeadline | None = Field(default=None, description="rekap mingguan (TLG-D4)")
    monthly_recap: MonthlyDeadline | None = Field(
        default=None, description="rekap bulanan: TLG-10, BLG-31 dan BLG-32, MLG-09"
    )
    correction_close: MonthlyDeadline | None = Field(
        default=None, description="akhir masa perubahan data bulan lalu (BLG-33)"
    )
    keterangan_cutoff: MonthlyDeadline | None = Field(
        default=None, description="batas memasukkan keterangan (MLG-06, K6); tanpa ini meja yang memutuskan"
    )
    correction_first_day: int | None = Field(
        default=None, ge=1, le=28, description="tanggal pertama perubahan data bulan lalu diterima (BLG-33)"
    )
    draft_working_days_before: int = Field(
        default=0, ge=0, le=20, description="rancangan rekap bulanan sekian hari kerja sebelum batas (TLG-10)"
    )
    final_minutes_after_last_window: int = Field(
        default=0, ge=0, le=480, description="lembar akhir sekian menit sesudah jendela terakhir unit (TLG-10)"
    )
    remind_minutes_before: tuple[Minutes, ...] = Field(
        default=(), description="pengingat rekap bulanan sekian menit sebelum batas (TLG-D5)"
    )
    remind_working_days_before: tuple[WorkingDays, ...] = Field(
        default=(),
        description="pengingat rekap bulanan sekian hari kerja sebelum hari batas; 0 = hari batas itu, atau hari kerja "
        "terakhir sebelumnya bila libur (MLG-09)",
    )
    remind_at: ClockTime | None = Field(default=None, description="jam pengingat pada hari kerja itu")

    @model_validator(mode="after")
    def _reminder_days_have_their_hour(self) -> "Deadlines":
        if bool(self.remind_working_days_before) != (self.remind_at is not None):
            raise Misfit(("remind_at",), "diisi hanya dan harus bersama remind_working_days_before")
        return self


class SheetMailing(Part):
    """When each unit gets its printed sheet by mail (TLG-09, TLG-16): before its week, or when a period begins."""

    at: ClockTime = Field(description="jam pada hari kerja terakhir sebelum minggu lembar itu, misalnya 10.00")
