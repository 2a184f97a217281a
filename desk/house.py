"""What the pages work with: the open installation as ``bot`` hands it over."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from desk.live import Live
from desk.vault import Vault
from domain.fallback import Period
from domain.ports import BlobStore, Clock
from domain.profile import Profile
from domain.roster import Roster
from domain.terms import Session
from intake.world import Worlds
from parsers.sandbox import Sandbox
from storage.engine import Database, UnitOfWork

AnnounceStart = Callable[[UnitOfWork, int, Period, Roster], Awaitable[int]]
AnnounceEnd = Callable[[UnitOfWork, int, Period, date, Session, Roster], Awaitable[int]]


@dataclass(frozen=True, slots=True)
class SettingLine:
    """One setting as the admin page shows it; secrets are only said to be there."""

    group: str
    name: str
    value: str


@dataclass(frozen=True, kw_only=True)
class House:
    """One installation. ``secure``: reached by https, so that cookies are for https alone."""

    db: Database
    blobs: BlobStore
    clock: Clock
    profile: Profile
    worlds: Worlds
    sandbox: Sandbox
    live: Live
    vault: Vault
    announce_start: AnnounceStart
    announce_end: AnnounceEnd
    read_again: Callable[[int], Awaitable[int]]
    backup: Callable[[], str]
    settings: Callable[[], Sequence[SettingLine]]
    secure: bool = False
    demo_clock: str | None = None
    mailboxes: tuple[str, ...] = field(default=())  # addresses of the desk's mailboxes (TLG-17)

    def now(self) -> datetime:
        """The product's moment."""
        return self.clock.now()

    def real(self) -> datetime:
        """The wall clock's moment: sessions, claims and attempts live by it."""
        return self.clock.to_real(self.clock.now())

    def today(self) -> date:
        """The local date."""
        return self.now().astimezone(self.profile.tz).date()
