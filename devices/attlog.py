"""Layouts A and B: a ZK machine's ``attlog``. On a stick: id, time, device, state, verify, work. On the network
(ADMS): id, time, state, verify, work, reserved…. Nothing in a line says which; the whole file does.
"""

import re
from collections.abc import Iterator

from devices.dates import STRICT, DateOrder, leap_day_exists, plain
from devices.lines import NONE, BadLine, Batch, Notes, PunchLine, Reason, chunks

_ID = r"[0-9A-Za-z._-]{1,24}"
_LINE = re.compile(
    rf"^(?:[ ]*({_ID})\t({STRICT})\t(\d{{1,3}})\t(\d{{1,3}})"
    r"(?:\t(\d{0,5})(?:\t([^\t\n\0]{0,12})((?:\t[^\t\n\0]*)*))?)?[\t ]*|(.*))$",
    re.MULTILINE,
)
"""Eight groups a line, blank ones too: id, time, four columns, the rest of them; or, for any other line, all of it."""
_ANY = re.compile(rf"[ ]*{_ID}[ ]*\t")
_NAMED = re.compile(rf"^[ ]*({_ID})\t([^\t]*)\t({STRICT})\t(.*)$")
_STATES = frozenset({"0", "1", "2", "3", "4", "5", "255"})
_SAMPLE = 4000


class AttLog:
    """One attlog; ``usb`` says which order the columns have."""

    def __init__(self, text: str, *, usb: bool) -> None:
        self.layout = "attlog" if usb else "adms"
        self._text = text
        self._usb = usb

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        take = self._usb_lines if self._usb else self._adms_lines
        for first, piece in chunks(self._text):
            yield take(first, piece, notes)

    def _usb_lines(self, first: int, piece: str, notes: Notes) -> Batch:
        punches: list[PunchLine] = []
        rest: list[tuple[int, str]] = []
        devices: set[str] = set()
        number = first - 1
        for user, at, device, state, verify, work, more, other in _LINE.findall(piece):
            number += 1
            if user and verify and not more and (at[5:10] != "02-29" or leap_day_exists(at)) and len(verify) < 4:
                punches.append((number, user, at, verify, state, work))
                devices.add(device)
            elif user or other:
                rest.append((number, other or _line(piece, number - first)))
        notes.numbers |= devices
        return self._with_rest(punches, rest, notes)

    def _adms_lines(self, first: int, piece: str, notes: Notes) -> Batch:
        punches: list[PunchLine] = []
        rest: list[tuple[int, str]] = []
        number = first - 1
        for user, at, state, verify, work, _next, _more, other in _LINE.findall(piece):
            number += 1
            if user and leap_day_exists(at):
                punches.append((number, user, at, verify, state, work))
            elif user or other:
                rest.append((number, other or _line(piece, number - first)))
        return self._with_rest(punches, rest, notes)

    def _with_rest(self, punches: list[PunchLine], rest: list[tuple[int, str]], notes: Notes) -> Batch:
        """The lines that the strict pattern refused, one by one: read tolerantly or set aside with a reason."""
        bad: list[BadLine] = []
        late = False
        for number, line in rest:
            found = self._tolerant(number, line, notes)
            if isinstance(found, Reason):
                bad.append((number, found, line))
            elif found is not None:
                punches.append(found)
                late = True
        if late:
            punches.sort()
        return Batch(punches, bad)

    def _tolerant(self, number: int, line: str, notes: Notes) -> PunchLine | Reason | None:
        bare = line.strip("\0\x1a \t\ufeff")
        if not bare:
            return None
        if "\0" in bare:
            return Reason.NUL
        named = _NAMED.match(bare)
        if named:
            # A variant puts the name second; the columns behind the time stay what they are.
            notes.names[named[1]] = named[2].strip()
            bare = f"{named[1]}\t{named[3]}\t{named[4]}"
        fields = [field.strip() for field in bare.split("\t")]
        if len(fields) < 2 or not re.fullmatch(_ID, fields[0]):
            return Reason.FORM
        moment = plain(fields[1], DateOrder.UNKNOWN)
        if moment is None:
            return Reason.DATE if any(c.isdigit() for c in fields[1]) else Reason.FORM
        numbers = fields[2:]
        if self._usb:
            if len(numbers) < 2:
                return Reason.FORM
            if len(numbers) == 2:
                # The short variant: nobody knows whether its first number is the device or the state.
                return number, fields[0], moment[0], NONE, NONE, ""
            notes.numbers.add(numbers[0])
            state, verify, work = numbers[1], numbers[2], numbers[3] if len(numbers) > 3 else ""
        elif len(numbers) < 2:
            return Reason.FORM
        else:
            state, verify, work = numbers[0], numbers[1], numbers[2] if len(numbers) > 2 else ""
        if not (_small(state) and _small(verify)):
            return Reason.FORM
        return number, fields[0], moment[0], verify, state, work[:12]


def _small(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) <= 3


def _line(piece: str, index: int) -> str:
    return piece.split("\n")[index]


def looks_like_attlog(text: str) -> bool:
    """Whether most of the first lines are an id, a time and numbers, between tabs."""
    seen = good = 0
    for line in _first_lines(text, 200):
        seen += 1
        fields = line.split("\t")
        good += len(fields) >= 4 and bool(_ANY.match(line)) and any(re.match(r"\s*\d{4}-", f) for f in fields[1:3])
    return seen > 0 and good * 2 > seen


def usb_order(text: str) -> bool | None:
    """Whether the columns are those of a stick (A) and not of the network (B); None: both would fit.

    A device number is never 0 and one in a file; a state is 0..5 or 255; only the network writes reserved columns.
    """
    thirds: set[str] = set()
    fourths: set[str] = set()
    fifths: set[str] = set()
    longest = 0
    for line in _first_lines(text, _SAMPLE):
        fields = [field.strip() for field in line.rstrip("\r\t ").split("\t")]
        raw = line.rstrip("\r").count("\t") + 1
        if len(fields) > 2 and not re.match(r"\d{4}-", fields[1]) and re.match(r"\d{4}-", fields[2]):
            fields.pop(1)
            raw -= 1
        if len(fields) < 4 or not (_small(fields[2]) and _small(fields[3])):
            continue
        longest = max(longest, raw)
        thirds.add(fields[2])
        fourths.add(fields[3])
        fifths.add(fields[4] if len(fields) > 4 else "")
    if longest <= 4:
        return True
    if longest >= 7 or "0" in thirds or not fourths <= _STATES:
        return False
    if not thirds <= _STATES or len(thirds) == 1:
        return True
    return True if any(f not in ("", "0") for f in fifths) else None


def _first_lines(text: str, most: int) -> Iterator[str]:
    start, given = 0, 0
    while start < len(text) and given < most:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end].strip("\0\r\ufeff\x1a")
        if line.strip():
            yield line
            given += 1
        start = end + 1
