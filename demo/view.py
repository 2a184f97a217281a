"""What the terminal shows while the morning runs: the clock in its window, the counts, the offices, the last events."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.constrain import Constrain
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from demo.board import Board
from demo.clock import at
from demo.offices import OFFICES
from demo.programme import Part
from demo.sheets.paper import long_date
from demo.steps import EARLY, LATE, MISSING, ON_TIME, TO_CHECK

_WIDEST = 112
_CLOCK = 14
_COLUMNS = 4
_TOLD = 5
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


_SHORT = (
    ("Badan Perencanaan Pembangunan Daerah", "Bappeda"),
    ("Badan Pengelolaan Keuangan dan Aset Daerah", "BPKAD"),
    ("Badan Pendapatan Daerah", "Bapenda"),
    ("Badan Kesatuan Bangsa dan Politik", "Kesbangpol"),
    ("Satuan Polisi Pamong Praja", "Satpol PP"),
    ("Dinas Kependudukan dan Pencatatan Sipil", "Dispendukcapil"),
    ("Dinas Komunikasi dan Informatika", "Dinas Kominfo"),
    ("Dinas Penanaman Modal dan PTSP", "DPMPTSP"),
    ("Kesejahteraan Rakyat", "Kesra"),
    ("Pengujian Kendaraan", "Pengujian"),
    ("Penyuluhan Wilayah", "Penyuluhan"),
    ("UPTD Puskesmas Tulungagung", "Puskesmas"),
    (" Tulungagung", ""),
    ("Negeri", "N"),
    ("Sekretariat Daerah", "Setda"),
    ("Sekretariat DPRD", "Set. DPRD"),
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
    """All that one frame of a part shows."""

    part: Part
    now: datetime
    board: Board
    sent: int
    events: Sequence[Event] = ()
    phase: str = ""


def render(picture: Picture) -> RenderableType:
    """The whole frame; 24 lines high, as wide as the terminal up to ``_WIDEST``."""
    part = picture.part
    title = f"Posko Presensi · {long_date(part.day)} · sesi {part.session} · peragaan, jam dipercepat"
    told = "\n".join(event.line for event in picture.events[-_TOLD:])
    ticker = Text(told, "bright_white", overflow="ellipsis", no_wrap=True)
    group = Group(
        ClockBar(part, picture.now), Text(), _counts(picture), Text(), _offices(picture.board), Text(), ticker
    )
    return Constrain(Panel(group, title=title, subtitle=picture.phase, padding=(0, 2)), _WIDEST)


def counts_line(picture: Picture) -> str:
    """The counts as one plain line, for logs and pipes."""
    told = ", ".join(f"{label} {picture.board.count(name)}" for label, name, _ in _COUNTS)
    return f"{picture.now:%H.%M}  kiriman {picture.sent}; {told}"


def look(state: str) -> tuple[str, str]:
    """The sign and colour of a unit's state."""
    return _LOOKS.get(state, ("·", "white"))


@dataclass(frozen=True, slots=True)
class ClockBar:
    """The part as a bar that fills with the playing clock; the window stands out in it."""

    part: Part
    now: datetime

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Two lines: the clock with its bar, and when the window opens and closes."""
        width = max(options.max_width - _CLOCK, 30)
        part = self.part
        opens, closes = (self._place(at(part.day, moment), width) for moment in (part.opens, part.closes))
        past = self._place(self.now, width)
        bar = Text(f"{self.now:%H.%M.%S} WIB".ljust(_CLOCK), "bold", no_wrap=True)
        for index in range(width):
            inside = opens <= index < closes
            sign = "█" if index < past else "▒" if inside else "·"
            bar.append(sign, "green" if inside else "bright_black")
        legend = " " * (_CLOCK + opens) + f"{part.opens} buka"
        legend = legend.ljust(_CLOCK + closes - len(part.closes)) + f"{part.closes} tutup"
        yield bar
        yield Text(legend, "bright_black", no_wrap=True)

    def _place(self, moment: datetime, width: int) -> int:
        # The window closes at 07.30.59 (TLG-01); a bar of minutes need not show that.
        begin, end = at(self.part.day, self.part.begin), at(self.part.day, self.part.end)
        return max(0, min(width, round((moment - begin) / (end - begin) * width)))


def _counts(picture: Picture) -> Text:
    text = Text("kiriman ").append(str(picture.sent), "bold")
    for label, name, style in _COUNTS:
        text.append(f"  {label} ", style).append(str(picture.board.count(name)), f"bold {style}")
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
    return text.append(short_name(name), style if line and line.state != MISSING else "bright_black")


def short_name(name: str) -> str:
    """The name as people say it, for narrow places."""
    for long, short in _SHORT:
        name = name.replace(long, short)
    return name
