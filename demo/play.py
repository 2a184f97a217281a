"""Plays one morning: an outside world on loopback, the real service, and a look at what came of it.

``python -m demo.play [--dir demo-run] [--picture docs/demo.svg]``: Tuesday 24 November 2026, 06.50 to 07.40 WIB in one
minute. Exit: 0 as the scenario wants it, 1 not so or failed, 130 after Ctrl-C. Whatever was started is stopped.
"""

import argparse
import secrets
import shutil
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from demo import picture, roster, summary
from demo.board import Board
from demo.clock import PlayingClock, at, real_now
from demo.make_roster import invent
from demo.officers import Officers
from demo.offices import BOX_OPD, BOX_UPT, DESK_HOST, OFFICES
from demo.outcome import letters_wrong, receipts, states_wrong
from demo.post_office import PostOffice
from demo.scenario import BEGIN, DAY, DESK_BOXES, END, SHOWN_RECEIPT, SPOOFER, STEPS, STRANGER
from demo.screen import Screen
from demo.service import Box, CommandFailed, Service, posko_launcher
from demo.view import Event, Picture
from demo.watch import Watch

_PLAIN_WIDTH = 132
_READY_SECONDS = 120.0
_SETTLE_SECONDS = 90.0
_TICK_SECONDS = 0.2
_ROSTER = Path("shared/data/roster_tulungagung.xlsx")


class DemoFailed(Exception):
    """The demonstration cannot go on; the text says why, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast the morning runs, the real seconds that the service has to start in, and the command that it is."""

    rate: float = 50.0
    lead: float = 12.0
    launcher: tuple[str, ...] = posko_launcher()


PACE = Pace()


@dataclass
class Stage:
    """The playing clock as soon as there is one; before that, the real time."""

    clock: PlayingClock | None = None
    events: list[Event] = field(default_factory=list)

    def now(self) -> datetime:
        """The moment that the post office stamps."""
        return self.clock.now() if self.clock else real_now()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="posko demo", description="Memainkan satu pagi presensi manual.")
    parser.add_argument("--dir", type=Path, default=Path("demo-run"), help="folder peragaan, dibuat baru setiap kali")
    parser.add_argument("--picture", type=Path, help="simpan tampilan terakhir sebagai SVG")
    options = parser.parse_args(arguments)
    console = Console() if sys.stdout.isatty() else Console(width=_PLAIN_WIDTH)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        return play(options.dir.absolute(), console, options.picture)
    except KeyboardInterrupt:
        console.print("\nPeragaan dihentikan; semua yang dijalankannya sudah dimatikan.")
        return 130
    except (DemoFailed, CommandFailed) as error:
        console.print(f"Peragaan gagal: {error}", style="red", markup=False)
        return 1


def play(folder: Path, console: Console, save_to: Path | None = None, pace: Pace = PACE) -> int:
    """Set everything up in ``folder``, play the morning, show what came of it; 0 when it is as it had to be."""
    service = Service(folder / "data", folder / "posko.log", pace.launcher)
    _make_fresh(folder, service)
    shared = _shared_roster()
    town = roster.read(shared) if shared else invent()
    roster.write(folder / "roster.xlsx", town)
    stage, passwords = Stage(), _passwords()
    post = PostOffice(DESK_HOST, stage.now, DESK_BOXES)
    for address, password in passwords.items():
        post.add_account(address, password)
    with ExitStack() as stack:
        stack.enter_context(post)
        stack.callback(service.stop)
        with console.status("Menyiapkan instalasi: basis data, daftar pegawai 40 unit …"):
            service.init(folder / "roster.xlsx")
            service.connect(_boxes(passwords), post.imap_port, post.smtp_port)
            clock = stage.clock = PlayingClock.beginning_in(pace.lead, at(DAY, BEGIN), pace.rate)
            service.set_clock(clock.written)
            service.declare_fallback(DAY)
            service.start()
        officers = Officers(town, post, clock, passwords, list(STEPS))
        watch = stack.enter_context(Watch(service.status))
        last = _morning(officers, watch, service, stage, console)
        watch.look()
        if save_to:
            picture.save(last, save_to)
        return _close(officers, watch.board, service, console)


