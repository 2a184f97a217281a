"""Workbooks whose bytes depend on their content alone: a second print of the same sheet is the same file."""

import os
from datetime import datetime
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment that a ZIP can name


class _SteadyArchive(ZipFile):
    """Every member with the same date, wherever and whenever it is written."""

    def writestr(
        self,
        zinfo_or_arcname: str | ZipInfo,
        data: str | bytes,  # type: ignore[override]
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        name = zinfo_or_arcname if isinstance(zinfo_or_arcname, str) else zinfo_or_arcname.filename
        super().writestr(ZipInfo(name, _EPOCH), data, compress_type or ZIP_DEFLATED, compresslevel)

    def write(
        self,
        filename: str | os.PathLike[str],
        arcname: str | os.PathLike[str] | None = None,
        compress_type: int | None = None,
        compresslevel: int | None = None,
    ) -> None:
        self.writestr(str(arcname or filename), Path(filename).read_bytes(), compress_type, compresslevel)


def saved(book: Workbook, moment: datetime) -> bytes:
    """The bytes of ``book``, made and changed at ``moment`` (written as it stands, without its zone)."""
    # Workbook.save() would write the present moment into the file.
    book.properties.created = book.properties.modified = moment.replace(tzinfo=None)
    out = BytesIO()
    ExcelWriter(book, _SteadyArchive(out, "w", ZIP_DEFLATED)).save()
    return out.getvalue()
