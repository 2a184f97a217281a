"""The doctor at the mail servers: reach, sign in, quota, certificate, and the time they tell.

Everything here blocks for seconds; ``bot.doctor`` calls it in threads. Nothing is changed on a server.
"""

import imaplib
import re
import smtplib
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from bot.doctor_findings import Finding, fail, ok, warn
from bot.settings_blocks import Mailbox, Smtp
from domain.ports import Clock

TIMEOUT = 10.0
QUOTA_WARN = 0.8
CERTIFICATE_WARN_DAYS = 21
_USAGE = re.compile(rb"(STORAGE|MESSAGE) (\d+) (\d+)", re.IGNORECASE)
_DATE = re.compile(r"(?:\w{3}, )?\d{1,2} \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}")


@dataclass
class Visit:
    """What one visit to a server gave; ``offsets`` are seconds that our clock is ahead of the server's."""

    findings: list[Finding] = field(default_factory=list)
    offsets: dict[str, float] = field(default_factory=dict)


class _Plain(smtplib.SMTP):
    """Keeps the greeting, which smtplib reads while it is constructed and throws away."""

    greeting = ""

    def connect(self, *place: Any, **more: Any) -> tuple[int, bytes]:
        """As smtplib's."""
        code, message = super().connect(*place, **more)
        self.greeting = message.decode("latin-1")
        return code, message


class _Tls(_Plain, smtplib.SMTP_SSL):
    """The same over TLS from the first byte."""


def real_now(clock: Clock) -> datetime:
    """The machine's own present moment, whatever the product's clock shows."""
    return clock.to_real(clock.now())


def visit_mailbox(box: Mailbox, secret: str, ca_file: Path | None, clock: Clock) -> Visit:
    """Sign in to ``box`` with ``secret`` (password, or access token for XOAUTH2), look at folders and quota."""
    what = f"Kotak surel {box.name}"
    visit = Visit()
    try:
        context = _context(ca_file)
        client = (
            imaplib.IMAP4_SSL(box.host, box.imap_port, ssl_context=context, timeout=TIMEOUT)
            if box.tls == "tls"
            else imaplib.IMAP4(box.host, box.imap_port, timeout=TIMEOUT)
        )
        with client:
            if box.tls == "starttls":
                client.starttls(context)
            visit.findings.extend(_certificate(what, client.sock, clock))
            _sign_in(client, box, secret)
            visit.findings.append(ok(what, f"masuk ke {box.host} sebagai {box.login}"))
            visit.findings.extend(_folders(what, client, box))
            visit.findings.extend(_quota(what, client, box.folder))
    except ssl.SSLCertVerificationError as error:
        visit.findings.append(_bad_certificate(what, error))
    except imaplib.IMAP4.error as error:
        mend = "periksa username dan password_file di posko.toml, dan apakah IMAP diizinkan untuk akun ini"
        visit.findings.append(fail(what, f"ditolak server: {error}", mend))
    except (OSError, ValueError) as error:
        visit.findings.append(_unreachable(what, box.host, box.imap_port, error))
    return visit


def visit_smtp(smtp: Smtp, secret: str | None, ca_file: Path | None, clock: Clock) -> Visit:
    """Greet the sending server and sign in (``secret`` None: no sign-in); its greeting may tell the time."""
    what, visit = "Server pengirim", Visit()
    host_name = smtp.from_address.partition("@")[2]
    try:
        context = _context(ca_file)
        client: _Plain | _Tls = (
            _Tls(smtp.host, smtp.smtp_port, host_name, timeout=TIMEOUT, context=context)
            if smtp.tls == "tls"
            else _Plain(smtp.host, smtp.smtp_port, host_name, timeout=TIMEOUT)
        )
        with client:
            if (told := _told_time(client.greeting)) is not None:
                visit.offsets[f"server pengirim {smtp.host}"] = seconds_ahead(clock, told)
            if smtp.tls == "starttls":
                client.starttls(context=context)
            client.ehlo()
            visit.findings.extend(_certificate(what, client.sock, clock))
            if secret is not None and smtp.oauth_mailbox:
                client.auth("XOAUTH2", lambda _challenge=None: _bearer(smtp.login, secret))
            elif secret is not None:
                client.login(smtp.login, secret)
            visit.findings.append(ok(what, f"{smtp.host} siap mengirim atas nama {smtp.from_address}"))
    except ssl.SSLCertVerificationError as error:
        visit.findings.append(_bad_certificate(what, error))
    except smtplib.SMTPException as error:
        reason = f"kode {error.smtp_code}" if isinstance(error, smtplib.SMTPResponseException) else str(error)
        mend = "periksa username dan password_file pada [smtp], dan apakah akun ini boleh mengirim"
        visit.findings.append(fail(what, f"ditolak server: {reason}", mend))
    except (OSError, ValueError) as error:
        visit.findings.append(_unreachable(what, smtp.host, smtp.smtp_port, error))
    return visit


