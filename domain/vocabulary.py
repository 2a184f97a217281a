"""The words of sign-in sheets: headers, titles, labels and marks (DOMAIN.md 10; RULES.md 6).

Case, dots and spaces are ignored in headers. A code is only ever recognised from the profile's own list (K1-K3);
what is not certain stays unsure.
"""

import re
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from functools import lru_cache

from domain.reading import Verdict
from domain.terms import Session
from domain.vocabulary_time import read_times, take_times


class Key(StrEnum):
    """What a column is for."""

    NO = "no"
    NAME = "name"
    NIP = "nip"
    RANK = "rank"
    POST = "post"
    SIGN = "sign"
    NOTE = "note"
    DAY = "day"
    UNIT = "unit"
    TOTAL = "total"
    LINE = "line"  # form E: which of a person's lines this is (Masuk/Pulang, Jam/Paraf)


class Aspect(StrEnum):
    """What is written into a session's cell."""

    CLOCK = "clock"
    SIGN = "sign"


@dataclass(frozen=True, slots=True)
class Heading:
    """The meaning of one header text; everything None when it has none."""

    key: Key | None = None
    session: Session | None = None
    aspect: Aspect | None = None

    @property
    def known(self) -> bool:
        """Whether the text is a header word at all."""
        return self.key is not None or self.session is not None or self.aspect is not None


_SPELLINGS: dict[Key, str] = {
    Key.NO: "no nourut nomor nomorurut nr nomer",
    Key.NAME: "nama namapegawai namalengkap namaasn namapns namapppk namaguru namakaryawan namadangelar",
    Key.NIP: "nip nippppk nipnippppk nipnipppk nipppk nipnik nipnrptt nipnipppknik nippns nik nuptk nipnuptk nrk nrptt",
    Key.RANK: "gol golongan golruang golonganruang pangkat pangkatgol pangkatgolongan pangkatgolruang pktgol "
    "pangkatgolonganruang goljabatan",
    Key.POST: "jabatan jab jabatantugas unitkerja tugas jabatanunitkerja tugasjabatan",
    Key.NOTE: "keterangan ket alasan catatan keteranganlain",
    Key.DAY: "hari tanggal haritanggal tgl haritgl bulan mingguke minggu tanggalbulantahun periode pekan tglbulan "
    "bulantahun tanggalbulan masa hariketanggal mingguketanggal",
    Key.UNIT: "opd namaopd skpd namaskpd perangkatdaerah namaperangkatdaerah instansi namainstansi unitkerja satker "
    "satuankerja uptd namauptd namaupt upt sekolah namasekolah unit namaunit namaunitkerja opdunitkerja opdupt opduptd "
    "unitorganisasi unor puskesmas bagian dinas opduptunitkerja opduptdsmp",
    Key.TOTAL: "jml jumlah total jmlh jumlahhadir totalhadir",
}
_KEYS = {word: key for key, words in _SPELLINGS.items() for word in words.split() if key is not Key.UNIT}
_UNIT_LABELS = frozenset(_SPELLINGS[Key.UNIT].split())
_DAY_LABELS = frozenset(_SPELLINGS[Key.DAY].split())
_SIGN = (
    r"t(?:anda)?\s*\.?\s*t(?:angan)?\s*\.?\s*d?(?:atangan)?|tandatangan|paraf|prf|absen(?:si)?|presensi|kehadiran"
    r"|check|scan"
)
_CLOCK_WORDS = r"jam|pukul|pkl|waktu|time"
_IN = r"datang|kedatangan|masuk|pagi|in"
_OUT = r"pulang|kepulangan|siang|sore|keluar|out"
_SESSION_HEADER = re.compile(
    rf"(?:(?P<s1>{_SIGN})|(?P<c1>{_CLOCK_WORDS}))?[\s(/.:-]*(?:(?P<in>{_IN})|(?P<out>{_OUT}))[\s)/.:-]*"
    rf"(?:kerja)?[\s(]*(?:(?P<s2>{_SIGN})|(?P<c2>{_CLOCK_WORDS}))?[\s).]*"
)
_LINE_HEADER = re.compile(r"(?:masuk|datang)\s*/\s*(?:pulang|keluar)|jam\s*/\s*(?:paraf|ttd|tanda tangan)|sesi")
_SIGN_HEADER = re.compile(
    r"t\s*\.?\s*t\s*\.?\s*d?\s*\.?|tanda\s*tangan|tandatangan|paraf|prf\.?|tanda\s*tangan\s*/\s*paraf"
)
_CLOCK_HEADER = re.compile(rf"(?:{_CLOCK_WORDS})\.?")
TOTAL_CODES = frozenset({"H", "A", "C", "S", "I", "DL", "TK", "TL", "HN", "TB", "D", "DK"})
_BRACKETS = re.compile(r"[()\[\]]")


