"""The morning of the demonstration: who sends what when, and what must come of it.

``EXPECTED`` is what the desk must say of every office when the morning is over. Nothing here runs: ``demo.officers``
plays the steps, ``demo.outcome`` holds the service against the expectations.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from demo.offices import BOX_OPD, BOX_UPT, BY_CODE, OFFICES
from demo.outcome import lacking, silent
from demo.programme import Part, Programme, Scene
from demo.roster import Town
from demo.sheets.odd import endless_workbook, rar, zip_bomb, zipped
from demo.sheets.paper import Paper, damaged, misspelt, write_paper
from demo.sheets.photo import photograph
from demo.sheets.prints import text_pdf
from demo.sheets.workbooks import combined_list, daily_list, weekly_grid
from demo.signing import photographer, unnamed
from demo.steps import EARLY, LATE, MISSING, ON_TIME, TO_CHECK, Answer, Attachment, Expected, Finding, Step, Waits

DAY = date(2026, 11, 24)
BEGIN, OPENS, CLOSES, END = "06.50", "07.00", "07.30", "07.40"
SPOOFER = "warga@warnet.presensi.test"
STRANGER = "promo@hadiah.presensi.test"
# Offices that sign the printed sheet, and the rows of it (as printed) whose people are away.
AWAY = {"U011": frozenset({4, 9}), "U071": frozenset({5}), "U072": frozenset({3})}
PRINTED = {code: photographer(code, DAY, away) for code, away in AWAY.items()}
_PRINTED_BY = {"U011": "setwan", "U071": "kec1", "U072": "kec2"}
_NUMBER = re.compile(r"Nomor: \S*-(\d+)")


def _paper(town: Town, code: str, *, codes: bool = False) -> Paper:
    return write_paper(town, BY_CODE[code], DAY, codes=codes)


def _daily(*codes: str) -> Callable[[Town], list[Attachment]]:
    return lambda town: [(f"presensi {_slug(codes)}.xlsx", daily_list([_paper(town, c) for c in codes]))]


def _weekly(code: str) -> Callable[[Town], list[Attachment]]:
    return lambda town: [(f"DAFTAR HADIR MINGGUAN {_slug((code,))}.xlsx", weekly_grid(_paper(town, code)))]


def _combined(code: str) -> Callable[[Town], list[Attachment]]:
    return lambda town: [(f"Absen {_slug((code,))}.xlsx", combined_list(_paper(town, code)))]


def _pdf(code: str, password: str | None = None) -> Callable[[Town], list[Attachment]]:
    return lambda town: [(f"Daftar Hadir {_slug((code,))}.pdf", text_pdf(_paper(town, code), password=password))]


def _slug(codes: Sequence[str]) -> str:
    return " ".join(BY_CODE[code].slug for code in codes)


def _sheet_of(code: str) -> Callable[[Town], bytes]:
    return lambda town: daily_list([_paper(town, code)])


def _photo(moment: str, key: str, code: str, told: str, *, phone: bool = False) -> Step:
    return Step(moment, key, code, told, waits=Waits.SHEET, back=PRINTED[code], phone=phone)


def _duty(receipt: str) -> str:
    """The officer's answer about the row that was empty: ``0117: 5 DL``."""
    number = _NUMBER.search(receipt)
    return f"{number[1] if number else '?'}: {min(AWAY['U071'])} DL"


