"""Progress of long work, on a terminal only; output for machines stays clean."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

Report = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is, and how much there is in all (None: nobody knows yet)."""


@contextmanager
def progress_bar(what: str) -> Iterator[Report]:
    """A bar with what is left; silent when standard error is no terminal."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _silent
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=None)

        def report(what: str, done: int, total: int | None) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield report


def _silent(what: str, done: int, total: int | None) -> None:
    """Nobody is looking."""
