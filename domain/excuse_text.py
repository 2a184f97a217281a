"""A keterangan in a caption or a reply: ``DL Siti Aminah 24-26 November 2026``, ``SAKIT 1979… 24/11``. Pure."""

import re
from dataclasses import dataclass
from datetime import date

from domain.profile import Profile
from domain.terms import StatusKey
from domain.vocabulary_time import read_period

_LABEL = re.compile(r"^\s*(?:keterangan|ket)\b[\s.:]*", re.IGNORECASE)
_DATES = re.compile(
    r"(?:,?\s*\b(?:tanggal|tgl\.?|mulai|sejak|hari|pada|dari|untuk)\b\s*)?(?:\b(?:senin|selasa|rabu|kamis|jumat|sabtu|minggu)\b[\s,]*)?"
    r"\d{1,2}\s*(?:[-–/.]|s\s*/\s*d|s\.?d\.?|sampai|hingga|januari|februari|maret|april|mei|juni|juli|agustus|september"
    r"|oktober|november|desember|jan|feb|mar|apr|jun|jul|agu|agt|sep|okt|nov|des)\b.*$|\b(?:hari ini|besok)\b.*$",
    re.IGNORECASE | re.DOTALL,
)
_PLAIN_LENGTH = 300
_NEVER = frozenset({StatusKey.HADIR, StatusKey.ALPA})


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked for: ``who`` is a name or a NIP as typed, still to be matched against the unit's people."""

    key: StatusKey
    code: str
    who: str
    first: date
    last: date


def read_request(text: str, profile: Profile, today: date) -> Request | None:
    """The request that ``text`` begins with, or None. Without a date it is about ``today``.

    The code must be one of the profile's (K1, K3). Whether ``who`` is anybody is for the caller to find out: a
    sentence that only begins with "izin" names nobody and stays chatter.
    """
    line = " ".join(_LABEL.sub("", text[:_PLAIN_LENGTH]).split())
    key, code, rest = _leading_code(line, profile)
    if key is None or key in _NEVER:
        return None
    spoken = read_period(rest, today)
    who = _DATES.sub("", rest).strip(" ,.:;-") if spoken.dates or "hari ini" in rest.lower() else rest.strip(" ,.:;-")
    if not re.search(r"[A-Za-z]{3}|\d{6}", who) or len(who) > 80:
        return None
    days = spoken.dates or (today,)
    return Request(key, code, who, min(days), max(days))


def _leading_code(line: str, profile: Profile) -> tuple[StatusKey | None, str, str]:
    """The longest spelling of a code that the line begins with, and what follows."""
    words = line.split(" ")
    for count in (3, 2, 1):
        if len(words) <= count:
            continue
        key = profile.code_key(" ".join(words[:count]).strip(":,"))
        if key is not None:
            return key, profile.code_for(key) or words[0].upper(), " ".join(words[count:]).lstrip(" :,-")
    return None, "", ""
