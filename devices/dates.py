"""Dates and times as devices write them. What can be read in two ways is never guessed."""

import re
from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

STRICT = (
    r"(?:19|20|21)\d\d-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)-(?:0[1-9]|[12]\d|30)"
    r"|02-(?:0[1-9]|[12]\d)) (?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
)
"""A pattern for ``YYYY-MM-DD HH:MM:SS`` whose day exists, but for 29 February: see ``leap_day_exists``."""

_LOOSE = re.compile(
    r"(?P<a>\d{1,4})[-/.](?P<b>\d{1,2})[-/.](?P<c>\d{1,4})"
    r"[ T\t]+(?P<h>\d{1,2})[:.](?P<m>\d{1,2})(?:[:.](?P<s>\d{1,2}))?(?:\.\d+)?\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)


class DateOrder(StrEnum):
    """Which number comes first."""

    YMD = "ymd"
    DMY = "dmy"
    MDY = "mdy"
    UNKNOWN = ""


def leap_day_exists(moment: str) -> bool:
    """Whether a strict moment is not the 29 February of a common year."""
    if moment[5:10] != "02-29":
        return True
    year = int(moment[:4])
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)


def order_of(samples: Iterable[str]) -> DateOrder:
    """The order that all dates can be read in; UNKNOWN when both fit, or none does.

    Days above 12 decide; a date such as 03/03 is the same in both.
    """
    day_first = month_first = year_first = differ = False
    for sample in samples:
        found = _LOOSE.search(sample)
        if found is None:
            continue
        if len(found["a"]) == 4:
            year_first = True
            continue
        a, b = int(found["a"]), int(found["b"])
        day_first |= 12 < a <= 31 and b <= 12
        month_first |= 12 < b <= 31 and a <= 12
        differ |= a != b
    if year_first and not (day_first or month_first or differ):
        return DateOrder.YMD
    if day_first != month_first:
        return DateOrder.DMY if day_first else DateOrder.MDY
    return DateOrder.UNKNOWN if day_first or differ else DateOrder.MDY


def plain(text: str, order: DateOrder) -> tuple[str, bool] | None:
    """``YYYY-MM-DD HH:MM:SS`` and whether seconds were written (MLG-30: ``8:6`` is a time); None when no such moment.

    A four-digit first number is a year whatever ``order`` says.
    """
    found = _LOOSE.fullmatch(text.strip())
    if found is None:
        return None
    a, b, c = int(found["a"]), int(found["b"]), int(found["c"])
    if len(found["a"]) == 4:
        year, month, day = a, b, c
    elif order is DateOrder.DMY:
        year, month, day = c, b, a
    elif order is DateOrder.MDY:
        year, month, day = c, a, b
    else:
        return None
    hour = int(found["h"])
    if found["half"]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if found["half"][0] in "Pp" else 0)
    if year < 1900 or year > 2199:
        return None
    try:
        moment = datetime(year, month, day, hour, int(found["m"]), int(found["s"] or 0))  # noqa: DTZ001 - wall time
    except ValueError:
        return None
    return moment.strftime("%Y-%m-%d %H:%M:%S"), found["s"] is not None


def shape(text: str) -> bool:
    """Whether a text looks like a date with a time, possible or not."""
    return _LOOSE.fullmatch(text.strip()) is not None
