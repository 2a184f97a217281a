"""The doctor as a whole, with hand-written probes, and what it finds on this machine."""

import http.server
import json
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.clock import SystemClock, open_clock
from bot.doctor import diagnose
from bot.doctor_findings import FailingAddress, Finding, Level, Probes, as_json, as_text, exit_code, fail, ok, warn
from bot.doctor_host import backup_finding, clock_findings, disk_finding, http_offset, kernel_error, sandbox_finding
from bot.settings import Settings, load_settings
from bot.settings_file import write_default
from domain.errors import DatabaseUnavailable, ExitCode, PoskoError

CLOCK = SystemClock()


class EmptyStore:
    """A BlobStore that holds nothing."""

    async def put(self, data: bytes) -> str:
        raise AssertionError("the doctor archives nothing")

    async def put_file(self, path: Path) -> str:
        raise AssertionError("the doctor archives nothing")

    async def get(self, sha256: str) -> bytes:
        raise AssertionError("the doctor reads nothing")

    async def exists(self, sha256: str) -> bool:
        return False

    async def names(self) -> AsyncIterator[str]:
        nothing: tuple[str, ...] = ()
        for name in nothing:
            yield name

    def place(self, sha256: str) -> str:
        return sha256


@dataclass
class World:
    """What the probes answer; an error is raised instead."""

    version: int = 180_001
    sent: int = 10
    failing: Sequence[FailingAddress] = ()
    layers: Mapping[str, bool] = field(default_factory=lambda: {"landlock": True, "seccomp": True})
    database_error: PoskoError | None = None
    purged: datetime | None = None

    async def _database(self) -> int:
        if self.database_error:
            raise self.database_error
        return self.version

    async def _sent(self) -> int:
        await self._database()
        return self.sent

    async def _failing(self) -> Sequence[FailingAddress]:
        await self._database()
        return self.failing

    async def _layers(self) -> Mapping[str, bool]:
        return self.layers

    async def _purged(self) -> datetime | None:
        return self.purged

    async def _devices(self) -> Sequence[Finding]:
        await self._database()
        return [ok("Mesin lobi", "log masuk")]

    async def _token(self, name: str) -> str:
        raise PoskoError(f"token {name} dicabut")

    def probes(self) -> Probes:
        return Probes(
            self._database, EmptyStore(), self._sent, self._failing, self._layers, self._token, self._purged,
            self._devices,
        )  # fmt: skip


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    write_default(tmp_path / "d", "tulungagung")
    (tmp_path / "d" / "originals").mkdir()
    return load_settings(tmp_path / "d")


async def found(settings: Settings, world: World) -> dict[str, Finding]:
    return {finding.what: finding for finding in await diagnose(settings, CLOCK, world.probes())}


async def test_everything_that_is_configured_is_looked_at(settings: Settings) -> None:
    findings = await found(settings, World())
    assert findings["Basis data"].finding == "PostgreSQL 18 menjawab"
    assert findings["Arsip berkas asli"].level is Level.OK
    assert findings["Server pengirim"].finding == "belum diatur"
    assert findings["Ruang baca terkurung"].finding == "2 lapisan berlaku"
    assert findings["Mesin lobi"].level is Level.OK
    assert {"Jam komputer", "Ruang disk", "Cadangan di luar mesin", "Alamat terdaftar"} <= set(findings)
    assert "Jam peragaan" not in findings
    assert list((settings.data / "originals").iterdir()) == []


async def test_an_old_database_is_a_failure(settings: Settings) -> None:
    finding = (await found(settings, World(version=140_011)))["Basis data"]
    assert (finding.level, finding.finding) == (Level.FAIL, "PostgreSQL 14 terlalu lama")


async def test_an_absent_database_fails_its_own_checks_and_no_other(settings: Settings) -> None:
    findings = await found(settings, World(database_error=DatabaseUnavailable("tidak menjawab")))
    assert findings["Basis data"].level is Level.FAIL
    assert "tidak dapat diperiksa" in findings["Alamat terdaftar"].finding
    assert findings["Ruang baca terkurung"].level is Level.OK


