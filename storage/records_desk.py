"""Rows of the web desk, frozen. Moments of sessions, attempts and claims are real time, all others the product's."""

import datetime as dt
from dataclasses import dataclass, field
from datetime import datetime

from domain.account import ContactOutcome, ContactWay, Role


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to be; ``name`` is lower-case. ``password_hash`` is an argon2id string and never shown."""

    name: str
    full_name: str
    role: Role
    password_hash: str = field(repr=False)
    made_at: datetime
    made_by: str
    unit: str | None = None
    mailbox: str | None = None
    person: str | None = None
    must_change: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRow(NewAccount):
    """A stored account; ``totp_step`` is the last time step whose code was taken, so that none works twice."""

    id: int
    totp_secret: str | None = field(repr=False)
    totp_step: int
    locked_at: datetime | None


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A login. ``csrf`` is what every form of the session carries; ``second_factor``: the TOTP code was given."""

    token_hash: str
    account_id: int
    csrf: str = field(repr=False)
    second_factor: bool
    made_at: datetime
    seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class ApiTokenRow:
    """A machine's key as the admin sees it."""

    id: int
    label: str
    scopes: tuple[str, ...]
    unit: str | None
    made_at: datetime
    made_by: str
    revoked_at: datetime | None
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewContact:
    """A contact made about one unit, date and session (TLG-D3)."""

    unit: str
    date: dt.date
    session: str
    way: ContactWay
    outcome: ContactOutcome
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactRow(NewContact):
    """A stored contact."""

    id: int
