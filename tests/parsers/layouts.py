"""Sheets as offices lay them out, from one model: the rows to draw, the merged cells, and what must be read."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time

from domain.reading import SheetKind, Verdict
from domain.terms import Session

CODES = frozenset({"DL", "DINAS LUAR", "S", "SAKIT", "C", "CUTI", "TK", "A", "I"})
D, P = Session.DATANG, Session.PULANG
WEEK = tuple(date(2026, 11, day) for day in range(23, 28))
DAY = date(2026, 11, 24)
DAY_NAMES = ("SENIN", "SELASA", "RABU", "KAMIS", "JUM'AT", "SABTU", "MINGGU")

Place = tuple[date | None, Session | None]
Seen = tuple[date | None, Session | None, Verdict, str | None, time | None]


@dataclass(frozen=True)
class Typed:
    """A cell as typed and what it must be read as."""

    text: str
    verdict: Verdict
    code: str | None = None
    clock: time | None = None


EMPTY = Typed("", Verdict.EMPTY)
TYPED: tuple[Typed, ...] = (
    EMPTY,
    Typed("07.30", Verdict.REPORTED, clock=time(7, 30)),
    Typed("07:05", Verdict.REPORTED, clock=time(7, 5)),
    Typed("pkl. 07.15 WIB", Verdict.REPORTED, clock=time(7, 15)),
    Typed("8:6", Verdict.REPORTED, clock=time(8, 6)),
    Typed("07.30 s/d 07.30", Verdict.REPORTED, clock=time(7, 30)),
    Typed("H", Verdict.REPORTED),
    Typed("√", Verdict.REPORTED),
    Typed("v", Verdict.REPORTED),
    Typed("Hadir", Verdict.REPORTED),
    Typed("DL", Verdict.CODE, "DL"),
    Typed("Dinas Luar", Verdict.CODE, "DINAS LUAR"),
    Typed("s", Verdict.CODE, "S"),
    Typed("TK", Verdict.CODE, "TK"),
    Typed("TL", Verdict.UNSURE),
    Typed("Budi", Verdict.UNSURE),
    Typed("?", Verdict.UNSURE),
    Typed("....", Verdict.EMPTY),
)


@dataclass(frozen=True)
class Person:
    """A line of the model."""

    name: str
    nip: str
    marks: dict[Place, Typed] = field(default_factory=dict)

    def mark(self, place: Place) -> Typed:
        return self.marks.get(place, EMPTY)


@dataclass(frozen=True)
class Drawn:
    """Rows and merged ranges (row, column, row, column; inclusive) to draw, and the truth."""

    rows: list[list[object]]
    merged: list[tuple[int, int, int, int]]
    kind: SheetKind
    unit: str
    people: list[tuple[int | None, str, str, tuple[Seen, ...]]]


Layout = Callable[[list[Person]], Drawn]
Row = list[object]


def seen(person: Person, places: list[Place]) -> tuple[Seen, ...]:
    return tuple((*place, t.verdict, t.code, t.clock) for place in places if (t := person.mark(place)))


def truth(
    people: list[Person], places: list[Place], *, nip: bool = True
) -> list[tuple[int | None, str, str, tuple[Seen, ...]]]:
    return [(n, p.name, p.nip if nip else "", seen(p, places)) for n, p in enumerate(people, 1)]


def shifted(merged: list[tuple[int, int, int, int]], down: int) -> list[tuple[int, int, int, int]]:
    return [(a + down, b, c + down, d) for a, b, c, d in merged]


FOOT: list[Row] = [
    [],
    ["", "", "", "Tulungagung, 24 November 2026"],
    ["", "Mengetahui,", "", "Kepala Dinas Perhubungan"],
    [],
    ["", "", "", "Drs. Slamet Riyadi, M.Si."],
    ["", "", "", "NIP. 196801011990031001"],
]


def daily_signatures(people: list[Person]) -> Drawn:
    """TLG-08: TANDA TANGAN over DATANG | PULANG, letterhead, signature block."""
    head: list[Row] = [
        ["PEMERINTAH KABUPATEN TULUNGAGUNG"],
        ["DINAS PERHUBUNGAN"],
        ["Jl. Ki Mangunsarkoro No. 1 Telp. (0355) 321000"],
        [],
        ["DAFTAR HADIR PEGAWAI"],
        ["Hari/Tanggal : Selasa, 24 November 2026"],
        ["NO", "NAMA", "NIP", "JABATAN", "TANDA TANGAN", "", "KETERANGAN"],
        ["", "", "", "", "DATANG", "PULANG", ""],
    ]
    body: list[Row] = [
        [n, p.name, p.nip, "Kepala Seksi", p.mark((DAY, D)).text, p.mark((DAY, P)).text, ""]
        for n, p in enumerate(people, 1)
    ]
    merged = [*((6, c, 7, c) for c in (0, 1, 2, 3, 6)), (6, 4, 6, 5)]
    places: list[Place] = [(DAY, D), (DAY, P)]
    return Drawn([*head, *body, *FOOT], merged, SheetKind.DAILY, "DINAS PERHUBUNGAN", truth(people, places))


def daily_name_over_nip(people: list[Person]) -> Drawn:
    """NAMA/NIP in one cell on two lines, labels in cells of their own, a row of column numbers."""
    head: list[Row] = [
        ["ABSENSI"],
        ["OPD", ":", "Kecamatan Kauman"],
        ["TANGGAL", ":", "24-11-2026"],
        [],
        ["No.", "Nama / NIP", "Jam Datang", "Jam Pulang", "Ket."],
        ["1", "2", "3", "4", "5"],
    ]
    body: list[Row] = [
        [f"{n}.", f"{p.name}\nNIP. {p.nip}", p.mark((DAY, D)).text, p.mark((DAY, P)).text, ""]
        for n, p in enumerate(people, 1)
    ]
    places: list[Place] = [(DAY, D), (DAY, P)]
    return Drawn([*head, *body, *FOOT], [], SheetKind.DAILY, "Kecamatan Kauman", truth(people, places))


def daily_one_session(people: list[Person]) -> Drawn:
    """A sheet for the arrival only: the title names the session, the column does not."""
    head: list[Row] = [
        ["DAFTAR HADIR DATANG UPTD PUSKESMAS KAUMAN"],
        ["Selasa, 24 Nopember 2026"],
        ["NR", "NAMA LENGKAP", "N.I.P", "GOL. RUANG", "PARAF"],
    ]
    body: list[Row] = [[n, p.name, p.nip, "III/b", p.mark((DAY, D)).text] for n, p in enumerate(people, 1)]
    foot: list[Row] = [["JUMLAH"]]
    return Drawn([*head, *body, *foot], [], SheetKind.DAILY, "UPTD PUSKESMAS KAUMAN", truth(people, [(DAY, D)]))


def weekly(people: list[Person]) -> Drawn:
    """TLG-09: days over DATANG | PULANG."""
    days = [f"{DAY_NAMES[d.weekday()]}\n{d:%d-%m-%Y}" for d in WEEK]
    places: list[Place] = [(d, s) for d in WEEK for s in (D, P)]
    head: list[Row] = [
        ["DAFTAR HADIR PEGAWAI"],
        ["Unit Kerja : SMP Negeri 1 Kauman"],
        ["Minggu : 23 s/d 27 November 2026"],
        ["NO", "NAMA", "NIP", *(x for d in days for x in (d, ""))],
        ["", "", "", *("DATANG", "PULANG") * 5],
    ]
    body: list[Row] = [[n, p.name, p.nip, *(p.mark(x).text for x in places)] for n, p in enumerate(people, 1)]
    merged = [*((3, c, 4, c) for c in range(3)), *((3, c, 3, c + 1) for c in range(3, 13, 2))]
    return Drawn([*head, *body, *FOOT], merged, SheetKind.WEEKLY, "SMP Negeri 1 Kauman", truth(people, places))


def weekly_by_name_of_day(people: list[Person]) -> Drawn:
    """Three header rows, days only named, D and P under them; the dates stand above the table."""
    places: list[Place] = [(d, s) for d in WEEK for s in (D, P)]
    head: list[Row] = [
        ["PRESENSI MANUAL"],
        ["INSTANSI : Badan Pendapatan Daerah"],
        ["Tanggal : 23 - 27 November 2026"],
        ["NO", "NAMA PEGAWAI", "HARI", *[""] * 9, "KET"],
        ["", "", *(x for d in WEEK for x in (DAY_NAMES[d.weekday()], "")), ""],
        ["", "", *("D", "P") * 5, ""],
    ]
    body: list[Row] = [[n, p.name, *(p.mark(x).text for x in places), ""] for n, p in enumerate(people, 1)]
    merged = [(3, 0, 5, 0), (3, 1, 5, 1), (3, 2, 3, 11), (3, 12, 5, 12), *((4, c, 4, c + 1) for c in range(2, 12, 2))]
    people_read = truth(people, places, nip=False)
    return Drawn([*head, *body, *FOOT], merged, SheetKind.WEEKLY, "Badan Pendapatan Daerah", people_read)


def form_b(people: list[Person]) -> Drawn:
    """RULES.md 2f B: ABSENSI APEL ASN."""
    head: list[Row] = [
        ["ABSENSI APEL ASN"],
        ["Nama OPD : Dinas Sosial"],
        ["Tanggal/Bulan/Tahun : 24 November 2026"],
        ["Minggu : IV"],
        ["No", "Nama/NIP", "Jabatan", "TTD", "Keterangan"],
    ]
    body: list[Row] = []
    for n, p in enumerate(people, 1):
        body += [[n, p.name, "Staf", p.mark((DAY, None)).text, ""], ["", p.nip]]
    foot: list[Row] = [
        ["7 Dst"],
        ["", "", "", "Tanjung Selor,"],
        ["", "", "", "Kepala OPD/UPT/Unit Kerja"],
        ["", "", "", "Nama"],
    ]
    return Drawn([*head, *body, *foot], [], SheetKind.APEL, "Dinas Sosial", truth(people, [(DAY, None)]))


MONTH = tuple(date(2026, 11, day) for day in range(1, 31))


def form_e(people: list[Person]) -> Drawn:
    """RULES.md 2f E: four lines a person, Masuk/Pulang times Jam/Paraf; 31 columns in a month of 30 days."""
    head: list[Row] = [
        ["PRESENSI MANUAL BAGI ASN YANG TIDAK DAPAT MELAKUKAN PRESENSI ELEKTRONIK/PRESENSI OFFLINE"],
        ["Nama OPD : Dinas Sosial"],
        ["Bulan : November 2026"],
        ["No", "Nama/NIP/Pangkat/Gol./Jabatan", "(Masuk/Pulang)", "(Jam/Paraf)", "Tanggal", *[""] * 30],
        ["", "", "", "", *range(1, 32)],
    ]
    body: list[Row] = []
    for n, p in enumerate(people, 1):
        lines = ((n, p.name, "Masuk", "Jam"), ("", p.nip, "(Masuk)", "Paraf"), ("", "Penata / III/c", "Pulang", "Jam"))
        for line in (*lines, ("", "Kepala Bidang", "(Pulang)", "Paraf")):
            session = D if "Masuk" in str(line[2]) else P
            marks = [p.mark((d, session)).text if line[3] == "Jam" else "" for d in MONTH]
            body.append([*line, *marks, ""])
    merged = [*((3, c, 4, c) for c in range(4)), (3, 4, 3, 34)]
    places: list[Place] = [*((d, D) for d in MONTH), *((d, P) for d in MONTH)]
    return Drawn([*head, *body, ["dst"], *FOOT], merged, SheetKind.MONTHLY, "Dinas Sosial", truth(people, places))


def form_f(people: list[Person]) -> Drawn:
    """RULES.md 2f F: four lines a person with merged day cells, totals behind."""
    head: list[Row] = [
        ["LAPORAN PRESENSI MANUAL"],
        ["REKAP PRESENSI PEGAWAI PERIODE 1 November 2026 s.d 30 November 2026"],
        ["Nama OPD : Dinas Sosial"],
        ["No", "Nama/NIP/Pangkat/Gol./Jabatan", "Tanggal", *[""] * 29, "H", "A", "C", "S", "DL", "TK"],
        ["", "", *range(1, 31)],
    ]
    body: list[Row] = []
    for n, p in enumerate(people, 1):
        marks = [p.mark((d, None)).text for d in MONTH]
        body += [[n, p.name, *marks, 20, 0, 1, 0, 2, 0], ["", p.nip], ["", "Pembina / IV/a"], ["", "Sekretaris Dinas"]]
    merged = [*((3, c, 4, c) for c in (0, 1, *range(32, 38))), (3, 2, 3, 31)]
    foot: list[Row] = [
        ["KETERANGAN: H : HADIR, A : ALPA, C : CUTI, S : SAKIT, DL : DINAS LUAR, TK : TUGAS KHUSUS"],
        *FOOT,
    ]
    places: list[Place] = [(d, None) for d in MONTH]
    return Drawn([*head, *body, *foot], merged, SheetKind.RECAP, "Dinas Sosial", truth(people, places))


LAYOUTS: tuple[Layout, ...] = (
    daily_signatures,
    daily_name_over_nip,
    daily_one_session,
    weekly,
    weekly_by_name_of_day,
    form_b,
    form_e,
    form_f,
)


def places_of(layout: Layout) -> list[Place]:
    """The places of presence that a layout has for each person."""
    probe = layout([Person("Probe Satu", "196801011990031001")])
    return [(day, session) for day, session, *_ in probe.people[0][3]]
