"""Disturbances of our own mailboxes. What is late because of one is not counted against anybody (TLG-05, TLG-D3).

The official time is the mail server's, so a desk that could not *search* makes nobody late. But a mailbox mostly
falls silent because its server is down, and then the server also refuses mail: the sender's server tries again later,
and the official time is the late one. That lateness is ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from domain.windows import Window

MAILBOX_SILENT = "mailbox_silent"  # the incident of a mailbox without a successful search for 60 s in a window
RETRY = timedelta(minutes=30)  # a refused mail comes again within this, as sending servers retry


@dataclass(frozen=True, slots=True)
class Disturbance:
    """From ``started_at`` (aware) to ``ended_at``; None: it still lasts."""

    started_at: datetime
    ended_at: datetime | None = None


def excuses(disturbances: Iterable[Disturbance], window: Window, moment: datetime) -> bool:
    """Whether being late at ``moment`` may be our own doing.

    So it is when a disturbance began before the window was over, and lasts, or ended at most ``RETRY`` ago.
    """
    return any(
        d.started_at < window.late_from and (d.ended_at is None or moment <= d.ended_at + RETRY) for d in disturbances
    )
