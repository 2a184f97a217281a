"""The words of a scenario: a step is one mail, an expectation what the desk says of an office in the end."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from demo.offices import BY_CODE
from demo.post_office import Letter
from demo.roster import Town

ON_TIME, EARLY, LATE, MISSING, TO_CHECK = "tepat waktu", "lebih awal", "terlambat", "belum", "periksa"
Attachment = tuple[str, bytes]


class Answer(StrEnum):
    """Whether the desk has to answer a mail."""

    OWED = "dijawab"
    NEVER = "tidak dijawab"
    FREE = "boleh dijawab"


class Waits(StrEnum):
    """A letter of the desk that an officer waits for before the step; its subject begins like this."""

    REMINDER = "Pengingat"
    RECAP = "Rekap bulanan November 2026 (akhir)"
    SHEET = "Lembar presensi"


@dataclass(frozen=True, slots=True)
class Step:
    """One mail or chat message. ``office`` is the code whose officer it comes from, or claims to come from.

    ``login``: the account that really hands it in (None: the officer's own). ``to``: None is the assigned mailbox.
    ``after``: the key of a step whose answer the officer waits for. ``repeats``: the key of a mail sent once more
    as it was. ``automatic``: an out-of-office reply to the answer of ``after``. ``waits``: a letter that has to lie in
    the officer's mailbox first; ``back`` makes the files out of it. ``what`` names the sheet in the subject.
    ``phone``: by WhatsApp or Telegram, where ``says`` makes the words out of what the desk told in answer to ``after``.
    """

    at: str
    key: str
    office: str
    told: str
    files: Callable[[Town], Sequence[Attachment]] = lambda town: ()
    login: str | None = None
    to: str | None = None
    after: str | None = None
    repeats: str | None = None
    automatic: bool = False
    answer: Answer = Answer.OWED
    waits: Waits | None = None
    what: str = "Datang"
    back: Callable[[Letter], Sequence[Attachment]] | None = None
    phone: bool = False
    says: Callable[[str], str] = lambda told: ""

    @property
    def news(self) -> str:
        """What the ticker says; a foreign hand is not named after the office it speaks for."""
        return self.told if self.login else f"{BY_CODE[self.office].name} {self.told}"


@dataclass(frozen=True, slots=True)
class Expected:
    """What the desk says of an office in the end: its state, flags it must carry at least, and why."""

    state: str
    flags: frozenset[str] = frozenset()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it had to be."""

    where: str
    wanted: str
    seen: str
