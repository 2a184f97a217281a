"""The filling guide on the back of a sheet: one page with pictures, times from the profile (TLG-16)."""

from typing import Any

from domain.profile import Profile
from domain.reading import SheetKind
from domain.sheet import SheetPage
from domain.terms import Session
from domain.windows import windows_on
from domain.wording import DAYS, listing

_STEPS = 6
_SHOWN = 4  # codes in the picture
_AROUND = 70.0  # millimetres of margins, heading and closing lines


def guide(profile: Profile, page: SheetPage) -> dict[str, Any]:
    """What ``templates/forms/guide.typ`` prints behind ``page``."""
    weekly = page.kind is SheetKind.WEEKLY
    return {
        "width": page.layout.width,
        "height": page.layout.height,
        "title": f"{page.title} – {page.government}",
        "step": (page.layout.height - _AROUND) / _STEPS,
        "weekly": weekly,
        "codes": page.codes[:_SHOWN],
        "days": [str(day.day) for day in page.days],
        "steps": [
            {"picture": picture, "head": head, "lines": lines} for picture, head, lines in _steps(profile, page, weekly)
        ],
        "closing": [
            f"{_evidence(profile, page)}Data pada lembar ini hanya untuk keperluan presensi.",
            f"Dasar: {profile.legal_basis}.",
        ],
    }


def _steps(profile: Profile, page: SheetPage, weekly: bool) -> list[tuple[str, str, list[str]]]:
    datang, pulang = page.session_names
    codes = ", ".join(f"{code} = {profile.codes[code].label}" for code in page.codes)
    when = "pada kode dan pada tanggalnya" if weekly else "pada kodenya"
    head = ["Kepala membubuhkan paraf setiap sesi dan tanda tangan di bagian bawah."] if page.head else []
    return [
        ("sign", "Tanda tangan di kotak sendiri", [
            f"Satu kotak untuk satu sesi ({datang} dan {pulang}), ditandatangani sendiri, tidak diwakilkan.",
            "Tanda tangan jangan mengenai kotak tetangga; paraf kecil sudah cukup.", *head,
        ]),
        ("pen", "Pulpen hitam atau biru", [
            "Pensil dan tinta pudar tidak terbaca. Jangan memakai cairan penghapus.",
            "Jangan menulis, mengecap, atau melipat pada kotak hitam putih di tepi kertas.",
        ]),
        ("code", "Tidak hadir: beri √ di kolom Keterangan", [
            f"Beri √ {when}; jangan menulis kode di kotak tanda tangan.", f"{codes}.",
        ]),
        ("empty", "Belum hadir: biarkan kosong", [
            "Jangan menarik garis, strip, atau titik pada kotak kosong. Kotak kelabu tidak diisi.",
            "Pegawai baru: tulis nama dan NIP pada baris kosong di akhir daftar.",
        ]),
        ("photo", "Foto yang terbaca", [
            "Kertas rata dan terang, tanpa bayangan; keempat sudut dan kotak hitam putih di tepi tampak.",
            "Satu foto satu halaman. Kirim dengan kualitas HD atau sebagai dokumen; pindaian juga baik.",
        ]),
        ("send", "Kirim tepat waktu, dua kali sehari", [
            *_windows(profile, page),
            f"Kirim ke alamat surel {profile.agency} yang ditetapkan bagi unit; bila surel terkendala, lewat WhatsApp."
            if profile.routing.whatsapp_when_mail_fails
            else f"Kirim ke alamat surel {profile.agency} yang ditetapkan bagi unit.",
        ]),
    ]  # fmt: skip


def _evidence(profile: Profile, page: SheetPage) -> str:
    """Which of the printed codes need proof (K8)."""
    codes = [code for code in page.codes if profile.codes[code].key in profile.evidence.required_for]
    return f"Keterangan {listing(codes)} disertai bukti. " if codes else ""


def _windows(profile: Profile, page: SheetPage) -> list[str]:
    """One line a session, or one for each group of days whose hours differ (TLG-07)."""
    hours: dict[tuple[Session, str], list[str]] = {}
    for day, off in zip(page.days, page.off, strict=True):
        for window in () if off else windows_on(profile, day, page.pattern):
            span = f"pukul {window.opens:%H.%M} s.d. {window.closes:%H.%M} {profile.zone_label}"
            hours.setdefault((window.session, span), []).append(DAYS[day.weekday()])
    changing = len(hours) > len(Session)
    return [
        f"{profile.session_names[session]}{f' ({listing(days)})' if changing else ''}: {span}."
        for (session, span), days in sorted(hours.items(), key=lambda item: list(Session).index(item[0][0]))
    ]
