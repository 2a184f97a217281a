"""Answers about rows: ``0117: 7 DL, 19 S`` (paper's row numbers, last digits of the submission). Pure.

A code means what the government's profile says (K1); a word that it does not know is asked about, never guessed (K3).
Nothing said here makes anyone absent (TLG-18): an absence code is refused. Other words may name the person of a row
that could not be told (``0117: 7 Moh. Arif``, ``7 = 12``, a NIP): ``domain.row_owner`` says whom.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.names import parse_name
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
    """``number`` is what was typed of the submission's number (empty: none was). ``unclear`` rows have no meaning
    as a status; they may name a person. A row that is named twice with different words is unclear.
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
_NO = r"\s*(?:no\.?|nomor|baris)?\s*(\d{1,3})\s*"
_ITEM = re.compile(_NO + r"[.):=-]?\s*([A-Za-z√][A-Za-z .,'/-]{0,60}?)\s*", re.IGNORECASE)
_NIP = re.compile(_NO + r"[.):=-]?\s*(?:nip\.?\s*[:=]?)?\s*(\d(?:[ .]?\d){17})\s*", re.IGNORECASE)
_PLACE = re.compile(_NO + r"=\s*(?:no\.?|nomor)?\s*(\d{1,3})\s*", re.IGNORECASE)
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
    parts = [part.strip(" .") for part in _SPLIT.split(body.strip(" .\n")) if part.strip()]
    found = [_item(part, profile) for part in _with_titles(parts)[:_MOST_ROWS]]
    if not found or any(one is None for one in found):
        return None
    known = [one for one in found if isinstance(one, RowAnswer)]
    unclear = [one for one in found if isinstance(one, tuple)]
    if not number and any(not re.fullmatch(r"\d{18}", words) for _, words in unclear):
        return None
    return _settled(number, known, unclear)


def _item(part: str, profile: Profile) -> RowAnswer | tuple[int, str] | None:
    """One part: a row's status, a row with other words, or neither."""
    if match := _ITEM.fullmatch(part):
        return _row(int(match[1]), match[2], profile)
    if match := _NIP.fullmatch(part):
        return int(match[1]), re.sub(r"\D", "", match[2])
    match = _PLACE.fullmatch(part)
    return (int(match[1]), match[2]) if match else None


def _with_titles(parts: Sequence[str]) -> list[str]:
    """Titles behind a comma belong to the name before them: ``7 Moh. Arif, S.Sos.``."""
    joined: list[str] = []
    for part in parts:
        whole = f"{joined[-1]}, {part}" if joined else part
        name = _ITEM.fullmatch(joined[-1]) if joined else None
        if name and "." in part and parse_name(f"{name[2]}, {part}").words == parse_name(name[2]).words:
            joined[-1] = whole
        else:
            joined.append(part)
    return joined


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
    """How the answer is typed: ``0117: 7 DL, 19 TTD, 23 = Moh. Arif``."""
    told = [f"{one.no} {one.code if one.word is Word.CODE else one.word.value}" for one in answer.rows]
    rows = ", ".join([*told, *(f"{no} = {words}" for no, words in answer.unclear)])
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
