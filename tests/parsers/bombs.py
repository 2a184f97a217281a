"""Hostile files, made here: small ones that swell, claim or coil up (facts: mail, "Hostile attachments")."""

import io
import struct
import zipfile
import zlib

MEBI = 1 << 20


def deflated(chunk: bytes, times: int) -> bytes:
    """A raw deflate stream of ``chunk`` repeated, without ever holding it: blocks after a full flush can be copied."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(chunk) + packer.flush(zlib.Z_FULL_FLUSH)
    return block * times + zlib.compressobj(9, zlib.DEFLATED, -15).flush()


def _check(function: str, chunk: bytes, times: int, start: int) -> int:
    value = start
    for _ in range(times):
        value = zlib.crc32(chunk, value) if function == "crc" else zlib.adler32(chunk, value)
    return value


def swollen_zip(small: dict[str, bytes], name: str, head: bytes, chunk: bytes, times: int, tail: bytes = b"") -> bytes:
    """A ZIP with ``small`` members and one of head + chunk * times + tail, with true sizes and check sums."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for member, content in small.items():
            archive.writestr(member, content)
        archive.writestr(name, b"")
    plain = out.getvalue()
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH) + deflated(chunk, times)[: -len(deflated(b"", 0))]
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    body += last.compress(tail) + last.flush()
    crc = zlib.crc32(tail, _check("crc", chunk, times, zlib.crc32(head)))
    size = (len(head) + len(chunk) * times + len(tail)) & 0xFFFFFFFF
    return _with_last_member(plain, body, crc, size)


def _with_last_member(plain: bytes, body: bytes, crc: int, size: int) -> bytes:
    """Replace the last (empty) member's data and what the headers say of it."""
    local = plain.rfind(b"PK\x03\x04")
    directory = plain.find(b"PK\x01\x02")
    entry = plain.rfind(b"PK\x01\x02")
    end = plain.rfind(b"PK\x05\x06")
    name_length, extra_length = struct.unpack_from("<HH", plain, local + 26)
    numbers = struct.pack("<III", crc, len(body), size)
    start = plain[:local] + plain[local : local + 8] + struct.pack("<H", 8) + plain[local + 10 : local + 14] + numbers
    start += plain[local + 26 : local + 30 + name_length + extra_length] + body
    record = bytearray(plain[directory:end])
    at = entry - directory
    record[at + 10 : at + 12] = struct.pack("<H", 8)
    record[at + 16 : at + 28] = numbers
    tail = bytearray(plain[end:])
    tail[16:20] = struct.pack("<I", len(start))
    return start + bytes(record) + bytes(tail)


_TYPES = (
    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    b'<Default Extension="xml" ContentType="application/xml"/>'
    b'<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml'
    b'.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/'
    b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)
_OFFICE = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_RELATIONS = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
_MAIN = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def _workbook_parts() -> dict[str, bytes]:
    def relation(number: int, kind: bytes, target: bytes) -> bytes:
        return b'<Relationship Id="rId%d" Type="%s/%s" Target="%s"/>' % (number, _OFFICE, kind, target)

    inner = relation(1, b"worksheet", b"worksheets/sheet1.xml") + relation(2, b"sharedStrings", b"sharedStrings.xml")
    sheet = b'<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets>'
    return {
        "[Content_Types].xml": _TYPES,
        "_rels/.rels": _RELATIONS % relation(1, b"officeDocument", b"xl/workbook.xml"),
        "xl/_rels/workbook.xml.rels": _RELATIONS % inner,
        "xl/workbook.xml": b'<workbook xmlns="%s" xmlns:r="%s">%s</workbook>' % (_MAIN, _OFFICE, sheet),
    }


_SHEET_HEAD = b'<worksheet xmlns="%s"><sheetData>' % _MAIN
_SHEET_TAIL = b"</sheetData></worksheet>"
_NO_STRINGS = b'<sst xmlns="%s"/>' % _MAIN


def last_cell() -> bytes:
    """One cell at XFD1048576."""
    parts = _workbook_parts() | {"xl/sharedStrings.xml": _NO_STRINGS}
    row = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    return swollen_zip(parts, "xl/worksheets/sheet1.xml", _SHEET_HEAD, row, 1, _SHEET_TAIL)


def ten_million_cells() -> bytes:
    """10,000 rows of 1,000 cells."""
    parts = _workbook_parts() | {"xl/sharedStrings.xml": _NO_STRINGS}
    row = b"<row>" + b"<c><v>1</v></c>" * 1000 + b"</row>"
    return swollen_zip(parts, "xl/worksheets/sheet1.xml", _SHEET_HEAD, row, 10_000, _SHEET_TAIL)


def long_string(megabytes: int) -> bytes:
    """One shared string."""
    cell = b'<row><c t="s"><v>0</v></c></row>'
    parts = _workbook_parts() | {"xl/worksheets/sheet1.xml": _SHEET_HEAD + cell + _SHEET_TAIL}
    head, tail = b'<sst xmlns="%s"><si><t>' % _MAIN, b"</t></si></sst>"
    return swollen_zip(parts, "xl/sharedStrings.xml", head, b"a" * MEBI, megabytes, tail)


def laughing_workbook() -> bytes:
    """Entities of entities."""
    entities = b"".join(b'<!ENTITY e%d "%s">' % (n, b"&e%d;" % (n - 1) * 10) for n in range(1, 12))
    sheet = b'<!DOCTYPE x [<!ENTITY e0 "ha">%s]>' % entities
    sheet += _SHEET_HEAD + b'<row><c t="inlineStr"><is><t>&e11;</t></is></c></row>' + _SHEET_TAIL
    parts = _workbook_parts() | {"xl/sharedStrings.xml": _NO_STRINGS}
    return swollen_zip(parts, "xl/worksheets/sheet1.xml", sheet, b"", 0)


def swelling_zip() -> bytes:
    """Almost 4 GB of zeros, the most that its headers can tell the truth about."""
    return swollen_zip({}, "daftar.csv", b"", bytes(16 * MEBI), 255)


def nested_zip(depth: int, inner: bytes) -> bytes:
    """A ZIP in a ZIP …"""
    for level in range(depth):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr(f"{level}.zip" if level else "daftar.csv", inner)
        inner = out.getvalue()
    return inner


def many_entries(count: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(count):
            archive.writestr(f"{number}.csv", "NO;NAMA;DATANG\n1;Budi;H\n")
    return out.getvalue()


def _pdf(stream: bytes) -> bytes:
    """A page whose content is the given zlib stream."""
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    out = b"%PDF-1.4\n"
    places = []
    for number, item in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj%s endobj\n" % (number, item)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    trailer = b"trailer<</Size 6/Root 1 0 R>>startxref\n%d\n%%%%EOF" % len(out)
    return out + b"xref\n0 6\n0000000000 65535 f \n" + table + trailer


def _zlib(chunk: bytes, times: int) -> bytes:
    return b"\x78\xda" + deflated(chunk, times) + struct.pack(">I", _check("adler", chunk, times, 1))


def swelling_pdf() -> bytes:
    """Inflates to 1 GB."""
    return _pdf(_zlib(b" " * MEBI, 1024))


def busy_pdf() -> bytes:
    """Three million operators."""
    return _pdf(_zlib(b"0 0 5 5 re f\n" * 1000, 1500))
