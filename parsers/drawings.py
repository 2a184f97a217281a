"""Where pictures lie on the worksheets of an XLSX file: a pasted signature must not look like an empty cell."""

import posixpath
import zipfile
from io import BytesIO
from xml.etree import ElementTree as ET

from parsers.base import MEBIBYTE

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ANCHORS = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
_LARGEST_PART = 4 * MEBIBYTE
_MOST_PICTURES = 5_000

Places = frozenset[tuple[int, int]]


def pictures_by_sheet(data: bytes) -> dict[str, Places]:
    """For each worksheet's name the (row, column) under each picture's upper left corner.

    A workbook whose drawings cannot be followed has none: the cells are then what they are.
    """
    with zipfile.ZipFile(BytesIO(data)) as archive:
        names = set(archive.namelist())
        if not any("drawing" in n for n in names):
            return {}
        book = "xl/workbook.xml"
        try:
            targets = _relations(archive, book)
            sheets = _xml(archive, book).iter(f"{_MAIN}sheet")
            paths = {s.get("name", ""): targets.get(s.get(_ID, ""), "") for s in sheets}
            return {name: _pictures(archive, path) for name, path in paths.items() if path in names}
        except (KeyError, ET.ParseError, ValueError, zipfile.BadZipFile):
            return {}


def _xml(archive: zipfile.ZipFile, path: str) -> ET.Element:
    if archive.getinfo(path).file_size > _LARGEST_PART:
        raise ValueError(path)
    return ET.fromstring(archive.read(path))


def _relations(archive: zipfile.ZipFile, path: str) -> dict[str, str]:
    folder, name = posixpath.split(path)
    found = f"{folder}/_rels/{name}.rels"
    if found not in archive.namelist():
        return {}
    return {
        r.get("Id", ""): posixpath.normpath(posixpath.join(folder, r.get("Target", ""))).lstrip("/")
        for r in _xml(archive, found)
    }


def _pictures(archive: zipfile.ZipFile, sheet: str) -> Places:
    places: set[tuple[int, int]] = set()
    for path in _relations(archive, sheet).values():
        if "/drawings/drawing" not in f"/{path}":
            continue
        for anchor in _xml(archive, path):
            start = anchor.find(f"{_ANCHORS}from")
            if start is None or anchor.find(f".//{_ANCHORS}pic") is None or len(places) >= _MOST_PICTURES:
                continue
            row, column = start.find(f"{_ANCHORS}row"), start.find(f"{_ANCHORS}col")
            if row is not None and column is not None:
                places.add((int(row.text or 0), int(column.text or 0)))
    return frozenset(places)