STEPS: tuple[Step, ...] = (
    Step("06.55", "smp1", "U050", "mengirim sebelum waktunya", _daily("U050")),
    _photo("07.01", "setwan", "U011", "mengirim foto lembar cetak bertanda tangan"),
    Step(
        "07.01.30",
        "hadiah",
        "U049",
        "alamat tak dikenal mengirim berkas jebakan",
        lambda town: [("hadiah.xlsx", endless_workbook())],
        login=STRANGER,
        answer=Answer.NEVER,
    ),
    _photo("07.02", "kec1", "U071", "mengirim foto lembar cetak melalui WhatsApp", phone=True),
    Step("07.02.30", "kec1dl", "U071", "menjawab di WhatsApp: no. 5 dinas luar", after="kec1", phone=True, says=_duty),
    Step("07.03", "inspektorat", "U012", "mengirim PDF", _pdf("U012")),
    Step("07.04", "pkmkota", "U062", "mengirim lembar mingguan", _weekly("U062")),
    Step(
        "07.05",
        "dinsos",
        "U020",
        "mengirim daftar dengan kode DL, S, C",
        lambda town: [("presensi dinsos.xlsx", daily_list([_paper(town, "U020", codes=True)]))],
    ),
    Step(
        "07.05.30",
        "cuti",
        "U020",
        "membalas otomatis: sedang cuti",
        after="dinsos",
        automatic=True,
        answer=Answer.NEVER,
    ),
    Step("07.06", "bappeda", "U013", "mengirim lembar mingguan", _weekly("U013")),
    Step(
        "07.07",
        "bpkad",
        "U014",
        "mengirim daftar dengan nama salah ketik",
        lambda town: [("Absen bpkad.xlsx", combined_list(misspelt(_paper(town, "U014"))))],
    ),
    Step("07.08", "smp2", "U051", "mengirim daftar nama/NIP satu kolom", _combined("U051")),
    Step("07.09", "tigabagian", "U002", "mengirim tiga Bagian dalam satu berkas", _daily("U003", "U004", "U008")),
    Step(
        "07.10",
        "dishub",
        "U045",
        "mengirim lembarnya dan lembar UPTD Parkir",
        lambda town: [*_combined("U045")(town), *_daily("U046")(town)],
    ),
    Step(
        "07.11",
        "bpbd",
        "U018",
        "mengirim foto daftar buatan sendiri",
        lambda town: [("IMG_2031.jpg", photograph(_paper(town, "U018")))],
    ),
    Step(
        "07.12",
        "satpolrar",
        "U019",
        "mengirim arsip RAR",
        lambda town: [("presensi.rar", rar("presensi.xlsx", _sheet_of("U019")(town)))],
    ),
    Step("07.13", "bapenda", "U015", "mengirim daftar harian", _daily("U015")),
    Step("07.14", "bapenda2", "U015", "mengirim surel yang sama sekali lagi", repeats="bapenda", answer=Answer.FREE),
    Step("07.14.30", "umum", "U002", "mengirim Setda dan Bagian Umum", _daily("U001", "U002")),
    Step(
        "07.15",
        "kesbangpol",
        "U017",
        "mengirim daftar dengan NIP rusak oleh Excel",
        lambda town: [("presensi kesbangpol.xlsx", daily_list([damaged(_paper(town, "U017"))]))],
    ),
    Step(
        "07.16",
        "pertanian",
        "U033",
        "mengirim PDF dan lembar dua UPTD",
        lambda town: [*_pdf("U033")(town), *_daily("U034", "U035")(town)],
    ),
    Step("07.17", "dlhbom", "U021", "mengirim bom ZIP", lambda town: [("presensi.zip", zip_bomb())]),
    Step("07.18", "kesra", "U005", "mengirim langsung, tidak lewat Bagian Umum", _daily("U005")),
    Step("07.19", "pkmutara", "U063", "mengirim lembar mingguan", _weekly("U063")),
    Step("07.19.30", "satpol", "U019", "mengirim ulang sebagai XLSX", _daily("U019"), after="satpolrar"),
    Step("07.19.45", "kec2tanya", "U072", "bertanya STATUS di Telegram", phone=True, says=lambda told: "STATUS"),
    Step("07.20", "smp3", "U052", "mengirim PDF", _pdf("U052")),
    Step(
        "07.21",
        "palsu",
        "U022",
        "surel palsu atas nama Dinas Kependudukan dan Pencatatan Sipil",
        _daily("U022"),
        login=SPOOFER,
    ),
    Step("07.22", "kominfokunci", "U023", "mengirim PDF berkata sandi", _pdf("U023", password="rahasia")),
    Step("07.23", "dpmptsp", "U024", "mengirim ke kotak BKD yang keliru", _daily("U024"), to=BOX_UPT),
    Step("07.24", "smp4", "U053", "mengirim daftar harian", _daily("U053")),
    Step("07.25", "smp6", "U055", "mengirim daftar nama/NIP satu kolom", _combined("U055")),
    Step("07.26", "pendidikan", "U048", "mengirim lembar mingguan", _weekly("U048")),
    Step(
        "07.26.30",
        "dlh",
        "U021",
        "mengirim ulang dalam ZIP yang wajar",
        lambda town: [("presensi.zip", zipped("presensi dlh.xlsx", _sheet_of("U021")(town)))],
        after="dlhbom",
    ),
    Step("07.27", "dinkes", "U049", "mengirim daftar nama/NIP satu kolom", _combined("U049")),
    _photo("07.28", "kec2", "U072", "mengirim foto lembar cetak melalui Telegram", phone=True),
    Step("07.34", "kec3", "U073", "mengirim terlambat", _daily("U073")),
    Step("07.36", "kominfo", "U023", "mengirim ulang tanpa kata sandi", _pdf("U023"), after="kominfokunci"),
    Step("07.37", "pkmtimur", "U065", "mengirim terlambat", _combined("U065")),
)

