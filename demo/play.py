"""Plays one day: an outside world on loopback, the real service, and a look at what came of it.

``python -m demo.play [--day 2026-11-27] [--dir demo-run] [--picture docs/demo.svg] [--no-stay]``: by default Tuesday
24 November 2026, 06.50 to 07.40 WIB in one minute; ``demo.days`` has the others. On a terminal the desk stays open
afterwards until Ctrl-C (``--stay``). Exit: 0 as the scenario wants it, 1 not so or failed, 130 after Ctrl-C in the
play. Whatever was started is stopped.
"""

import argparse
import secrets
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from demo import picture, roster, summary
from demo.clock import PlayingClock, at, real_now
from demo.days import DEFAULT, PROGRAMMES
from demo.desk import keep_open, open_account
from demo.eve import hand_out
from demo.make_roster import invent
from demo.officers import Officers
from demo.offices import BOX_OPD, BOX_UPT, DESK_HOST, DISCIPLINE, OFFICES, RECEIVER
from demo.outcome import receipts
from demo.phones import Phones, way_of
from demo.post_office import PostOffice
from demo.programme import Part, Programme, Scene
from demo.results import FOLDER
from demo.scenario import DESK_BOXES, SPOOFER, STRANGER
from demo.service import Box, CommandFailed, Service, posko_launcher
from demo.stage import DemoFailed, Stage, findings_of, live
from demo.steps import Finding
from demo.view import Picture
from demo.watch import Watch

_PLAIN_WIDTH = 132
_RESTART = 0.6  # of the lead: a database that runs already is joined sooner
_ROSTER = Path("shared/data/roster_tulungagung.xlsx")


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast parts run (None: as each says), the real seconds that the service has to start in, and the command."""

    rate: float | None = None
    lead: float = 12.0
    launcher: tuple[str, ...] = posko_launcher()


PACE = Pace()


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="posko demo", description="Memainkan satu hari presensi manual.")
    parser.add_argument("--dir", type=Path, default=Path("demo-run"), help="folder peragaan, dibuat baru setiap kali")
    parser.add_argument("--picture", type=Path, help="simpan tampilan terakhir sebagai SVG")
    days = ", ".join(map(str, PROGRAMMES))
    parser.add_argument("--day", type=date.fromisoformat, default=DEFAULT, help=f"hari yang dimainkan: {days}")
    parser.add_argument(
        "--stay", action=argparse.BooleanOptionalAction, default=sys.stdout.isatty(),
        help="biarkan meja penerima terbuka sesudah peragaan, sampai Ctrl-C (bawaan di terminal)",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    if options.day not in PROGRAMMES:
        parser.error(f"hari {options.day} tidak ada; yang dapat dimainkan: {days}")
    console = Console() if sys.stdout.isatty() else Console(width=_PLAIN_WIDTH)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        return play(options.dir.absolute(), console, options.picture, PACE, PROGRAMMES[options.day], stay=options.stay)
    except KeyboardInterrupt:
        console.print("\nPeragaan dihentikan; semua yang dijalankannya sudah dimatikan.")
        return 130
    except (DemoFailed, CommandFailed) as error:
        console.print(f"Peragaan gagal: {error}", style="red", markup=False)
        return 1


def play(
    folder: Path,
    console: Console,
    save_to: Path | None = None,
    pace: Pace = PACE,
    programme: Programme = PROGRAMMES[DEFAULT],
    *,
    stay: bool = False,
) -> int:
    """Set everything up in ``folder``, play the day, show what came of it; 0 when it is as it had to be.

    ``stay``: then the desk is kept open until Ctrl-C.
    """
    service = Service(folder / "data", folder / "posko.log", pace.launcher)
    _make_fresh(folder, service)
    shared = _shared_roster()
    town = roster.read(shared) if shared else invent()
    roster.write(folder / "roster.xlsx", town)
    stage, passwords = Stage(), _passwords()
    post = PostOffice(DESK_HOST, stage.now, DESK_BOXES)
    for address, password in passwords.items():
        post.add_account(address, password)
    findings: list[Finding] = []
    phones = Phones(stage.now, service.url)
    with ExitStack() as stack:
        stack.enter_context(post)
        stack.enter_context(phones)
        stack.callback(service.stop)
        with console.status("Menyiapkan instalasi: basis data, daftar pegawai 40 unit …"):
            service.init(folder / "roster.xlsx")
            service.connect(_boxes(passwords), post.imap_port, post.smtp_port, (RECEIVER,), (DISCIPLINE,))
            service.join_chat(phones.settings, phones.secrets)
            stage.desk = open_account(service, console)
            _prepare(programme, service, town, folder, stage)
        with console.status("Lembar cetak dikirim, ditandatangani, dan dipotret …"):
            hand_out(programme, service, post)
        watch = stack.enter_context(Watch(service.status))
        clock = _begin(programme.parts[0], service, stage, watch, pace, pace.lead)
        officers = Officers(programme.day, town, post, clock, passwords, [], phones=phones)
        for number, part in enumerate(programme.parts):
            if number:
                with console.status(f"Jam melompat ke pukul {part.begin} …"):
                    service.pause()
                    clock = officers.clock = _begin(part, service, stage, watch, pace, pace.lead * _RESTART)
            officers.waiting += part.steps
            last = live(part, lambda: Scene(officers, service, watch.board, folder), watch, stage, console)
            watch.look()
            findings += findings_of(part, Scene(officers, service, watch.board, folder))
        if save_to:
            picture.save(last, save_to)
        code = _close(programme, last, Scene(officers, service, watch.board, folder), findings, console)
        if stay:
            keep_open(service, clock, console, lambda: True)
        return code


def _prepare(programme: Programme, service: Service, town: roster.Town, folder: Path, stage: Stage) -> None:
    """Declare the fallback, and do what lies before the play, at the programme's eve."""
    stage.clock = PlayingClock(at(programme.day, programme.eve), real_now(), 1)
    service.set_clock(stage.clock.written)
    service.declare_fallback(programme.since, programme.units)
    if programme.prepare:
        programme.prepare(service, town, folder)


