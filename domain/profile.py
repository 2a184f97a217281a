"""One government's rules as validated data: ``domain/profiles/*.toml``, or a file of the government's own.

No rule is global: zone, windows, codes, forms, chain and deadlines all belong to a profile (RULES.md, design rule).
Field descriptions are Indonesian because a wrong file is answered with them.
"""

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from pydantic import Field, PrivateAttr, ValidationError, model_validator

from domain.errors import ProfileError
from domain.profile_base import Misfit, Part
from domain.profile_codes import StatusCode, plain_code, spellings_of
from domain.profile_faults import explain, toml_line
from domain.profile_rules import (
    Absence,
    Apel,
    ApprovalStep,
    Escalation,
    Evidence,
    FormKind,
    FormRule,
    Kinerja,
    ManualReason,
    People,
    Punches,
    Recipient,
    ReportKind,
    Retention,
    Routing,
    SanctionTable,
    Text,
)
from domain.profile_time import Deadlines, SheetMailing, WindowRule, check_windows
from domain.terms import Session, StatusKey

_FOLDER = Path(__file__).parent / "profiles"
ZONE_LABELS = {
    "Asia/Jakarta": "WIB",
    "Asia/Pontianak": "WIB",
    "Asia/Makassar": "WITA",
    "Asia/Jayapura": "WIT",
}
"""The zones of Indonesia (DOMAIN.md 8); none has summer time."""


