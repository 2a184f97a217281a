"""The layout of roster files: sheets, columns and the spellings of both that are accepted."""

import re
from dataclasses import dataclass
from datetime import date

PEOPLE = "Pegawai"
UNITS = "Unit"
ADDRESSES = "Alamat"
PLACEMENTS = "Penempatan"
DELEGATIONS = "Delegasi"
PLANS = "Jadwal"
LEGEND = "Petunjuk"

# The first day of a placement in a roster that gives no dates.
BEGINNING = date(2000, 1, 1)
DIRECT = "langsung"
VIA_PARENT = "via OPD induk"
VIA = "via "
EXAMPLE = "CONTOH"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its printed heading, other headings that mean it, what it holds, and an example."""

    name: str
    spellings: tuple[str, ...] = ()
    needed: bool = False
    note: str = ""
    example: str = ""


def heading(text: object) -> str:
    """A heading as it is compared: letters and digits only, lower case."""
    return re.sub(r"[^a-z0-9]", "", str(text or "").casefold())


_PERSON = Column(
    "nip",
    ("nippppk", "ninippppk", "nipnipppk", "pegawai", "kunci", "idpegawai"),
    True,
    "NIP 18 angka, atau F + ID finger",
)

LAYOUT: dict[str, tuple[Column, ...]] = {
    PEOPLE: (
        Column("no", ("nomor", "nourut"), note="nomor urut; baris yang berisi CONTOH dilewati"),
        Column("nama", ("namapegawai", "namalengkap"), True, "nama lengkap dengan gelar", "Budi Contoh, S.E."),
        Column("nama_tanpa_gelar", ("namapolos",), note="boleh kosong", example="Budi Contoh"),
        Column(
            "nip", ("nippppk", "nipnipppk", "nipnippppk"), True, "18 angka, sel berformat teks", "198001012005011001"
        ),
        Column("status", ("statuspegawai", "jenispegawai"), note="PNS, PPPK, PPPK PARUH WAKTU, NON ASN", example="PNS"),
        Column("golongan", ("gol", "golruang"), example="III/d"),
        Column("pangkat", example="Penata Tk.I"),
        Column("jabatan", ("jab",), example="Kepala Dinas"),
        Column("eselon", example="II.b"),
        Column("unit", ("namaunit", "unitkerja", "opd"), True, "nama unit kerja", "Dinas Perhubungan"),
        Column("unit_kode", ("kodeunit",), note="kode tetap unit", example="U045"),
        Column("induk", ("opdinduk", "unitinduk"), note="nama atau kode OPD induk"),
        Column("jenis_unit", ("jenis",), note="opd, bagian, uptd, smp, puskesmas, rsud, kecamatan", example="opd"),
        Column("pola_hari", ("polaharikerja", "pola"), note="5 atau 6 hari kerja", example="5"),
        Column("jalur", ("jalurkirim",), note="langsung, via OPD induk, atau via (nama unit)", example="langsung"),
        Column("kepala", ("kepalaunit",), note="1 bila kepala unit", example="1"),
        Column("finger_id", ("idfinger", "finger", "pin"), note="nomor pada mesin presensi", example="10001"),
        Column("atasan_nip", ("nipatasan", "atasan"), note="NIP atasan langsung"),
        Column("hp", ("nohp", "telepon", "wa", "nowa"), note="nomor ponsel", example="6280000000001"),
        Column(
            "email", ("surel", "pos-el", "posel", "mail"), note="alamat surel pribadi", example="contoh@presensi.test"
        ),
        Column("jk", ("jeniskelamin", "lp"), note="L atau P", example="L"),
        Column("lahir", ("tanggallahir", "tgllahir"), note="boleh kosong; tidak disimpan"),
    ),
    UNITS: (
        Column("kode", ("unitkode", "kodeunit"), True, "kode tetap unit", "U045"),
        Column("nama", ("unit", "namaunit"), True, "nama resmi", "Dinas Perhubungan"),
        Column("alias", ("namalain", "singkatan"), note="ejaan lain, dipisah titik koma", example="Dishub"),
        Column("jenis", ("jenisunit",), example="opd"),
        Column("pola_hari", ("pola",), note="5 atau 6", example="5"),
        Column("induk", ("opdinduk",), note="kode atau nama OPD induk"),
        Column("jalur", ("jalurkirim",), note="langsung, via OPD induk, via (nama unit)", example="langsung"),
        Column("koordinator", ("pengirim",), note="kode unit yang mengirim; kosong bila unit itu sendiri"),
        Column("kotak_bkd", ("kotaksurat", "kotak", "mailbox"), note="kotak surat BKD yang ditetapkan"),
        Column("surel", ("email",), note="surel petugas rekap, dipisah titik koma", example="dishub@presensi.test"),
        Column("wa", ("whatsapp", "nowa"), note="WhatsApp petugas rekap, dipisah titik koma"),
    ),
    PLACEMENTS: (
        _PERSON,
        Column("nama", note="hanya untuk dibaca"),
        Column("unit_kode", ("unit", "kodeunit", "kode"), True, "kode atau nama unit"),
        Column("mulai", ("tmt", "tanggalmulai", "dari"), True, "hari pertama, TT-BB-TTTT", "01-01-2026"),
        Column("sampai", ("selesai", "akhir", "hingga"), note="hari terakhir; kosong bila masih berlaku"),
        Column("kepala", ("kepalaunit",), note="1 bila kepala unit"),
    ),
    ADDRESSES: (
        Column("jenis", ("saluran",), True, "surel, wa, atau telegram", "surel"),
        Column("alamat", ("nilai", "nomor", "surel"), True, "alamat surel atau nomor", "dishub@presensi.test"),
        Column("unit_kode", ("unit", "kodeunit"), note="kode atau nama unit"),
        Column("nip", ("pegawai", "kunci"), note="NIP atau kunci pegawai"),
        Column("peran", ("fungsi",), note="petugas, kasubbag, atau pribadi", example="petugas"),
        Column("mulai", ("dari",), note="TT-BB-TTTT"),
        Column("sampai", ("selesai", "hingga"), note="TT-BB-TTTT"),
    ),
    DELEGATIONS: (
        Column("unit_kode", ("unit", "kodeunit"), True, "kode atau nama unit"),
        _PERSON,
        Column("nama", note="hanya untuk dibaca"),
        Column("jenis", ("sebutan",), True, "Plt., Plh., atau a.n.", "Plh."),
        Column("mulai", ("dari",), True, "TT-BB-TTTT"),
        Column("sampai", ("selesai", "hingga"), note="TT-BB-TTTT"),
    ),
    PLANS: (
        _PERSON,
        Column("nama", note="hanya untuk dibaca"),
        Column("tanggal", ("hari", "tgl", "mulai"), True, "TT-BB-TTTT"),
        Column("sampai", ("selesai", "hingga"), note="bila lebih dari satu hari"),
        Column("wajib", ("masuk", "wajibhadir"), note="1 wajib hadir, 0 libur atau lepas jaga", example="0"),
        Column(
            "shift", ("dinas", "keterangan", "ket"), note="pagi, siang, malam, lepas jaga, libur", example="lepas jaga"
        ),
    ),
}

SHEET_SPELLINGS = {
    PEOPLE: ("pegawai", "datapegawai", "asn", "roster"),
    UNITS: ("unit", "unitkerja", "opd", "daftarunit"),
    ADDRESSES: ("alamat", "alamatkontak", "kontak"),
    PLACEMENTS: ("penempatan", "mutasi", "riwayatpenempatan"),
    DELEGATIONS: ("delegasi", "pltplh", "plt"),
    PLANS: ("jadwal", "jadwalpegawai", "shift"),
}


def columns_of(sheet: str, cells: tuple[object, ...]) -> dict[str, int]:
    """Which column of ``sheet`` stands where in a heading row; empty unless all needed ones are there."""
    found: dict[str, int] = {}
    heads = [heading(cell) for cell in cells]
    for column in LAYOUT[sheet]:
        wanted = (heading(column.name), *map(heading, column.spellings))
        place = next((heads.index(spelling) for spelling in wanted if spelling in heads), None)
        # The first column that claims a heading keeps it.
        if place is not None and place not in found.values():
            found[column.name] = place
    return found if missing(sheet, found) == () else {}


def missing(sheet: str, found: dict[str, int]) -> tuple[str, ...]:
    """Needed columns that are absent; a unit's name or its code is enough."""
    lacking = [column.name for column in LAYOUT[sheet] if column.needed and column.name not in found]
    if sheet == PEOPLE and "unit_kode" in found and "unit" in lacking:
        lacking.remove("unit")
    return tuple(lacking)
