"""When a mail arrived: four times, and the one that counts (TLG-04; facts: mail, "Arrival time")."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from intake.mail_headers import Headers, first_of, read_date, strip_comments

TOLERATED = timedelta(minutes=2)  # TLG-04: larger differences are flagged
_BY = re.compile(r"\bby\s+([^\s;()]+)", re.IGNORECASE)


class TimeBasis(StrEnum):
    """What the official time was taken from."""

    RECEIVED = "received"  # the Received field of our own server
    INTERNALDATE = "internaldate"
    FIRST_SEEN = "first_seen"  # the server gave no usable INTERNALDATE


@dataclass(frozen=True, slots=True)
class MailTimes:
    """All four times, aware UTC. ``official`` is one of them; ``Date:`` belongs to the sender and never counts."""

    official: datetime
    basis: TimeBasis
    received_at: datetime | None
    internal_at: datetime | None
    first_seen_at: datetime
    sent_at: datetime | None

    @property
    def differences(self) -> tuple[str, ...]:
        """Which of the other times differ from the official one by over two minutes."""
        others = (("received", self.received_at), ("internaldate", self.internal_at), ("date", self.sent_at))
        return tuple(name for name, moment in others if moment and abs(moment - self.official) > TOLERATED)


def mail_times(
    headers: Headers, received_by: Iterable[str], internal_at: datetime | None, first_seen_at: datetime
) -> MailTimes:
    """The times of a mail. ``received_by``: hosts of our own mail servers (a host also stands for its subdomains)."""
    hop = own_hop(headers, received_by)
    received_at = read_date(hop[1]) if hop else None
    if received_at:
        official, basis = received_at, TimeBasis.RECEIVED
    elif internal_at:
        official, basis = internal_at, TimeBasis.INTERNALDATE
    else:
        official, basis = first_seen_at, TimeBasis.FIRST_SEEN
    sent_at = read_date(first_of(headers, "date"))
    return MailTimes(official, basis, received_at, internal_at, first_seen_at, sent_at)


def own_hop(headers: Headers, received_by: Iterable[str]) -> tuple[int, str] | None:
    """Place among ``headers`` and date text of the topmost Received field that our own server wrote.

    A sender chooses some words of that field (its HELO name, even with spaces and brackets) and may forge further
    ones below it. So a field that names our server but cannot be read beyond doubt ends the search.
    """
    ours = tuple(received_by)
    for place, (name, value) in enumerate(headers):
        if name.lower() != "received" or not any(is_ours(by, ours) for by in _hosts(value)):
            continue
        clauses, _, date = (strip_comments(value) or "").rpartition(";")
        hosts = _hosts(clauses)
        return (place, date) if hosts and is_ours(hosts[-1], ours) else None
    return None


def is_ours(host: str, received_by: Iterable[str]) -> bool:
    """Whether ``host`` (lower-case) is one of ``received_by`` or lies below one."""
    names = (name.strip().lower().strip(".") for name in received_by)
    return bool(host) and any(host == name or host.endswith("." + name) for name in names if name)


def _hosts(text: str) -> list[str]:
    return [host.lower().rstrip(".") for host in _BY.findall(text)]
