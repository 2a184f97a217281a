"""What a day's play is made of: parts that follow one another, each a stretch of the day with its mails and its end.

A ``Part`` runs from ``begin`` to ``end`` on a clock of its own rate; between two parts the service is stopped, the
clock jumps, and it is started again. A further room joins a day by adding parts, or steps and checks to a part.
Nothing here runs: ``demo.play`` does.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from demo.board import Board
from demo.officers import Officers
from demo.post_office import Letter
from demo.roster import Town
from demo.service import Service
from demo.steps import Attachment, Expected, Finding, Step


@dataclass(frozen=True, slots=True)
class Scene:
    """What a check may look at when a part has come to its end."""

    officers: Officers
    service: Service
    board: Board
    folder: Path


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of ``day`` from ``begin`` to ``end``, ``rate`` times as fast as real; times are like ``07.31``.

    ``opens`` and ``closes`` are the window that its bar shows. ``expected``: units' states at its end, where they are
    checked. ``checks`` look at mailboxes and files.
    """

    day: date
    begin: str
    end: str
    rate: float
    session: str
    opens: str
    closes: str
    steps: tuple[Step, ...]
    expected: Mapping[str, Expected] = field(default_factory=dict)
    checks: tuple[Callable[[Scene], Sequence[Finding]], ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """One day's play. Sheets are due from ``since`` on, of ``units`` (empty: of everybody).

    ``receipt`` is the key of the step whose answer is shown; ``shows`` name what lies ready at the end: where, and in
    words. ``prepare`` runs once before the service starts, at ``eve`` of the day by its clock.
    ``printed``: offices that wait for their printed sheet, which is mailed and signed before the play, and how each
    makes its photos.
    """

    day: date
    since: date
    parts: tuple[Part, ...]
    receipt: str
    shows: tuple[Callable[[Scene], Sequence[str]], ...] = ()
    prepare: Callable[[Service, Town, Path], None] | None = None
    eve: str = "06.00"
    units: tuple[str, ...] = ()
    printed: Mapping[str, Callable[[Letter], Sequence[Attachment]]] = field(default_factory=dict)
