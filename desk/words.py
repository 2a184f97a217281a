"""How pages say what a flag, a mark, a verdict or a route is: always words, beside a shape and a colour."""

from domain.board import UnitState
from domain.device import FlagCode
from domain.marks import MarkState
from domain.outcome import Flag, QuestionKind
from domain.reading import HeadMark, SheetKind, Verdict
from domain.terms import Authenticity, Scheme, StatusKey, Timeliness
from storage.records import MessageState, OutboxState
from storage.records_chat import DeliveryState
from storage.retries import Hindrance

STATES = {  # shape, style
    UnitState.ON_TIME: ("●", "baik"),
    UnitState.EARLY: ("◐", "baik"),
    UnitState.PARTIAL: ("◧", "awas"),
    UnitState.LATE: ("▲", "awas"),
    UnitState.MISSING: ("○", "buruk"),
    UnitState.TO_CHECK: ("◆", "tanya"),
    UnitState.NOT_DUE: ("–", "diam"),
}
TIMELINESS = {
    Timeliness.EARLY: "lebih awal",
    Timeliness.ON_TIME: "tepat waktu",
    Timeliness.PARTIAL: "tepat waktu sebagian",
    Timeliness.LATE: "terlambat",
}
FLAGS = {
    Flag.WRONG_ROUTE: "salah jalur",
    Flag.WRONG_MAILBOX: "salah alamat",
    Flag.STRANGER: "pengirim tidak terdaftar",
    Flag.UNVERIFIED: "pengirim belum terverifikasi",
    Flag.NO_SIGNATURE: "diketik, tanpa tanda tangan",
    Flag.HEAD_MISSING: "belum sah: tanpa tanda tangan kepala",
    Flag.NOT_DUE: "hari tidak wajib",
    Flag.OUTSIDE_PERIOD: "di luar masa manual",
    Flag.TIME_GAP: "selisih waktu kirim dan terima",
    Flag.SENT_IN_TIME: "dikirim dalam waktu",
    Flag.OUR_INCIDENT: "gangguan posko",
    Flag.SUSULAN: "susulan",
    Flag.AHEAD: "mendahului",
    Flag.SAME_FILE: "berkas sama",
    Flag.SAME_PHOTO: "foto sama",
    Flag.CHANGED: "tanda berubah",
    Flag.OTHER_PRINT: "lembar lain",
    Flag.NAMES_DIFFER: "nama pada lembar berbeda",
    Flag.COPIED: "tanda disalin",
    Flag.RESENT: "kirim ulang",
    Flag.OWN_FORM: "formulir sendiri",
    Flag.NEW_LAYOUT: "susunan baru",
    Flag.PENDING: "menunggu pembacaan",
    Flag.RETAKE: "diminta foto ulang",
    Flag.INCOMPLETE_PAGES: "halaman kurang",
    Flag.DATE_GUESSED: "tanggal tidak tertulis",
    Flag.PEOPLE_MISSING: "ada pegawai tidak tercantum",
    Flag.UNIT_FROM_SENDER: "unit dari pengirim",
}
VERDICTS = {
    Verdict.SIGNED: ("✓", "ada tanda tangan", "baik"),
    Verdict.REPORTED: ("◐", "tertulis hadir", "baik"),
    Verdict.EMPTY: ("○", "kosong", "buruk"),
    Verdict.CODE: ("■", "kode", "info"),
    Verdict.UNSURE: ("◆", "ragu", "tanya"),
}
MARKS = {
    MarkState.SIGNED: ("✓", "ada tanda tangan", "baik"),
    MarkState.REPORTED: ("◐", "tertulis hadir", "baik"),
    MarkState.CODE: ("■", "kode", "info"),
    MarkState.INCOMPLETE: ("○", "belum lengkap", "diam"),
    MarkState.TO_CHECK: ("◆", "perlu periksa", "tanya"),
}
HEADS = {
    HeadMark.SIGNED: "ada tanda tangan kepala",
    HeadMark.EMPTY: "tanda tangan kepala belum ada",
    HeadMark.UNSURE: "tanda tangan kepala meragukan",
    HeadMark.ABSENT: "lembar tanpa tempat tanda tangan kepala",
}
KINDS = {
    SheetKind.DAILY: "lembar harian",
    SheetKind.WEEKLY: "lembar mingguan",
    SheetKind.MONTHLY: "daftar bulanan",
    SheetKind.RECAP: "rekap bulanan",
    SheetKind.APEL: "daftar apel",
    SheetKind.IMAGE: "gambar",
    SheetKind.NOT_SHEET: "bukan lembar presensi",
    SheetKind.UNREADABLE: "tidak terbaca",
}
QUESTIONS = {
    QuestionKind.PERSON: "Baris ini milik siapa?",
    QuestionKind.NEWCOMER: "Nama ini tidak ada dalam daftar unit. Siapa dia?",
    QuestionKind.CELL: "Apa isi kolom ini?",
    QuestionKind.NOTE: "Apa arti keterangan ini?",
    QuestionKind.DEVICE: "Lembar dan mesin berbeda. Mana yang benar?",
}
DEFAULT_SIDE = {
    "ask": "rekap mencetak PERLU PERIKSA",
    "paper": "rekap mengikuti lembar",
    "device": "rekap mengikuti mesin",
}
"""What holds until somebody settles a difference, by ``punches.wins`` of the profile."""
AUTHENTICITY = {
    Authenticity.VERIFIED: "pengirim terbukti",
    Authenticity.UNVERIFIED: "pengirim belum terbukti",
    Authenticity.UNKNOWN_SENDER: "alamat tidak terdaftar",
}
SCHEMES = {Scheme.MAIL: "surel", Scheme.WHATSAPP: "WhatsApp", Scheme.TELEGRAM: "Telegram", Scheme.UPLOAD: "unggahan"}
OUTBOX = {
    OutboxState.PENDING: ("◔", "menunggu dikirim", "info"),
    OutboxState.SENT: ("✓", "terkirim", "baik"),
    OutboxState.FAILED: ("✕", "gagal", "buruk"),
    OutboxState.EXPIRED: ("–", "lewat waktu", "diam"),
}
MESSAGES = {
    MessageState.NEW: "menunggu dibaca",
    MessageState.FETCHING: "berkasnya sedang diambil",
    MessageState.TALKING: "menunggu dijawab",
    MessageState.DONE: "selesai",
    MessageState.QUARANTINE: "disisihkan, perlu dilihat",
}
HINDRANCES = {
    Hindrance.GONE: "tidak ada, atau tidak lagi tertahan",
    Hindrance.REPLACED: "penerimanya sudah atau sedang dikirimi surat pengganti",
    Hindrance.TOO_LATE: "sudah lewat waktunya; surat ini tidak berguna lagi",
    Hindrance.BLOCKED: "penerimanya memblokir posko atau alamatnya tidak ada; terbuka begitu ia menulis lagi",
    Hindrance.UNAPPROVED: "pengirimnya menunggu persetujuan; terbaca sendiri sesudah disetujui",
    Hindrance.FORGOTTEN: "berkasnya sudah tidak ada di penyedia; minta dikirim ulang",
}
QUEUES = {
    "read": "membaca kiriman",
    "send": "mengirim surat",
    "talk": "menjawab percakapan",
    "fetch": "mengambil berkas",
    "report": "menyusun laporan",
}
JOBS = {
    "todo": "menunggu",
    "doing": "dikerjakan",
    "failed": "gagal",
    "aborted": "dihentikan",
    "cancelled": "dibatalkan",
}
DELIVERIES = {
    DeliveryState.QUEUED: ("◔", "diantre penyedia", "info"),
    DeliveryState.SENT: ("✓", "dikirim penyedia", "info"),
    DeliveryState.DELIVERED: ("✓", "sampai", "baik"),
    DeliveryState.READ: ("✓", "dibaca", "baik"),
    DeliveryState.FAILED: ("✕", "tidak sampai", "buruk"),
}
STATUS_KEYS = {
    StatusKey.HADIR: "hadir",
    StatusKey.ALPA: "tanpa keterangan",
    StatusKey.TUGAS_KHUSUS: "tugas khusus",
    StatusKey.CUTI: "cuti",
    StatusKey.SAKIT: "sakit",
    StatusKey.DINAS_LUAR: "dinas luar",
    StatusKey.IZIN: "izin",
    StatusKey.TUGAS_BELAJAR: "tugas belajar",
    StatusKey.DIKLAT: "diklat",
    StatusKey.LEPAS_JAGA: "lepas jaga",
    StatusKey.BEBAS_PRESENSI: "bebas presensi",
}
LOG_FLAGS = {
    FlagCode.CLOCK_JUMP: "jam mesin mundur (listrik padam?)",
    FlagCode.FUTURE: "ada waktu yang belum terjadi",
    FlagCode.DRIFT: "jam mesin menyimpang lebih dari dua menit",
    FlagCode.NUL_BYTES: "ada bita kosong di dalam berkas",
    FlagCode.NUMBER_CONTRADICTS: "nomor mesin pada nama berkas dan isinya berbeda",
    FlagCode.DEVICE_CREATED: "mesin baru didaftarkan; periksa zona dan unitnya",
    FlagCode.DEVICE_UNKNOWN: "mesinnya tidak pasti; pilih mesinnya lalu unggah lagi",
    FlagCode.LAYOUT_UNKNOWN: "susunan berkas belum dikenal; berkas disimpan, jelaskan di bawah ini",
    FlagCode.DATE_ORDER_UNKNOWN: "tanggal dapat dibaca dua cara; berkas disimpan, jelaskan di bawah ini",
    FlagCode.NO_SECONDS: "waktu tanpa detik",
}
