"""The doctor at mail servers: a scripted IMAP server and aiosmtpd, both real sockets on loopback."""

import base64
import datetime as dt
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.handlers import Sink
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from bot.clock import SystemClock
from bot.doctor_findings import Finding, Level
from bot.doctor_mail import visit_mailbox, visit_smtp
from bot.settings_blocks import Mailbox, Smtp

CLOCK = SystemClock()
MakeCertificate = Callable[[int], Path]


class _Imap(socketserver.StreamRequestHandler):
    """Just enough IMAP4rev1 for one visit."""

    quota = b"STORAGE 10 100"
    folders = (b'"INBOX"', b'"Arsip"')
    token = b"user=presensi@bkd.go.id\x01auth=Bearer segar\x01\x01"

    def handle(self) -> None:
        self._say(b"* OK siap")
        while line := self.rfile.readline().strip():
            tag, command, *rest = line.split(b" ", 2)
            words = rest[0] if rest else b""
            self._say(tag + b" " + self._answer(command.upper(), words))

    def _answer(self, command: bytes, words: bytes) -> bytes:
        if command == b"CAPABILITY":
            self._say(b"* CAPABILITY IMAP4rev1 AUTH=XOAUTH2" + (b" QUOTA" if self.quota else b""))
        elif command == b"LOGIN" and b"benar" not in words:
            return b"NO [AUTHENTICATIONFAILED] salah"
        elif command == b"AUTHENTICATE":
            self._say(b"+ ")
            if base64.b64decode(self.rfile.readline()) != self.token:
                return b"NO token salah"
        elif command == b"EXAMINE" and words not in self.folders:
            return b"NO tidak ada"
        elif command == b"GETQUOTAROOT":
            self._say(b'* QUOTAROOT INBOX "kuota"')
            self._say(b'* QUOTA "kuota" (' + self.quota + b")")
        return b"OK selesai"

    def _say(self, line: bytes) -> None:
        self.wfile.write(line + b"\r\n")


@contextmanager
def imap(handler: type[_Imap] = _Imap, context: ssl.SSLContext | None = None) -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign] # clients may hang up in a handshake
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def make_certificate(tmp_path_factory: pytest.TempPathFactory) -> MakeCertificate:
    folder = tmp_path_factory.mktemp("sertifikat")

    def make(days: int) -> Path:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = CLOCK.now()
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=400))
            .not_valid_after(now + dt.timedelta(days=days, hours=1))
            .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(key, hashes.SHA256())
        )
        path = folder / f"{days}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return path

    return make


