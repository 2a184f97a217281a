"""Ordinary days: each sender mails the sheets of its units at a spread of minutes; a few forget, and are reminded."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from demo.clock import at
from demo.offices import BY_CODE, OFFICES
from demo.roster import Town
from demo.sheets.paper import write_paper
from demo.sheets.workbooks import daily_list
from demo.steps import Attachment, Step, Waits

_SENDERS = {"U002": ("U001", "U002", "U003", "U004", "U005", "U008"), "U033": ("U033", "U034", "U035")}
_SENDERS |= {"U045": ("U045", "U046", "U047")}
_SENT_FOR = {code for codes in _SENDERS.values() for code in codes}
SENDERS: Mapping[str, tuple[str, ...]] = {
    **_SENDERS,
    **{office.code: (office.code,) for office in OFFICES if office.code not in _SENT_FOR},
}
"""Who mails whose sheets (TLG-11..14)."""


def mailings(
    day: date,
    session: str,
    senders: Iterable[str],
    first: str,
    last: str,
    *,
    forgetful: Mapping[str, str] | None = None,
    absent: Sequence[str] = (),
) -> list[Step]:
    """A step for each of ``senders``, spread evenly from ``first`` to ``last``; ``session`` is Datang or Pulang.

    ``forgetful``: code → the time from which it sends once it was reminded. ``absent`` never send.
    """
    forgot = forgetful or {}
    punctual = [code for code in senders if code not in forgot and code not in absent]
    begin, end = at(day, first), at(day, last)
    pause = (end - begin) / max(1, len(punctual) - 1)
    steps = [_step(day, session, code, _clock(begin + pause * n)) for n, code in enumerate(punctual)]
    steps += [_step(day, session, code, moment, Waits.REMINDER) for code, moment in forgot.items()]
    return sorted(steps, key=lambda step: at(day, step.at))


def _step(day: date, session: str, code: str, moment: str, waits: Waits | None = None) -> Step:
    told = "mengirim sesudah diingatkan" if waits else f"mengirim presensi {session.lower()}"
    files = _lists(day, SENDERS[code], evening=session == "Pulang")
    return Step(moment, f"{BY_CODE[code].slug}-{session.lower()}", code, told, files, waits=waits, what=session)


def _lists(day: date, codes: Sequence[str], *, evening: bool) -> Callable[[Town], list[Attachment]]:
    def files(town: Town) -> list[Attachment]:
        papers = [write_paper(town, BY_CODE[code], day, evening=evening) for code in codes]
        return [(f"presensi {BY_CODE[codes[0]].slug}.xlsx", daily_list(papers))]

    return files


def _clock(moment: datetime) -> str:
    return f"{moment + timedelta(microseconds=500_000):%H.%M.%S}"