def seconds_ahead(clock: Clock, told: datetime) -> float:
    """How far our machine's clock is ahead of ``told``, which has been cut to whole seconds."""
    return (real_now(clock) - told).total_seconds() - 0.5


def _context(ca_file: Path | None) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)


def _sign_in(client: imaplib.IMAP4, box: Mailbox, secret: str) -> None:
    if box.auth == "xoauth2":
        client.authenticate("XOAUTH2", lambda _challenge: _bearer(box.login, secret).encode())
    else:
        client.login(box.login, secret)


def _bearer(login: str, token: str) -> str:
    return f"user={login}\x01auth=Bearer {token}\x01\x01"


def _folders(what: str, client: imaplib.IMAP4, box: Mailbox) -> Iterator[Finding]:
    for key, folder in (("folder", box.folder), ("archive_to", box.archive_to)):
        if folder is None:
            continue
        quoted = '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'
        status, _ = client.select(quoted, readonly=True)
        if status != "OK":
            yield fail(what, f"folder {folder} tidak ada", f"buat folder itu atau ubah {key} di posko.toml")


def _quota(what: str, client: imaplib.IMAP4, folder: str) -> Iterator[Finding]:
    if "QUOTA" not in client.capabilities:
        yield ok(what, "kuota tidak diberitahukan server")
        return
    _, answer = client.getquotaroot(folder)
    usages = [m for group in answer for line in group if isinstance(line, bytes) for m in _USAGE.finditer(line)]
    for usage in usages:
        used, limit = int(usage[2]), int(usage[3])
        share = used / limit if limit else 0.0
        name = "ruang" if usage[1].upper() == b"STORAGE" else "jumlah surel"
        if share >= QUOTA_WARN:
            mend = "kosongkan atau pindahkan surel lama (aslinya sudah di arsip), atau minta tambahan kuota"
            yield warn(what, f"kuota {name} terpakai {share:.0%}", mend)
        else:
            yield ok(what, f"kuota {name} terpakai {share:.0%}")


def _certificate(what: str, sock: object, clock: Clock) -> Iterator[Finding]:
    if not isinstance(sock, ssl.SSLSocket):
        return
    certificate = sock.getpeercert() or {}
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    days = (ends - real_now(clock)).days
    if days < CERTIFICATE_WARN_DAYS:
        yield warn(what, f"sertifikat TLS habis {days} hari lagi", "minta pengelola server memperbarui sertifikatnya")
    else:
        yield ok(what, f"sertifikat TLS berlaku {days} hari lagi")


def _bad_certificate(what: str, error: ssl.SSLCertVerificationError) -> Finding:
    mend = "minta pengelola server memperbaikinya; CA milik instansi sendiri disebut pada ca_file"
    return fail(what, f"sertifikat TLS tidak sah: {error.verify_message}", mend)


def _unreachable(what: str, host: str, port: int, error: Exception) -> Finding:
    mend = "periksa host, port, dan tls di posko.toml, jaringan, dan firewall"
    return fail(what, f"{host}:{port} tidak dapat dihubungi: {error}", mend)


def _told_time(greeting: str) -> datetime | None:
    """Exchange, sendmail and others put an RFC 5322 date into their greeting; many do not."""
    found = _DATE.search(greeting)
    try:
        return parsedate_to_datetime(found[0]) if found else None
    except ValueError:
        return None