_SPECIAL = {
    "U005": Expected(ON_TIME, frozenset({"salah_jalur"}), "TLG-12: tercatat, Bagian Umum diberi tahu"),
    "U011": Expected(ON_TIME, why="foto lembar cetak"),
    "U018": Expected(ON_TIME, why="foto daftar buatan sendiri"),
    "U019": Expected(ON_TIME, why="RAR ditolak, kiriman ulang memakai waktu pertama"),
    "U021": Expected(ON_TIME, why="bom ditolak, ZIP yang wajar terbaca"),
    "U022": Expected(TO_CHECK, frozenset({"belum_terverifikasi"}), "pengirim tidak terbukti"),
    "U023": Expected(ON_TIME, why="TLG-05: kirim ulang yang diminta memakai waktu pertama"),
    "U024": Expected(ON_TIME, frozenset({"salah_alamat"}), "TLG-17: kotak BKD lain"),
    "U047": Expected(MISSING, why="tidak mengirim"),
    "U050": Expected(EARLY, why="pukul 06.55"),
    "U054": Expected(MISSING, why="tidak mengirim"),
    "U064": Expected(MISSING, why="tidak mengirim"),
    "U065": Expected(LATE, why="pukul 07.37"),
    "U071": Expected(ON_TIME, why="foto lembar cetak lewat WhatsApp"),
    "U072": Expected(ON_TIME, why="foto lewat Telegram, sesudah bertanya STATUS"),
    "U073": Expected(LATE, why="pukul 07.34"),
}
EXPECTED: dict[str, Expected] = {office.code: _SPECIAL.get(office.code, Expected(ON_TIME)) for office in OFFICES}

DESK_BOXES = (BOX_OPD, BOX_UPT)
SHOWN_RECEIPT = "dinsos"
WRONG_ROUTE_TOLD = "U002"


def _letters(scene: Scene) -> list[Finding]:
    """Strangers hear nothing; the coordinator hears that one of its Bagian mailed directly (TLG-12)."""
    post = scene.officers.post
    return [
        *silent(post, (SPOOFER, STRANGER)),
        *lacking(post, BY_CODE[WRONG_ROUTE_TOLD].address, "SALAH JALUR"),
        *unnamed(scene, _PRINTED_BY, AWAY),
        *_duty_kept(scene),
        *_status_told(scene),
    ]


def _duty_kept(scene: Scene) -> list[Finding]:
    """The answer by WhatsApp is kept as the officer's word, and its evidence is asked for."""
    told = " ".join(scene.officers.told("kec1dl"))
    kept = "menurut petugas" in told and f"no. {min(AWAY['U071'])} " in told
    return [] if kept else [Finding("jawaban WhatsApp Kecamatan Tulungagung 1", "dicatat menurut petugas", told[:200])]


def _status_told(scene: Scene) -> list[Finding]:
    """STATUS by Telegram is answered with what the unit has not sent yet; the photo that follows gets its receipt."""
    asked, sent = (" ".join(scene.officers.told(key)) for key in ("kec2tanya", "kec2"))
    wanted = (("STATUS", asked, "BELUM DITERIMA; batas pukul 07.30 WIB"), ("foto", sent, "TEPAT WAKTU"))
    return [
        Finding(f"jawaban Telegram Kecamatan Tulungagung 2 ({what})", words, told[:200])
        for what, told, words in wanted
        if words not in told
    ]


def _told_by_phone(scene: Scene) -> list[str]:
    """The receipt that went by WhatsApp, and the answer to STATUS by Telegram."""
    shown = (("WhatsApp kepada Kecamatan Tulungagung 1", "kec1"), ("Telegram, jawaban STATUS", "kec2tanya"))
    return [f"{to}: {' '.join(text.split())}" for to, key in shown for text in scene.officers.told(key)[:1]]


MORNING = Part(DAY, BEGIN, END, 50, "DATANG", OPENS, CLOSES, STEPS, EXPECTED, (_letters,))
PROGRAMME = Programme(DAY, DAY, (MORNING,), SHOWN_RECEIPT, (_told_by_phone,), printed=PRINTED)
