"""Where the morning is shown: a live view on a terminal, plain lines anywhere else."""

from contextlib import ExitStack
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live

from demo.view import Picture, counts_line, render

_EVERY_MINUTES = 5


class Screen:
    """A context manager; ``show`` takes the newest frame."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._stack = ExitStack()
        self._live: Live | None = None
        self._told = 0
        self._counted: datetime | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = self._stack.enter_context(Live(console=self._console, refresh_per_second=8))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def show(self, picture: Picture) -> None:
        """Bring the view up to date; without a terminal only what is new is written."""
        if self._live:
            self._live.update(render(picture))
            return
        for event in picture.events[self._told :]:
            self._console.print(event.line, markup=False, highlight=False, soft_wrap=True)
        self._told = len(picture.events)
        minute = picture.now.minute // _EVERY_MINUTES * _EVERY_MINUTES
        mark = picture.now.replace(minute=minute, second=0, microsecond=0)
        if mark != self._counted:
            self._counted = mark
            self._console.print(counts_line(picture), markup=False, highlight=False, soft_wrap=True)
