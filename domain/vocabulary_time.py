"""Indonesian dates and times as offices type them (DOMAIN.md 8). Always day first; what is not certain is None."""

import re
from dataclasses import dataclass
from datetime import date, time, timedelta

_MONTH_SPELLINGS = {
    1: "januari jan",
    2: "februari pebruari feb peb",
    3: "maret mar mrt",
    4: "april apr",
    5: "mei",
    6: "juni jun",
    7: "juli jul",
    8: "agustus agu agt ags agust",
    9: "september sep sept",
    10: "oktober okt",
    11: "november nopember nov nop",
    12: "desember des",
}
MONTHS = {name: number for number, names in _MONTH_SPELLINGS.items() for name in names.split()}
WEEKDAYS = {
    "senin": 1, "sen": 1, "selasa": 2, "sel": 2, "rabu": 3, "rab": 3, "kamis": 4, "kam": 4,
    "jumat": 5, "jum": 5, "sabtu": 6, "sab": 6, "minggu": 7, "ming": 7, "ahad": 7,
}  # fmt: skip
_HOURS = {
    "satu": 1, "dua": 2, "tiga": 3, "empat": 4, "lima": 5, "enam": 6,
    "tujuh": 7, "delapan": 8, "sembilan": 9, "sepuluh": 10, "sebelas": 11, "dua belas": 12,
}  # fmt: skip

_MONTH = "(" + "|".join(sorted(MONTHS, key=len, reverse=True)) + r")\b\.?"
_TO = r"(?:s\s*/\s*d|s\.\s*d\.?|sd\.?|sampai(?:\s+dengan)?|hingga|[-–—])"
_WEEKDAY = r"(?:(?:senin|selasa|rabu|kamis|jum['`’]?at|sabtu|minggu|ahad)\s*[,/]?\s*)?(?:(?:tgl|tanggal)\.?\s*)?"
_YEAR = r"(\d{4}|\d{2})(?!\d)"
_NUMERIC = rf"(?<!\d)(\d{{1,2}})\s*(?P<between>[-/.])\s*(\d{{1,2}})\s*(?P=between)\s*{_YEAR}"
_WORDED = rf"(?<!\d)(\d{{1,2}})\s*[-/.]?\s*{_MONTH}(?:\s*[-/,.]?\s*{_YEAR})?"
_ISO = r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)"
_DATE = re.compile(f"(?P<iso>{_ISO})|(?P<numeric>{_NUMERIC})|(?P<worded>{_WORDED})")
_NUMERIC_DATE = re.compile(_NUMERIC)
_WORDED_DATE = re.compile(_WORDED)
_ISO_DATE = re.compile(_ISO)
# "23 s/d 27 November 2026", "23/11 - 27/11/2026": the first end takes from the second what it lacks.
_SHORT_START = re.compile(rf"(?<![\d./-])(\d{{1,2}})(?:\s*[/.]\s*(\d{{1,2}})|\s+{_MONTH})?\s*{_TO}\s*{_WEEKDAY}$")
_BETWEEN = re.compile(rf"^\s*,?\s*{_TO}\s*{_WEEKDAY}$")
_MONTH_ONLY = re.compile(rf"(?<![a-z]){_MONTH}(?:\s*[-/,.]?\s*(?:tahun\s*)?(\d{{4}})(?!\d))?")
_NUMERIC_MONTH = re.compile(r"(?<![\d/.-])(0?[1-9]|1[0-2])\s*[-/]\s*(\d{4})(?!\d)")
_YEAR_ALONE = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_WEEK_NUMBER = re.compile(
    r"\b(?:minggu|pekan)\s*(?:ke\s*[-.:]?\s*)(?:\d+|[ivx]+)?\b|\b(?:minggu|pekan)\s*[:.]?\s*[ivx]+\b"
)
_LONGEST_PERIOD = 62
_AHEAD = 60  # days


@dataclass(frozen=True, slots=True)
class Period:
    """The time a text speaks of: every date of it in order, or only a (year, month).

    ``weekday`` is 1..7 for a single date with its day named, so that a contradiction can be seen.
    """

    dates: tuple[date, ...] = ()
    month: tuple[int, int] | None = None
    weekday: int | None = None

    @property
    def contradicts_itself(self) -> bool:
        """Whether the named day is not the day of the single date."""
        return self.weekday is not None and len(self.dates) == 1 and self.dates[0].isoweekday() != self.weekday


def read_period(text: str, received: date) -> Period:
    """Dates and months in ``text``. A year that is not typed is the latest that is not far after ``received``."""
    plain = _WEEK_NUMBER.sub(" ", _plain(text))
    found = [(m.start(), m.end(), _date_at(m, received)) for m in _DATE.finditer(plain)]
    dates: list[date] = []
    last_end = 0
    for start, end, day in found:
        if day is None:
            continue
        first = _range_start(plain[last_end:start], day, dates)
        dates += _days(first, day) if first else [day]
        last_end = end
    unique = tuple(dict.fromkeys(d for d in dates))
    month = (unique[0].year, unique[0].month) if unique else None if found else _month(plain, received)
    return Period(unique, month, weekday_in(plain) if len(unique) == 1 else None)


_DAY_MONTH = re.compile(r"(?<![\d/.-])(\d{1,2})\s*[/-]\s*(\d{1,2})(?![\d/.-])")


def read_day_month(text: str, received: date) -> date | None:
    """A column's date typed as ``23/11`` or ``Senin 23-11``; its year is the latest not far after ``received``."""
    found = _DAY_MONTH.findall(_plain(text))
    return _latest(int(found[0][1]), int(found[0][0]), received) if len(found) == 1 else None


