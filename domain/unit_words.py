"""The words of Indonesian government units in one spelling: abbreviations, numbers, junk of sheet headers.

The abbreviations are those in use in regencies everywhere; a unit's own nicknames belong into its ``aliases``.
"""

import re

from domain.names import plain

_EXPANSIONS = {
    short: tuple(long.split())
    for line, long in (
        ("dishub", "dinas perhubungan"),
        ("disdik dispendik disdikbud dikbud dindik dispdk", "dinas pendidikan"),
        ("dinkes diskes", "dinas kesehatan"),
        ("dinsos dissos", "dinas sosial"),
        ("dlh dinaslh", "dinas lingkungan hidup"),
        ("lh", "lingkungan hidup"),
        ("disdukcapil dispendukcapil dindukcapil", "dinas kependudukan pencatatan sipil"),
        ("dukcapil", "kependudukan pencatatan sipil"),
        ("diskominfo dinkominfo diskominfotik diskominfosp", "dinas komunikasi informatika"),
        ("kominfo", "komunikasi informatika"),
        ("dpmptsp dispmptsp", "dinas penanaman modal pelayanan terpadu satu pintu"),
        ("ptsp", "pelayanan terpadu satu pintu"),
        ("dispusip disperpusip dispersip disperpus dinperpusip disarpus", "dinas perpustakaan kearsipan"),
        ("disbudpar disparbud dinbudpar", "dinas kebudayaan pariwisata"),
        ("budpar", "kebudayaan pariwisata"),
        ("disnakertrans disnaker dinaker", "dinas tenaga kerja transmigrasi"),
        ("nakertrans", "tenaga kerja transmigrasi"),
        ("diskopum dinkopum diskop diskopumkm dinkop", "dinas koperasi usaha mikro"),
        ("um umkm", "usaha mikro"),
        ("dpmd dispmd dispermasdes dispemdes", "dinas pemberdayaan masyarakat desa"),
        ("pmd", "pemberdayaan masyarakat desa"),
        ("diskan dinkan", "dinas perikanan"),
        ("disnakeswan disnak dinnakeswan", "dinas peternakan kesehatan hewan"),
        ("nakeswan keswan", "peternakan kesehatan hewan"),
        ("dispora dinpora disporapar", "dinas kepemudaan olahraga"),
        ("distan dintan dispertan disperta diperta", "dinas pertanian"),
        ("dpupr dinpupr dispupr dpu", "dinas pekerjaan umum penataan ruang"),
        ("pupr pu", "pekerjaan umum penataan ruang"),
        ("disperindag disindag dinperindag disdagperin", "dinas perindustrian perdagangan"),
        ("perindag", "perindustrian perdagangan"),
        ("bappeda bapeda bappedalitbang", "badan perencanaan pembangunan daerah"),
        ("bpkad bkad", "badan pengelolaan keuangan aset daerah"),
        ("bapenda bappenda dispenda", "badan pendapatan daerah"),
        ("bkpsdm bkpsdmd", "badan kepegawaian pengembangan sumber daya manusia"),
        ("bakesbangpol kesbangpol badankesbangpol", "badan kesatuan bangsa politik"),
        ("bpbd", "badan penanggulangan bencana daerah"),
        ("satpol satpolpp", "satuan polisi pamong praja"),
        ("polpp", "polisi pamong praja"),
        ("setda sekda sekretariatdaerah", "sekretariat daerah"),
        ("setwan sekwan", "sekretariat dprd"),
        ("itda itkab irban inspektoratdaerah", "inspektorat"),
        ("bag bagian", "bagian"),
        ("kesra", "kesejahteraan rakyat"),
        ("prokopim", "protokol komunikasi pimpinan"),
        ("barjas pbj ulp", "pengadaan barang jasa"),
        ("adbang adpem administrasipembangunan", "administrasi pembangunan"),
        ("ekonomi perek", "perekonomian"),
        ("pem tapem", "pemerintahan"),
        ("orpad ortala org", "organisasi"),
        ("kec kecamatan camat", "kecamatan"),
        ("kel kelurahan lurah", "kelurahan"),
        ("smpn smpneg smpnegeri", "smp negeri"),
        ("sdn sdnegeri", "sd negeri"),
        ("tkn", "tk negeri"),
        ("pkm pusk puskes puskesmas puskemas puskesma", "puskesmas"),
        ("upt uptd uptdb", "uptd"),
        ("lab", "laboratorium"),
        ("wil", "wilayah"),
        ("din", "dinas"),
        ("bad", "badan"),
        ("neg", "negeri"),
        ("rsud rsu", "rsud"),
        ("rumahsakitumumdaerah", "rsud"),
    )
    for short in line.split()
}
_PHRASES = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"\bsatpol\s*\.?\s*p\.?\s*p\b\.?", " satpolpp "),
        (r"\bpolisi\s+pp\b", " polisi pamong praja "),
        (r"\b(unit|satuan)\s+kerja\b", " "),
        (r"\brumah\s+sakit\s+umum\s+daerah\b", " rsud "),
        (r"\brsu\s+daerah\b", " rsud "),
        (r"\bpusat\s+kesehatan\s+masyarakat\b", " puskesmas "),
        (r"\bunit\s+pelaksana\s+teknis(\s+(daerah|dinas))?\b", " uptd "),
        (r"\bsekolah\s+menengah\s+pertama\b", " smp "),
        (r"\bdewan\s+perwakilan\s+rakyat\s+daerah\b", " dprd "),
        (r"\bs\.?\s?m\.?\s?p\.?\s*n(?![a-z])\.?", " smpn "),
        (
            r"\b(ka)?sub\s*-?\s*bag(ian)?\b\.?(\s*(umum|kepegawaian|keuangan|perencanaan|program|umpeg|tu))?(\s*(dan|&)\s*\w+)?",
            " ",
        ),
        # The government's own name says nothing about the unit.
        (r"\bpemerintah\s+(kab(upaten)?\.?|kota)\s+[a-z]+", " "),
        (r"\b(kab(upaten)?\b\.?|pemkab)\s*[a-z]+", " "),
        # Dates and times are no unit numbers.
        (r"\b\d{1,2}\s*[./-]\s*\d{1,2}\s*[./-]\s*\d{2,4}\b", " "),
        (
            r"\b\d{1,2}\s*-?\s*(jan|feb|peb|mar|apr|mei|jun|jul|agu|agt|ags|sep|okt|nov|nop|des)[a-z]*\.?\s*-?\s*(\d{2,4})?\b",
            " ",
        ),
        (r"\b\d{1,2}[.:]\d{2}\b", " "),
        (r"\b\d{3,}\b", " "),
    )
)
_JUNK = frozenset(
    """dan of the di ke dari pada untuk nama opd skpd perangkat daerahnya instansi satker satuankerja asal daftar
    hadir kehadiran presensi absensi absen manual apel pegawai asn pns pppk non tanda tangan ttd rekap
    rekapitulasi laporan lembar formulir format hari tanggal tgl bulan tahun minggu jam pukul wib wita wit
    datang pulang pagi siang sore senin selasa rabu kamis jumat sabtu ahad januari februari maret april mei
    juni juli agustus september oktober november desember nopember pebruari pemerintah kabupaten kab pemkab
    yth kepada kepala lampiran halaman hal xlsx pdf jpg jpeg png docx xls scan foto kiriman mohon terlampir
    berikut kami sekolah se""".split()
)
# A sheet that says one of these is not the sheet of a unit that lacks it.
KINDS = frozenset("uptd puskesmas smp sd sma smk tk bagian kecamatan kelurahan rsud inspektorat".split())
_ROMAN = {r: str(i) for i, r in enumerate("i ii iii iv v vi vii viii ix x xi xii xiii xiv xv".split(), start=1)}
_LONGEST = 400  # characters of a line that can name a unit
_TOKEN = re.compile(r"[a-z']+|\d+")


