"""Whether a report is ours and still counts: the answer to CEK, and the comparison behind ``posko verify --report``.

No answer holds a name: who asks may have nothing but a number that was printed somewhere.
"""

import hashlib
import io
import re
from dataclasses import dataclass, replace
from enum import StrEnum
from zipfile import BadZipFile

import openpyxl
import pypdfium2

from domain.errors import OriginalMissing
from domain.ports import BlobStore
from domain.profile import Profile
from reports.figures_kept import identity_of, unpack
from reports.numbering import SHORT_HASH, content_hash, read_qr, verification_text
from storage.engine import UnitOfWork
from storage.records_reports import ReportRow

_NUMBER = re.compile(r"\b([A-Z]{2,5}-R[MBU]-\d{4}(?:W\d{2}|\d{2})(?:-[A-Z0-9]+)?)\b", re.IGNORECASE)
_VERSION = re.compile(r"\bversi\s+(\d{1,4})\b", re.IGNORECASE)
_HASH = re.compile(r"\b([0-9a-f]{64})\b", re.IGNORECASE)
CHAT_LENGTH = 600  # characters of one answer by chat; beyond it totals of 0 are told in one line
_PAGES = 2  # the particulars of a report stand on its first page


class Verdict(StrEnum):
    """What a comparison came to; the value is what people read."""

    GENUINE = "sesuai dengan catatan kami"
    KNOWN = "tercatat pada kami"
    OTHER_HASH = "TIDAK SESUAI: sidiknya lain dari catatan kami"
    OTHER_BYTES = "TIDAK SESUAI: bukan berkas yang kami buat, isinya mungkin sudah diubah"
    ALTERED_RECORD = "TIDAK SESUAI: catatan kami sendiri tidak cocok dengan sidiknya"
    UNKNOWN = "tidak tercatat pada kami"


@dataclass(frozen=True, slots=True)
class Checked:
    """``report`` is None for what nobody here made; ``latest`` is the newest version of its number."""

    verdict: Verdict
    report: ReportRow | None = None
    latest: int = 0

    @property
    def good(self) -> bool:
        """Whether nothing speaks against it."""
        return self.verdict in (Verdict.GENUINE, Verdict.KNOWN)


def is_report_number(text: str) -> bool:
    """Whether ``text`` names a report rather than a submission: a report's number, or the text of its QR code."""
    return read_qr(text) is not None or _NUMBER.search(text) is not None


async def check_text(uow: UnitOfWork, number: str, profile: Profile) -> str:
    """The answer to ``CEK nomor`` for a conversation, any channel: number, unit, period, totals, hash, state; no names.

    ``number`` is what was typed behind CEK: a report's number in any case (``tlg-rm-2026w48``), with or without
    "versi 2", or the text of a report's QR code. Always an answer, also for what is unknown; reads only.
    """
    checked = await _known(uow, number)
    if checked.report is None:
        asked = (_NUMBER.search(number) or [number.strip()[:40]])[0].upper()
        return (
            f"Laporan {asked} tidak tercatat pada kami. Mohon memeriksa kembali nomornya, misalnya "
            f"{profile.number_prefix}-RM-2026W48; nomor tercetak pada setiap halaman laporan."
        )
    report = identity_of(checked.report, {})
    text = verification_text(report, profile, checked.latest)
    if len(text) > CHAT_LENGTH:
        some = {label: value for label, value in report.totals.items() if value}
        text = verification_text(replace(report, totals=some), profile, checked.latest) + "\nAngka lainnya 0."
    return text if checked.good else f"{checked.verdict}.\n{text}"


async def check_words(uow: UnitOfWork, blobs: BlobStore, words: str, sha256: str = "") -> Checked:
    """A number or the text of a QR code, compared with ``sha256`` (all of it or its first 16 digits) when given.

    The record itself is checked too: its figures must still give its hash.
    """
    checked = await _known(uow, words)
    if checked.report is None or not checked.good:
        return checked
    if not await _record_is_whole(blobs, checked.report):
        return Checked(Verdict.ALTERED_RECORD, checked.report, checked.latest)
    given = sha256.strip().lower()
    if not given:
        return checked
    same = len(given) >= SHORT_HASH and checked.report.sha256.startswith(given)
    return Checked(Verdict.GENUINE if same else Verdict.OTHER_HASH, checked.report, checked.latest)


async def check_file(uow: UnitOfWork, data: bytes) -> Checked:
    """A PDF or workbook, byte by byte; of a changed one the number that it claims is looked up.

    Only files of this program are opened: a stranger's file is opened by the sandbox alone.
    """
    row = await uow.reports.by_file(hashlib.sha256(data).hexdigest())
    if row is not None:
        return Checked(Verdict.GENUINE, row, await _latest(uow, row.number))
    text = text_of(data)
    claimed = await _known(uow, text) if text else Checked(Verdict.UNKNOWN)
    if claimed.report is None:
        return Checked(Verdict.UNKNOWN)
    return Checked(Verdict.OTHER_BYTES, claimed.report, claimed.latest)


def text_of(data: bytes) -> str:
    """What stands on the first pages of a PDF, or the first sheet of a workbook; "" for anything else."""
    try:
        if data.startswith(b"%PDF"):
            document = pypdfium2.PdfDocument(data)
            try:
                pages = min(_PAGES, len(document))
                return "\n".join(document[n].get_textpage().get_text_range() for n in range(pages))
            finally:
                document.close()
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        rows = book.worksheets[0].iter_rows(max_row=40, max_col=2, values_only=True)
        return "\n".join(" ".join(str(value) for value in row if value is not None) for row in rows)
    except (pypdfium2.PdfiumError, BadZipFile, KeyError, OSError, ValueError):
        return ""


async def _known(uow: UnitOfWork, words: str) -> Checked:
    """The report that ``words`` name; what they say of version and hash must agree with the record."""
    scanned = read_qr(words)
    found = _NUMBER.search(words)
    if scanned is None and found is None:
        return Checked(Verdict.UNKNOWN)
    number = scanned[0] if scanned else found[1] if found else ""
    versions = await uow.reports.versions(number)
    if not versions:
        return Checked(Verdict.UNKNOWN)
    latest = versions[-1].version
    spoken = _VERSION.search(words)
    wanted = scanned[1] if scanned else int(spoken[1]) if spoken else latest
    row = next((version for version in versions if version.version == wanted), None)
    if row is None:
        return Checked(Verdict.UNKNOWN)
    told = scanned[2].lower() if scanned else (_HASH.search(words) or [""])[0].lower()
    if told and not row.sha256.startswith(told):
        return Checked(Verdict.OTHER_HASH, row, latest)
    return Checked(Verdict.GENUINE if told else Verdict.KNOWN, row, latest)


async def _latest(uow: UnitOfWork, number: str) -> int:
    return (await uow.reports.versions(number))[-1].version


async def _record_is_whole(blobs: BlobStore, row: ReportRow) -> bool:
    try:
        figures = unpack(await blobs.get(row.figures_sha256)).figures
    except (OriginalMissing, ValueError):
        return False
    return content_hash(identity_of(row, figures)) == row.sha256
