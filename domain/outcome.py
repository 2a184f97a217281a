"""What recording a message comes to: plain drafts of submissions, facts and questions. No rules here, only shapes."""

import datetime as dt
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.look import Look
from domain.reading import Box, HeadMark, Problem, SheetKind, Verdict
from domain.terms import Session, StatusKey, Timeliness

RECAP = "rekap"  # the "session" of a monthly recap (TLG-10, BLG-31)


class Flag(StrEnum):
    """Something about a submission that a person should see; each has its words in ``templates``."""

    WRONG_ROUTE = "salah_jalur"  # TLG-12
    WRONG_MAILBOX = "salah_alamat"  # TLG-17
    STRANGER = "pengirim_lain"
    UNVERIFIED = "belum_terverifikasi"
    NO_SIGNATURE = "tanpa_tanda_tangan"  # BLG-03: typed, the signed sheet is to follow
    HEAD_MISSING = "belum_sah"  # TLG-08
    NOT_DUE = "tidak_wajib"  # rest day, holiday
    OUTSIDE_PERIOD = "di_luar_periode"  # TLG-00
    TIME_GAP = "selisih_waktu"  # TLG-04
    SENT_IN_TIME = "dikirim_dalam_waktu"  # TLG-04: late, but the provider signed it inside the window
    OUR_INCIDENT = "gangguan_posko"  # late, but around a silence of our own mailbox: not counted against the unit
    SUSULAN = "susulan"
    AHEAD = "mendahului"
    SAME_FILE = "berkas_sama"
    CHANGED = "berubah"  # ink of an earlier look at the sheet is gone
    SAME_PHOTO = "foto_sama"  # the same photo again, saved anew
    OTHER_PRINT = "lembar_lain"  # another print of the sheet was signed
    NAMES_DIFFER = "nama_berbeda"  # the sheet lists other people than were printed
    COPIED = "salinan"  # one ink in several people's cells, or in several days'
    RESENT = "kirim_ulang"
    OWN_FORM = "formulir_sendiri"  # although the desk printed a sheet for that unit and week
    NEW_LAYOUT = "susunan_baru"  # read by a column map that nobody confirmed yet
    PENDING = "menunggu_pembacaan"
    RETAKE = "diminta_ulang"  # the desk asked for another copy
    INCOMPLETE_PAGES = "halaman_kurang"
    DATE_GUESSED = "tanggal_tidak_tertulis"
    PEOPLE_MISSING = "pegawai_tidak_tercantum"
    UNIT_FROM_SENDER = "unit_dari_pengirim"
    BY_CHAT = "lewat_wa_kendala_surel"  # TLG-15: the way when mail fails; its reason is "kendala email"


class QuestionKind(StrEnum):
    """What a person is asked."""

    PERSON = "orang"  # which of the candidates is this row
    NEWCOMER = "tidak_dikenal"  # the row fits nobody in the unit
    CELL = "sel"  # an unsure cell
    NOTE = "keterangan"  # words instead of a code
    DEVICE = "mesin"  # paper and machine say different things of a person's session


@dataclass(frozen=True, slots=True)
class CellDraft:
    """One fact without its person: used inside questions, so that an answer can become facts."""

    date: dt.date
    session: Session | None
    verdict: Verdict
    code: str | None = None
    key: StatusKey | None = None
    time: dt.time | None = None
    confidence: float = 1.0
    box: Box | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class FactDraft:
    """One fact about a person; evidence is ``file`` + ``sheet`` + ``row`` + box."""

    person: str
    cell: CellDraft
    file: str
    sheet: int
    row: int
    paper_no: int | None
    reader: str
    verified: bool
    note: str = ""


@dataclass(frozen=True, slots=True)
class QuestionDraft:
    """A doubt. ``row`` is the index in the sheet, ``paper_no`` the paper's own number."""

    kind: QuestionKind
    file: str
    sheet: int
    row: int
    paper_no: int | None
    text: str
    candidates: tuple[str, ...] = ()
    cells: tuple[CellDraft, ...] = ()


