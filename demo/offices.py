"""The forty offices of the demonstration: units of an invented Kabupaten Tulungagung and how their sheets travel.

Codes, names, parents, working days and routes are those of the sample roster (TLG-11..14): the Bagian send through
Bagian Umum, an UPTD through its OPD, SMP and Puskesmas work six days and send directly.
"""

from dataclasses import dataclass

DESK_HOST = "mx.tulungagung.presensi.test"
DESK_DOMAIN = "bkd.presensi.test"
BOX_OPD = f"presensi.opd@{DESK_DOMAIN}"
BOX_UPT = f"presensi.upt@{DESK_DOMAIN}"
RECEIVER = f"penerima@{DESK_DOMAIN}"
DISCIPLINE = f"disiplin@{DESK_DOMAIN}"

_SETDA = "Sekretariat Daerah"
_TANI, _DISHUB = "Dinas Pertanian", "Dinas Perhubungan"
_DIKNAS, _DINKES = "Dinas Pendidikan", "Dinas Kesehatan"
_VIA_UMUM, _VIA_OPD = "via Bagian Umum", "via OPD induk"


@dataclass(frozen=True, slots=True)
class Office:
    """One unit. ``slug`` makes its mail domain; ``size`` is how many people an invented roster gives it."""

    code: str
    name: str
    kind: str
    slug: str
    size: int
    pattern: int = 5
    parent: str | None = None
    route: str = "langsung"

    @property
    def domain(self) -> str:
        """The mail domain of the office."""
        return f"{self.slug}.presensi.test"

    @property
    def address(self) -> str:
        """The registered address of its recap officer."""
        return f"petugas.rekap@{self.domain}"

    @property
    def mailbox(self) -> str:
        """The BKD mailbox assigned to it (TLG-17)."""
        return BOX_UPT if self.kind in ("smp", "puskesmas") else BOX_OPD


def _smp(code: str, number: int, size: int) -> Office:
    return Office(code, f"SMP Negeri {number} Tulungagung", "smp", f"smpn{number}", size, 6, _DIKNAS)


def _puskesmas(code: str, place: str, size: int) -> Office:
    name = f"UPTD Puskesmas Tulungagung {place}"
    return Office(code, name, "puskesmas", f"puskesmas-{place.lower()}", size, 6, _DINKES)


def _opd(code: str, name: str, slug: str, size: int) -> Office:
    return Office(code, name, "opd", slug, size)


def _bagian(code: str, name: str, slug: str, size: int) -> Office:
    return Office(code, f"Bagian {name}", "bagian", slug, size, 5, _SETDA, _VIA_UMUM)


def _uptd(code: str, name: str, slug: str, size: int, parent: str) -> Office:
    return Office(code, f"UPTD {name}", "uptd", slug, size, 5, parent, _VIA_OPD)


def _kecamatan(code: str, number: int, size: int) -> Office:
    return Office(code, f"Kecamatan Tulungagung {number}", "kecamatan", f"kecamatan{number}", size)


OFFICES: tuple[Office, ...] = (
    Office("U001", _SETDA, "setda", "setda", 1),
    _bagian("U002", "Umum", "umum", 8),
    _bagian("U003", "Pemerintahan", "pemerintahan", 12),
    _bagian("U004", "Hukum", "hukum", 8),
    _bagian("U005", "Kesejahteraan Rakyat", "kesra", 11),
    _bagian("U008", "Organisasi", "organisasi", 7),
    _opd("U011", "Sekretariat DPRD", "setwan", 16),
    _opd("U012", "Inspektorat", "inspektorat", 23),
    _opd("U013", "Badan Perencanaan Pembangunan Daerah", "bappeda", 21),
    _opd("U014", "Badan Pengelolaan Keuangan dan Aset Daerah", "bpkad", 19),
    _opd("U015", "Badan Pendapatan Daerah", "bapenda", 25),
    _opd("U017", "Badan Kesatuan Bangsa dan Politik", "kesbangpol", 25),
    _opd("U018", "BPBD", "bpbd", 14),
    _opd("U019", "Satuan Polisi Pamong Praja", "satpolpp", 14),
    _opd("U020", "Dinas Sosial", "dinsos", 25),
    _opd("U021", "Dinas Lingkungan Hidup", "dlh", 18),
    _opd("U022", "Dinas Kependudukan dan Pencatatan Sipil", "dukcapil", 22),
    _opd("U023", "Dinas Komunikasi dan Informatika", "kominfo", 20),
    _opd("U024", "Dinas Penanaman Modal dan PTSP", "dpmptsp", 18),
    _opd("U033", _TANI, "pertanian", 24),
    _uptd("U034", "Balai Benih", "balaibenih", 10, _TANI),
    _uptd("U035", "Penyuluhan Wilayah I", "penyuluhan1", 11, _TANI),
    _opd("U045", _DISHUB, "dishub", 22),
    _uptd("U046", "Parkir", "parkir", 7, _DISHUB),
    _uptd("U047", "Pengujian Kendaraan", "pkb", 13, _DISHUB),
    _opd("U048", _DIKNAS, "pendidikan", 15),
    _opd("U049", _DINKES, "kesehatan", 27),
    _smp("U050", 1, 38),
    _smp("U051", 2, 35),
    _smp("U052", 3, 29),
    _smp("U053", 4, 25),
    _smp("U054", 5, 26),
    _smp("U055", 6, 31),
    _puskesmas("U062", "Kota", 21),
    _puskesmas("U063", "Utara", 42),
    _puskesmas("U064", "Selatan", 31),
    _puskesmas("U065", "Timur", 21),
    _kecamatan("U071", 1, 12),
    _kecamatan("U072", 2, 14),
    _kecamatan("U073", 3, 13),
)
BY_CODE = {office.code: office for office in OFFICES}
PHONES = {"U071": "6280000000971"}  # officers who are registered with WhatsApp too
TELEGRAMS = {"U072": 7000000972}  # and with Telegram
