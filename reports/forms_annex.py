"""Forms B to F of Bulungan's regulation as plain blocks, worded exactly as its annexes print them (RULES.md 2f).

Left blank they are the annex itself; with a ``Filling`` the unit's people, period and signer stand where the annex
prints its placeholders. Drawn as PDF by ``templates/forms/annex.typ`` and as XLSX by ``forms_annex_xlsx``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeAlias

from domain.errors import UsageError
from domain.profile import Profile
from domain.profile_rules import FormKind
from domain.roster import Person
from domain.sheet_plan import Signer
from domain.wording import DAYS, MONTHS, month_name

_PLACE = "Tanjung Selor,"
_HEAD = "Kepala OPD/UPT/Unit Kerja"
_PERSON = "Nama/NIP/Pangkat/Gol./Jabatan"
_LINES = ("Nama", "NIP", "Pangkat/Gol.", "Jabatan")
_RECAP = {"H": "HADIR", "A": "ALPA", "C": "CUTI", "S": "SAKIT", "DL": "DINAS LUAR", "TK": "TUGAS KHUSUS"}
_LEVEL = "\u00a0"  # a line without words, so that two blocks stand level
_PRINTED_DAYS = 28  # columns "Tgl" in the source's copy of form F


@dataclass(frozen=True, slots=True)
class Filling:
    """What is known when a form is made for a unit; everything may be missing."""

    unit_name: str = ""
    government: str = ""
    people: tuple[Person, ...] = ()
    first: date | None = None
    last: date | None = None
    signer: Signer | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A centred line."""

    text: str
    large: bool = False


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The unit's kop; without lines the annex's words ``KOP SURAT``."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Field:
    """``label : value`` with room to write; ``unit`` stands behind it (form D: Poin)."""

    label: str
    value: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that reaches over ``across`` columns and ``down`` rows."""

    text: str = ""
    across: int = 1
    down: int = 1
    left: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """``widths`` in millimetres (0 shares what is left); rows leave out cells that an earlier cell covers."""

    widths: tuple[float, ...]
    head: tuple[tuple[Cell, ...], ...]
    body: tuple[tuple[Cell, ...], ...]
    row_height: float
    head_height: float = 9
    size: float = 10


@dataclass(frozen=True, slots=True)
class Signatures:
    """The foot: ``place`` above the right block; an empty text is the room to sign; a legend may stand at the left."""

    place: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    legend: tuple[str, ...] = ()


Block: TypeAlias = Heading | Letterhead | Field | Paragraph | Table | Signatures


@dataclass(frozen=True, slots=True)
class AnnexForm:
    """One form; ``letter`` is the annex's (B to F)."""

    letter: str
    title: str
    landscape: bool
    blocks: tuple[Block, ...]


def annex_form(profile: Profile, kind: FormKind, filling: Filling | None = None) -> AnnexForm:
    """The form ``kind`` of ``profile``; ``UsageError`` when the government's rules bring no such form."""
    rule = profile.forms.get(kind)
    if rule is None or kind not in _FORMS or rule.annex != f"Lampiran {_FORMS[kind][0]}":
        raise UsageError(f'{profile.government} tidak mempunyai formulir "{kind}" sebagai lampiran')
    letter, landscape, build = _FORMS[kind]
    return AnnexForm(letter, rule.title, landscape, build(filling or Filling()))


def annex_kinds(profile: Profile) -> tuple[FormKind, ...]:
    """The kinds for which ``annex_form`` has a form, in the order of the annexes."""
    return tuple(
        kind
        for kind, (letter, _, _) in _FORMS.items()
        if kind in profile.forms and profile.forms[kind].annex == f"Lampiran {letter}"
    )


def _apel(filling: Filling) -> tuple[Block, ...]:
    blank = [(str(no), "", "") for no in range(1, 7)] + [("7", "Dst", "")]
    people = [(str(no), _name_nip(p), p.post) for no, p in enumerate(filling.people, start=1)]
    day = filling.first
    return (
        Letterhead(_kop(filling)),
        Heading("ABSENSI APEL ASN", large=True),
        Field("Tanggal/Bulan/Tahun", f"{day.day} {MONTHS[day.month - 1]} {day.year}" if day else ""),
        Field("Minggu", f"ke-{day.isocalendar().week}, {DAYS[day.weekday()]}" if day else ""),
        Table(
            widths=(12, 0, 42, 30, 30),
            head=(_cells("No", "Nama/NIP", "Jabatan", "TTD", "Keterangan"),),
            body=tuple(
                (Cell(no), Cell(name, left=True), Cell(post, left=True), Cell(), Cell())
                for no, name, post in people or blank
            ),
            row_height=10,
        ),
        _foot(filling),
    )