class Profile(Part):
    """Everything that one government decides. Immutable; ``version`` names the file's exact text."""

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="nama pendek huruf kecil, misalnya tulungagung")
    number_prefix: str = Field(pattern=r"^[A-Z]{2,5}$", description="awalan nomor kiriman, misalnya TLG")
    government: Text = Field(description="nama lengkap pemerintah daerah")
    agency: Text = Field(description="nama badan kepegawaian yang menerima kiriman")
    zone: Literal["Asia/Jakarta", "Asia/Pontianak", "Asia/Makassar", "Asia/Jayapura"] = Field(
        description=f"zona waktu, salah satu dari: {', '.join(ZONE_LABELS)}"
    )
    legal_basis: Text = Field(description="dasar hukum yang dicetak pada pesan")
    legal_references: tuple[Text, ...] = Field(default=(), description="dasar hukum lain untuk laporan (TRK-10)")
    kop: tuple[Text, ...] = Field(min_length=1, description="baris kop surat")
    session_names: dict[Session, Text] = Field(description="nama sesi: datang dan pulang")
    windows: tuple[WindowRule, ...] = Field(min_length=1, description="jendela waktu kirim (TLG-01 s.d. TLG-03)")
    reminder_minutes: int = Field(default=10, ge=1, le=120, description="menit sebelum tutup untuk mengingatkan")
    retake_minutes: int = Field(default=30, ge=0, le=240, description="menit foto ulang masih memakai waktu pertama")
    sheet_layout: Literal["weekly", "daily"] = Field(
        default="weekly", description='lembar tercetak: "weekly" atau "daily" (TLG-09)'
    )
    sheet_mailing: SheetMailing | None = Field(
        default=None, description="pengiriman lembar tercetak lewat surel; tanpa ini tidak dikirim (TLG-09, TLG-16)"
    )
    codes: dict[str, StatusCode] = Field(min_length=1, description="kode status dan artinya (K1 s.d. K3)")
    deadlines: Deadlines = Field(description="batas laporan (K5, K6)")
    routing: Routing = Field(default=Routing(), description="pengecualian jalur kirim (TLG-11 s.d. TLG-15)")
    forms: dict[FormKind, FormRule] = Field(
        description=f"formulir bernama {', '.join(get_args(FormKind))}; tiga yang pertama wajib"
    )
    recipients: dict[ReportKind, Recipient] = Field(description="penerima laporan: weekly dan monthly")
    retention: Retention = Field(description="lama simpan tiap golongan data")
    escalation: Escalation = Field(description="eskalasi saat jendela tutup")
    people: People = Field(description="siapa yang wajib presensi dan kekhususannya")
    absence: Absence = Field(description="aturan tanpa keterangan (MLG-07, TLG-18)")
    evidence: Evidence = Field(default=Evidence(), description="bukti yang harus dilampirkan (K8)")
    superior_silence: Literal["approved", "pending", "admin"] = Field(
        description='atasan tidak menjawab: "approved" (BLG-23), "pending" (BTG-03) atau "admin" (MLG-05)'
    )
    sanctions: tuple[SanctionTable, ...] = Field(default=(), description="tabel disiplin, hanya informasi (PP 94/2021)")
    manual_reasons: tuple[ManualReason, ...] = Field(default=(), description="alasan presensi manual (BLG-25)")
    approval_chain: tuple[ApprovalStep, ...] = Field(default=(), description="tahap pengesahan rekap (TRK)")
    apel: Apel | None = Field(default=None, description="presensi upacara dan apel (BLG-16 s.d. BLG-18)")
    kinerja: Kinerja | None = Field(default=None, description="kinerja harian (BLG-19 s.d. BLG-24)")
    punches: Punches = Field(default=Punches(), description="mesin presensi (MLG-17, MLG-28)")

    _version: str = PrivateAttr(default="")

    @model_validator(mode="after")
    def _parts_fit_together(self) -> "Profile":
        check_windows(self.windows, self.reminder_minutes)
        try:
            spellings_of(self.codes)
        except Misfit as misfit:
            raise Misfit(("codes", *misfit.place), str(misfit)) from None
        for name, found, wanted in (
            ("session_names", set(self.session_names), set(Session)),
            ("forms", set(self.forms), {"daily", "weekly", "monthly"}),
            ("recipients", set(self.recipients), {"weekly", "monthly"}),
        ):
            if absent := sorted(wanted - found):
                raise Misfit((name,), f"belum ada: {', '.join(absent)}")
        return self

    @property
    def version(self) -> str:
        """First 12 digits of the SHA-256 of the profile's text; kept with every fact it helped to make."""
        return self._version

    @cached_property
    def tz(self) -> ZoneInfo:
        """The government's time zone."""
        return ZoneInfo(self.zone)

    @property
    def zone_label(self) -> str:
        """``WIB``, ``WITA`` or ``WIT``: printed after every time."""
        return ZONE_LABELS[self.zone]

    @cached_property
    def code_spellings(self) -> Mapping[str, StatusKey]:
        """Every accepted spelling of every code, as ``plain_code`` writes it, with its meaning."""
        return spellings_of(self.codes)

    def code_key(self, code: str) -> StatusKey | None:
        """What a code on a sheet means here; None for what this government does not know (K1, K3)."""
        return self.code_spellings.get(plain_code(code))

    def code_for(self, key: StatusKey) -> str | None:
        """What reports print for ``key``; None if the government has no code for it."""
        return next((s.printed or code for code, s in self.codes.items() if s.key is key), None)


def profile_names() -> tuple[str, ...]:
    """The names of the shipped profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_profile(name_or_path: str | Path) -> Profile:
    """Read a shipped profile by name, or any ``.toml`` file by path.

    Raises ``ProfileError`` naming the file, the line of the key and what was expected there.
    """
    path = Path(name_or_path)
    if path.suffix != ".toml":
        if str(name_or_path) not in profile_names():
            raise ProfileError(f'profil "{name_or_path}" tidak dikenal; yang ada: {", ".join(profile_names())}')
        path = _FOLDER / f"{name_or_path}.toml"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"tidak dapat dibaca sebagai teks UTF-8 ({error})", file=str(path)) from error
    return parse_profile(text, str(path))


def parse_profile(text: str, file: str) -> Profile:
    """Check a profile's text; ``file`` is its name in errors (see ``load_profile``)."""
    try:
        profile = Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"bukan TOML yang sah: {error}", file=file, line=toml_line(error)) from error
    except ValidationError as error:
        message, line = explain(error, Profile, text)
        raise ProfileError(message, file=file, line=line) from error
    profile._version = hashlib.sha256(text.encode()).hexdigest()[:12]
    return profile
