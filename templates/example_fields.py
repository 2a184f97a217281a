"""Invented data for the catalogue of messages: no person and no office in it exists."""

from collections.abc import Mapping
from types import SimpleNamespace as Thing

TITLES: Mapping[str, str] = {
    "channel_trouble": "Saluran perlu diperiksa, untuk petugas",
    "chat_answer": "Jawaban baris dicatat",
    "chat_button_done": "Tombol ditekan kedua kali",
    "chat_button_not_yours": "Tombol milik alamat lain",
    "chat_people": "Pertanyaan pegawai suatu baris",
    "chat_cell": "Pertanyaan satu sel (dengan gambar sel)",
    "chat_check": "CEK: nomor benar",
    "chat_check_how": "CEK tanpa nomor",
    "chat_check_unknown": "CEK: nomor tidak tercatat",
    "chat_commands": "BANTUAN",
    "chat_evidence_how": "BUKTI tanpa nomor atau berkas",
    "chat_excuse": "Keterangan dicatat",
    "chat_excuse_decided": "Keterangan diputus",
    "chat_excuse_refused": "Keterangan belum dapat dicatat",
    "chat_forms": "FORMAT",
    "chat_forms_none": "FORMAT tidak dapat dipenuhi",
    "chat_help": "Pesan suara, stiker, lokasi, kosong",
    "chat_history": "RIWAYAT",
    "chat_history_nobody": "RIWAYAT dari alamat unit",
    "chat_inspection": "PERIKSA",
    "chat_missing": "BELUM",
    "chat_not_understood": "Tidak dipahami",
    "chat_nothing_due": "Tidak ada yang harus dikirim",
    "chat_number_unknown": "Nomor tidak ditemukan",
    "chat_objection": "KOREKSI",
    "chat_recap": "REKAP",
    "chat_recap_none": "REKAP belum ada",
    "chat_receivers_only": "Perintah khusus penerima",
    "chat_register_already": "DAFTAR: sudah terdaftar",
    "chat_register_done": "DAFTAR: berhasil",
    "chat_register_how": "DAFTAR tanpa unit",
    "chat_register_sent": "DAFTAR: kode dikirim",
    "chat_register_too_many": "DAFTAR: terlalu banyak",
    "chat_register_unit": "DAFTAR: unit tidak pasti",
    "chat_register_waiting": "DAFTAR: menunggu petugas",
    "chat_register_wrong": "DAFTAR: kode tidak cocok",
    "chat_started": "MULAI",
    "chat_status": "STATUS",
    "chat_stopped": "BERHENTI",
    "chat_trouble": "KENDALA",
    "chat_trouble_how": "KENDALA tanpa alasan",
    "chat_unknown_sender": "Pengirim belum terdaftar",
    "chat_which": "Nomor bermakna ganda",
    "delivery_failures": "Pesan yang tidak terkirim, untuk petugas",
    "device_trouble": "Masalah mesin presensi",
    "escalation": "Pemberitahuan kepada kasubbag",
    "excuse_alert": "Keterangan menunggu keputusan",
    "fallback_announced": "Presensi manual diberlakukan",
    "fallback_ended": "Presensi manual berakhir",
    "inspection_alert": "Sanggahan atau PERIKSA untuk petugas",
    "mailbox_incident": "Kotak surel tidak dapat diperiksa",
    "mailbox_trouble": "Masalah kotak surel",
    "media_lost": "Berkas tidak dapat diambil dari penyedia",
    "missing_list": "Daftar belum terkirim",
    "new_layout": "Susunan formulir baru",
    "not_a_sheet": "Bukan lembar presensi",
    "quarantine": "Kiriman dipisahkan",
    "recap_checked": "Rekap kembali dicocokkan",
    "recap_issued": "Rekap bulanan dikirim",
    "recap_missing": "Rekap belum kembali",
    "recap_reminder": "Pengingat rekap bulanan",
    "receipt": "Tanda terima",
    "register_code": "Kode pendaftaran",
    "reminder": "Pengingat",
    "reminder_held": "Pengingat ditahan",
    "report_cover": "Surat pengantar laporan",
    "report_failed": "Laporan gagal dibuat",
    "report_unaddressed": "Laporan belum mempunyai penerima",
    "sample_alert": "Pemeriksaan acak jawaban petugas",
    "sheets_mailed": "Lembar presensi dikirim",
    "short_escalation": "Pemberitahuan kepada kasubbag",
    "short_fallback_announced": "Presensi manual diberlakukan",
    "short_fallback_ended": "Presensi manual berakhir",
    "short_not_a_sheet": "Bukan lembar presensi",
    "short_receipt": "Tanda terima",
    "short_receipts": "Tanda terima banyak unit",
    "short_reminder": "Pengingat",
    "short_retake": "Diminta memotret ulang",
    "short_wrong_route": "Salah jalur",
    "stranger_alert": "Alamat belum terdaftar, untuk petugas",
    "window_summary": "Ringkasan jendela",
    "wrong_route": "Salah jalur",
}

