"""Reports as PDF: the wrapper around Typst, paper, letterhead data, and the joining of parts.

Text reaches a template as JSON strings, never as markup. Only the fonts inside the ``typst`` package are used.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import pypdfium2
import typst

import templates
from domain.profile import Profile
from domain.sheet_layout import Paper
from domain.wording import MONTHS, moment_text
from reports.figures import spaced_nip
from reports.numbering import ReportIdentity, qr_svg

_PLACE = Path(templates.__file__).resolve().parent / "reports"


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signs: ``post`` carries Plt., Plh. or a.n. where they apply (DOMAIN.md 2). Empty fields are not printed."""

    place: str
    day: date
    post: str
    name: str
    rank: str = ""
    nip: str = ""


@dataclass(frozen=True, slots=True)
class Frame:
    """What surrounds the figures of one report."""

    report: ReportIdentity
    profile: Profile
    title: tuple[str, ...]
    recipient: str = ""
    signatory: Signatory | None = None
    paper: Paper = Paper.F4
    landscape: bool = False
    kop: tuple[str, ...] | None = None
    """Letterhead lines of the unit that signs; None: the government's own from the profile."""

    @property
    def size(self) -> tuple[float, float]:
        """Width and height of a page in millimetres."""
        width, height = self.paper.size
        return (height, width) if self.landscape else (width, height)


def frame_data(frame: Frame, pages_before: int = 0, pages_after: int = 0, margin: float = 14) -> dict[str, Any]:
    """The frame as the templates take it."""
    report, profile = frame.report, frame.profile
    width, height = frame.size
    as_of = moment_text(report.as_of, profile)
    fields = [
        ("Nomor", f"{report.number}, versi {report.version}"),
        ("Periode", report.period),
        ("Keadaan data", as_of),
        ("Kepada", frame.recipient),
        ("Sidik SHA-256", f"{report.sha256[:32]} {report.sha256[32:]}"),
        ("Pemeriksaan", f"balas CEK {report.number} kepada {profile.agency}"),
    ]
    return {
        "width": width,
        "height": height,
        "margin": margin,
        "kop": list(profile.kop if frame.kop is None else frame.kop),
        "title": list(frame.title),
        "replaces": report.replaces,
        "fields": [field for field in fields if field[1]],
        "qr": qr_svg(report),
        "short_hash": report.short_hash,
        "footer": f"{report.number} · versi {report.version} · data per {as_of} · sidik {report.short_hash}",
        "pages_before": pages_before,
        "pages_after": pages_after,
        "signatory": _signatory(frame.signatory),
    }


def _signatory(who: Signatory | None) -> dict[str, str] | None:
    if who is None:
        return None
    day = f"{who.day.day} {MONTHS[who.day.month - 1]} {who.day.year}"
    return {
        "place_date": f"{who.place}, {day}" if who.place else day,
        "post": who.post,
        "name": who.name,
        "rank": who.rank,
        "nip": spaced_nip(who.nip),
    }


@lru_cache(maxsize=1)
def _fonts() -> typst.Fonts:
    # System fonts differ from desk to desk; the same data must give the same page everywhere.
    return typst.Fonts(include_system_fonts=False)


@lru_cache(maxsize=8)
def _compiler(template: str) -> typst.Compiler:
    return typst.Compiler(_PLACE / f"{template}.typ", root=_PLACE, font_paths=_fonts(), ignore_system_fonts=True)


def typeset(template: str, data: Mapping[str, Any], *, tagged: bool = True) -> bytes:
    """PDF of ``templates/reports/<template>.typ`` with ``data``.

    ``tagged`` adds the structure that screen readers use; in a month of a government it would be 95 parts in 100.
    """
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    pdf = _compiler(template).compile(sys_inputs=inputs, format="pdf", pdf_tags=tagged, timestamp=0)
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst gave no PDF for {template}")
    return pdf


def page_count(pdf: bytes) -> int:
    """Pages of a PDF of ours."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return len(document)
    finally:
        document.close()


def join(parts: Sequence[bytes]) -> bytes:
    """One PDF of several; a single part stays as it is, tags included."""
    if len(parts) == 1:
        return parts[0]
    whole = pypdfium2.PdfDocument.new()
    try:
        for part in parts:
            source = pypdfium2.PdfDocument(part)
            whole.import_pages(source)
            source.close()
        target = io.BytesIO()
        whole.save(target)
    finally:
        whole.close()
    return target.getvalue()