async def test_an_archive_that_cannot_be_written_is_a_failure(settings: Settings) -> None:
    (settings.data / "originals").rmdir()
    (settings.data / "originals").write_text("bukan folder")
    finding = (await found(settings, World()))["Arsip berkas asli"]
    assert finding.level is Level.FAIL
    assert "tidak dapat ditulisi" in finding.finding


async def test_an_s3_archive_is_asked_through_its_store(tmp_path: Path) -> None:
    path = write_default(tmp_path / "d", "tulungagung")
    keys = 'kind = "s3"\nbucket = "posko"\nendpoint = "http://127.0.0.1:1"'
    path.write_text(path.read_text().replace('kind = "folder"\npath = "originals"', keys))
    finding = (await found(load_settings(tmp_path / "d"), World()))["Arsip berkas asli"]
    assert (finding.level, finding.finding) == (Level.OK, "penyimpanan posko menjawab")


async def test_sending_by_oauth_asks_for_the_mailboxs_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UJI_TOKEN", "penyegar")
    box = {"name": "m365", "address": "a@x.id", "host": "127.0.0.1", "auth": "xoauth2", "client_id": "c",
           "token_url": "http://127.0.0.1:9/token", "refresh_token_env": "UJI_TOKEN"}  # fmt: skip
    smtp = {"host": "127.0.0.1", "tls": "none", "from_address": "a@x.id", "oauth_mailbox": "m365"}
    write_default(tmp_path / "d", "tulungagung", mailboxes=[box], smtp=smtp)
    finding = (await found(load_settings(tmp_path / "d"), World()))["Server pengirim"]
    assert finding.finding == "tidak mendapat token: token m365 dicabut"


async def test_senders_that_keep_failing_are_named(settings: Settings) -> None:
    world = World(failing=[FailingAddress("dishub@contoh.go.id", "U012", 6, "DMARC gagal")])
    finding = (await found(settings, world))["Alamat dishub@contoh.go.id (U012)"]
    assert finding.level is Level.WARN
    assert finding.finding == "6 surel belum terverifikasi: DMARC gagal"
    assert "SPF" in finding.mend


@pytest.mark.parametrize(
    ("age", "level"), [(None, Level.OK), (timedelta(hours=7), Level.OK), (timedelta(days=4), Level.WARN)]
)
async def test_destruction_that_has_not_run_for_days_is_told(
    settings: Settings, age: timedelta | None, level: Level
) -> None:
    last = None if age is None else SystemClock().now() - age
    finding = (await found(settings, World(purged=last)))["Pemusnahan menurut masa simpan"]
    assert finding.level is level


@pytest.mark.parametrize(("sent", "level"), [(79, Level.OK), (80, Level.WARN), (120, Level.WARN)])
async def test_the_daily_cap_warns_before_it_is_reached(tmp_path: Path, sent: int, level: Level) -> None:
    smtp: dict[str, str | int] = {"host": "127.0.0.1", "port": 1, "tls": "none", "daily_cap": 100}
    smtp["from_address"] = "a@x.id"
    write_default(tmp_path / "d", "tulungagung", smtp=smtp)
    finding = (await found(load_settings(tmp_path / "d"), World(sent=sent)))["Batas kirim harian"]
    assert (finding.level, finding.finding) == (level, f"{sent} dari 100 pesan hari ini")


async def test_a_mailbox_without_a_token_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UJI_TOKEN", "penyegar")
    box = {"name": "m365", "address": "a@x.id", "host": "127.0.0.1", "auth": "xoauth2", "client_id": "c",
           "token_url": "http://127.0.0.1:9/token", "refresh_token_env": "UJI_TOKEN"}  # fmt: skip
    write_default(tmp_path / "d", "tulungagung", mailboxes=[box])
    finding = (await found(load_settings(tmp_path / "d"), World()))["Kotak surel m365"]
    assert finding.level is Level.FAIL
    assert "token m365 dicabut" in finding.finding


async def test_a_shifted_clock_is_said_first(tmp_path: Path) -> None:
    write_default(tmp_path / "d", "tulungagung", demo=True)
    settings = load_settings(tmp_path / "d")
    clock = open_clock(settings.data, demo=True, written="2026-11-24T06:50:00+07:00@2026-11-20T01:00:00Z x50")
    first = (await diagnose(settings, clock, World().probes()))[0]
    assert first.what == "Jam peragaan"
    assert "x50" in first.finding