def _begin(part: Part, service: Service, stage: Stage, watch: Watch, pace: Pace, lead: float) -> PlayingClock:
    """Set the clock so that the part begins in ``lead`` real seconds, and start the service."""
    clock = stage.clock = PlayingClock.beginning_in(lead, at(part.day, part.begin), pace.rate or part.rate)
    service.set_clock(clock.written)
    watch.forget()
    service.start()
    return clock


def _close(programme: Programme, last: Picture, scene: Scene, findings: list[Finding], console: Console) -> int:
    officers, board, service = scene.officers, scene.board, scene.service
    summary.show_offices(console, board, last.part.expected, findings)
    answers = officers.answers(programme.receipt)
    summary.show_receipt(console, answers[0] if answers else None)
    console.print(f"Kiriman masuk {len(officers.sent)}{_by_phone(officers)}, jawaban keluar {receipts(officers)}.")
    for show in programme.shows:
        for line in show(scene):
            console.print(line, markup=False, highlight=False, soft_wrap=True)
    summary.show_originals(console, service.data / "originals", board.originals)
    clean, told = service.verify()
    console.print(f"posko verify: {told}", style="green" if clean else "red", markup=False, soft_wrap=True)
    summary.show_findings(console, findings)
    return 0 if clean and not findings else 1


def _by_phone(officers: Officers) -> str:
    ways = Counter(way_of(sent.step.office) for sent in officers.sent.values() if sent.step.phone)
    told = ", ".join(f"{count} melalui {way}" for way, count in sorted(ways.items(), reverse=True))
    return f" ({told})" if told else ""


def _make_fresh(folder: Path, service: Service) -> None:
    """Clear an earlier demonstration away; anything else in that place is left alone."""
    settings = service.data / "posko.toml"
    if settings.exists() and "\ndemo = true" not in settings.read_text("utf-8"):
        raise DemoFailed(f"{service.data} bukan instalasi peragaan; pilih folder lain dengan --dir")
    if settings.exists():
        service.stop()
    for earlier in (service.data, folder / FOLDER, folder / "surel-sebelumnya"):
        shutil.rmtree(earlier, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    service.log.unlink(missing_ok=True)


def _shared_roster() -> Path | None:
    """The sample roster beside the checkout, when there is one; a fresh clone invents its own people."""
    path = Path(__file__).resolve().parents[2] / _ROSTER
    return path if path.is_file() else None


def _passwords() -> dict[str, str]:
    owners = (*DESK_BOXES, SPOOFER, STRANGER, RECEIVER, DISCIPLINE, *(office.address for office in OFFICES))
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
