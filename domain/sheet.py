"""One printed page of a weekly or daily sheet: a snapshot of all that was printed, signed with the desk's key.

The snapshot is plain data (``to_plain``), kept when the sheet is printed and read back when the paper returns: who
stood in which row, which cells were open, where everything is. TLG-08, TLG-09.
"""

import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from domain.errors import UsageError
from domain.reading import PrintedForm, SheetKind
from domain.sheet_identity import (
    LEAVES,
    NUMBERS,
    Identity,
    Payload,
    parse_payload,
    parse_print_code,
    payloads,
    print_code,
    sheet_token,
    tag_ids,
    token_fits,
)
from domain.sheet_layout import Layout, Paper
from domain.terms import Pattern


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One line: ``no`` as printed, ``person`` is the key (None on a free row), ``open`` says per day who may sign."""

    no: int
    person: str | None
    name: str
    nip: str
    post: str
    open: tuple[bool, ...]


@dataclass(frozen=True)
class SheetPage:
    """Everything printed on one page. ``page`` of ``pages`` is counted over the unit's whole sheet.

    ``number`` and ``leaf`` identify the page; in a draft ``number`` counts the forms from 0 and ``token`` is empty.
    ``off`` holds per day why nobody signs (empty: a working day). ``copy`` counts the prints of the same week.
    """

    number: int
    leaf: int
    page: int
    pages: int
    copy: int
    kind: SheetKind
    paper: Paper
    prefix: str
    government: str
    unit: str
    unit_name: str
    pattern: Pattern
    title: str
    week: str
    days: tuple[date, ...]
    off: tuple[str, ...]
    session_names: tuple[str, str]
    codes: tuple[str, ...]
    head: bool
    head_post: str
    head_name: str
    head_nip: str
    rows: tuple[SheetRow, ...]
    profile_version: str
    roster_version: int
    token: str = ""

    @property
    def identity(self) -> Identity:
        """What tags and QR codes carry."""
        return Identity(self.number, self.leaf)

    @cached_property
    def layout(self) -> Layout:
        """Where everything is on the page."""
        return Layout(self.paper, self.kind, len(self.days), len(self.rows), self.codes, self.head)

    @property
    def code(self) -> str:
        """The identity in print, for people."""
        return print_code(self.prefix, self.identity, self.token)

    @property
    def qr_texts(self) -> tuple[str, str]:
        """Texts of the QR codes in the order of ``layout.qr_codes``."""
        return payloads(self.identity, self.token)

    def tag_ids(self, key: bytes) -> tuple[int, ...]:
        """Ids of the tags in the order of ``layout.tags``."""
        return tag_ids(self.identity, key)

    @property
    def form(self) -> PrintedForm:
        """The page as readings name it."""
        return PrintedForm(self.code, self.unit, self.week, self.page, self.pages)

    def signed(self, key: bytes) -> "SheetPage":
        """The same page with the token of its content."""
        return replace(self, token=sheet_token(self._content(), key))

    def genuine(self, key: bytes) -> bool:
        """Whether the token belongs to exactly this content and key."""
        return hmac.compare_digest(self.token, sheet_token(self._content(), key))

    def named_by(self, text: str) -> bool:
        """Whether a QR code's text, or the code typed from the print, is this page's own."""
        payload = parse_payload(text) or parse_print_code(text)
        return payload is not None and self.fits(payload)

    def fits(self, payload: Payload) -> bool:
        """Whether a payload names this page and carries its token."""
        return payload.identity == self.identity and bool(self.token) and token_fits(payload, self.token)

    def _content(self) -> bytes:
        plain = to_plain(self)
        del plain["token"]
        return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def to_plain(page: SheetPage) -> dict[str, Any]:
    """The page as JSON-ready data; ``from_plain`` gives an equal page back."""
    plain = {field.name: getattr(page, field.name) for field in fields(page)}
    rows = [{field.name: getattr(row, field.name) for field in fields(row)} for row in page.rows]
    return plain | {
        "kind": page.kind.value,
        "paper": page.paper.value,
        "pattern": int(page.pattern),
        "days": [day.isoformat() for day in page.days],
        "off": list(page.off),
        "session_names": list(page.session_names),
        "codes": list(page.codes),
        "rows": [row | {"open": list(row["open"])} for row in rows],
    }


def from_plain(plain: Mapping[str, Any]) -> SheetPage:
    """A page from ``to_plain``'s data; ``KeyError``, ``TypeError`` or ``ValueError`` when it is none."""
    datang, pulang = plain["session_names"]
    values = dict(plain) | {
        "kind": SheetKind(plain["kind"]),
        "paper": Paper(plain["paper"]),
        "pattern": Pattern(plain["pattern"]),
        "days": tuple(date.fromisoformat(day) for day in plain["days"]),
        "off": tuple(plain["off"]),
        "session_names": (datang, pulang),
        "codes": tuple(plain["codes"]),
        "rows": tuple(SheetRow(**(row | {"open": tuple(row["open"])})) for row in plain["rows"]),
    }
    return SheetPage(**values)


def numbers_needed(drafts: Sequence[SheetPage]) -> int:
    """How many form numbers the drafts of one unit use up."""
    return 1 + max((draft.number for draft in drafts), default=-1)


def issue(drafts: Sequence[SheetPage], first_number: int, key: bytes) -> tuple[SheetPage, ...]:
    """Drafts become sheets: numbered from ``first_number`` on (see ``numbers_needed``) and signed."""
    return tuple(replace(draft, number=(first_number + draft.number) % NUMBERS).signed(key) for draft in drafts)


def leaf_of(page: int) -> tuple[int, int]:
    """Form (from 0) and leaf of the sheet's ``page`` (from 1): sixteen pages share a form number."""
    return divmod(page - 1, LEAVES)


def week_start(week: str) -> date:
    """Monday of an ISO week written ``2026-W48``; ``UsageError`` for anything else."""
    year, separator, number = week.partition("-W")
    try:
        if separator and len(number) == 2:
            return date.fromisocalendar(int(year), int(number), 1)
    except ValueError:
        pass
    raise UsageError(f'minggu "{week}" tidak dikenal; ditulis misalnya 2026-W48')


def week_days(week: str) -> tuple[date, ...]:
    """Monday to Sunday of ``week``."""
    return tuple(week_start(week) + timedelta(days=offset) for offset in range(7))