def _morning(officers: Officers, watch: Watch, service: Service, stage: Stage, console: Console) -> Picture:
    """The live part: from before 06.50 until the service has caught up after 07.40."""
    started, before = time.monotonic(), Board()
    end_at: float | None = None
    with Screen(console) as screen:
        while True:
            now = officers.clock.now()
            stage.events += [Event(s.when, s.step.news) for s in officers.work()]
            stage.events += _changes(before, watch.board, now)
            before = watch.board
            shown = Picture(now, before, len(officers.sent), tuple(stage.events), _phase(now, watch))
            screen.show(shown)
            if service.died() or (not watch.seen and time.monotonic() - started > _READY_SECONDS):
                raise DemoFailed(f"layanan tidak berjalan; catatan terakhirnya:\n{service.log_tail()}")
            if watch.fault:
                raise DemoFailed(f"jawaban layanan tidak dapat dibaca: {watch.fault}")
            if now >= at(DAY, END):
                end_at = end_at or time.monotonic()
                settled = not states_wrong(before) and not letters_wrong(officers)
                if settled or time.monotonic() - end_at > _SETTLE_SECONDS:
                    return shown
            time.sleep(_TICK_SECONDS)


def _changes(before: Board, after: Board, now: datetime) -> list[Event]:
    """What the desk newly says of its offices."""
    return [
        Event(now, f"{line.name}: {line.state}" + (f" ({line.clock_time})" if line.clock_time else ""), by_desk=True)
        for code, line in after.units.items()
        if line.state != "belum" and (code not in before.units or before.units[code].state != line.state)
    ]


def _phase(now: datetime, watch: Watch) -> str:
    if not watch.seen:
        return "menunggu layanan siap"
    return "layanan menyelesaikan sisanya" if now >= at(DAY, END) else "Ctrl-C menghentikan semuanya"


def _close(officers: Officers, board: Board, service: Service, console: Console) -> int:
    findings = [*states_wrong(board), *letters_wrong(officers)]
    summary.show_offices(console, board, findings)
    answers = officers.answers(SHOWN_RECEIPT)
    summary.show_receipt(console, answers[0] if answers else None)
    console.print(f"Surel masuk {len(officers.sent)}, jawaban keluar {receipts(officers)}.")
    summary.show_originals(console, service.data / "originals", board.originals)
    clean, told = service.verify()
    console.print(f"posko verify: {told}", style="green" if clean else "red", markup=False, soft_wrap=True)
    summary.show_findings(console, findings)
    return 0 if clean and not findings else 1


def _make_fresh(folder: Path, service: Service) -> None:
    """Clear an earlier demonstration away; anything else in that place is left alone."""
    settings = service.data / "posko.toml"
    if settings.exists() and "\ndemo = true" not in settings.read_text("utf-8"):
        raise DemoFailed(f"{service.data} bukan instalasi peragaan; pilih folder lain dengan --dir")
    if settings.exists():
        service.stop()
    shutil.rmtree(service.data, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    service.log.unlink(missing_ok=True)


def _shared_roster() -> Path | None:
    """The sample roster beside the checkout, when there is one; a fresh clone invents its own people."""
    path = Path(__file__).resolve().parents[2] / _ROSTER
    return path if path.is_file() else None


def _passwords() -> dict[str, str]:
    owners = (*DESK_BOXES, SPOOFER, STRANGER, *(office.address for office in OFFICES))
    return {address: secrets.token_urlsafe(12) for address in owners}


def _boxes(passwords: Mapping[str, str]) -> list[Box]:
    return [Box(name, address, passwords[address]) for name, address in (("opd", BOX_OPD), ("upt", BOX_UPT))]


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    # A second, impatient Ctrl-C must not break off the stopping of what was started.
    for further in (signal.SIGINT, signal.SIGTERM):
        signal.signal(further, signal.SIG_IGN)
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