def squeeze(text: str) -> str:
    """``text`` without anything but small letters and digits."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


@lru_cache(maxsize=4096)
def heading(text: str) -> Heading:
    """The meaning of one header cell."""
    if not text or len(text) > 80:
        return Heading()
    plain = re.sub(r"\s+", " ", text).strip(" :").lower()
    times, rest = take_times(plain)
    plain = rest.strip(" :-") if times else plain  # "DATANG (07.00 s/d 07.30 WIB)"
    if _SIGN_HEADER.fullmatch(plain):
        return Heading(Key.SIGN, aspect=Aspect.SIGN)
    if _CLOCK_HEADER.fullmatch(plain):
        return Heading(aspect=Aspect.CLOCK)
    if _LINE_HEADER.fullmatch(_BRACKETS.sub("", plain)):
        return Heading(Key.LINE)
    if session := _session_heading(plain):
        return session
    if key := _KEYS.get(squeeze(plain)):
        return Heading(key)
    # "NAMA / NIP / PANGKAT", "NAMA DAN NIP": the first part names the column.
    first = re.split(r"[/&,]|\bdan\b", plain)[0]
    key = _KEYS.get(squeeze(first))
    return Heading(key) if key in (Key.NAME, Key.NIP, Key.RANK, Key.POST, Key.NOTE) else Heading()


def _session_heading(plain: str) -> Heading | None:
    match = _SESSION_HEADER.fullmatch(plain)
    if match is None:
        return None
    session = Session.DATANG if match["in"] else Session.PULANG
    sign, clock = match["s1"] or match["s2"], match["c1"] or match["c2"]
    return Heading(Key.SIGN, session, Aspect.SIGN if sign else Aspect.CLOCK if clock else None)


def holds_nip(text: str) -> bool:
    """Whether a name column's header says that the NIP stands in the same cell."""
    return re.search(r"\bn\.?\s?i\.?\s?p", text.lower()) is not None


def is_unit_label(text: str) -> bool:
    """Whether ``text`` announces a unit's name: ``Nama OPD``, ``UNIT KERJA`` …"""
    return squeeze(text) in _UNIT_LABELS


def is_day_label(text: str) -> bool:
    """Whether ``text`` announces a date, month or week."""
    return squeeze(text) in _DAY_LABELS


_TITLE = re.compile(
    r"daftar\s+(?:hadir|tanda\s*tangan|absen|presensi)|absensi|absen\s|presensi|rekap(?:itulasi)?\s+(?:kehadiran|presensi|absen)"
    r"|kehadiran|daftar\s+paraf"
)
_TITLE_SESSION = {
    Session.DATANG: re.compile(r"\b(?:datang|kedatangan|masuk|pagi)\b"),
    Session.PULANG: re.compile(r"\b(?:pulang|kepulangan|sore|siang)\b"),
}


def is_title(text: str) -> bool:
    """Whether a line is a sheet's title (``DAFTAR HADIR PEGAWAI`` …)."""
    return len(text) <= 200 and _TITLE.search(text.lower()) is not None


def sessions_in(text: str) -> tuple[Session, ...]:
    """The sessions that a title or sheet name speaks of."""
    return tuple(s for s, words in _TITLE_SESSION.items() if words.search(text.lower()))


