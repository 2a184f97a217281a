"""What is kept of a version beside its files: every printed figure and the covering mail, as one gzipped JSON."""

import gzip
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

from reports.cover import Cover
from reports.numbering import ReportIdentity, ReportKind
from storage.records_reports import ReportRow

MEDIA_TYPE = "application/gzip"


@dataclass(frozen=True, slots=True)
class Kept:
    """The figures by place, in the order of the report, and the mail that carried it."""

    figures: Mapping[str, str]
    cover: Cover


def pack(kept: Kept) -> bytes:
    """The same figures give the same bytes."""
    content = {"figures": dict(kept.figures), "subject": kept.cover.subject, "body": kept.cover.body}
    return gzip.compress(json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(), mtime=0)


def unpack(data: bytes) -> Kept:
    """What ``pack`` wrote; ``ValueError`` for anything else."""
    try:
        content = json.loads(gzip.decompress(data))
        return Kept(content["figures"], Cover(content["subject"], content["body"]))
    except (OSError, EOFError, KeyError, TypeError, ValueError, zlib.error) as error:
        raise ValueError(f"bukan catatan angka laporan: {error}") from None


def identity_of(row: ReportRow, figures: Mapping[str, str]) -> ReportIdentity:
    """A stored version as ``reports.numbering`` knows it; ``figures`` empty: enough for CEK, not for its hash."""
    return ReportIdentity(
        kind=ReportKind(row.kind),
        number=row.number,
        scope=row.scope,
        period=row.period,
        as_of=row.as_of,
        version=row.version,
        totals=row.totals_by_label,
        figures=figures,
        sha256=row.sha256,
    )
