"""The lines above a table: title, unit, date, week or month, session."""

import re
from dataclasses import dataclass, replace

from domain.terms import Session
from domain.vocabulary import is_day_label, is_title, is_unit_label, sessions_in, squeeze, unit_name_in
from domain.vocabulary_time import Period, read_period, weekday_in
from parsers.base import ParseContext
from parsers.grid import Grid

_WEEK_LABEL = re.compile(r"(?:minggu|pekan)(?:ke)?")
_SESSION_LABEL = frozenset({"sesi", "waktu", "presensi", "absen", "absensi", "jenispresensi"})
_REFERENCE = re.compile(
    r"\bnomor\b|\bperbup\b|\bperaturan\b|\bundang|\bsurat\b|\bdicetak\b|\bper tanggal\b", re.IGNORECASE
)
_GOVERNMENT = re.compile(r"\bpemerintah\b|\bkop\s+surat\b", re.IGNORECASE)
_PLACE_AND_DATE = re.compile(r"([A-Za-z][A-Za-z .]+),\s*\d")
_LABELLED = re.compile(r"([^:]{2,40}?)\s*:\s*(.*)", re.DOTALL)


_NO_PERIOD = Period()


@dataclass(frozen=True, slots=True)
class Preamble:
    """What stands above a table; empty fields were not found."""

    title: str = ""
    unit_text: str | None = None
    period: Period = _NO_PERIOD
    sessions: tuple[Session, ...] = ()

    def filled_from(self, earlier: "Preamble") -> "Preamble":
        """This preamble with what an earlier table on the same sheet already said."""
        return replace(
            self,
            title=self.title or earlier.title,
            unit_text=self.unit_text or earlier.unit_text,
            period=self.period if self.period != Period() else earlier.period,
            sessions=self.sessions or earlier.sessions,
        )


def read_preamble(grid: Grid, first: int, last: int, context: ParseContext) -> Preamble:
    """Read rows ``first`` (inclusive) to ``last`` (exclusive)."""
    labelled: list[tuple[str, str]] = []
    free: list[str] = []
    for row in range(first, last):
        pairs, rest = _labels(grid, row)
        labelled += pairs
        free += rest
    title = next((t for t in free if is_title(t)), "")
    return Preamble(
        title=" ".join(title.split()),
        unit_text=_unit(labelled, free, title),
        period=_period(labelled, free, context),
        sessions=_sessions(labelled, title, free),
    )


def begins_preamble(grid: Grid, row: int) -> bool:
    """Whether a row below a table announces the next one: a labelled unit or date, or a title."""
    pairs, _ = _labels(grid, row)
    return bool(pairs) or (len(grid.texts(row)) == 1 and is_title(grid.line(row)))


def _labels(grid: Grid, row: int) -> tuple[list[tuple[str, str]], list[str]]:
    """(label, value) pairs of a row and its other lines; label, colon and value may stand in one cell or in three."""
    pieces = [line for _, text in grid.texts(row) for line in text.splitlines() if line.strip()]
    pairs: list[tuple[str, str]] = []
    free: list[str] = []
    position = 0
    while position < len(pieces):
        piece = " ".join(pieces[position].split())
        position += 1
        match = _LABELLED.fullmatch(piece)
        label, value = (match[1], match[2]) if match else (piece.rstrip(": "), "")
        if not _is_label(label):
            free.append(piece)
            continue
        if not value:
            taken, position = _value(pieces, position)
            value = " ".join(taken)
        pairs.append((squeeze(label), value.strip(" :")))
    return pairs, free


def _is_label(text: str) -> bool:
    return is_unit_label(text) or is_day_label(text) or squeeze(text) in _SESSION_LABEL | {"tahun"}


def _value(pieces: list[str], position: int) -> tuple[list[str], int]:
    """The pieces after a label up to the next one."""
    taken: list[str] = []
    while position < len(pieces):
        piece = " ".join(pieces[position].split())
        match = _LABELLED.fullmatch(piece)
        if taken and (_is_label(piece) or (match is not None and _is_label(match[1]))):
            break
        position += 1
        if piece.strip(": "):
            taken.append(piece.lstrip(": "))
    return taken, position


def _unit(labelled: list[tuple[str, str]], free: list[str], title: str) -> str | None:
    named = [value for label, value in labelled if is_unit_label(label) and value.strip(" .…_-")]
    if named:
        return named[0]
    # The letterhead goes from the government to the office: the last line is the most exact.
    plain = [name for line in free if not _GOVERNMENT.search(line) and line != title and (name := unit_name_in(line))]
    in_title = unit_name_in(title) if title else None
    return in_title or (plain[-1] if plain else None)


def _period(labelled: list[tuple[str, str]], free: list[str], context: ParseContext) -> Period:
    said = " ".join(value for label, value in labelled if _speaks_of_days(label, value, context))
    for text in (said, *free):
        if text and (text == said or not (_REFERENCE.search(text) or _signed_at(text))):
            period = read_period(text, context.received)
            if period != Period() and (period.dates or period.month):
                return period
    return Period()


def _signed_at(text: str) -> bool:
    """``Tulungagung, 24 November 2026`` above a signature says when it was signed, not which day it is about."""
    place = _PLACE_AND_DATE.match(text)
    return place is not None and weekday_in(place[1]) is None


def _speaks_of_days(label: str, value: str, context: ParseContext) -> bool:
    if label == "tahun":
        return True
    if not is_day_label(label):
        return False
    # "Minggu : IV" is a number; "Minggu : 23 s/d 27 November 2026" is a period.
    return not _WEEK_LABEL.fullmatch(label) or bool(read_period(value, context.received).dates)


def _sessions(labelled: list[tuple[str, str]], title: str, free: list[str]) -> tuple[Session, ...]:
    said = [value for label, value in labelled if label in _SESSION_LABEL]
    for text in (*said, title, *free):
        if found := sessions_in(text):
            return found
    return ()
