"""When within their windows the sheets arrived: counts in bins of five minutes (TLG-D4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.terms import Session
from domain.windows import Window

BIN_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Histogram:
    """Arrivals around one kind of window, over all days that have it.

    ``labels`` and ``counts`` go together: first what came before the window, last what came after it; the last bin
    within the window holds its closing minute too.
    """

    session: Session
    window: str
    labels: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All arrivals counted."""
        return sum(self.counts)


def histograms(arrivals: Iterable[tuple[Window, datetime]]) -> tuple[Histogram, ...]:
    """One histogram for each session and clock times of a window; datang first, then by opening."""
    kinds: dict[tuple[Session, str, str], list[tuple[Window, datetime]]] = {}
    for window, at in arrivals:
        key = (window.session, f"{window.opens:%H.%M}", f"{window.closes:%H.%M}")
        kinds.setdefault(key, []).append((window, at))
    order = list(Session)
    return tuple(
        _histogram(found) for _, found in sorted(kinds.items(), key=lambda k: (order.index(k[0][0]), k[0][1:]))
    )


def _histogram(arrivals: Sequence[tuple[Window, datetime]]) -> Histogram:
    first = arrivals[0][0]
    step = timedelta(minutes=BIN_MINUTES)
    bins = max(1, -(-(first.closes - first.opens) // step))
    counts = [0] * (bins + 2)
    for window, at in arrivals:
        if at < window.opens:
            counts[0] += 1
        elif at >= window.late_from:
            counts[-1] += 1
        else:
            counts[1 + min((at - window.opens) // step, bins - 1)] += 1
    inside = tuple(f"{first.opens + step * i:%H.%M}" for i in range(bins))
    span = f"{first.opens:%H.%M}–{first.closes:%H.%M}"
    return Histogram(first.session, span, ("sebelum", *inside, "sesudah"), tuple(counts))