_UNIT = "Dinas Perhubungan"
_DAY = "Senin, 23 November 2026"
_NUMBER = "TLG-20261123-D-0117"

COMMON: Mapping[str, object] = {
    "accounts": "kotak surel utama", "account": "utama", "address": "6281•••4567", "again": False,
    "agency": "BKD Kabupaten Tulungagung", "as_of": "07.20 WIB", "at": "07.18 WIB", "attempts": 5, "body": "",
    "brief": False,
    "by": "6281•••4567", "candidates": "", "case": "", "changes": [], "channel": "WhatsApp", "chased": [],
    "close": "07.30 WIB", "too_large": False,
    "closed": False, "closes": "07.30 WIB", "code": "S", "codes": "DL; S; C; I", "coming": 1, "contact": "",
    "coordinator": "Bagian Umum", "copy": 1, "count": 3, "counts": "tanda tangan 30, belum lengkap 2",
    "day": _DAY, "days": "Senin, 23 November 2026 s.d. Rabu, 25 November 2026", "day_off": "", "decision": "DISETUJUI",
    "digits": "0117", "doubts": "Sebanyak 12 pembacaan masih diperiksa dan 3 sanggahan belum diputus.", "due": 750,
    "early": 2, "empty": "", "error": "ReadingError: berkas rusak", "escalated": 3, "example": "KOREKSI 0117",
    "figures": "Dari 750 kiriman: 702 tepat waktu, 31 terlambat, 17 belum diterima.", "file": "IMG_2031.jpg",
    "files": 1, "about": f"DATANG {_DAY}",
    "first": "Senin, 23 November 2026, sesi DATANG", "first_at": "Senin, 23 November 2026, pukul 07.18 WIB",
    "government": "Pemerintah Kabupaten Tulungagung", "has_file": True, "headline": "Berkas IMG_2031.jpg telah kami "
    "terima dan simpan pukul 07.21 WIB, tetapi tidak kami kenali sebagai lembar presensi unit mana pun.", "items": [],
    "lacking": "",
    "last": "Jumat, 27 November 2026, sesi PULANG", "late": "", "left": 4, "legal_basis": "Surat BKD tentang presensi "
    "manual", "letter": "800/12/BKD/2026", "limit": "07.30 WIB", "lines": [], "link": "https://presensi.contoh.go.id/berkas/"
    "eyJyIjoxMn0.Zk3v1w/rekap.pdf", "mailbox": "presensi@bkd.contoh.go.id", "mails": "d•••b@dishub.contoh.go.id",
    "members": 42, "message_id": 4711, "minutes": 10, "missing": 17, "month": "November 2026", "more": 0,
    "name": "Siti Aminah", "no": 7, "notes": [], "number": _NUMBER, "objection": False, "on_time": 702, "own": "",
    "pages": 2, "partial": 1, "parts": ["halaman lengkap (2 dari 2)", "tanda tangan kepala ada"], "period":
    "23–27 November 2026", "photo": False, "read": "40 tanda tangan", "reason": "server presensi online padam",
    "received": 733, "recipient": "Kepala Subbidang Disiplin ASN", "reminded": 20, "replaces": "", "reread": 1,
    "retake": "",
    "retaking": 2, "retired": False, "retroactive": False, "sender": _UNIT, "sender_name": "Posko Presensi",
    "sender_unit": "petugas rekap unit", "session": "DATANG", "sha256": "ab" * 32, "short_hash": "3f9a12c4d5e6",
    "shown": "S, bukti lengkap", "since": "Senin, 23 November 2026, pukul 06.58 WIB", "state": "menunggu bukti",
    "subject": f"DATANG {_UNIT}, {_DAY}", "submissions": [], "text": "listrik padam sejak pukul 06.30",
    "time": "07.18 WIB", "timing": "TEPAT WAKTU", "title": "rekap mingguan", "to_check": 4, "total": 3,
    "typed": "perhubungan", "unclear": [],
    "unit": _UNIT, "units": [], "unread": "", "until": "08.18 WIB", "version": 1, "waits": "BUKTI K12", "week":
    "2026-W48", "what": "voice", "why": "buram, sudut kanan bawah terpotong", "windows": ["DATANG: pukul 07.00 s.d. "
    "07.30 WIB", "PULANG: pukul 15.30 s.d. 16.00 WIB"], "by_superior": False, "coded": True, "answer": "TTD",
    "made": "Senin, 30 November 2026, pukul 16.10 WIB", "report": "TLG-RM-2026W48", "key": "mingguan 2026-W48",
    "command": "BELUM", "device": "Mesin Lobi", "place": "lobi", "zone": "WIB", "columns": "NO, NAMA, NIP, TTD DATANG",
    "desk": "https://presensi.contoh.go.id",
    "layout": "3f9a12", "compared": 1260, "same": 1258, "draft": False, "people": 42, "open_days": 2, "final":
    "Senin, 30 November 2026, pukul 16.05 WIB", "told": [], "signed": True, "strange": [], "due_units": 250,
}  # fmt: skip

