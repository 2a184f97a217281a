"""Commands that people type: which word of the desk's short list a text means, or None (CONVENTIONS.md 1).

Typing slips and small letters are accepted, chatter is not: a command needs its own shape (nothing behind BERHENTI, a
number behind KOREKSI …), its first letter, and a clear distance to every other command and to ordinary words that
happen to lie near ("rekan", "kendali", "koleksi").
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.distance import OSA


class Command(StrEnum):
    """What a person may ask for; the value is how it is spelled in messages."""

    HELP = "BANTUAN"
    STATUS = "STATUS"
    MISSING = "BELUM"
    FORMS = "FORMAT"
    FORMS_AGAIN = "FORMAT ULANG"
    HISTORY = "RIWAYAT"
    RECAP = "REKAP"
    CHECK = "CEK"
    REGISTER = "DAFTAR"
    STOP = "BERHENTI"
    START = "MULAI"
    TROUBLE = "KENDALA"
    OBJECT = "KOREKSI"
    INSPECT = "PERIKSA"
    EVIDENCE = "BUKTI"
    APPROVE = "SETUJU"
    REJECT = "TOLAK"


EFFECTS = frozenset(Command) - {
    Command.HELP, Command.STATUS, Command.MISSING, Command.HISTORY, Command.RECAP, Command.CHECK,
}  # fmt: skip
"""Commands that change or send something: chatter must never become one of them."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A command with its number (as typed, without spaces) and the free text behind it; both may be empty."""

    command: Command
    number: str = ""
    text: str = ""


_WORDS = {c.value: c for c in Command if c is not Command.FORMS_AGAIN} | {
    "HELP": Command.HELP,
    "MENU": Command.HELP,
    "TERIMA": Command.APPROVE,
    "STOP": Command.STOP,
}
# Ordinary words one slip away from a command.
_NEIGHBOURS = frozenset(
    "rekan rekam resap kendali koleksi formal mulia mulas tolok tolal belut belur setujui bantuin bukit buktu stats"
    " dafar pemeriksa periksai mulut menu status2 terima".split()
)
_POLITE = frozenset(
    "ya yah pak bu bapak ibu bapak/ibu min admin mohon tolong terima kasih terimakasih tks makasih kak dong hari ini"
    " bkd posko".split()
)
_NOT_A_UNIT = frozenset(
    "hadir nama pegawai presensi absen absensi terlampir lampiran kehadiran paraf tanda isi ini ada sudah kami ulang"
    " datang pulang rapat apel tamu".split()
)
_SUBMISSION = re.compile(r"(?:[A-Z]{2,5}-\d{8}-[DPR]-)?\d{1,6}", re.IGNORECASE)
_EXCUSE = re.compile(r"K-?\d{1,9}", re.IGNORECASE)
_CODE = re.compile(r"\d{4}[ -]?\d{4}")
_SLIPS = 1  # edits: with two, BERGANTI would silence an office
_MOST = 500  # characters that are looked at


def read_command(text: str) -> Spoken | None:
    """The command that ``text`` is, or None for anything else. Only the first line counts; quoted lines do not."""
    line = _first_line(text)
    if not line:
        return None
    slashed = line.startswith("/")
    word, _, rest = line.lstrip("/#").partition(" ")
    word, colon, glued = word.partition(":")
    rest = f"{glued} {rest}".strip() if colon else rest.strip()
    if slashed:
        word = word.partition("@")[0]  # "/status@posko_bot"
        if word.lower() == "start":  # what Telegram sends for a first contact
            return Spoken(Command.HELP)
    command, exact = _command(word.strip(".,!?;\"'*_"))
    return None if command is None else _shaped(command, rest, exact)


def _first_line(text: str) -> str:
    for line in text[: 4 * _MOST].splitlines():
        plain = " ".join(line.split())
        if plain and not plain.startswith(">"):
            return plain[:_MOST]
    return ""