def server_context(pem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


def box(port: int, **keys: str) -> Mailbox:
    written = {"name": "bkd1", "address": "presensi@bkd.go.id", "host": "localhost", "port": port, "tls": "none"}
    return Mailbox.model_validate(written | {"password_env": "TIDAK_DIBACA"} | keys)


def only(findings: list[Finding], level: Level) -> Finding:
    [found] = [finding for finding in findings if finding.level is level]
    return found


def test_a_healthy_mailbox_is_all_ok() -> None:
    with imap() as port:
        findings = visit_mailbox(box(port, archive_to="Arsip"), "benar", None, CLOCK).findings
    assert {finding.level for finding in findings} == {Level.OK}
    assert "kuota ruang terpakai 10%" in [finding.finding for finding in findings]


@pytest.mark.parametrize(
    ("usage", "level", "words"),
    [
        (b"STORAGE 79 100", Level.OK, "79%"),
        (b"STORAGE 80 100", Level.WARN, "kuota ruang terpakai 80%"),
        (b"MESSAGE 950 1000", Level.WARN, "kuota jumlah surel terpakai 95%"),
        (b"", Level.OK, "tidak diberitahukan"),
    ],
)
def test_a_mailbox_warns_from_four_fifths_of_its_quota(usage: bytes, level: Level, words: str) -> None:
    handler = type("Quota", (_Imap,), {"quota": usage})
    with imap(handler) as port:
        findings = visit_mailbox(box(port), "benar", None, CLOCK).findings
    assert words in findings[-1].finding
    assert findings[-1].level is level


def test_a_wrong_password_is_named_without_being_shown() -> None:
    with imap() as port:
        finding = only(visit_mailbox(box(port), "sandi-keliru", None, CLOCK).findings, Level.FAIL)
    assert "ditolak server" in finding.finding
    assert "password_file" in finding.mend
    assert "sandi-keliru" not in str(finding)


def test_a_missing_archive_folder_is_found() -> None:
    with imap() as port:
        finding = only(visit_mailbox(box(port, archive_to="Selesai"), "benar", None, CLOCK).findings, Level.FAIL)
    assert finding.finding == "folder Selesai tidak ada"
    assert "archive_to" in finding.mend


def test_xoauth2_signs_in_with_the_access_token() -> None:
    keys = {"auth": "xoauth2", "token_url": "http://127.0.0.1/t", "client_id": "x", "refresh_token_env": "X"}
    with imap() as port:
        good = visit_mailbox(box(port, **keys), "segar", None, CLOCK).findings
        bad = visit_mailbox(box(port, **keys), "basi", None, CLOCK).findings
    assert good[0].level is Level.OK
    assert only(bad, Level.FAIL).finding.startswith("ditolak server")


def test_a_silent_port_is_unreachable() -> None:
    with imap() as port:
        pass
    finding = only(visit_mailbox(box(port), "benar", None, CLOCK).findings, Level.FAIL)
    assert "tidak dapat dihubungi" in finding.finding


@pytest.mark.parametrize(
    ("days", "level", "words"),
    [(90, Level.OK, "berlaku 90 hari"), (9, Level.WARN, "habis 9 hari lagi"), (-3, Level.FAIL, "expired")],
)
def test_the_days_left_of_a_certificate_are_told(
    make_certificate: MakeCertificate, days: int, level: Level, words: str
) -> None:
    pem = make_certificate(days)
    with imap(context=server_context(pem)) as port:
        findings = visit_mailbox(box(port, tls="tls"), "benar", pem, CLOCK).findings
    assert findings[0].level is level
    assert words in findings[0].finding


def test_an_unknown_authority_is_refused_and_ca_file_is_named(make_certificate: MakeCertificate) -> None:
    with imap(context=server_context(make_certificate(91))) as port:
        finding = only(visit_mailbox(box(port, tls="tls"), "benar", None, CLOCK).findings, Level.FAIL)
    assert "ca_file" in finding.mend


@contextmanager
def smtp_server(ident: str, pem: Path | None = None, handler: object = None, **more: object) -> Iterator[int]:
    controller = Controller(
        handler or Sink(), hostname="127.0.0.1", port=0, ident=ident, ready_timeout=10,
        tls_context=server_context(pem) if pem else None, **more,
    )  # fmt: skip
    controller.port = _free_port()
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


def _free_port() -> int:
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as server:
        return int(server.server_address[1])


def smtp(port: int, **keys: str) -> Smtp:
    written = {"host": "localhost", "port": port, "tls": "none", "from_address": "presensi@bkd.go.id"}
    return Smtp.model_validate(written | keys)


def test_a_greeting_with_a_date_tells_how_far_our_clock_is_off() -> None:
    told = (CLOCK.now() - dt.timedelta(seconds=30)).strftime("%a, %d %b %Y %H:%M:%S +0000")
    with smtp_server(f"Microsoft ESMTP MAIL Service ready at {told}") as port:
        visit = visit_smtp(smtp(port), None, None, CLOCK)
    assert [finding.level for finding in visit.findings] == [Level.OK]
    [offset] = visit.offsets.values()
    assert 28 < offset < 35


def test_a_greeting_without_a_date_gives_no_measure() -> None:
    with smtp_server("Postfix") as port:
        assert visit_smtp(smtp(port), None, None, CLOCK).offsets == {}


def test_starttls_shows_the_certificate_before_signing_in(make_certificate: MakeCertificate) -> None:
    pem = make_certificate(60)
    with smtp_server("Postfix", pem) as port:
        findings = visit_smtp(smtp(port, tls="starttls"), "sandi-smtp", pem, CLOCK).findings
    assert findings[0].finding == "sertifikat TLS berlaku 60 hari lagi"
    # aiosmtpd has no authenticator here: signing in is what fails, and the password is not told.
    assert only(findings, Level.FAIL).finding.startswith("ditolak server")
    assert "sandi-smtp" not in str(findings)


class _Tokens:
    """aiosmtpd's hook for one SASL mechanism."""

    async def auth_XOAUTH2(self, server: SMTP, args: list[str]) -> AuthResult:
        good = base64.b64decode(args[1]) == b"user=presensi@bkd.go.id\x01auth=Bearer segar\x01\x01"
        return AuthResult(success=good, handled=False)


def test_xoauth2_signs_in_to_the_sending_server_too() -> None:
    with smtp_server("Exchange", handler=_Tokens(), auth_require_tls=False) as port:
        good = visit_smtp(smtp(port, oauth_mailbox="m365"), "segar", None, CLOCK).findings
        bad = visit_smtp(smtp(port, oauth_mailbox="m365"), "basi", None, CLOCK).findings
    assert [finding.level for finding in good] == [Level.OK]
    assert only(bad, Level.FAIL).finding.startswith("ditolak server")


def test_an_absent_sending_server_is_unreachable() -> None:
    assert "tidak dapat dihubungi" in visit_smtp(smtp(_free_port()), None, None, CLOCK).findings[0].finding
