"""Answers about rows: ``0117: 7 DL, 19 S`` (paper's row numbers, last digits of the submission). Pure.

A code means what the government's profile says (K1); a word that it does not know is asked about, never guessed (K3).
Nothing said here makes anyone absent (TLG-18): an absence code is refused.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.profile import Profile
from domain.terms import StatusKey


class Word(StrEnum):
    """What is said of one row."""

    SIGNED = "TTD"
    EMPTY = "KOSONG"
    CODE = "kode"


@dataclass(frozen=True, slots=True)
class RowAnswer:
    """Row ``no`` of the paper; ``key`` and the government's own ``code`` for ``Word.CODE``."""

    no: int
    word: Word
    key: StatusKey | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """``number`` is what was typed of the submission's number (empty: none was). ``unclear`` rows have no meaning.

    A row that is named twice with different words is unclear.
    """

    number: str
    rows: tuple[RowAnswer, ...]
    unclear: tuple[tuple[int, str], ...] = ()


_SIGNED = frozenset({"TTD", "T T D", "TANDA TANGAN", "ADA TTD", "ADA TANDA TANGAN", "ADA", "PARAF"})
_EMPTY = frozenset({"KOSONG", "TIDAK ADA", "TIDAK TTD", "TANPA TTD", "BELUM TTD"})
_NEVER_BY_ANSWER = frozenset({StatusKey.ALPA})
_NUMBER = r"(?:[A-Za-z]{2,5}-\d{8}-[DPRdpr]-)?\d{1,6}"
_HEAD = re.compile(rf"\s*(?:nomor|no\.?)?\s*({_NUMBER})\s*[:=]\s*(?=\S)", re.IGNORECASE)
_BARE_HEAD = re.compile(
    r"\s*((?:[A-Za-z]{2,5}-\d{8}-[DPRdpr]-\d{4,6})|0\d{3,5})\s+(?=(?:no\.?\s*|baris\s*)?\d)", re.IGNORECASE
)
_ITEM = re.compile(r"\s*(?:no\.?|nomor|baris)?\s*(\d{1,3})\s*[.):=-]?\s*([A-Za-z√][A-Za-z .]{0,30}?)\s*", re.IGNORECASE)
_SPLIT = re.compile(r"[,;\n]|\bdan\b", re.IGNORECASE)
_MOST_ROWS = 200


def read_answer(text: str, profile: Profile) -> Answer | None:
    """The answer that ``text`` is, or None when it is none: every part must be a row and a word.

    Without a submission's number every word must be known, so that chatter with numbers stays chatter.
    """
    plain = "\n".join(line for line in text[:4000].splitlines() if line.strip() and not line.lstrip().startswith(">"))
    head = _HEAD.match(plain) or _BARE_HEAD.match(plain)
    number = head[1].upper() if head else ""
    body = plain[head.end() :] if head else plain
    parts = [part for part in _SPLIT.split(body.strip(" .\n")) if part.strip()]
    found = [_ITEM.fullmatch(part.strip(" .")) for part in parts[:_MOST_ROWS]]
    if not found or any(match is None for match in found):
        return None
    said = [_row(int(match[1]), match[2], profile) for match in found if match]
    known = [one for one in said if isinstance(one, RowAnswer)]
    unclear = [one for one in said if not isinstance(one, RowAnswer)]
    if not number and unclear:
        return None
    return _settled(number, known, unclear)


def _row(no: int, words: str, profile: Profile) -> RowAnswer | tuple[int, str]:
    plain = " ".join(words.replace(".", " ").split()).upper()
    if plain in _SIGNED:
        return RowAnswer(no, Word.SIGNED)
    if plain in _EMPTY:
        return RowAnswer(no, Word.EMPTY)
    key = profile.code_key(words.strip())
    if key is StatusKey.HADIR:
        return RowAnswer(no, Word.SIGNED)
    if key is None or key in _NEVER_BY_ANSWER:
        return no, words.strip()
    return RowAnswer(no, Word.CODE, key, profile.code_for(key) or plain)


def _settled(number: str, known: Sequence[RowAnswer], unclear: Sequence[tuple[int, str]]) -> Answer:
    by_row: dict[int, set[RowAnswer]] = {}
    for one in known:
        by_row.setdefault(one.no, set()).add(one)
    twice = {no for no, said in by_row.items() if len(said) > 1} | {no for no, _ in unclear}
    doubtful = [(one.no, one.code or one.word.value) for one in known if one.no in twice]
    rows = tuple(dict.fromkeys(one for one in known if one.no not in twice))
    return Answer(number, rows, tuple(dict.fromkeys((*unclear, *doubtful))))


def written(answer: Answer) -> str:
    """How the answer is typed: ``0117: 7 DL, 19 TTD``."""
    rows = ", ".join(f"{one.no} {one.code if one.word is Word.CODE else one.word.value}" for one in answer.rows)
    return f"{answer.number}: {rows}" if answer.number else rows


def meant(number: str, known: Sequence[str]) -> tuple[str, ...]:
    """The full numbers among ``known`` that ``number`` (full, or last digits) may mean; two or more: ask which.

    Four digits that are a whole last part mean just that; fewer may be the end of several.
    """
    wanted = number.strip().upper()
    if "-" in wanted:
        return tuple(one for one in known if one == wanted)
    whole = tuple(one for one in known if one.rpartition("-")[2] == wanted)
    if whole:
        return whole
    return tuple(one for one in known if one.rpartition("-")[2].endswith(wanted)) if wanted else ()