def test_missing_sandbox_layers_are_named() -> None:
    finding = sandbox_finding({"landlock": False, "seccomp": True, "limits": True})
    assert finding.finding == "lapisan yang tidak berlaku: Landlock (berkas)"
    assert finding.level is Level.WARN


@pytest.mark.parametrize(
    ("offsets", "kernel", "level", "words"),
    [
        ({"server": 1.9}, None, Level.OK, "selisih 1.9 detik"),
        ({"server": -2.1}, 0.1, Level.FAIL, "2.1 detik lebih lambat daripada server"),
        ({"a": 0.1, "b": 60.0}, None, Level.FAIL, "60.0 detik lebih cepat daripada b"),
        ({}, 0.4, Level.OK, "galat paling besar 0.4 detik"),
        ({}, 16.0, Level.WARN, "mungkin meleset"),
        ({}, None, Level.WARN, "tidak dapat diperiksa"),
    ],
)
def test_our_clock_is_judged_by_servers_then_by_the_kernel_else_not(
    offsets: dict[str, float], kernel: float | None, level: Level, words: str
) -> None:
    [finding] = clock_findings(offsets, kernel)
    assert finding.level is level
    assert words in finding.finding


def test_the_kernel_gives_a_bound_or_nothing() -> None:
    error = kernel_error()
    assert error is None or error >= 0


class _Late(http.server.BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:
        self.send_response_only(404)
        told = CLOCK.now() - timedelta(seconds=100)
        self.send_header("Date", told.strftime("%a, %d %b %Y %H:%M:%S GMT"))
        self.end_headers()


@pytest.fixture
def late_server() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Late) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()


def test_a_web_servers_date_is_a_measure_and_silence_is_none(late_server: int) -> None:
    offset = http_offset(f"http://127.0.0.1:{late_server}/token", CLOCK)
    assert offset is not None
    assert 98 < offset < 105
    assert http_offset("http://127.0.0.1:1/token", CLOCK) is None


@pytest.mark.parametrize(
    ("hours", "level", "words"), [(25, Level.OK, "25 jam yang lalu di nas.bkd"), (27, Level.WARN, "27 jam")]
)
def test_a_backup_older_than_a_night_and_a_bit_is_told(tmp_path: Path, hours: int, level: Level, words: str) -> None:
    note = {"time": (CLOCK.now() - timedelta(hours=hours)).isoformat(), "place": "nas.bkd"}
    (tmp_path / "backup.json").write_text(json.dumps(note))
    finding = backup_finding(tmp_path, CLOCK)
    assert finding.level is level
    assert words in finding.finding


@pytest.mark.parametrize("note", [None, "{", "[]", '{"time": "kemarin"}', '{"time": "2026-11-20T00:00:00"}'])
def test_no_backup_or_an_unreadable_note_of_one_is_told(tmp_path: Path, note: str | None) -> None:
    if note is not None:
        (tmp_path / "backup.json").write_text(note)
    assert backup_finding(tmp_path, CLOCK).level is Level.WARN


def test_room_on_the_disk_is_told(tmp_path: Path) -> None:
    assert "GiB bebas dari" in disk_finding(tmp_path).finding


def test_findings_read_well_for_people_and_machines() -> None:
    findings = [ok("Basis data", "menjawab"), warn("Ruang disk", "sempit", "tambah ruang")]
    assert as_text(findings).splitlines() == [
        "BAIK     Basis data: menjawab",
        "PERIKSA  Ruang disk: sempit",
        "         → tambah ruang",
        "1 baik, 1 periksa, 0 gagal",
    ]
    assert as_json(findings)[1] == {
        "level": "warn", "what": "Ruang disk", "finding": "sempit", "mend": "tambah ruang",
    }  # fmt: skip


def test_the_exit_code_follows_the_worst_finding() -> None:
    good, odd, bad = ok("a", "b"), warn("a", "b", "c"), fail("a", "b", "c")
    assert exit_code([good]) is ExitCode.DONE
    assert exit_code([good, odd]) is ExitCode.NEEDS_PERSON
    assert exit_code([bad, replace(odd)]) is ExitCode.FAILED
