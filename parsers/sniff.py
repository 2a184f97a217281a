"""What a file is, by its bytes; the sender's name for it is only used among texts (facts: mail, "MIME")."""

import re
import zipfile
import zlib
from enum import StrEnum
from io import BytesIO


class Kind(StrEnum):
    """The families of files that the desk tells apart."""

    XLSX = "xlsx"
    XLSM = "xlsm"
    XLSB = "xlsb"
    XLS = "xls"
    ODS = "ods"
    CSV = "csv"
    HTML = "html"  # also what many offices' applications export as ".xls"
    DOCX = "docx"
    PDF = "pdf"
    ZIP = "zip"
    IMAGE = "image"
    ENCRYPTED = "encrypted"
    FOREIGN_ARCHIVE = "foreign_archive"  # RAR, 7z, gzip, tar …
    OLD_WORD = "old_word"
    OTHER_OFFICE = "other_office"  # presentations, ODT, XML spreadsheets …
    TNEF = "tnef"
    EMPTY = "empty"
    UNKNOWN = "unknown"


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ARCHIVES = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd")
_IMAGES = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF87a",
    b"GIF89a",
    b"II*\x00",
    b"MM\x00*",
    b"\xff\x0a",  # JPEG XL
    b"\x00\x00\x00\x0cJXL ",
)
_ISO_IMAGES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"})
_HTML = re.compile(rb"<(?:!doctype\s+html|html|table|head|meta|body)\b", re.IGNORECASE)
_SPREADSHEET_XML = re.compile(rb"urn:schemas-microsoft-com:office:spreadsheet")
_TEXT_NAMES = (".csv", ".tsv", ".txt", ".tab")
_HEAD = 4096
_WORKBOOK_START = b"\x09\x08\x10\x00\x00\x06\x05\x00"  # BOF of BIFF8 globals
_FILEPASS, _FIRST_RECORDS = 0x2F, 6


def sniff(data: bytes, filename: str = "") -> Kind:
    """The kind of ``data``. Never raises and never reads more than the directory of a container."""
    head = data[:_HEAD]
    if not data.strip(b"\x00 \t\r\n"):
        return Kind.EMPTY
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if head.startswith(OLE):
        return _ole_kind(data)
    if b"%PDF-" in head[:1024]:
        return Kind.PDF
    if head.startswith(_IMAGES) or _is_other_image(head):
        return Kind.IMAGE
    if head.startswith(_ARCHIVES) or head[257:262] == b"ustar":
        return Kind.FOREIGN_ARCHIVE
    if head.startswith(b"\x78\x9f\x3e\x22"):
        return Kind.TNEF
    if head[:2] == b"\x09\x08" or head[:4] in (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00"):
        return Kind.XLS  # a bare BIFF stream without its OLE container
    return _text_kind(data, filename)


def _is_other_image(head: bytes) -> bool:
    if head[4:8] == b"ftyp":
        return head[8:12] in _ISO_IMAGES
    if head[:2] == b"BM":
        return (
            len(head) > 30
            and head[6:10] == b"\x00" * 4
            and head[14:18] in (b"\x28\0\0\0", b"\x7c\0\0\0", b"\x6c\0\0\0")
        )
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _zip_kind(data: bytes) -> Kind:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            members = archive.infolist()
            names = {m.filename.replace("\\", "/").lower() for m in members}
            mimetype = _short_member(archive, "mimetype", 200)
            locked = b"encryption-data" in _short_member(archive, "META-INF/manifest.xml", 1 << 20)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, zlib.error, RuntimeError):
        return _broken_zip_kind(data)
    if locked or any(m.flag_bits & 1 for m in members):
        return Kind.ENCRYPTED
    return _ooxml_kind(names) or _odf_kind(mimetype, names) or Kind.ZIP


def _broken_zip_kind(data: bytes) -> Kind:
    """A truncated container still shows what it was in its first member names; the reader then says DAMAGED."""
    start = data[:200_000]
    for mark, kind in ((b"xl/", Kind.XLSX), (b"word/", Kind.DOCX), (b"opendocument.spreadsheet", Kind.ODS)):
        if mark in start:
            return kind
    return Kind.ZIP


def _ooxml_kind(names: set[str]) -> Kind | None:
    if "xl/workbook.bin" in names:
        return Kind.XLSB
    if any(n.startswith("xl/") and "workbook" in n for n in names):
        return Kind.XLSM if "xl/vbaproject.bin" in names else Kind.XLSX
    if any(n.startswith("word/document") for n in names):
        return Kind.DOCX
    if any(n.startswith("ppt/") for n in names):
        return Kind.OTHER_OFFICE
    # An OOXML package whose parts have unusual names: openpyxl finds them by their relationships.
    if "[content_types].xml" in names and any("sheet" in n for n in names):
        return Kind.XLSX
    return None


def _short_member(archive: zipfile.ZipFile, name: str, longest: int) -> bytes:
    if name not in archive.namelist() or archive.getinfo(name).flag_bits & 1:
        return b""
    with archive.open(name) as source:
        return source.read(longest)


def _odf_kind(mimetype: bytes, names: set[str]) -> Kind | None:
    if b"opendocument.spreadsheet" in mimetype:
        return Kind.ODS
    if b"opendocument" in mimetype:
        return Kind.OTHER_OFFICE
    return None


def _ole_kind(data: bytes) -> Kind:
    def has(stream: str) -> bool:
        return stream.encode("utf-16-le") in data

    if has("EncryptedPackage"):
        return Kind.ENCRYPTED
    if has("WordDocument"):
        return Kind.OLD_WORD
    if any(has(stream) for stream in ("PowerPoint Document", "__properties_version1.0", "VisioDocument")):
        return Kind.OTHER_OFFICE
    # A cut workbook has lost its directory: its reader then says DAMAGED.
    return Kind.ENCRYPTED if _is_locked_xls(data) else Kind.XLS


def _is_locked_xls(data: bytes) -> bool:
    """Whether a FILEPASS record follows the first records of the workbook stream."""
    at = data.find(_WORKBOOK_START)
    for _ in range(_FIRST_RECORDS if at >= 0 else 0):
        kind, length = int.from_bytes(data[at : at + 2], "little"), int.from_bytes(data[at + 2 : at + 4], "little")
        if kind == _FILEPASS:
            return True
        at += 4 + length
    return False


def _text_kind(data: bytes, filename: str) -> Kind:
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.decode("utf-16", "ignore").encode()
    if _SPREADSHEET_XML.search(head):
        return Kind.OTHER_OFFICE
    if _HTML.search(head):
        return Kind.HTML
    if b"\x00" in head:
        return Kind.UNKNOWN
    control = sum(1 for b in head if b < 32 and b not in b"\t\r\n\f\x1a")
    if control > len(head) // 100:
        return Kind.UNKNOWN
    lines = [line for line in head.splitlines() if line.strip()]
    separated = sum(1 for line in lines if sum(line.count(d) for d in b";,\t|") >= 2)
    named = filename.lower().endswith(_TEXT_NAMES)
    return Kind.CSV if named or separated >= min(len(lines), 2) else Kind.UNKNOWN