def _letter(filling: Filling) -> tuple[Block, ...]:
    signer = filling.signer or Signer("")
    rows = [(str(no), _name_nip(p)) for no, p in enumerate(filling.people, start=1)] or [("", "")] * 3
    return (
        Letterhead(_kop(filling)),
        Heading("....."),
        Heading("SURAT KETERANGAN", large=True),
        Heading("NOMOR :"),
        Paragraph("Yang bertanda tangan dibawah ini :"),
        Field("Nama", signer.name),
        Field("NIP", signer.nip),
        Field("Pangkat/Golongan", signer.rank),
        Field("Jabatan", signer.post),
        Paragraph("Dengan ini menerangkan dengan sesungguhnya, bahwa ASN dibawah ini:"),
        Table(
            widths=(12, 34, 0, 40, 30),
            head=(_cells("No", "Hari/Tanggal", "Nama/NIP", "Kendala Presensi", "Keterangan"),),
            body=tuple((Cell(no), Cell(), Cell(name, left=True), Cell(), Cell()) for no, name in rows),
            row_height=10,
        ),
        Paragraph(
            "Tidak dapat melaksanakan Presensi Elektronik dan presensi offline dikarenakan kendala sebagaimana "
            "tersebut diatas. Bukti kehadiran ASN sebagaimana terlampir."
        ),
        Paragraph(
            "Demikian surat keterangan ini saya buat dengan sesungguhnya dengan mengingat sumpah jabatan dan apabila "
            "di kemudian hari ternyata isi surat keterangan ini tidak benar yang mengakibatkan kerugian bagi negara, "
            "maka saya bersedia menanggung kerugian tersebut."
        ),
        _foot(filling),
    )


def _kinerja(filling: Filling) -> tuple[Block, ...]:
    person = filling.people[0] if len(filling.people) == 1 else None
    month = month_name(filling.first) if filling.first else ""
    rows = [str(no) for no in range(1, 6)] + ["dst"]
    return (
        Heading("LAPORAN KINERJA HARIAN MANUAL", large=True),
        Heading("APARATUR SIPIL NEGARA KABUPATEN BULUNGAN", large=True),
        Field("Bulan", month),
        Field("Nama", person.name if person else ""),
        Field("NIP", person.nip or "" if person else ""),
        Field("Pangkat/Gol. Ruang", _rank(person) if person else ""),
        Field("Jabatan", person.post if person else ""),
        Field("Unit Kerja", filling.unit_name),
        Table(
            widths=(11, 24, 32, 26, 0, 40, 20, 24),
            head=(
                _cells(
                    "No",
                    "Tanggal",
                    "Jenis Aktifitas",
                    "Waktu Pengerjaan",
                    "Uraian Kegiatan",
                    "Hasil/ Output",
                    "Jumlah",
                    "Ket",
                ),
            ),
            body=tuple((Cell(no), *(Cell() for _ in range(7))) for no in rows),
            row_height=9,
        ),
        Field("Jumlah hari kerja/bulan"),
        Field("Jumlah kinerja harian yang dibuat"),
        Field("Jumlah seluruh waktu pengerjaan", unit="Poin"),
        Signatures(
            _PLACE,
            ("Sudah Diperiksa dan Disetujui Oleh :", "Atasan Langsung", "", "Nama", "NIP."),
            (
                _LEVEL,
                "ASN Yang Dinilai",
                "",
                person.name if person else "Nama",
                _nip_line(person.nip if person else ""),
            ),
        ),
    )


