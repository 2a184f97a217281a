"""The parts of a profile beside time and codes. Values of later features are law already: they live here, not in code.

Silence of a government's rules is an absent key; what the rules leave open ("INT" in RULES.md) is a key with the
interpretation, to be changed by the government.
"""

from datetime import time
from typing import Annotated, Literal

from pydantic import Field

from domain.profile_base import ClockTime, Part
from domain.terms import StatusKey

Text = Annotated[str, Field(min_length=1)]
Days = Annotated[int, Field(ge=0, le=36500)]
FormKind = Literal[
    "daily", "weekly", "monthly", "apel", "letter", "kinerja", "manual_presence", "manual_recap", "keterangan"
]
ReportKind = Literal["weekly", "monthly"]


class Routing(Part):
    """Who mails whose sheet (TLG-11..17)."""

    direct_kinds: tuple[str, ...] = Field(
        default=(), description="jenis unit yang selalu mengirim langsung, misalnya smp, puskesmas (TLG-14)"
    )
    direct_parents: tuple[str, ...] = Field(
        default=(), description="nama induk yang UPTD-nya mengirim langsung (TLG-14)"
    )
    coordinators: dict[str, str] = Field(
        default={}, description="nama induk = nama unit yang mengirim untuk semua bawahannya (TLG-12)"
    )
    whatsapp_when_mail_fails: bool = Field(default=False, description="kirim lewat WA bila surel terkendala (TLG-15)")


class FormRule(Part):
    """A form of the government."""

    title: Text = Field(description="judul sebagaimana tercetak")
    head_signature: bool = Field(description="harus ditandatangani kepala unit (TLG-08, TLG-10, MLG-09)")
    annex: str = Field(default="", description="lampiran dasar hukum, misalnya Lampiran E")


class Recipient(Part):
    """Who a report goes to."""

    name: Text = Field(description="jabatan atau bagian penerima laporan")
    addresses: tuple[str, ...] = Field(default=(), description="alamat surel penerima; diisi saat pemasangan")
    copies: tuple[str, ...] = Field(default=(), description="tembusan; bawaan kosong (BTG-08)")


class Retention(Part):
    """Days that each class of data is kept; 0 = until the government enters its archive schedule (JRA)."""

    originals: Days = Field(description="hari simpan surel dan berkas asli; 0 = sampai JRA diisi")
    photos: Days = Field(description="hari simpan foto lembar; 0 = sampai JRA diisi")
    marks: Days = Field(description="hari simpan data kehadiran; 0 = sampai JRA diisi")
    reports: Days = Field(description="hari simpan laporan; 0 = sampai JRA diisi")
    face_photos: int = Field(ge=30, le=90, description="hari simpan foto wajah, 30 s.d. 90; lalu hanya sidiknya")


class Escalation(Part):
    """What happens when the reminder did not help."""

    at_close: bool = Field(description="beri tahu atasan petugas saat jendela tutup: true atau false")
    to: Text = Field(default="kasubbag", description="peran alamat yang diberi tahu")


class SanctionStep(Part):
    """One line of a table of sanctions; only ever printed as information."""

    first_days: int = Field(ge=1, description="mulai hari tanpa alasan sah dalam satu tahun")
    last_days: int | None = Field(default=None, ge=1, description="sampai hari; kosong = seterusnya")
    text: Text = Field(description="bunyi hukuman disiplin")


class SanctionTable(Part):
    """Thresholds of one kind of employment (DOMAIN.md 4): crossings are reported, nothing is decided."""

    employment: tuple[Text, ...] = Field(min_length=1, description="status kepegawaian yang terkena, misalnya PNS")
    legal_reference: str = Field(description="dasar hukum tabel ini")
    steps: tuple[SanctionStep, ...] = Field(default=(), description="tahapan; kosong = ditetapkan PPK (PPPK)")
    consecutive_days: int | None = Field(default=None, ge=1, description="hari kerja berturut-turut tanpa alasan sah")
    consecutive_text: str = Field(default="", description="akibat hari berturut-turut itu")
    minutes_per_day: int | None = Field(
        default=None, ge=1, description="sekian menit terlambat atau pulang cepat dihitung satu hari; kosong = tidak"
    )


class Apel(Part):
    """Presence at a flag ceremony by the manual list (BLG-16..18)."""

    deadline: ClockTime = Field(description="batas daftar diterima BKPSDM, misalnya 09.00 (inklusif semenit)")


class Kinerja(Part):
    """Daily work in points; one point is one minute (BLG-19..24)."""

    monthly_points: int = Field(ge=1, description="poin minimal sebulan (BLG-20)")
    points_per_credited_day: int = Field(ge=1, description="poin sehari pada hari yang dihitung otomatis (BLG-27)")
    entry_hours: int = Field(ge=1, description="batas pengisian, jam sejak akhir hari kegiatan (BLG-21)")
    verify_hours: int = Field(ge=1, description="batas pemeriksaan atasan, jam sejak pengisian (BLG-22)")
    kinds: tuple[Text, ...] = Field(min_length=1, description="jenis aktivitas (BLG-19)")


