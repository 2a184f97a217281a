"""The civil-service number (NIP, NI PPPK): cleaning, checking, telling PNS from PPPK, and Excel's damage.

An 18-digit number has no check digit, so nothing here *decides* who is meant; ``domain.identity`` does that
with the people of the unit at hand. Sources: DOMAIN.md 1.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz import process
from rapidfuzz.distance import OSA

LENGTH = 18
# Serial (3 digits) is lost in Excel: a number cell keeps the first 15 digits.
EXCEL_DIGITS = 15
# Digits that may be wrong in the number of an 18-digit NIP before it is another number.
NEAR = 2
_LONGEST = 120  # characters of a cell that can be a number; the rest is never looked at

_LABEL = re.compile(
    r"(?i)^[\s.,:;'\"`(]*(?:n\s*\.?\s*i\s*\.?\s*[pk]?\s*\.?\s*(?:p\s*p\s*p\s*k|/?\s*n\s*r\s*p\s*t\s*t)?|nuptk|nrp|nrk)"
    r"(?:\s*/\s*(?:ni\s*pppk|nipppk|nik|nrptt))?[\s.,:;)]*(?=[\dOoIl|'])"
)
_SEPARATORS = re.compile(r"[\s.\-_/'\"`’‘,:;()\u00a0\u200b\ufeff]+")
_SCIENTIFIC = re.compile(r"^\s*'?(\d)(?:[.,](\d+))?\s*[eE]\s*\+?\s*0?(1\d)\s*$")
_WHOLE_FLOAT = re.compile(r"^\s*(\d{17,19})[.,]0+\s*$")
# What scanners and tired eyes write for a digit.
_LETTERS = str.maketrans("OoQDUIil|!ZzASsGbBgq", "00000111112245566899")


class NipKind(StrEnum):
    """Which of the two numbering rules a number follows."""

    PNS = "PNS"
    PPPK = "PPPK"


@dataclass(frozen=True, slots=True)
class ReadNip:
    """What a cell or line says about a number.

    ``digits`` is the cleaned number (any length; empty when the text is no number); ``letters`` says that letters
    were read as digits; ``low``/``high`` is the span of numbers that Excel may have shown so (equal: not damaged).
    """

    digits: str
    letters: bool = False
    low: int = 0
    high: int = 0

    @property
    def whole(self) -> bool:
        """Whether all 18 digits are there and none was lost to a number cell."""
        return len(self.digits) == LENGTH and self.low == self.high

    @property
    def plausible(self) -> bool:
        """Whether the text is meant as a NIP at all (not a NIK, a NUPTK, a row number or an old 9-digit NIP)."""
        return self.low != self.high or 17 <= len(self.digits) <= 19

    def may_be(self, nip: str) -> bool:
        """Whether a number cell holding ``nip`` could have come out as this text (or is it, unharmed)."""
        if nip == self.digits:
            return True
        if self.low == self.high:
            return self._is_float_of(nip)
        return nip.isdigit() and self.low <= int(nip) <= self.high

    def _is_float_of(self, nip: str) -> bool:
        # Above 2**57 a double holds multiples of 32 only: "...121904" for "...121901", from the whole number or
        # from the 15 digits that Excel had kept.
        if not self.whole or int(self.digits) % 32 or not is_nip(nip):
            return False
        return int(self.digits) in (int(float(nip)), int(float(nip[:EXCEL_DIGITS] + "000")))


def parse(value: str | float | None) -> ReadNip:
    """Read a NIP from a cell's value or a line of text; never fails, ``digits`` is empty when there is none."""
    if value is None:
        return ReadNip("")
    text = (repr(value) if isinstance(value, float) else str(value))[:_LONGEST]
    shown = _SCIENTIFIC.match(_LABEL.sub("", text))
    if shown:
        return _from_scientific(shown)
    whole = _WHOLE_FLOAT.match(text)
    if whole:
        text = whole.group(1)
    bare = _SEPARATORS.sub("", _LABEL.sub("", text))
    digits = bare.translate(_LETTERS)
    if not digits.isascii() or not digits.isdigit() or sum(map(str.isdigit, bare)) * 2 < len(bare):
        return ReadNip("")
    number = int(digits)
    if len(digits) == LENGTH and digits.endswith("000"):
        # Excel cuts typed digits off; other programs round. Serial 000 is never given out.
        return ReadNip(digits, bare != digits, number - 500, number + 999)
    return ReadNip(digits, bare != digits, number, number)


def _from_scientific(shown: re.Match[str]) -> ReadNip:
    mantissa = shown.group(1) + (shown.group(2) or "")
    exponent = int(shown.group(3))
    scale = 10 ** max(exponent + 1 - len(mantissa), 0)
    number = int(mantissa[: exponent + 1]) * scale
    # Half a unit of the last digit shown, and the double's own coarseness.
    slack = max(scale // 2, 16 + 999 * (len(mantissa) == EXCEL_DIGITS))
    return ReadNip(str(number), low=number - slack, high=number + slack)


def clean(text: str) -> str:
    """The digits of ``text`` without label, separators and look-alike letters; empty if it is no number."""
    return parse(text).digits


def is_nip(digits: str) -> bool:
    """Whether ``digits`` are 18 digits with a possible birth date, sex digit and serial."""
    return not faults(digits)


def faults(digits: str, on: date | None = None) -> tuple[str, ...]:
    """What speaks against ``digits`` as a NIP, in Indonesian; with ``on`` the age is checked too.

    A month above 12 in digits 13-14 is no fault: that is the contract code of a PPPK.
    """
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return (f"harus {LENGTH} angka",)
    found: list[str] = []
    born = birth_date(digits)
    if born is None:
        found.append("delapan angka pertama bukan tanggal lahir (TTTTBBHH)")
    if digits[14] not in "12":
        found.append("angka ke-15 harus 1 (laki-laki) atau 2 (perempuan)")
    if digits[15:] == "000":
        found.append("tiga angka terakhir 000 (angka hilang karena sel angka Excel)")
    if digits[12:14] == "00":
        found.append("angka ke-13 dan ke-14 bukan bulan atau kode kontrak")
    if born and not 16 <= int(digits[8:12]) - born.year <= 58:
        found.append("jarak tahun lahir dan tahun pengangkatan tidak wajar")
    if born and on and not 17 <= (on - born).days / 365.25 <= 66:
        found.append("usia tidak wajar")
    return tuple(found)


def birth_date(digits: str) -> date | None:
    """The birth date in the first eight digits, None if they are no date."""
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None


def classify(digits: str) -> NipKind | None:
    """PNS when digits 13-14 are a month, PPPK when they are a contract code; None if ``digits`` is no NIP."""
    if not is_nip(digits):
        return None
    return NipKind.PNS if 1 <= int(digits[12:14]) <= 12 else NipKind.PPPK


def nearest(digits: str, nips: Iterable[str], limit: int = NEAR) -> tuple[tuple[str, int], ...]:
    """The ``nips`` within ``limit`` edits (a swap of neighbours is one) of ``digits``, nearest first."""
    found = process.extract(digits, list(nips), scorer=OSA.distance, score_cutoff=limit, limit=None)
    return tuple((nip, int(distance)) for nip, distance, _ in found)