_ROWS = ["no. 7 Siti Aminah: DL (K12, menunggu bukti)", "no. 19 Budi Santoso: TTD"]
_EMPTY = "no. 7 Siti Aminah, no. 19 Budi Santoso"
_UNREAD = "no. 7 Siti Aminah, no. 19 Budi Santoso"
_CHASED = Thing(
    sender=_UNIT, units="UPTD Parkir", contact="Budi Santoso", phones=["628110000001"], mails="dishub@contoh.go.id"
)  # fmt: skip

OWN: Mapping[str, Mapping[str, Mapping[str, object]]] = {
    "chat_answer": {
        "": {"items": _ROWS},
        "ada yang tidak dikenal": {
            "items": _ROWS[:1],
            "unclear": ['Baris 8: "XX" tidak dikenal sebagai kode; belum dicatat.'],
        },
    },
    "chat_people": {
        "": {
            "items": [
                "Baris 7 (tulisan 'Moh. Arif') dapat berarti 12 Moh. Arif Hidayat atau 31 Muhammad Arifin.",
                "Baris 19 (tulisan 'Sri W') tidak ada dalam daftar unit.",
            ]
        }
    },
    "delivery_failures": {"": {}, "surel kembali yang tidak dikenali": {"count": 0, "strange": ["4711", "4718"]}},
    "device_trouble": {
        "diam": {"kind": "silent", "reason": "tidak mengirim data sejak pukul 06.00 WIB"},
        "pulih": {"kind": "back", "reason": "tersambung kembali pukul 09.12 WIB"},
        "jam meleset": {"kind": "drift", "reason": "jamnya 7 menit lebih cepat"},
        "log baru": {"kind": "layout", "reason": "berkas log.csv"},
    },
    "recap_checked": {
        "sama": {"count": 0},
        "berbeda": {
            "count": 2,
            "lines": ["Siti Aminah, 12 November: kami S, rekap H", "Budi Santoso, 13 November: kami -, rekap H"],
        },
        "tidak dapat dicocokkan": {"compared": 0},
    },
    "recap_issued": {
        "rancangan": {"draft": True, "changes": 0},
        "akhir": {
            "sender": "",
            "due": "Senin, 30 November 2026, pukul 17.00 WIB",
            "changes": 1,
            "told": ["Siti Aminah, 12 November: - menjadi S"],
        },
    },
    "recap_missing": {"": {"missing": [_UNIT], "due": "Senin, 30 November 2026, pukul 17.00 WIB"}},
    "recap_reminder": {"": {"sender": "", "due": "Senin, 30 November 2026, pukul 17.00 WIB"}},
    "chat_evidence_how": {"": {"items": ["K12: DL Siti Aminah, Rabu, 25 November 2026"]}},
    "chat_excuse": {
        "menunggu bukti": {"number": "K12", "code": "DL"},
        "bukti lengkap": {"number": "K12", "state": "lengkap"},
        "sesudah batas": {"number": "K12", "state": "lengkap", "late": True},
    },
    "chat_excuse_decided": {
        "disetujui": {"number": "K12", "reason": ""},
        "ditolak": {"number": "K12", "decision": "DITOLAK", "reason": "surat tidak bertanggal"},
    },
    "chat_excuse_refused": {"": {"reason": "masih ada keterangan pegawai ini yang belum diputus"}},
    "chat_forms": {"": {}, "lagi": {"again": True}, "FORMAT ULANG": {"copy": 2}},
    "chat_forms_none": {"": {"reason": "Dinas Perhubungan tidak bekerja pada minggu 2026-W53"}},
    "chat_help": {kind: {"what": kind} for kind in ("voice", "sticker", "location", "video", "contact", "")},
    "chat_history": {"": {"items": ["23/11: datang tanda tangan, pulang tanda tangan", "20/11: datang DL, pulang DL"]}},
    "chat_missing": {
        "ada yang belum": {"items": ["UPTD Parkir", "SMP Negeri 1 Contoh", "Kecamatan Contoh"]},
        "lengkap": {"total": 0},
    },
    "chat_number_unknown": {"": {"number": "4711"}, "tanpa nomor": {"number": ""}},
    "chat_objection": {"menunggu foto": {}, "dengan foto": {"photo": True}},
    "chat_register_unit": {"beberapa": {"candidates": f"{_UNIT}, UPTD Parkir"}, "tidak ada": {"typed": "xyzzy"}},
    "chat_register_wrong": {"": {}, "tidak berlaku lagi": {"left": 0}},
    "chat_status": {
        "": {
            "items": [
                f"DATANG: diterima 07.18 WIB, tepat waktu, terbaca 40 dari 42 ({_NUMBER}).",
                "PULANG: BELUM DITERIMA; batas pukul 16.00 WIB.",
            ]
        },
        "libur": {"day_off": "Akhir pekan"},
    },
    "chat_unknown_sender": {"dengan berkas": {}, "pesan saja": {"has_file": False}},
    "chat_which": {
        "": {
            "number": "0117",
            "items": [
                f"1. {_NUMBER}: DATANG {_UNIT}, {_DAY}",
                f"2. TLG-20261030-P-0117: PULANG {_UNIT}, 30 Oktober 2026",
            ],
        }
    },
    "excuse_alert": {"": {"number": "K12"}, "atasan langsung": {"number": "K12", "by_superior": True}},
    "escalation": {"": {"reminded": True}},
    "fallback_announced": {"": {}, "berlaku surut": {"retroactive": True}},
    "inspection_alert": {
        "sanggahan": {"objection": True, "items": ["IMG_2031.jpg (3f9a…)"], "text": "baris 7 hadir"},
        "PERIKSA": {"items": ["IMG_2031.jpg (3f9a…)"], "text": ""},
    },
    "mailbox_incident": {"terganggu": {"reason": "server tidak menjawab"}, "pulih": {"closed": True}},
    "mailbox_trouble": {"": {"reason": "satu surel tidak dapat diambil"}, "selesai": {"closed": True}},
    "missing_list": {"": {"chased": [_CHASED]}},
    "receipt": {
        "tepat waktu": {
            "submissions": [
                Thing(
                    headline=f"Presensi DATANG {_UNIT}, {_DAY}, telah kami terima pukul 07.18 WIB: TEPAT WAKTU.",
                    lines=["Terbaca 40 dari 42 pegawai (40 tanda tangan, 2 kosong).", f"Kolom kosong: {_EMPTY}."],
                    number=_NUMBER,
                )
            ]
        }
    },
    "reminder": {"": {}, "beberapa unit": {"units": [Thing(name="UPTD Parkir", people="")]}},
    "report_cover": {
        "": {"subject": "rekap pengiriman presensi manual", "period": "tanggal 23–27 November 2026"},
    },
    "report_failed": {"": {"number": "TLG-RM-2026W48-5H", "command": "weekly --week 2026-W48"}},
    "report_unaddressed": {
        "": {
            "report": "Rekap Mingguan Presensi Manual",
            "number": "TLG-RM-2026W48-5H",
            "made": "16.15 WIB",
            "key": "weekly",
            "command": "weekly --week 2026-W48",
        },
    },
    "sample_alert": {"": {"items": ["baris 7 Siti Aminah: DL"]}},
    "sheets_mailed": {"": {"sender": "", "code": "2026-W48/117"}},
    "short_escalation": {"": {}, "beberapa unit": {"items": ["UPTD Parkir", "UPTD Terminal"]}},
    "short_fallback_announced": {
        "": {"items": ["DATANG: pukul 07.00 s.d. 07.30 WIB", "PULANG: pukul 15.30 s.d. 16.00 WIB"]}
    },
    "short_not_a_sheet": {"berkas": {"at": "07.21 WIB"}, "tanpa berkas": {"file": "", "number": ""}},
    "short_receipt": {
        "tepat waktu": {"empty": _EMPTY},
        "dua baris belum terbaca": {"unread": _UNREAD, "parts": []},
        "terlambat": {"late": "4 menit", "at": "07.34 WIB", "read": "42 tanda tangan"},
        "album lima foto": {"files": 5, "read": "42 tanda tangan"},
        "halaman buram": {
            "read": "25 tanda tangan",
            "parts": ["halaman BELUM lengkap (1 dari 2)"],
            "lacking": "2",
            "retake": "07.56 WIB",
        },
        "tanpa tanda tangan": {
            "items": [
                "TANPA TANDA TANGAN: lembar ini diketik. Mohon menyusulkan lembar bertanda tangan (foto atau pindaian)."
            ],
            "read": "42",
            "parts": [],
        },
    },
    "short_receipts": {"": {"items": [f"{_UNIT}: nomor {_NUMBER}", "UPTD Parkir: nomor TLG-20261123-D-0118"]}},
    "short_reminder": {"": {}, "beberapa unit": {"items": ["UPTD Parkir", "UPTD Terminal"]}},
    "short_retake": {"album": {"files": 5}, "": {"until": "07.56 WIB", "at": "07.26 WIB"}},
    "stranger_alert": {"": {"unit": ""}, "permohonan": {"has_file": False}},
    "window_summary": {"": {"chased": [_UNIT], "late": 31, "audit_head": "9f" * 32}},
}
