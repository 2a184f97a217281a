"""What was just committed, told to every open board: one listener a process, each change rendered once."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

import structlog

from domain.errors import PoskoError
from storage.notify import BOARD, listen

log = structlog.get_logger()

_GATHER_S = 0.1  # changes of a crowded minute are shown together
_MOST_WAITING = 2000  # a browser that reads no more is told to look for itself


@dataclass(frozen=True, slots=True)
class Change:
    """One unit's sheet of one session changed."""

    unit: str
    day: date
    session: str


@dataclass(frozen=True, slots=True)
class Told:
    """One event: ``unit`` decides who gets it (None: everybody), ``name`` and ``data`` are what browsers see."""

    name: str
    data: str
    unit: str | None = None


Show = Callable[[date, str, Sequence[str]], Awaitable[list[Told]]]
REFRESH = Told("segarkan", "")


@dataclass(eq=False)
class Listener:
    """One open board; ``units`` None: it shows all."""

    day: date
    session: str
    units: frozenset[str] | None
    queue: asyncio.Queue[Told | None] = field(default_factory=lambda: asyncio.Queue(_MOST_WAITING))

    def tell(self, told: Told | None) -> None:
        """Put it where the browser's connection will find it."""
        if told is not None and told.unit is not None and self.units is not None and told.unit not in self.units:
            return
        try:
            self.queue.put_nowait(told)
        except asyncio.QueueFull:
            while not self.queue.empty():
                self.queue.get_nowait()
            self.queue.put_nowait(None if told is None else REFRESH)


class Live:
    """Hears ``storage.notify`` and tells the boards that are open in this process."""

    def __init__(self, url: str) -> None:
        """``url``: of the database, as libpq takes it."""
        self._url = url
        self._listeners: set[Listener] = set()
        self._changed: set[Change] = set()
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = asyncio.Event()
        self._over = False
        self._run = secrets.token_hex(4)
        self._count = 0

    def start(self, show: Show) -> None:
        """Listen until ``stop``; ``show`` renders the rows of the units that changed."""
        self._tasks = [asyncio.create_task(self._hear()), asyncio.create_task(self._tell(show))]

    async def stop(self) -> None:
        """End every open board's stream, and the listening; a board that comes back now is sent away at once."""
        self._over = True
        for listener in self._listeners:
            listener.tell(None)
        for task in self._tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._tasks = []

    @property
    def version(self) -> str:
        """Changes with every event: a board drawn at an older one looks again when its stream opens."""
        return f"{self._run}.{self._count}"

    async def events(self, listener: Listener, seen: str) -> AsyncIterator[Told]:
        """What happens on one board, drawn at version ``seen``, until its browser leaves or the service stops."""
        if self._over:
            return
        self._listeners.add(listener)
        if seen != self.version:
            listener.tell(REFRESH)
        try:
            while (told := await listener.queue.get()) is not None:
                yield told
        finally:
            self._listeners.discard(listener)

    @property
    def open_boards(self) -> int:
        """How many boards are open."""
        return len(self._listeners)

    async def _hear(self) -> None:
        async for payload in listen(self._url, BOARD):
            self._count += 1
            if payload is None:
                self.connected.set()
                self._everybody(REFRESH)  # something may have been missed
            elif (change := _change_of(payload)) is None:
                self._everybody(REFRESH)
            else:
                self._changed.add(change)
                self._wake.set()

    def _everybody(self, told: Told) -> None:
        for listener in self._listeners:
            listener.tell(told)

    async def _tell(self, show: Show) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_S)
            self._wake.clear()
            changed, self._changed = self._changed, set()
            for day, session in {(c.day, c.session) for c in changed}:
                await self._tell_board(show, day, session, sorted(c.unit for c in changed if c.day == day))

    async def _tell_board(self, show: Show, day: date, session: str, units: Sequence[str]) -> None:
        boards = [board for board in self._listeners if (board.day, board.session) == (day, session)]
        if not boards:
            return
        try:
            events = await show(day, session, units)
        except PoskoError as error:
            log.warning("board_not_shown", error=str(error))
            events = [REFRESH]
        for board in boards:
            for told in events:
                board.tell(told)


def _change_of(payload: str) -> Change | None:
    """``UNIT|2026-11-24|datang``; None for anything else: everybody looks for himself."""
    parts = payload.split("|")
    try:
        return Change(parts[0], date.fromisoformat(parts[1]), parts[2])
    except (IndexError, ValueError):
        return None