def weekday_in(text: str) -> int | None:
    """1 (Senin) to 7 (Minggu) when ``text`` names exactly one day; ``minggu ke-4`` is a week, not a day."""
    plain = _WEEK_NUMBER.sub(" ", _plain(text))
    named = {WEEKDAYS[w] for w in re.findall(r"[a-z]+", re.sub(r"['`’]", "", plain)) if w in WEEKDAYS}
    return named.pop() if len(named) == 1 else None


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip().lower()


def _date_at(match: re.Match[str], received: date) -> date | None:
    text = match.group(0)
    if match["iso"] and (iso := _ISO_DATE.fullmatch(text)):
        return _make(int(iso[1]), int(iso[2]), int(iso[3]))
    if match["numeric"] and (numeric := _NUMERIC_DATE.fullmatch(text)):
        return _make(_full_year(numeric[4]), int(numeric[3]), int(numeric[1]))
    worded = _WORDED_DATE.fullmatch(text)
    if worded is None:
        return None
    day, month = int(worded[1]), MONTHS[worded[2]]
    return _make(_full_year(worded[3]), month, day) if worded[3] else _latest(month, day, received)


def _full_year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _make(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _latest(month: int, day: int, received: date) -> date | None:
    years = (_make(received.year + step, month, day) for step in (-1, 0, 1))
    return max((d for d in years if d is not None and (d - received).days <= _AHEAD), default=None)


def _range_start(before: str, last: date, earlier: list[date]) -> date | None:
    """The first day of a range whose end is ``last``, if the text before it says that there is one."""
    if earlier and _BETWEEN.match(before):
        return earlier[-1] + timedelta(days=1)
    short = _SHORT_START.search(before)
    if short is None:
        return None
    month = int(short[2]) if short[2] else MONTHS[short[3]] if short[3] else last.month
    first = _make(last.year, month, int(short[1]))
    if first is not None and first > last and month > last.month:
        first = _make(last.year - 1, month, int(short[1]))  # 28 Desember s/d 2 Januari 2027
    return first


def _days(first: date, last: date) -> list[date]:
    length = (last - first).days
    if not 0 <= length <= _LONGEST_PERIOD:
        return [last]
    return [first + timedelta(days=n) for n in range(length + 1)]


def _month(plain: str, received: date) -> tuple[int, int] | None:
    if numeric := _NUMERIC_MONTH.search(plain):
        return int(numeric[2]), int(numeric[1])
    named = list(_MONTH_ONLY.finditer(plain))
    if len({m[1] for m in named}) != 1:
        return None
    month = MONTHS[named[0][1]]
    year = named[0][2] or next(iter(_YEAR_ALONE.findall(plain)), None)
    if year:
        return int(year), month
    latest = _latest(month, 15, received)
    return (latest.year, month) if latest else None


_CLOCK = r"(\d{1,2})\s*([.:,])\s*(\d{1,2})(?:\s*[.:]\s*(\d{2}))?(?!\s*[.:,]?\d)\s*(am|pm)?"
_CLOCK_AT = re.compile(rf"(?<![\d.:,]){_CLOCK}")
_HALF = re.compile(r"(?:setengah|stgh)\s+(dua belas|" + "|".join(h for h in _HOURS if " " not in h) + r")\b")
_AROUND_TIME = re.compile(r"pukul|pkl|jam|wita|wib|wit|[.,:;()]|" + _TO)


def read_times(text: str) -> tuple[time, ...]:
    """The times of a text that holds nothing but times (and ``pkl.``, ``WIB``, ``s/d``); empty when it holds more.

    ``setengah delapan`` is 07.30. A single minute digit is unpadded after a colon (MLG-30: ``8:6``) and not
    understood after a dot (``7.3`` may be 07.03 or 07.30).
    """
    times, rest = take_times(text)
    return times if not rest else ()


def take_times(text: str) -> tuple[tuple[time, ...], str]:
    """The times in ``text`` and what is left of it beside them; no times at all if one of them is impossible."""
    plain = _plain(text)
    times: list[time] = []
    for match in _CLOCK_AT.finditer(plain):
        moment = _clock(match)
        if moment is None:
            return (), plain
        times.append(moment)
    rest = _CLOCK_AT.sub(" ", plain)
    for match in _HALF.finditer(rest):
        hour = _HOURS[match[1]]
        times.append(time(hour - 1, 30))
    rest = _AROUND_TIME.sub(" ", _HALF.sub(" ", rest)) if times else rest
    return tuple(times), re.sub(r"\s+", " ", rest).strip()


def _clock(match: re.Match[str]) -> time | None:
    hour, minute = int(match[1]), int(match[3])
    if len(match[3]) == 1 and match[2] != ":":
        return None
    if match[5]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if match[5] == "pm" else 0)
    return _time(hour, minute, int(match[4] or 0))


def _time(hour: int, minute: int, second: int = 0) -> time | None:
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None


def time_of_number(value: float) -> time | None:
    """A time that a spreadsheet keeps as a number: a fraction of a day, or ``7.3`` for a typed 7.30.

    Anything else (1, 8.6, 7.305) is None: it may be a count.
    """
    if 0 < value < 1:
        seconds = round(value * 86_400)
        return _time(seconds // 3600, seconds % 3600 // 60, seconds % 60)
    hour, minute = divmod(round(value * 100), 100)
    if float(value).is_integer() or abs(value * 100 - round(value * 100)) > 1e-6 or not 0 < hour < 24:
        return None
    return _time(hour, minute)