_UNIT_NAME = re.compile(
    r"\b(?:(?:dinas|badan|kecamatan|kelurahan|bagian|inspektorat|kantor|balai|korwil|satuan|sekretariat\s+(?:daerah|dprd|dewan)"
    r")\b|u\.?p\.?t\.?d?\b\.?|puskesmas\b|r\.?s\.?u\.?d\b|rumah\s+sakit\b|labkesda\b|sat\.?\s?pol\b|setda\b|setwan\b"
    r"|(?:smp|sd|sma|smk|tk|paud)\s*(?:n\b|negeri\b|\d)|smpn\b|sdn\b|dis(?:hub|dik|kes|perindag|kominfo|nak|pora|pendukcapil|nakertrans)\w*\b"
    r"|b(?:kd|kpsdm|pkad|appeda|appenda|pbd|akesbangpol)\b)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"\b(?:jl|jalan|telp?|telepon|fax|faks|kode\s*pos|e-?mail|pos-?el|website|laman)\b|@|www\.", re.IGNORECASE
)


def unit_name_in(text: str) -> str | None:
    """The part of a line from its first unit word on (``DAFTAR HADIR DINAS X`` → ``DINAS X``)."""
    if len(text) > 120 or _ADDRESS.search(text):
        return None
    found = _UNIT_NAME.search(text)
    return text[found.start() :].strip(" :.-") if found else None


def starts_with_unit(text: str) -> bool:
    """Whether a line is nothing but a unit's name: a new block of a sheet with several units."""
    found = _UNIT_NAME.match(text.strip())
    return found is not None and len(text) <= 80 and not _ADDRESS.search(text)


# BLG-03: typed presence is a report, never a signature.
_PRESENT = frozenset({"H", "V", "√", "✓", "✔", "☑", "✅", "🗸", "HADIR", "ADA", "TTD", "HADIR √", "HADIR V"})
_BLANK = re.compile(r"(?:\d{1,3}\s*[.)]?)?[\s._…·]*|[-–—]+")
_IMAGE_FORMULA = re.compile(r"=?(?:_xlfn\.)?DISPIMG\(", re.IGNORECASE)
MAX_TEXT = 200
PICTURE = "gambar"


@dataclass(frozen=True, slots=True)
class Mark:
    """What one cell says; a ``times`` of two is a range in one cell."""

    verdict: Verdict
    text: str = ""
    code: str | None = None
    times: tuple[time, ...] = ()


def code_in(text: str, codes: frozenset[str]) -> str | None:
    """The profile's code that ``text`` is, perhaps followed by an explanation in brackets or after a dash."""
    bare = re.sub(r"\s+", " ", text).strip(" .").upper()
    head = re.split(r"\s*(?:\(|:|;|\s[-–]\s)", bare, maxsplit=1)[0].strip(" .")
    for candidate in (bare, bare.replace(".", ""), head, head.replace(".", "").replace(" ", "")):
        if candidate in codes:
            return candidate
    return None


def read_mark(text: str, codes: frozenset[str], no: int | None = None) -> Mark:
    """The verdict on one typed cell; ``no`` is the row's number (``7. ....`` is an empty place to sign).

    Time, H, √, v, hadir → REPORTED; a known code → CODE; nothing, dots or a dash → EMPTY; the rest UNSURE.
    """
    shown = re.sub(r"\s+", " ", text).strip()[:MAX_TEXT]
    bare = _BRACKETS.sub("", shown).strip(" .").upper()
    if not shown:
        return Mark(Verdict.EMPTY)
    if _IMAGE_FORMULA.match(shown):
        return Mark(Verdict.UNSURE, PICTURE)
    if bare in _PRESENT:
        return Mark(Verdict.REPORTED, shown)
    if times := read_times(shown):
        return Mark(Verdict.REPORTED, shown, times=times)
    if code := code_in(shown, codes):
        return Mark(Verdict.CODE, shown, code=code)
    if _BLANK.fullmatch(shown) and _is_place_to_sign(shown, no):
        return Mark(Verdict.EMPTY, shown)
    times, rest = take_times(shown)
    if times and rest.upper() in _PRESENT:
        return Mark(Verdict.REPORTED, shown, times=times)
    return Mark(Verdict.UNSURE, shown)


def _is_place_to_sign(shown: str, no: int | None) -> bool:
    """A bare number is no empty place, unless it is the row's own followed by a dot."""
    digits = re.match(r"\d+", shown)
    return digits is None or (int(digits.group()) == no and shown != digits.group())