class ManualReason(Part):
    """A reason for which manual presence is allowed (BLG-25, BLG-26, BLG-30)."""

    code: Text = Field(description="kode alasan, misalnya SINYAL")
    label: Text = Field(description="uraian alasan")
    letter_required: bool = Field(description="wajib surat keterangan kepala (BLG-26)")
    max_days: int | None = Field(default=None, ge=1, description="hari kalender paling lama (BLG-30); kosong = tanpa")


class ApprovalStep(Part):
    """One step of the chain a recap goes through; a return goes exactly one step back (TRK-01..07)."""

    actor: Text = Field(description="jabatan pelaksana")
    action: Literal["draf", "paraf", "tanda tangan", "arsip"] = Field(
        description='"draf", "paraf", "tanda tangan" atau "arsip"'
    )
    minutes: int = Field(ge=1, description="mutu baku waktu dalam menit")


class Evidence(Part):
    """What must be attached to what (conflict K8)."""

    required_for: tuple[StatusKey, ...] = Field(default=(), description="status yang harus disertai bukti")
    photo_max_kb: int | None = Field(default=None, ge=1, description="ukuran salinan foto untuk aplikasi (BLG-36)")
    face_photo_outside: bool = Field(default=False, description="foto wajah langsung di luar kantor (BTG-01)")
    photo_max_age_minutes: int | None = Field(default=None, ge=1, description="foto lebih tua ditandai (BTG-01)")
    geotag_for: tuple[StatusKey, ...] = Field(default=(), description="status yang fotonya bertitik lokasi (MLG-13)")
    outside_reasons: tuple[str, ...] = Field(default=(), description="satu-satunya alasan di luar kantor (BTG-04)")


class Absence(Part):
    """When no presence and no keterangan becomes absent by rule; TLG-18 applies to every government."""

    automatic: bool = Field(description="menjadi tanpa keterangan sementara dengan sendirinya (MLG-07)")
    runs_at: ClockTime | None = Field(default=None, description="jam pada hari berikutnya (MLG-07)")
    last_day_warning: ClockTime | None = Field(default=None, description="peringatan pada hari terakhir bulan (MLG-07)")


class People(Part):
    """Who is subject to presence and when a person's marks count specially."""

    subjects: tuple[Text, ...] = Field(min_length=1, description="status kepegawaian yang wajib presensi (BLG-01)")
    exempt: tuple[Text, ...] = Field(default=(), description="keadaan yang bebas presensi (BLG-15)")
    exempt_kinerja: tuple[Text, ...] = Field(default=(), description="keadaan yang bebas laporan kinerja (BLG-24)")
    exempt_mark: str = Field(default="-", description="isi sel pegawai yang bebas presensi (BLG F)")
    credited: tuple[StatusKey, ...] = Field(default=(), description="status yang dihitung hadir otomatis (BLG-27)")
    single_entry: tuple[StatusKey, ...] = Field(default=(), description="status yang cukup satu presensi (MLG-13)")
    transfer_days: int = Field(
        default=0, ge=0, le=31, description="hari kalender presensi di unit lama masih sah sesudah mutasi (BLG-14)"
    )
    early_leave_dispensation: bool = Field(default=False, description="dispensasi pulang berlaku (BLG-29)")
    one_pending_leave: bool = Field(default=False, description="izin baru sesudah yang lama diputus (BLG-37)")


class Punches(Part):
    """Facts about attendance machines (MLG-17, MLG-28) and how punches become sessions."""

    brands: tuple[str, ...] = Field(default=(), description="merek mesin yang dipakai (MLG-28)")
    day_last: ClockTime = Field(
        default=time(23, 59), description="presensi terakhir milik hari itu, sebelum jam ini (MLG-17)"
    )
    day_first: ClockTime = Field(default=time(0, 1), description="presensi hari berikutnya mulai jam ini (MLG-17)")
    suppress_seconds: int = Field(
        default=60, ge=0, le=900, description="tempelan berulang dalam sekian detik dihitung satu; yang asli disimpan"
    )
    min_stay_minutes: int = Field(
        default=60,
        ge=1,
        le=480,
        description="dua tempelan pada separuh hari yang sama baru dianggap datang dan pulang "
        "bila berjarak sekian menit",
    )
    before_minutes: int = Field(
        default=240, ge=0, le=720, description="menit sebelum jam masuk yang masih dihitung datang"
    )
    after_minutes: int = Field(
        default=480, ge=0, le=960, description="menit sesudah jam pulang yang masih dihitung pulang"
    )
    wins: Literal["ask", "paper", "device"] = Field(
        default="ask", description='bila lembar dan mesin berbeda: "ask" (tanyakan), "paper" atau "device"'
    )
    silent_minutes: int = Field(
        default=1440, ge=5, description="mesin yang tidak terdengar sekian menit diberitahukan ke pengelolanya"
    )
