"""Counting readings against the truth: shares with their 95 % bounds, and tables by kind of ink."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

EMPTY, SIGNED, OTHER, UNSURE = "empty", "signed", "other", "unsure"
SAID = (SIGNED, EMPTY, UNSURE)


@dataclass(frozen=True, slots=True)
class CellScore:
    """One cell: its ``ink``, what it is (``expected``), what was ``said``, how surely; a crop where that was wrong."""

    ink: str
    expected: str
    said: str
    confidence: float
    crop: bytes = b""

    @property
    def wrong(self) -> bool:
        """Plain truth contradicted: an empty cell called signed or a signed one called empty."""
        return {self.expected, self.said} == {EMPTY, SIGNED}


@dataclass(frozen=True, slots=True)
class PageScore:
    """One picture: ``found``, ``retake``, ``lost``, ``stranger`` or ``wrong sheet``, and its seconds of processor."""

    name: str
    seed: int
    outcome: str
    seconds: float
    cells: tuple[CellScore, ...] = ()

    @property
    def clean(self) -> bool:
        """No wrong cell on it."""
        return not any(cell.wrong for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``count`` with the 95 % bounds after Wilson, all from 0 to 1."""

    hits: int
    count: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share itself; 0 of nothing is 0."""
        return self.hits / self.count if self.count else 0.0

    def percent(self, digits: int = 2) -> str:
        """``0.01 [0.00–0.03]``, in per cent."""
        return f"{100 * self.value:.{digits}f} [{100 * self.low:.{digits}f}–{100 * self.high:.{digits}f}]"


def share(hits: int, count: int) -> Share:
    """The share with its bounds."""
    if not count:
        return Share(0, 0, 0.0, 1.0)
    z = 1.959964
    rate, scale = hits / count, 1 + z * z / count
    middle = (rate + z * z / (2 * count)) / scale
    half = z * ((rate * (1 - rate) + z * z / (4 * count)) / count) ** 0.5 / scale
    return Share(hits, count, max(0.0, middle - half), min(1.0, middle + half))


@dataclass(frozen=True, slots=True)
class SetScore:
    """The figures of one set of pictures."""

    pages: int
    found: Share
    answered: Share
    """Found, or asked to be taken again."""
    wrong: Share
    """Of the cells that are plainly signed or empty."""
    unsure: Share
    clean: Share
    other_signed: Share
    other_empty: Share
    wrong_sheets: int


def score(pages: Sequence[PageScore]) -> SetScore:
    """Count ``pages``."""
    cells = [cell for page in pages for cell in page.cells]
    plain = [cell for cell in cells if cell.expected != OTHER]
    other = [cell for cell in cells if cell.expected == OTHER]
    read = [page for page in pages if page.outcome == "found"]
    return SetScore(
        pages=len(pages),
        found=share(len(read), len(pages)),
        answered=share(sum(page.outcome in ("found", "retake") for page in pages), len(pages)),
        wrong=share(sum(cell.wrong for cell in plain), len(plain)),
        unsure=share(sum(cell.said == UNSURE for cell in plain), len(plain)),
        clean=share(sum(page.clean for page in read), len(read)),
        other_signed=share(sum(cell.said == SIGNED for cell in other), len(other)),
        other_empty=share(sum(cell.said == EMPTY for cell in other), len(other)),
        wrong_sheets=sum(page.outcome == "wrong sheet" for page in pages),
    )


@dataclass(slots=True)
class Confusion:
    """How often each kind of ink was called what."""

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, cells: Iterable[CellScore]) -> None:
        """Count ``cells``."""
        self.counts.update((cell.ink, cell.said) for cell in cells)

    def lines(self) -> list[str]:
        """The table as text, kinds in order of their number."""
        kinds = Counter[str]()
        for (ink, _), count in self.counts.items():
            kinds[ink] += count
        lines = [f"  {'ink':<18}{'cells':>8}" + "".join(f"{said:>20}" for said in SAID)]
        for ink, count in kinds.most_common():
            parts = (share(self.counts[ink, said], count).percent(2) for said in SAID)
            lines.append(f"  {ink:<18}{count:>8}" + "".join(f"{part:>20}" for part in parts))
        return lines