def _manual_presence(filling: Filling) -> tuple[Block, ...]:
    body: list[tuple[Cell, ...]] = []
    blank = tuple(Cell() for _ in range(31))
    for no, lines in _people_lines(filling):
        name, nip, rank, post = (Cell(line, left=True) for line in lines)
        body += [
            (Cell(no, down=4), name, Cell("Masuk", down=2), Cell("Jam"), *blank),
            (nip, Cell("Paraf"), *blank),
            (rank, Cell("Pulang", down=2), Cell("Jam"), *blank),
            (post, Cell("Paraf"), *blank),
        ]
    if not filling.people:
        body.append((Cell(), Cell("dst.", left=True), Cell(), Cell(), *blank))
    return (
        Heading("PRESENSI MANUAL BAGI ASN YANG TIDAK DAPAT MELAKUKAN PRESENSI ELEKTRONIK/PRESENSI OFFLINE", large=True),
        Field("Nama OPD", filling.unit_name),
        Field("Bulan", month_name(filling.first) if filling.first else ""),
        Table(
            widths=(8, 0, 12, 11, *[6.0] * 31),
            head=(
                (Cell("No", down=2), Cell(_PERSON, down=2), Cell(across=2, down=2), Cell("Tanggal", across=31)),
                tuple(Cell(str(day)) for day in range(1, 32)),
            ),
            body=tuple(body),
            row_height=6.2,
            head_height=5,
            size=8,
        ),
        _foot(filling),
    )


def _manual_recap(filling: Filling) -> tuple[Block, ...]:
    days = _period(filling)
    labels = [str(day.day) for day in days] or ["Tgl"] * _PRINTED_DAYS
    body: list[tuple[Cell, ...]] = []
    columns = len(labels) + len(_RECAP)
    for no, lines in _people_lines(filling):
        first, *others = (Cell(line, left=True) for line in lines)
        body.append((Cell(no, down=4), first, *(Cell(down=4) for _ in range(columns))))
        body += [(line,) for line in others]
    if not filling.people:
        body.append((Cell(), Cell("Dst.", left=True), *(Cell() for _ in range(columns))))
    start, end = (_short(days[0]), _short(days[-1])) if days else ("...", "...")
    return (
        Heading("LAPORAN PRESENSI MANUAL", large=True),
        Heading(f"REKAP PRESENSI PEGAWAI PERIODE {start} s.d {end}", large=True),
        Field("Nama OPD", filling.unit_name),
        Table(
            widths=(8, 0, *[5.6] * len(labels), *[7.5] * len(_RECAP)),
            head=(_cells("No", _PERSON, *labels, *_RECAP),),
            body=tuple(body),
            row_height=5,
            head_height=7,
            size=8,
        ),
        replace(_foot(filling), legend=("KETERANGAN", *(f"{code} : {meaning}" for code, meaning in _RECAP.items()))),
    )


_FORMS: Mapping[FormKind, tuple[str, bool, Callable[[Filling], tuple[Block, ...]]]] = {
    "apel": ("B", False, _apel),
    "letter": ("C", False, _letter),
    "kinerja": ("D", True, _kinerja),
    "manual_presence": ("E", True, _manual_presence),
    "manual_recap": ("F", True, _manual_recap),
}


def _cells(*texts: str) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)


def _kop(filling: Filling) -> tuple[str, ...]:
    return (filling.government.upper(), filling.unit_name.upper()) if filling.unit_name else ()


def _foot(filling: Filling) -> Signatures:
    signer = filling.signer or Signer(_HEAD, "Nama", "", "Pangkat/Golongan")
    return Signatures(_PLACE, (), (signer.post, "", signer.name, signer.rank, _nip_line(signer.nip)))


def _nip_line(nip: str | None) -> str:
    return f"NIP. {nip or ''}".strip()


def _name_nip(person: Person) -> str:
    return "\n".join(filter(None, (person.name, person.nip)))


def _rank(person: Person) -> str:
    return "/".join(filter(None, (person.rank, person.grade)))


def _people_lines(filling: Filling) -> list[tuple[str, tuple[str, ...]]]:
    """Number and four lines of each person; the annex's four placeholders when nobody is given."""
    if not filling.people:
        return [(str(no), _LINES) for no in range(1, 5)]
    return [(str(no), (p.name, p.nip or "", _rank(p), p.post)) for no, p in enumerate(filling.people, start=1)]


def _period(filling: Filling) -> tuple[date, ...]:
    if filling.first is None or filling.last is None:
        return ()
    return tuple(filling.first + timedelta(days=n) for n in range((filling.last - filling.first).days + 1))


def _short(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1].upper()} {day.year}"
