"""Mails that cannot be fetched or kept: pushed aside, tried again later, never in the way of the others.

Zammad and osTicket each had one bad mail block a mailbox (facts: mail, "Lessons"). A mail is never given up while
it lies in the mailbox.
"""

from collections.abc import Callable, Iterable

_STRIKES = 3


class Poison:
    """Who is under suspicion in one folder.

    Any exception on a batch makes its mails suspects, to be taken singly; who fails alone is struck and goes last;
    after three strikes it is set aside for ``retry_s`` seconds, and people are told.
    """

    def __init__(self, elapsed: Callable[[], float], retry_s: float) -> None:
        self._elapsed = elapsed
        self._retry_s = retry_s
        self._strikes: dict[int, int] = {}
        self._until: dict[int, float] = {}

    def suspect(self, uids: Iterable[int]) -> None:
        """Their batch failed; which of them is to blame is not known yet."""
        for uid in uids:
            self._strikes.setdefault(uid, 0)

    def strike(self, uid: int) -> bool:
        """``uid`` failed alone; True when that was once too often and it is set aside for a while."""
        self._strikes[uid] = self._strikes.get(uid, 0) + 1
        if self._strikes[uid] < _STRIKES:
            return False
        self._until[uid] = self._elapsed() + self._retry_s
        return True

    def acquit(self, uids: Iterable[int]) -> None:
        """They were kept."""
        for uid in uids:
            self._strikes.pop(uid, None)
            self._until.pop(uid, None)

    def gone(self, present: set[int]) -> None:
        """Forget what has left the folder."""
        self.acquit([uid for uid in self._strikes if uid not in present])

    @property
    def set_aside(self) -> frozenset[int]:
        """Mails that failed too often, waiting for their next try or not."""
        return frozenset(self._until)

    def waiting(self) -> set[int]:
        """Set-aside mails whose next try has not come."""
        now = self._elapsed()
        return {uid for uid, until in self._until.items() if now < until}

    def order(self, uids: Iterable[int], *, newest_first: bool) -> tuple[list[int], list[int], list[int]]:
        """Suspects never struck (singly and first: most are innocent), the fresh ones (in batches), the struck."""
        ordered = sorted(uids, reverse=newest_first)
        return (
            [uid for uid in ordered if self._strikes.get(uid) == 0],
            [uid for uid in ordered if uid not in self._strikes],
            [uid for uid in ordered if self._strikes.get(uid)],
        )
