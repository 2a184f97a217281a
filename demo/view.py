"""What the terminal shows while the morning runs: the clock in its window, the counts, the offices, the last events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.board import Board
from demo.clock import at
from demo.offices import OFFICES
from demo.scenario import BEGIN, CLOSES, DAY, EARLY, END, LATE, MISSING, ON_TIME, OPENS, TO_CHECK
from demo.sheets.paper import long_date

_BAR = 75
_COLUMNS = 3
# A sign beside each colour: the view must also be read without colours.
_LOOKS = {
    ON_TIME: ("●", "green"),
    EARLY: ("◐", "cyan"),
    LATE: ("▲", "yellow"),
    TO_CHECK: ("?", "magenta"),
    MISSING: ("○", "bright_black"),
    "sebagian": ("◒", "yellow"),
    "tidak wajib": ("-", "bright_black"),
}
_COUNTS = (
    ("masuk", "received", "white"),
    ("terbaca", "read", "white"),
    ("tepat waktu", "on_time", "green"),
    ("lebih awal", "early", "cyan"),
    ("terlambat", "late", "yellow"),
    ("belum", "missing", "bright_black"),
    ("periksa", "to_check", "magenta"),
)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a playing moment; ``by_desk`` when the service did it."""

    when: datetime
    text: str
    by_desk: bool = False

    @property
    def line(self) -> str:
        """``07.12  Satpol PP mengirim …``."""
        return f"{self.when:%H.%M}  {'posko:' if self.by_desk else '      '} {self.text}"


@dataclass(frozen=True, slots=True)
class Picture:
    """All that one frame shows."""

    now: datetime
    board: Board
    sent: int
    events: Sequence[Event] = ()
    phase: str = ""


def render(picture: Picture) -> RenderableType:
    """The whole frame."""
    title = f"Posko Presensi · {long_date(DAY)} · sesi DATANG · peragaan, jam dipercepat"
    ticker = Text(
        "\n".join(event.line for event in picture.events[-6:]), "bright_white", overflow="ellipsis", no_wrap=True
    )
    parts: list[RenderableType] = [_clock_bar(picture.now), Text(), _counts(picture), Text(), _offices(picture.board)]
    return Panel(Group(*parts, Text(), ticker), title=title, subtitle=picture.phase, width=112, padding=(1, 2))


def counts_line(picture: Picture) -> str:
    """The counts as one plain line, for logs and pipes."""
    told = ", ".join(f"{label} {picture.board.count(name)}" for label, name, _ in _COUNTS)
    return f"{picture.now:%H.%M}  surel terkirim {picture.sent}; {told}"


def look(state: str) -> tuple[str, str]:
    """The sign and colour of a unit's state."""
    return _LOOKS.get(state, ("·", "white"))


def _clock_bar(now: datetime) -> Text:
    begin, opens, closes, end = (at(DAY, moment) for moment in (BEGIN, OPENS, CLOSES, END))
    place = _place(now, begin, end)
    bar = Text(f"{now:%H.%M.%S} WIB  ", "bold")
    for index in range(_BAR):
        inside = _place(opens, begin, end) <= index < _place(closes, begin, end)
        past = index < place
        bar.append("█" if past else "▒" if inside else "·", "green" if inside else "bright_black")
    legend = [" "] * (_BAR + 6)
    for moment, label in ((opens, f"{OPENS} buka"), (closes, f"{CLOSES} tutup")):
        start = _place(moment, begin, end)
        legend[start : start + len(label)] = label
    return bar.append("\n" + " " * 14 + "".join(legend).rstrip(), "bright_black")


def _place(moment: datetime, begin: datetime, end: datetime) -> int:
    # The window closes at 07.30.59 (TLG-01); a bar of minutes need not show that.
    return max(0, min(_BAR, round((moment - begin) / (end - begin) * _BAR)))


def _counts(picture: Picture) -> Text:
    text = Text("surel terkirim ").append(str(picture.sent), "bold")
    for label, name, style in _COUNTS:
        text.append(f"   {label} ", style).append(str(picture.board.count(name)), f"bold {style}")
    return text


def _offices(board: Board) -> Table:
    grid = Table.grid(padding=(0, 2), expand=True)
    for _ in range(_COLUMNS):
        grid.add_column(ratio=1, no_wrap=True, overflow="ellipsis")
    height = -(-len(OFFICES) // _COLUMNS)
    cells = [_cell(board, office.code, office.name) for office in OFFICES]
    for row in range(height):
        grid.add_row(*cells[row::height])
    return grid


def _cell(board: Board, code: str, name: str) -> Text:
    line = board.units.get(code)
    sign, style = look(line.state if line else "")
    text = Text(f"{sign} ", style)
    if line and line.clock_time:
        text.append(f"{line.clock_time} ", style)
    return text.append(_short(name), style if line and line.state != MISSING else "bright_black")


def _short(name: str) -> str:
    for long, short in (
        ("Badan Perencanaan Pembangunan Daerah", "Bappeda"),
        ("Badan Pengelolaan Keuangan dan Aset Daerah", "BPKAD"),
        ("Badan Kesatuan Bangsa dan Politik", "Kesbangpol"),
        ("Dinas Kependudukan dan Pencatatan Sipil", "Dinas Dukcapil"),
        ("Dinas Komunikasi dan Informatika", "Dinas Kominfo"),
        ("Dinas Penanaman Modal dan PTSP", "DPMPTSP"),
        ("UPTD Puskesmas Tulungagung", "Puskesmas"),
        (" Tulungagung", ""),
        ("Negeri", "N"),
    ):
        name = name.replace(long, short)
    return name