def tokens(text: str, vocabulary: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """``text`` as words in one spelling; numbers are digits without leading zeros.

    ``vocabulary`` (words of the known units) lets words that lost their spaces be cut apart.
    """
    flat = f" {' '.join(text[:_LONGEST].casefold().replace('_', ' ').split())} "
    for old, new in _PHRASES:
        flat = old.sub(new, flat)
    rough = [token.replace("'", "") for token in _TOKEN.findall(flat)]
    letters = sum(len(token) == 1 and token.isalpha() for token in rough)
    if letters >= 4 and letters * 10 >= len(rough) * 6:
        rough = _TOKEN.findall("".join(rough))
    found: list[str] = []
    for token in _joined_abbreviations(rough):
        found.extend(_spelled(token, vocabulary))
    return tuple(token for token in found if token not in _JUNK)


def is_number(token: str) -> bool:
    """Whether the token is a unit's number ("1" of SMP Negeri 1)."""
    return token.isdigit()


def _joined_abbreviations(rough: list[str]) -> list[str]:
    # "Dis hub", "Satpol PP", "BAPPE DA": two tokens that together are an abbreviation.
    joined: list[str] = []
    for token in rough:
        if joined and joined[-1].isalpha() and token.isalpha() and joined[-1] + token in _EXPANSIONS:
            joined[-1] += token
        else:
            joined.append(token)
    return joined


def _spelled(token: str, vocabulary: frozenset[str]) -> tuple[str, ...]:
    if token.isdigit():
        return (str(int(token)),)
    if token in _ROMAN:
        return (_ROMAN[token],)
    if token in _EXPANSIONS:
        return _EXPANSIONS[token]
    if token in vocabulary or token in _JUNK or len(token) < 7:
        return (token,)
    pieces = _cut(plain(token), vocabulary | _EXPANSIONS.keys() | _JUNK)
    return tuple(word for piece in pieces for word in _EXPANSIONS.get(piece, (piece,))) if pieces else (token,)


def _cut(text: str, words: frozenset[str]) -> tuple[str, ...]:
    """``text`` as a sequence of known words, the fewest; empty when it cannot be cut so."""
    best: list[tuple[str, ...] | None] = [()] + [None] * len(text)
    for end in range(1, len(text) + 1):
        for start in range(max(0, end - 24), end):
            head = best[start]
            piece = text[start:end]
            # Pieces of one or two letters would cut anything.
            fits = head is not None and (len(piece) >= 3 and piece in words)
            if fits and head is not None and (best[end] is None or len(head) + 1 < len(best[end] or ())):
                best[end] = (*head, piece)
    return best[len(text)] or ()
