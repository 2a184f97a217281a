"""What makes a printed report provable: number, version, as-of time, hash, QR code, and the answer to CEK.

The hash is of the figures, not of a file: PDF and workbook print the same one, and neither could hold its own.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

import segno

from domain.profile import Profile
from domain.wording import moment_text

SHORT_HASH = 16
ITEM = "; "
"""Parts a figure that holds several, such as a person's days; versions are compared item by item."""
_QR = re.compile(r"POSKO/L/([A-Z0-9-]{5,60})/(\d{1,4})/([0-9A-F]{16})")


class ReportKind(StrEnum):
    """The kinds of reports; the value stands in the number."""

    WEEKLY = "RM"
    MONTHLY = "RB"
    UNIT_RECAP = "RU"


KIND_NAMES: Mapping[ReportKind, str] = {
    ReportKind.WEEKLY: "Rekap Mingguan Presensi Manual",
    ReportKind.MONTHLY: "Rekap Bulanan Presensi Manual",
    ReportKind.UNIT_RECAP: "Rekap Bulanan Unit",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One figure that a later version has otherwise; "" where it was not there."""

    place: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReportIdentity:
    """What every page, the record and the answer to CEK tell. ``scope`` is the unit's name or the government's.

    ``figures`` are all printed figures by place; they are hashed, kept with the record and compared by the next
    version. ``totals`` are the few that CEK answers with, in order; they hold no names.
    """

    kind: ReportKind
    number: str
    scope: str
    period: str
    as_of: datetime
    version: int
    totals: Mapping[str, int]
    figures: Mapping[str, str] = field(repr=False)
    sha256: str = ""
    changes: tuple[Change, ...] = ()

    @property
    def short_hash(self) -> str:
        """The part of the hash that is printed and in the QR code."""
        return self.sha256[:SHORT_HASH].upper()

    @property
    def replaces(self) -> str:
        """``MENGGANTIKAN versi 1``; "" for the first version."""
        return f"MENGGANTIKAN versi {self.version - 1}" if self.version > 1 else ""


def report_number(prefix: str, kind: ReportKind, first: date, scope: str = "") -> str:
    """``TLG-RM-2026W48``, ``TLG-RB-202611``, ``TLG-RU-202611-U012``: the same report always has the same number.

    ``scope`` narrows it: a unit's code, or ``5H``/``6H`` where the two patterns have weekly reports of their own.
    """
    year, week, _ = first.isocalendar()
    period = f"{year}W{week:02}" if kind is ReportKind.WEEKLY else f"{first:%Y%m}"
    return "-".join(filter(None, (prefix, kind.value, period, re.sub(r"[^A-Z0-9]", "", scope.upper()))))


def identify(draft: ReportIdentity, earlier: ReportIdentity | None = None) -> ReportIdentity:
    """Give ``draft`` its version, hash and, compared with the latest ``earlier`` version, its differences."""
    version = earlier.version + 1 if earlier else 1
    changes = differences(earlier.figures, draft.figures) if earlier else ()
    numbered = replace(draft, version=version, changes=changes)
    return replace(numbered, sha256=content_hash(numbered))


def content_hash(report: ReportIdentity) -> str:
    """SHA-256 (hex) of number, version, period, moment, totals and every figure, in one fixed spelling."""
    content = [
        report.kind.value,
        report.number,
        report.version,
        report.scope,
        report.period,
        report.as_of.isoformat(),
        list(report.totals.items()),
        sorted(report.figures.items()),
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def differences(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Change, ...]:
    """Every place whose figure changed, came or went; in the order of the later report, what went at the end."""
    found = [_change(p, before.get(p, ""), text) for p, text in after.items() if before.get(p, "") != text]
    return tuple(found + [Change(p, text, "") for p, text in before.items() if text and p not in after])


def _change(place: str, before: str, after: str) -> Change:
    old, new = before.split(ITEM), after.split(ITEM)
    gone, come = [item for item in old if item not in new], [item for item in new if item not in old]
    return Change(place, ITEM.join(gone), ITEM.join(come))


def qr_payload(report: ReportIdentity) -> str:
    """``POSKO/L/TLG-RM-2026W48/1/0123456789ABCDEF``: capitals and digits alone make a small QR code."""
    return f"POSKO/L/{report.number}/{report.version}/{report.short_hash}"


def read_qr(text: str) -> tuple[str, int, str] | None:
    """Number, version and short hash of a scanned payload; None for anything else."""
    found = _QR.fullmatch(text.strip())
    return (found[1], int(found[2]), found[3]) if found else None


def qr_svg(report: ReportIdentity) -> str:
    """The payload as an SVG picture, one unit a module, with the quiet zone of four that the standard asks for."""
    return segno.make(qr_payload(report), error="m", micro=False).svg_inline(border=4, light="#ffffff", omitsize=True)


def verification_text(report: ReportIdentity, profile: Profile, latest: int | None = None) -> str:
    """The answer to CEK: number, unit, period, totals, hash, state; no names. ``latest`` is the newest version."""
    newest = report.version if latest is None else latest
    state = "berlaku" if newest == report.version else f"sudah digantikan versi {newest}"
    totals: Sequence[str] = [f"{label}: {value}" for label, value in report.totals.items()]
    return "\n".join(
        (
            f"Laporan {report.number} versi {report.version} tercatat pada kami: {state}.",
            f"{KIND_NAMES[report.kind]}, {report.scope}, {report.period}.",
            f"Keadaan data: {moment_text(report.as_of, profile)}.",
            *totals,
            f"Sidik (SHA-256): {report.sha256}",
            "Bandingkan sidik dan angka di atas dengan yang tercetak.",
        )
    )
