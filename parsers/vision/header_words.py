"""Headings that a reader of print got wrong by a letter or two, and columns that only their contents name."""

import re
from collections.abc import Collection, Iterable, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from domain.vocabulary import Aspect, Key, heading, holds_nip, squeeze
from parsers.headers import Column

_WORDS = ("NAMA", "NAMA / NIP", "JABATAN", "KETERANGAN", "TANDA TANGAN", "DATANG", "PULANG", "GOLONGAN", "PANGKAT",
          "PARAF")  # fmt: skip
_SIGN, _BIRTH = "ttd", "ttl"  # the second is the place and day of birth
_UNREAD = 2  # letters and digits: fewer than a heading has
_IDENTITY = (Key.NAME, Key.NIP, Key.POST, Key.RANK)
_LIKE, _AHEAD = 70.0, 8.0
NIP_DIGITS = 14  # of 18: with so many a text is a NIP, however badly it was read
_NAMES_GLUED = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z]{2})")
_UNIT_GLUED = re.compile(
    r"\b(DINAS|BADAN|KANTOR|SATUAN|SEKRETARIAT|INSPEKTORAT|BAGIAN|KECAMATAN|KELURAHAN|UPTD|PUSKESMAS|RSUD|SMP|SD)"
    r"(?=[A-Z]{4})"
)
_COMMA_GLUED = re.compile(r",(?=[A-Za-z])")
_NUMBER = re.compile(r"\d{1,3}\s*[.)]?")
_DIGITS = str.maketrans({"O": "0", "o": "0", "l": "1", "I": "1", "|": "1", "S": "5", "B": "8", "Z": "2"})


def words_apart(text: str) -> str:
    """``text`` with the blanks that a reader of print lost: ``AgusSantoso``, ``Agus,S.Pd.``, ``DINASPERHUBUNGAN``."""
    return _COMMA_GLUED.sub(", ", _UNIT_GLUED.sub(r"\1 ", _NAMES_GLUED.sub(" ", text)))


def digits_in(text: str) -> int:
    """How many digits ``text`` holds."""
    return sum(map(str.isdigit, text))


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
    numbers = [cell for cell in filled if digits_in(cell) >= NIP_DIGITS]
    if len(numbers) * 2 <= len(filled):
        return ""
    return "NAMA / NIP" if _named(numbers) else "NIP"


def nearest_sign(text: str) -> str:
    """ "TTD" where ``text`` can only be that, read a letter wrong ("TTO", "TD"); else ``text``."""
    word = squeeze(text)
    if heading(" ".join(text.split())).known or word == _BIRTH or len(word) < len(_SIGN) - 1:
        return text
    return "TTD" if Levenshtein.distance(word, _SIGN, score_cutoff=1) <= 1 else text


def unread_sign(headings: Sequence[str], bare: Collection[int]) -> int | None:
    """The one column that can only be the place to sign although its heading was not read, or None.

    ``headings`` of the columns in order, ``bare``: those that hold no print below. It stands right of who it is and
    right before the note or at the end; a sheet with another legible place to sign needs no guess.
    """
    known = [heading(" ".join(text.split())) for text in headings]
    if any(h.key is Key.SIGN or h.session or h.aspect is Aspect.CLOCK for h in known):
        return None
    who = max((n for n, h in enumerate(known) if h.key in _IDENTITY), default=len(known))
    found = [
        n
        for n in range(who + 1, len(known))
        if n in bare
        and len(squeeze(headings[n])) <= _UNREAD
        and not known[n].known
        and (n + 1 == len(known) or known[n + 1].key is Key.NOTE)
    ]
    return found[0] if len(found) == 1 and not any(h.key is Key.DAY for h in known) else None


def _named(cells: Sequence[str]) -> bool:
    return sum(sum(ch.isalpha() for ch in cell) >= 6 for cell in cells) * 2 > len(cells)


_PLAINEST = {
    Key.NO: "NO",
    Key.NAME: "NAMA",
    Key.NIP: "NIP",
    Key.RANK: "GOL",
    Key.POST: "JABATAN",
    Key.NOTE: "KETERANGAN",
}


def header_word(column: Column) -> str:
    """The plainest header that means the same as ``column``."""
    if column.key is Key.NAME and holds_nip(column.text):
        return "NAMA / NIP"
    if column.is_mark and not column.dated:
        place = "JAM" if column.aspect is Aspect.CLOCK else "TTD"
        return f"{place} {column.session.value.upper()}" if column.session else place
    if column.key is None and column.day and not (column.exact or column.weekday or column.session):
        return str(column.day)
    return _PLAINEST.get(column.key, column.text) if column.key else column.text


def mended(text: str) -> str:
    """Letters that a reader of print confuses with digits, in what is nearly all digits (a NIP, a row's number)."""
    digits = digits_in(text)
    letters = sum(ch.isalpha() for ch in text)
    if digits >= 6 and digits >= 4 * letters:
        return re.sub(r"(?<=\d)[.,](?=\s?\d)", " ", text.translate(_DIGITS)).strip(" .,")
    return words_apart(text)
