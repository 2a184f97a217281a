"""What ``posko init`` writes: a commented ``posko.toml``, the token of the status API and the sheets' key."""

import json
import os
import secrets
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from bot.settings import FILE_NAME, SHEETS_KEY_NAME, TOKEN_NAME
from domain.errors import ConfigurationError

Value = str | int | bool | Sequence[str]

_HEAD = """\
# Posko Presensi: pengaturan instalasi ini. Kunci yang tidak dikenal ditolak saat mulai.
# Rahasia tidak ditulis di sini: sebutkan berkasnya (password_file, nisbi terhadap folder ini, chmod 600)
# atau nama variabel lingkungannya (password_env).

# Nama profil pemerintah daerah (tulungagung, bulungan, malang, tarakan, bontang) atau berkas .toml sendiri.
profile = {profile}
# Instalasi peragaan: hanya di sini jam geser (POSKO_CLOCK) diterima.
demo = {demo}

[service]
host = "127.0.0.1"  # hanya komputer ini; taruh reverse proxy di depannya bila perlu
port = {port}
workers = 2  # proses anak pembaca berkas
"""
_MAILBOX_EXAMPLE = """
# Kotak surel penerima; satu blok untuk tiap kotak.
# [[mailbox]]
# name = "bkd1"
# address = "presensi@contoh.go.id"
# host = "imap.contoh.go.id"
# tls = "tls"                          # "tls", "starttls", atau "none" (hanya 127.0.0.1)
# password_file = "rahasia/bkd1"       # atau password_env = "POSKO_BKD1_PASSWORD"
# received_by = ["mx.contoh.go.id"]    # server yang cap Received-nya menjadi waktu resmi
# authserv_id = "mx.contoh.go.id"      # server yang Authentication-Results-nya dipercaya
# archive_to = "Arsip"                 # pindahkan surel yang sudah tersimpan; bawaan: dibiarkan di tempat
# Microsoft 365: auth = "xoauth2", style = "microsoft", token_url, client_id, scope, refresh_token_file
"""
_SMTP_EXAMPLE = """
# Server pengirim tanda terima.
# [smtp]
# host = "smtp.contoh.go.id"
# tls = "starttls"
# username = "presensi@contoh.go.id"
# password_file = "rahasia/smtp"
# from_address = "presensi@contoh.go.id"
# from_name = "Posko Presensi BKD"
# daily_cap = 5000       # batas pesan keluar sehari
# per_sender_hour = 30   # batas balasan kepada satu alamat dalam satu jam
"""
_CHAT_EXAMPLE = """
# WhatsApp melalui Twilio, cadangan bila surel terkendala. Webhook: POSKO_PUBLIC_URL/webhooks/whatsapp
# [whatsapp]
# account_sid = "AC…"
# auth_token_file = "rahasia/twilio"     # atau auth_token_env = "POSKO_TWILIO_TOKEN"
# number = "+6281…"                      # nomor WhatsApp BKD
# media_days = 7                         # berkas di Twilio dihapus sesudah sekian hari; arsip sendiri tetap
# [whatsapp.templates]                   # teks yang disetujui, lihat README
# pengingat = "HX…"
# kabar = "HX…"

# Telegram. Tanpa webhook_secret_file pembaruan diambil sendiri; tidak perlu alamat publik.
# [telegram]
# token_file = "rahasia/telegram"
"""
_TAIL = """
# Berkas asli. Untuk beberapa mesin: kind = "s3", bucket, endpoint, region, access_key_file, secret_key_file.
[blobs]
kind = "folder"
path = "originals"

# Pekerja mesin presensi (posko devices).
# [devices]
# host = "0.0.0.0"                 # agar mesin di jaringan kantor dapat menelepon; bawaan hanya komputer ini
# port = 8081
# networks = ["10.0.0.0/8"]        # jaringan mesin yang diterima
# folder = "mesin"                 # berkas log USB yang diletakkan di sini dimasukkan sendiri
# mailbox = "mesin"                # kotak surel ([[mailbox]]) khusus berkas log
# hub_token_file = "rahasia/hub"   # kunci webhook Fingerspot Hub

[operator]
receivers = []   # alamat yang diberi tahu bila ada gangguan
# backup_dir = "/media/cadangan/posko"

# Rekap mingguan dan bulanan: penerimanya (subbidang disiplin; rekap memuat pantauan disiplin) dan penanda tangannya.
[reports]
weekly = []
monthly = []
paper = "F4"  # atau "A4"

[reports.signer]
place = ""  # kota penandatanganan
post = ""   # jabatan; kosong = kepala badan pada profil
name = ""   # kosong = diisi dengan tangan
rank = ""   # pangkat, golongan
nip = ""
"""


def write_default(
    data: Path,
    profile: str,
    *,
    demo: bool = False,
    port: int = 8000,
    mailboxes: Sequence[Mapping[str, Value]] = (),
    smtp: Mapping[str, Value] | None = None,
) -> Path:
    """Make the data folder (0700), ``posko.toml``, ``status.token`` and ``sheets.key``; returns the settings' path.

    ``mailboxes`` and ``smtp`` are written as blocks when given, else as commented examples.
    Raises ``ConfigurationError`` when the folder already holds an installation.
    """
    path = data / FILE_NAME
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = _HEAD.format(profile=_toml(profile), demo=_toml(demo), port=port)
    text += "".join(_block("[[mailbox]]", box) for box in mailboxes) or _MAILBOX_EXAMPLE
    text += _block("[smtp]", smtp) if smtp else _SMTP_EXAMPLE
    text += _CHAT_EXAMPLE
    try:
        write_secret(data / TOKEN_NAME, secrets.token_urlsafe(32))
        with path.open("x", encoding="utf-8") as file:
            file.write(text + _TAIL)
        ensure_sheets_key(data)
    except FileExistsError as error:
        raise ConfigurationError("sudah ada instalasi di folder ini", file=str(error.filename)) from None
    return path


def write_secret(path: Path, value: str) -> None:
    """Write ``value`` to a new file that only its owner can read, from its first moment on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(value + "\n")


def ensure_sheets_key(data: Path) -> None:
    """Make the key that printed sheets are signed with (32 random bytes) unless the installation has one."""
    path = data / SHEETS_KEY_NAME
    if path.exists():
        return
    whole = data / f".{SHEETS_KEY_NAME}.{secrets.token_hex(8)}"
    write_secret(whole, secrets.token_hex(32))
    try:
        # A link appears whole or not at all, and never in place of another's key.
        with suppress(FileExistsError):
            path.hardlink_to(whole)
    finally:
        whole.unlink()


def _block(header: str, keys: Mapping[str, Value]) -> str:
    return f"\n{header}\n" + "".join(f"{key} = {_toml(value)}\n" for key, value in keys.items())


def _toml(value: Value) -> str:
    # For these types JSON and TOML write alike.
    return json.dumps(value if isinstance(value, str | int) else list(value), ensure_ascii=False)
