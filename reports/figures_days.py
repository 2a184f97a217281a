"""One status for a person's day, out of the marks of its sessions and of recaps. Nobody becomes absent here but by
the flag that TLG-18 gives."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.marks import Mark, MarkState
from domain.profile import Profile
from domain.terms import StatusKey
from reports.figures import HALF, INCOMPLETE, TO_CHECK, printed_code

DAY_OFF = ""
ELSEWHERE = "×"
ONLINE = "o"


class DayKind(StrEnum):
    """Whether a day counts for a person in a unit."""

    EXPECTED = "expected"
    DAY_OFF = "day_off"  # rest day, holiday, shift off
    ELSEWHERE = "elsewhere"  # placed in another unit on that day
    ONLINE = "online"  # outside every declared period (TLG-00): not ours to count
    EXEMPT = "exempt"  # BLG-15


class Absence(StrEnum):
    """What was decided about a day without presence; given in, never derived."""

    NONE = "none"
    PROVISIONAL = "provisional"  # MLG-07: "sementara" until the cut-off and the head's signature
    FINAL = "final"  # every condition of TLG-18 holds


@dataclass(frozen=True, slots=True)
class DayFacts:
    """A person's day: one current mark for each due session, in order, and for the whole day if a recap said one."""

    kind: DayKind = DayKind.EXPECTED
    sessions: tuple[Mark, ...] = ()
    whole_day: Mark | None = None
    absence: Absence = Absence.NONE


@dataclass(frozen=True, slots=True)
class DayCell:
    """``text`` is printed. ``key`` counts in its column; ``open`` days are not settled; neither: not a working day."""

    text: str
    key: StatusKey | None = None
    open: bool = False

    @property
    def counts(self) -> bool:
        """Whether the day is one of the person's working days."""
        return self.open or self.key is not None


_INCOMPLETE = DayCell(INCOMPLETE, open=True)
_HALF = DayCell(HALF, open=True)
_TO_CHECK = DayCell(TO_CHECK, open=True)
_PRESENT = (MarkState.SIGNED, MarkState.REPORTED)
_FREE_KEYS = (StatusKey.BEBAS_PRESENSI, StatusKey.LEPAS_JAGA)


class DayRule:
    """The rule under one profile. Cells are shared objects: a month of a whole government stays small."""

    def __init__(self, profile: Profile) -> None:
        exempt_mark = profile.people.exempt_mark
        absent = printed_code(profile, StatusKey.ALPA)
        self._by_key: Mapping[StatusKey, DayCell] = {
            key: DayCell(printed_code(profile, key), None if is_free(profile, key) else key) for key in StatusKey
        }
        self._provisional = DayCell(f"{absent}*", open=True)
        self._by_kind = {
            DayKind.DAY_OFF: DayCell(DAY_OFF),
            DayKind.ELSEWHERE: DayCell(ELSEWHERE),
            DayKind.ONLINE: DayCell(ONLINE),
            DayKind.EXEMPT: DayCell(exempt_mark),
        }

    def cell(self, facts: DayFacts) -> DayCell:
        """The day's status; a day with no mark at all is BELUM LENGKAP, never absent by itself (TLG-18)."""
        if facts.kind is not DayKind.EXPECTED:
            return self._by_kind[facts.kind]
        seen = self._of_marks(facts)
        if facts.absence is Absence.NONE:
            return seen
        if seen is _INCOMPLETE:
            final = facts.absence is Absence.FINAL
            return self._by_key[StatusKey.ALPA] if final else self._provisional
        # A decision of absence beside anything seen contradicts itself: a person looks again.
        return _TO_CHECK if facts.absence is Absence.FINAL else seen

    def _of_marks(self, facts: DayFacts) -> DayCell:
        day, marks = facts.whole_day, facts.sessions
        if day is None and marks and all(m.state is MarkState.SIGNED for m in marks):
            return self._by_key[StatusKey.HADIR]  # nine days in ten: the short way
        everything = marks if day is None else (*marks, day)
        codes = {m.key for m in everything if m.state is MarkState.CODE} - {StatusKey.HADIR}
        if len(codes) > 1 or any(m.state is MarkState.TO_CHECK for m in everything):
            return _TO_CHECK
        present = sum(_is_present(m) for m in marks)
        whole = day is not None and _is_present(day)
        if codes and (whole or (present and day is not None and day.key in codes)):
            return _TO_CHECK  # a status of the whole day contradicts presence
        if whole or (present and (codes - {StatusKey.ALPA} or present == len(marks))):
            return self._by_key[StatusKey.HADIR]  # MLG-14: a part-day duty leaves the normal presence
        if codes:
            return self._of_code(next(iter(codes)))
        return _HALF if present else _INCOMPLETE

    def _of_code(self, key: StatusKey | None) -> DayCell:
        # TLG-18: an "A" on a sheet or in a recap is a claim that a person has to settle.
        return _TO_CHECK if key is None or key is StatusKey.ALPA else self._by_key[key]


def _is_present(mark: Mark) -> bool:
    return mark.state in _PRESENT or (mark.state is MarkState.CODE and mark.key is StatusKey.HADIR)


def is_free(profile: Profile, key: StatusKey) -> bool:
    """Whether a day with ``key`` is none of the person's working days: exempt (BLG-15) or off after a night shift."""
    return key in _FREE_KEYS or profile.code_for(key) == profile.people.exempt_mark


def column_keys(profile: Profile) -> dict[str, tuple[StatusKey, ...]]:
    """Every column a recap of this government may have: printed code → keys counted in it, in the profile's order.

    Diklat is printed as Bulungan's TK and counted there (BLG F).
    """
    columns: dict[str, tuple[StatusKey, ...]] = {}
    for status in profile.codes.values():
        if not is_free(profile, status.key):
            printed = printed_code(profile, status.key)
            columns[printed] = tuple(dict.fromkeys((*columns.get(printed, ()), status.key)))
    for key in StatusKey:
        if profile.code_for(key) is None and not is_free(profile, key):
            columns[printed_code(profile, key)] = (key,)
    return columns
