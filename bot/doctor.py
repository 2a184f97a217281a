"""``posko doctor``: looks at each configured service and this machine, and says what to mend."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

from bot.clock import demo_clock
from bot.doctor_chat import chat_findings
from bot.doctor_findings import FailingAddress, Finding, Probes, fail, ok, warn
from bot.doctor_host import (
    backup_finding,
    clock_findings,
    demo_finding,
    disk_finding,
    http_offset,
    kernel_error,
    sandbox_finding,
)
from bot.doctor_mail import Visit, visit_mailbox, visit_smtp
from bot.purging import OVERDUE
from bot.settings import Settings
from bot.settings_blocks import FolderBlobs, Mailbox, Smtp
from domain.errors import PoskoError
from domain.ports import BlobStore, Clock

OLDEST_POSTGRESQL = 15
CAP_WARN = 0.8
RETENTION = "Pemusnahan menurut masa simpan"


async def diagnose(settings: Settings, clock: Clock, probes: Probes) -> list[Finding]:
    """Look at everything at once (up to about 30 s when servers are silent); changes nothing but its own probe file."""
    visiting = asyncio.gather(
        _smtp(settings, clock, probes), *(_mailbox(box, settings, clock, probes) for box in settings.mailboxes)
    )
    asking = asyncio.gather(
        _asked("Basis data", lambda: _database(probes)),
        _asked("Arsip berkas asli", lambda: _blobs(settings, probes.blobs)),
        _asked("Batas kirim harian", lambda: _cap(settings.smtp, probes)),
        _asked("Alamat terdaftar", lambda: _senders(probes)),
        _asked(RETENTION, lambda: _purged(clock, probes)),
        _asked("Ruang baca terkurung", lambda: _sandbox(probes)),
        _asked("Mesin presensi", lambda: _devices(probes)),
    )
    visits, answers, offsets = await asyncio.gather(visiting, asking, _web_offsets(settings, clock))
    for visit in visits:
        offsets.update(visit.offsets)
    return [
        *demo_finding(demo_clock(clock)),
        *(finding for visit in visits for finding in visit.findings),
        *(finding for answer in answers for finding in answer),
        *await chat_findings(settings, clock),
        *clock_findings(offsets, kernel_error()),
        disk_finding(settings.data),
        backup_finding(settings.data, clock),
    ]


async def _asked(what: str, question: Callable[[], Awaitable[list[Finding]]]) -> list[Finding]:
    try:
        return await question()
    except PoskoError as error:
        return [fail(what, f"tidak dapat diperiksa: {error}", "periksa basis data dan arsip lebih dahulu")]


async def _mailbox(box: Mailbox, settings: Settings, clock: Clock, probes: Probes) -> Visit:
    try:
        secret = box.secret("password")
        word = secret.get_secret_value() if secret else await probes.access_token(box.name)
    except PoskoError as error:
        return _no_token(f"Kotak surel {box.name}", error)
    return await asyncio.to_thread(visit_mailbox, box, word, _ca(settings, box), clock)


async def _smtp(settings: Settings, clock: Clock, probes: Probes) -> Visit:
    smtp, what = settings.smtp, "Server pengirim"
    if smtp is None:
        return Visit([warn(what, "belum diatur", "isi [smtp] di posko.toml agar tanda terima dapat dikirim")])
    secret = smtp.secret("password")
    word = secret.get_secret_value() if secret else None
    try:
        if smtp.oauth_mailbox:
            word = await probes.access_token(smtp.oauth_mailbox)
    except PoskoError as error:
        return _no_token(what, error)
    return await asyncio.to_thread(visit_smtp, smtp, word, _ca(settings, smtp), clock)


def _no_token(what: str, error: PoskoError) -> Visit:
    return Visit([fail(what, f"tidak mendapat token: {error}", "perbarui izin akses (refresh token) kotak surel ini")])


def _ca(settings: Settings, block: Mailbox | Smtp) -> Path | None:
    return settings.place(block.ca_file) if block.ca_file else None


async def _web_offsets(settings: Settings, clock: Clock) -> dict[str, float]:
    """Web servers that are configured anyway and tell the time with each answer."""
    urls = {box.token_url for box in settings.mailboxes if box.token_url}
    if not isinstance(settings.blobs, FolderBlobs) and settings.blobs.endpoint:
        urls.add(settings.blobs.endpoint)
    told = await asyncio.gather(*(asyncio.to_thread(http_offset, url, clock) for url in sorted(urls)))
    return {url: offset for url, offset in zip(sorted(urls), told, strict=True) if offset is not None}


async def _database(probes: Probes) -> list[Finding]:
    major = await probes.database() // 10_000
    if major < OLDEST_POSTGRESQL:
        mend = f"naikkan ke PostgreSQL {OLDEST_POSTGRESQL} atau lebih baru, lalu jalankan posko migrate"
        return [fail("Basis data", f"PostgreSQL {major} terlalu lama", mend)]
    return [ok("Basis data", f"PostgreSQL {major} menjawab")]


async def _blobs(settings: Settings, store: BlobStore) -> list[Finding]:
    what = "Arsip berkas asli"
    if not isinstance(settings.blobs, FolderBlobs):
        await store.exists("0" * 64)
        return [ok(what, f"penyimpanan {settings.blobs.bucket} menjawab")]
    folder = settings.place(settings.blobs.path)
    try:
        await asyncio.to_thread(_try_writing, folder)
    except OSError as error:
        mend = f"perbaiki pemilik dan hak akses folder {folder}, atau ruang disknya"
        return [fail(what, f"{folder} tidak dapat ditulisi: {error.strerror}", mend)]
    return [ok(what, f"{folder} dapat ditulisi")]


def _try_writing(folder: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=".periksa-", dir=folder)
    try:
        os.write(handle, b"posko")
        os.fsync(handle)
    finally:
        os.close(handle)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


async def _cap(smtp: Smtp | None, probes: Probes) -> list[Finding]:
    if smtp is None:
        return []
    sent = await probes.sent_today()
    told = f"{sent} dari {smtp.daily_cap} pesan hari ini"
    if sent >= smtp.daily_cap * CAP_WARN:
        mend = "periksa apakah ada balasan berulang; bila wajar, naikkan daily_cap sesuai izin penyedia surel"
        return [warn("Batas kirim harian", told, mend)]
    return [ok("Batas kirim harian", told)]


async def _senders(probes: Probes) -> list[Finding]:
    failing: Sequence[FailingAddress] = await probes.failing_addresses()
    mend = "hubungi pengelola domain pengirim (SPF, DKIM, DMARC), atau periksa authserv_id di posko.toml"
    return [
        warn(f"Alamat {one.address} ({one.unit})", f"{one.failures} surel belum terverifikasi: {one.reason}", mend)
        for one in failing
    ] or [ok("Alamat terdaftar", "tidak ada yang terus-menerus gagal verifikasi")]


async def _purged(clock: Clock, probes: Probes) -> list[Finding]:
    last = await probes.purged()
    if last is None:
        return [ok(RETENTION, "belum pernah berjalan; posko serve menjalankannya setiap malam")]
    days = (clock.now() - last).days
    if clock.now() - last > OVERDUE:
        mend = "jalankan posko serve, atau posko retention run --by NAMA"
        return [warn(RETENTION, f"{days} hari tidak berjalan", mend)]
    return [ok(RETENTION, f"berjalan {days} hari lalu" if days else "berjalan kurang dari sehari lalu")]


async def _sandbox(probes: Probes) -> list[Finding]:
    return [sandbox_finding(await probes.layers())]


async def _devices(probes: Probes) -> list[Finding]:
    return list(await probes.devices())