def _command(word: str) -> tuple[Command | None, bool]:
    """The command of one word and whether it is spelled exactly."""
    upper = word.upper()
    if upper in _WORDS:
        return _WORDS[upper], True
    if len(upper) < 4 or word.lower() in _NEIGHBOURS:
        return None, False
    near = sorted((OSA.distance(upper, known), known) for known in _WORDS if known[0] == upper[0] and len(known) >= 5)
    if not near or near[0][0] > _SLIPS:
        return None, False
    if len(near) > 1 and near[1][0] <= near[0][0] + 1:
        return None, False
    return _WORDS[near[0][1]], False


def _shaped(command: Command, rest: str, exact: bool) -> Spoken | None:
    """The command if ``rest`` is what may stand behind it."""
    if command is Command.FORMS:
        return _forms(rest)
    if command is Command.RECAP:
        words = rest.lower().split()
        kind = words[0] if words and words[0] in ("mingguan", "bulanan") else ""
        return Spoken(command, text=kind) if _only_polite(" ".join(words[bool(kind) :])) else None
    if command in (Command.OBJECT, Command.INSPECT):
        return _numbered(command, rest, _SUBMISSION)
    if command in (Command.EVIDENCE, Command.APPROVE, Command.REJECT):
        found = _numbered(command, rest, _EXCUSE)
        return found if found and (found.number or command is Command.EVIDENCE) else None
    if command is Command.CHECK:
        token = rest.split()[0] if rest else ""
        plain = re.fullmatch(r"[\w./-]{2,80}", token) and re.search(r"\d", token)
        return Spoken(command, token.upper()) if plain and _only_polite(rest[len(token) :]) else _bare(command, rest)
    if command is Command.TROUBLE:
        return _trouble(rest, exact)
    if command is Command.REGISTER:
        return _register(rest, exact)
    return _bare(command, rest)


def _bare(command: Command, rest: str) -> Spoken | None:
    return Spoken(command) if _only_polite(rest) else None


def _only_polite(rest: str) -> bool:
    return all(word.strip(".,!?") in _POLITE or not word.strip(".,!?") for word in rest.lower().split())


def _forms(rest: str) -> Spoken | None:
    word, _, more = rest.partition(" ")
    if word and OSA.distance(word.upper().strip(".,!?"), "ULANG") <= 1 and _only_polite(more):
        return Spoken(Command.FORMS_AGAIN)
    return _bare(Command.FORMS, rest)


def _numbered(command: Command, rest: str, shape: re.Pattern[str]) -> Spoken | None:
    token, _, more = rest.partition(" ")
    token = token.strip(".,:;")
    if shape.fullmatch(token):
        return Spoken(command, token.upper().replace("K-", "K"), more.strip(" .,:;-"))
    return _bare(command, rest)


def _trouble(rest: str, exact: bool) -> Spoken | None:
    """KENDALA takes free words; spelled wrongly it needs a number or some words of reason as well."""
    token, _, more = rest.partition(" ")
    number = token.strip(".,:;")
    if _SUBMISSION.fullmatch(number):
        return Spoken(Command.TROUBLE, number.upper(), more.strip(" .,:;-"))
    if rest and not exact and len(rest.split()) < 2:
        return None
    return Spoken(Command.TROUBLE, text=rest.strip(" .,:;-"))


def _register(rest: str, exact: bool) -> Spoken | None:
    """DAFTAR <unit> or DAFTAR <code>; "daftar hadir terlampir" is a title, not a request."""
    if _CODE.fullmatch(rest.strip(" .")):
        return Spoken(Command.REGISTER, re.sub(r"\D", "", rest))
    words = [word.strip(".,:;").lower() for word in rest.split()]
    if words and (words[0] in _NOT_A_UNIT or (not exact and len(words) > 6)):
        return None
    return Spoken(Command.REGISTER, text=rest.strip(" .,:;")[:120])
