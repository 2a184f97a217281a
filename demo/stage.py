"""The live part of a play: officers write, the service answers, the view follows, until the part is over."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from rich.console import Console

from demo.board import Board
from demo.clock import PlayingClock, at, real_now
from demo.outcome import letters_wrong, states_wrong
from demo.programme import Part, Scene
from demo.screen import Screen
from demo.steps import Finding
from demo.view import Event, Picture
from demo.watch import Watch

_READY_SECONDS = 120.0
_SETTLE_SECONDS = 90.0
_TICK_SECONDS = 0.2


class DemoFailed(Exception):
    """The demonstration cannot go on; the text says why, in Indonesian."""


@dataclass
class Stage:
    """The playing clock as soon as there is one; before that, the real time. ``desk``: how to enter the web desk."""

    clock: PlayingClock | None = None
    events: list[Event] = field(default_factory=list)
    desk: str = ""

    def now(self) -> datetime:
        """The moment that the post office stamps."""
        return self.clock.now() if self.clock else real_now()


def live(part: Part, scene_of: Callable[[], Scene], watch: Watch, stage: Stage, console: Console) -> Picture:
    """From before the part's begin until the service has caught up after its end; returns the last frame."""
    started, before = time.monotonic(), Board()
    end_at: float | None = None
    with Screen(console) as screen:
        while True:
            scene = scene_of()
            officers, now = scene.officers, scene.officers.clock.now()
            stage.events += [Event(s.when, s.step.news) for s in officers.work()]
            stage.events += _changes(before, watch.board, now)
            before = watch.board
            shown = Picture(part, now, before, len(officers.sent), tuple(stage.events), _phase(part, now, watch, stage))
            screen.show(shown)
            if scene.service.died() or (not watch.seen and time.monotonic() - started > _READY_SECONDS):
                raise DemoFailed(f"layanan tidak berjalan; catatan terakhirnya:\n{scene.service.log_tail()}")
            if watch.fault:
                raise DemoFailed(f"jawaban layanan tidak dapat dibaca: {watch.fault}")
            if now >= at(part.day, part.end):
                end_at = end_at or time.monotonic()
                if not findings_of(part, scene) or time.monotonic() - end_at > _SETTLE_SECONDS:
                    return shown
            time.sleep(_TICK_SECONDS)


def findings_of(part: Part, scene: Scene) -> list[Finding]:
    """What is not as the part wants it at its end."""
    checked: Sequence[Finding] = [found for check in part.checks for found in check(scene)]
    return [*states_wrong(scene.board, part.expected), *letters_wrong(scene.officers), *checked]


def _changes(before: Board, after: Board, now: datetime) -> list[Event]:
    """What the desk newly says of its offices."""
    return [
        Event(now, f"{line.name}: {line.state}" + (f" ({line.clock_time})" if line.clock_time else ""), by_desk=True)
        for code, line in after.units.items()
        if line.state != "belum" and (code not in before.units or before.units[code].state != line.state)
    ]


def _phase(part: Part, now: datetime, watch: Watch, stage: Stage) -> str:
    if not watch.seen:
        return "menunggu layanan siap"
    return (
        "layanan menyelesaikan sisanya"
        if now >= at(part.day, part.end)
        else f"{stage.desk} · Ctrl-C menghentikan semuanya"
    )
