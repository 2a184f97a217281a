"""Layout C: ``GLG_001.TXT`` and ``AGL_001.TXT`` of Timmy and Realand machines. The headers are unreliable: a field is
known by what it holds, not by its title. Layout D: its binary twin ``AGL_001.DAT``.
"""

import re
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

from devices.dates import DateOrder, order_of, plain, shape
from devices.lines import NONE, Asks, BadLine, Batch, Notes, PunchLine, Reason, lines

_HEADER = re.compile(r"^\s*(?:N?o\b.*)?\bTMNo\b.*\bEnNo\b|^\s*o\s+TMNo\b|^\s*N?o\t\s*TMNo", re.IGNORECASE)
_HALVES = re.compile(r"\d\s*[AP]M\s*$", re.IGNORECASE)
_DUTY = {"dutyon": "0", "dutyoff": "1", "goout": "2", "goback": "3", "overtimein": "4", "overtimeout": "5"}
_MODES = {"fp": "1", "pwd": "0", "pw": "0", "card": "4", "id": "4", "face": "15", "fc": "15"}
_BATCH = 50_000
MAGIC = b"ZoucqgENLOGData"
_EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - the device's wall time


def looks_like_glg(text: str) -> bool:
    """Whether the first line that holds something is a header of this layout."""
    first = next((line for _, line in lines(text[:4000])), "")
    return bool(_HEADER.search(first))


class GlgText:
    """One text log. ``order`` is what an operator said of its dates; without it the file must tell."""

    layout = "glg"

    def __init__(self, text: str, order: DateOrder = DateOrder.UNKNOWN) -> None:
        """Raises ``Asks`` when the dates can be read in two ways."""
        self._text = text
        numbered = lines(text)
        self._header = next(numbered, (0, ""))[1]
        self._titles = [title.strip().lower() for title in self._header.split("\t")]
        if order is DateOrder.UNKNOWN:
            order = order_of(_moment(line.split("\t")) for _, line in numbered)
        if order is DateOrder.UNKNOWN and self._is_american():
            order = DateOrder.MDY
        if order is DateOrder.UNKNOWN and any(_moment(line.split("\t")) for _, line in lines(text)):
            raise Asks("date_order_unknown", self.signature, self.layout)
        self._order = order

    @property
    def signature(self) -> str:
        """What an operator's word on this layout is remembered by."""
        return "glg:" + "|".join(t for t in self._titles if t)

    def _is_american(self) -> bool:
        """The machines that write 12-hour times with dashes write the month first (facts: devices, C)."""
        sample = [_moment(line.split("\t")) for _, line in lines(self._text[:20_000])]
        shown = [s for s in sample if s]
        return bool(shown) and all("-" in s and _HALVES.search(s) for s in shown)

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``."""
        batch = Batch()
        numbered = lines(self._text)
        next(numbered, None)
        for number, line in numbered:
            found = self._punch(number, line, notes)
            if isinstance(found, Reason):
                batch.bad.append((number, found, line))
            else:
                batch.punches.append(found)
            if batch.read >= _BATCH:
                yield batch
                batch = Batch()
        if batch.read:
            yield batch

    def _punch(self, number: int, line: str, notes: Notes) -> PunchLine | Reason:
        if "\0" in line:
            return Reason.NUL
        fields = [field.strip() for field in line.split("\t")]
        shown = _moment(fields)
        if len(fields) < 4 or not shown:
            return Reason.DATE if re.search(r"\d+[-/]\S*\d", line) else Reason.FORM
        user = fields[2]
        if not (fields[1].isdigit() and user.isascii() and user.replace("-", "").isalnum() and len(user) <= 24):
            return Reason.FORM
        moment = plain(shown, self._order)
        if moment is None:
            swapped = DateOrder.MDY if self._order is DateOrder.DMY else DateOrder.DMY
            return Reason.ORDER if plain(shown, swapped) else Reason.DATE
        notes.numbers.add(fields[1])
        notes.no_seconds += not moment[1]
        middle = fields[3:-1]
        name = re.sub(r"\s+\d+$", "", middle[0]) if middle else ""
        if name and not name.isdigit():
            notes.names[user] = name
        verify, state = self._modes(middle, len(fields))
        return number, user, moment[0], verify, state, ""

    def _modes(self, middle: list[str], count: int) -> tuple[str, str]:
        """Verify mode and state; titles are believed only where they are as many as the fields."""
        verify, state = NONE, NONE
        titles = self._titles[3:-1] if len(self._titles) == count else []
        for title, value in zip(titles, middle, strict=False):
            if title == "mode" and value.isdigit() and len(value) <= 3:
                verify = value
            elif title == "inout" and value.isdigit() and len(value) <= 3:
                state = value
        for value in middle[1:]:
            word = value.lower().replace("/", "").replace(" ", "")
            state = _DUTY.get(word, state)
            verify = _MODES.get(word, verify)
        if verify == NONE and not titles and len(middle) >= 3 and middle[2].isdigit() and len(middle[2]) <= 3:
            verify = middle[2]
        if verify == NONE and len(middle) == 2 and middle[1].isdigit() and len(middle[1]) <= 3:
            verify = middle[1]  # name and GMNo merged by a space
        return verify, state


def _moment(fields: list[str]) -> str:
    """The field that is a date with a time, from the right."""
    return next((field.strip() for field in reversed(fields) if shape(field)), "")


class AglBinary:
    """The binary twin: a count, then seconds since 2000-01-01 local and ``EnNo << 4 | Mode``, little-endian."""

    layout = "agl"

    def __init__(self, data: bytes) -> None:
        self._data = data

    def batches(self, notes: Notes) -> Iterator[Batch]:
        """See ``LogReader``. The count in the file is not believed: what is there is read."""
        start = len(MAGIC) + 4
        body = memoryview(self._data)[start:]
        whole = len(body) // 8 * 8
        told = int.from_bytes(self._data[len(MAGIC) : start], "little")
        bad: list[BadLine] = []
        punches: list[PunchLine] = []
        for number, (seconds, who) in enumerate(struct.iter_unpack("<II", body[:whole]), 1):
            at = (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")
            punches.append((number, str(who >> 4), at, str(who & 15), NONE, ""))
            if len(punches) >= _BATCH:
                yield Batch(punches)
                punches = []
        if len(body) > whole or told > whole // 8:
            bad.append((whole // 8 + 1, Reason.CUT, f"{told} dijanjikan, {whole // 8} ada"))
        if punches or bad:
            yield Batch(punches, bad)
