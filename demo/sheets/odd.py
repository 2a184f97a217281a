"""Files that offices, careless machines and strangers send instead of a sheet."""

import zipfile
from binascii import crc32
from io import BytesIO

from openpyxl import Workbook

_ZEROS = 64 << 20


def zipped(name: str, data: bytes) -> bytes:
    """An honest ZIP of one file."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name, (2026, 11, 24, 7, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def zip_bomb() -> bytes:
    """About 64 KB that unpack to 64 MB of nothing."""
    return zipped("presensi.xlsx", bytes(_ZEROS))


def endless_workbook() -> bytes:
    """A small workbook whose one cell lies in the last row and column there can be."""
    book, out = Workbook(), BytesIO()
    assert book.active is not None
    book.active["XFD1048576"] = "Selamat, Anda mendapat hadiah"
    book.save(out)
    return out.getvalue()


def rar(name: str, data: bytes) -> bytes:
    """A RAR 5 archive that stores one file: main header, file header with its data, end of archive."""
    number = name.encode()
    size = _vint(len(data))
    body = b"\x04" + size + b"\x20" + crc32(data).to_bytes(4, "little") + b"\x00\x01" + _vint(len(number)) + number
    file = _block(b"\x02\x02" + size + body)
    return b"Rar!\x1a\x07\x01\x00" + _block(b"\x01\x00\x00") + file + data + _block(b"\x05\x00\x00")


def _block(content: bytes) -> bytes:
    sized = _vint(len(content)) + content
    return crc32(sized).to_bytes(4, "little") + sized


def _vint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes((*out, value))
