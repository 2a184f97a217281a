"""A real Dovecot of its own, run as an ordinary user in a temporary folder (facts: mail).

Reusable outside pytest: ``with run_dovecot() as dovecot: …``. Every user name exists, with the password ``rahasia``.
"""

import getpass
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.fakes.debian import ensure_packages, ordinary_user

PASSWORD = "rahasia"
PROGRAM = "/usr/sbin/dovecot"
_PACKAGES = {
    PROGRAM: "dovecot-core",
    "/usr/lib/dovecot/imap": "dovecot-imapd",
    "/usr/lib/dovecot/lmtp": "dovecot-lmtpd",
}
_USER = "posko-test"

_CONF = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap lmtp
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
default_vsz_limit = 1024M
mail_max_userip_connections = 50
auth_mechanisms = plain login {mechanisms}
{passdb}
userdb {{
  driver = static
  args = uid={user} gid={group} home={home}/mail/%u allow_all_users=yes
}}
mail_location = maildir:~/Maildir
mail_fsync = never
first_valid_uid = 1
namespace inbox {{
  inbox = yes
  separator = /
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
service lmtp {{
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
protocol lmtp {{
  auth_username_format = %Ln
}}
"""
_STATIC = """
passdb {{
  driver = static
  args = password={password}
}}
"""
_OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {home}/oauth2.conf
}}
"""


@dataclass
class Dovecot:
    """A running server. Mails come in by LMTP, or straight into the Maildir with ``fill``."""

    home: Path
    host: str
    port: int
    lmtp_port: int
    password: str = PASSWORD

    def deliver(self, user: str, *raws: bytes) -> None:
        """Deliver by LMTP, as an MTA does."""
        with smtplib.LMTP(self.host, self.lmtp_port, timeout=20) as lmtp:
            for raw in raws:
                lmtp.sendmail("pengirim@opd.test", [f"{user}@bkd.test"], raw)

    def fill(self, user: str, raws: Iterable[bytes]) -> None:
        """Put many mails into a fresh mailbox without a delivery each; the file times rise with their order."""
        folder = self.maildir(user)
        owner = self.home.stat()
        for name in ("cur", "new", "tmp"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        for number, raw in enumerate(raws):
            path = folder / "new" / f"{1_700_000_000 + number}.M{number}P1.test"
            path.write_bytes(raw)
            os.utime(path, (1_700_000_000 + number, 1_700_000_000 + number))
        if os.geteuid() == 0:
            for root, _, files in os.walk(self.home / "mail" / user):
                os.chown(root, owner.st_uid, owner.st_gid)
                for file in files:
                    os.chown(os.path.join(root, file), owner.st_uid, owner.st_gid)

    def maildir(self, user: str) -> Path:
        """The folder of the user's INBOX."""
        return self.home / "mail" / user / "Maildir"

    def bump_uidvalidity(self, user: str) -> None:
        """Make the server forget its numbering, as a restored or moved mailbox does."""
        before = self._uidvalidity(user)
        deadline = time.monotonic() + 15
        while self._uidvalidity(user) == before:
            for path in (*self.maildir(user).glob("dovecot-uid*"), *self.maildir(user).glob("dovecot.index*")):
                path.unlink(missing_ok=True)
            self.kick(user)  # a process that still knows the old numbers would write them back
            assert time.monotonic() < deadline, "UIDVALIDITY stays"

    def _uidvalidity(self, user: str) -> bytes:
        with self.session(user) as client:
            return bytes(client.response("UIDVALIDITY")[1][0] or b"")

    def kick(self, user: str) -> None:
        """Close the user's connections."""
        command = ["doveadm", "-c", str(self.home / "dovecot.conf"), "kick", user]
        subprocess.run(command, capture_output=True, check=False, timeout=20)

    @contextmanager
    def session(self, user: str, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
        """A person's webmail: a plain IMAP session with ``folder`` open."""
        client = imaplib.IMAP4(self.host, self.port, timeout=20)
        try:
            client.login(user, self.password)
            client.select(folder)
            yield client
        finally:
            client.logout()

    def count(self, user: str, folder: str = "INBOX") -> int:
        """How many messages lie in ``folder``."""
        with self.session(user, folder) as client:
            return len(client.search(None, "ALL")[1][0].split())

    def log(self) -> str:
        """What the server wrote about itself."""
        return (self.home / "log").read_text(errors="replace")


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def run_dovecot(*, introspection_url: str = "") -> Iterator[Dovecot]:
    """Start a server and stop it at the end. ``introspection_url``: it also takes XOAUTH2 and asks there for tokens."""
    ensure_packages(_PACKAGES)
    user = ordinary_user(_USER)
    home = Path(tempfile.mkdtemp(prefix="posko-dovecot-"))
    entry = pwd.getpwnam(user or getpass.getuser())
    try:
        server = Dovecot(home, "127.0.0.1", free_port(), free_port())
        _write_configuration(server, entry, introspection_url)
        process = subprocess.Popen(
            [PROGRAM, "-F", "-c", str(home / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=home,
            user=entry.pw_uid if user else None,
            group=entry.pw_gid if user else None,
            extra_groups=[] if user else None,
        )
        try:
            _await_port(server, process)
            yield server
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(10)
    finally:
        _remove(home)


def _remove(home: Path) -> None:
    """Children of the stopped server may still be writing their last words."""
    deadline = time.monotonic() + 5
    while home.exists() and time.monotonic() < deadline:
        shutil.rmtree(home, ignore_errors=True)
        time.sleep(0.02)


def _write_configuration(server: Dovecot, entry: pwd.struct_passwd, introspection_url: str) -> None:
    for name in ("run", "state", "mail"):
        (server.home / name).mkdir()
    passdb = (_OAUTH if introspection_url else "") + _STATIC
    values = {
        "home": server.home,
        "user": entry.pw_name,
        "group": _group(entry.pw_gid),
        "imap_port": server.port,
        "lmtp_port": server.lmtp_port,
        "mechanisms": "xoauth2" if introspection_url else "",
        "password": server.password,
    }
    text = _CONF.format(**values, passdb=passdb.format(**values))
    (server.home / "dovecot.conf").write_text(text)
    (server.home / "oauth2.conf").write_text(
        f"introspection_mode = post\nintrospection_url = {introspection_url}\n"
        "username_attribute = username\nactive_attribute = active\nactive_value = true\ndebug = no\n"
    )
    server.home.chmod(0o755)
    if os.geteuid() == 0:
        for path in (server.home, *server.home.iterdir()):
            os.chown(path, entry.pw_uid, entry.pw_gid)


def _group(gid: int) -> str:
    import grp

    return grp.getgrgid(gid).gr_name


def _await_port(server: Dovecot, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with socket.create_connection((server.host, server.port), timeout=1) as probe:
                if probe.recv(4):
                    return
        except OSError:
            time.sleep(0.02)
    log = server.home / "log"
    raise RuntimeError("Dovecot did not start: " + (log.read_text() if log.exists() else "no log"))


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """One Dovecot for the whole run; each test takes a user name of its own."""
    with run_dovecot() as server:
        yield server