@dataclass(frozen=True, slots=True)
class ArrivalDraft:
    """One file, or one page of it, that joins a submission."""

    file: str
    name: str
    page: int
    kind: SheetKind
    readable: bool


COUNTED = (Verdict.SIGNED, Verdict.REPORTED, Verdict.EMPTY, Verdict.CODE, Verdict.UNSURE)
"""In the order of the fields of ``Counts``."""


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of the submission's own date and session, by verdict; ``rows`` is their sum."""

    signed: int = 0
    reported: int = 0
    empty: int = 0
    code: int = 0
    unsure: int = 0

    @property
    def rows(self) -> int:
        """All rows that have a cell in that column."""
        return self.signed + self.reported + self.empty + self.code + self.unsure

    def plus(self, other: "Counts") -> "Counts":
        """Both together."""
        return Counts(
            self.signed + other.signed,
            self.reported + other.reported,
            self.empty + other.empty,
            self.code + other.code,
            self.unsure + other.unsure,
        )


@dataclass(frozen=True, slots=True)
class KnownSubmission:
    """A submission already recorded.

    ``received`` tells whether a sheet was ever accepted; ``first_at`` is the official time of its first arrival,
    ``retake_asked_at`` when the desk last asked for another copy (None: never). The fields from ``kind`` on are what
    its sheets came to, which a later file that nobody can read does not change.
    """

    id: int
    number: str
    received: bool
    timeliness: Timeliness
    late_minutes: int
    first_at: datetime
    files: frozenset[str] = frozenset()
    pages: dict[int, datetime] = field(default_factory=dict)
    flags: frozenset[Flag] = frozenset()
    retake_asked_at: datetime | None = None
    kind: SheetKind = SheetKind.DAILY
    counts: Counts = field(default_factory=Counts)
    head: HeadMark = HeadMark.ABSENT
    absentees: tuple[str, ...] = ()
    empty_rows: tuple[tuple[int | None, str], ...] = ()
    expected_pages: int = 1
    missing_pages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Known:
    """What was recorded before: per unit and (date, session) submissions, per unit the columns with facts.

    ``printed`` are the units and days for which a printed sheet of the desk is out; ``looks`` hold per unit what is
    known of its printed pages of the last weeks.
    """

    submissions: dict[tuple[str, dt.date, str], KnownSubmission] = field(default_factory=dict)
    columns: dict[str, frozenset[tuple[dt.date, Session]]] = field(default_factory=dict)
    printed: frozenset[tuple[str, dt.date]] = frozenset()
    looks: dict[str, tuple[Look, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SubmissionDraft:
    """One unit's sheet of one date and session, as this message leaves it.

    ``at`` is the official time that its timeliness was judged by. ``existing`` is the submission it joins.
    ``absentees`` are roster members whom the sheet does not list; ``empty_rows`` (paper number, name) have no mark.
    ``retake_asked_at`` is the official time of the file that is asked for again (``ask_retake``).
    """

    unit: str
    date: dt.date
    session: str
    kind: SheetKind
    received: bool
    at: datetime
    timeliness: Timeliness
    late_minutes: int
    counts: Counts
    arrivals: tuple[ArrivalDraft, ...]
    facts: tuple[FactDraft, ...] = ()
    questions: tuple[QuestionDraft, ...] = ()
    flags: frozenset[Flag] = frozenset()
    head: HeadMark = HeadMark.ABSENT
    problems: tuple[Problem, ...] = ()
    absentees: tuple[str, ...] = ()
    empty_rows: tuple[tuple[int | None, str], ...] = ()
    expected_pages: int = 1
    missing_pages: tuple[int, ...] = ()
    existing: KnownSubmission | None = None
    ask_retake: bool = False
    retake_asked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """All that one message comes to. ``loose`` are files that could not be joined to any unit; ``looks`` are printed
    pages as they are known after it."""

    submissions: tuple[SubmissionDraft, ...]
    loose: tuple[ArrivalDraft, ...] = ()
    problems: tuple[Problem, ...] = ()
    unit_candidates: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()
