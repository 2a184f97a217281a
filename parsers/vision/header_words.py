"""Headings that a reader of print got wrong by a letter or two, and columns that only their contents name."""

import re
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from domain.vocabulary import heading, squeeze

_WORDS = ("NAMA", "NAMA / NIP", "JABATAN", "KETERANGAN", "TANDA TANGAN", "DATANG", "PULANG", "GOLONGAN", "PANGKAT")
_LIKE, _AHEAD = 70.0, 8.0
_NIP_DIGITS = 14
_NAMES_GLUED = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z]{2})")
_UNIT_GLUED = re.compile(
    r"\b(DINAS|BADAN|KANTOR|SATUAN|SEKRETARIAT|INSPEKTORAT|BAGIAN|KECAMATAN|KELURAHAN|UPTD|PUSKESMAS|RSUD|SMP|SD)"
    r"(?=[A-Z]{4})"
)
_NUMBER = re.compile(r"\d{1,3}\s*[.)]?")


def words_apart(text: str) -> str:
    """``text`` with the blanks that a reader of print lost: ``AgusSantoso``, ``DINASPERHUBUNGAN``."""
    return _UNIT_GLUED.sub(r"\1 ", _NAMES_GLUED.sub(" ", text))


def nearest_heading(text: str) -> str:
    """``text``, or the heading that it must be: clearly nearer to one of them than to any other; short words never."""
    if heading(" ".join(text.split())).known or len(squeeze(text)) < 4:
        return text
    ranked = sorted(((fuzz.ratio(squeeze(text), squeeze(word)), word) for word in _WORDS), reverse=True)
    best, word = ranked[0]
    second = next(score for score, other in ranked if heading(other).key is not heading(word).key)
    return word if best >= _LIKE and best - second >= _AHEAD else text


def heading_of_contents(cells: Iterable[str], first: bool) -> str:
    """What a column without a legible heading holds: "NO" (the ``first`` one), "NIP", "NAMA / NIP", or "" for none."""
    filled = [cell for cell in cells if cell]
    if len(filled) < 2:
        return ""
    if first and all(map(_NUMBER.fullmatch, filled)):
        return "NO"
    numbers = [cell for cell in filled if sum(ch.isdigit() for ch in cell) >= _NIP_DIGITS]
    if len(numbers) * 2 <= len(filled):
        return ""
    return "NAMA / NIP" if _named(numbers) else "NIP"


def _named(cells: Sequence[str]) -> bool:
    return sum(sum(ch.isalpha() for ch in cell) >= 6 for cell in cells) * 2 > len(cells)
