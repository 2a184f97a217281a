"""Records of the conversation: who may speak for whom, keterangan, remarks beside a mark, and what was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from domain.excuse import Decision, Excuse
from domain.roster import AddressRole
from domain.terms import Scheme, Session, StatusKey


class ClaimState(StrEnum):
    """Where somebody's wish to speak for a unit stands."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class NewClaim:
    """An address wants to belong to ``unit``. ``since``: first message from it; approval counts from then on.

    ``code_hash`` is the hash of the one-time code that was mailed to the office, good until ``code_expires_at``.
    """

    scheme: Scheme
    value: str
    unit: str
    since: datetime
    asked_at: datetime
    code_hash: str = ""
    code_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimRow(NewClaim):
    """A stored claim. ``tries`` counts wrong codes; ``decided_by`` is an admin or ``kode``."""

    id: int
    person: str | None
    role: AddressRole
    state: ClaimState
    tries: int
    decided_at: datetime | None
    decided_by: str


@dataclass(frozen=True, slots=True)
class NewExcuse:
    """A keterangan as filed (``domain.excuse``); ``text`` is what was said, ``filed_by`` who said it."""

    person: str
    unit: str
    key: StatusKey
    code: str
    first: date
    last: date
    session: Session | None
    text: str
    filed_at: datetime
    filed_by: str
    late: bool
    submission_id: int | None = None
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExcuseRow(NewExcuse):
    """A stored keterangan; ``evidence`` are SHA-256 of archived files."""

    id: int
    evidence_at: datetime | None
    evidence: tuple[str, ...]
    decision: Decision
    decided_at: datetime | None
    decided_by: str
    reason: str

    @property
    def number(self) -> str:
        """How people call it: ``K12``."""
        return f"K{self.id}"

    @property
    def plain(self) -> Excuse:
        """As the rules see it."""
        return Excuse(
            self.person, self.unit, self.key, self.first, self.last, self.filed_at, self.session, self.evidence_at,
            self.decision, self.late,
        )  # fmt: skip


class RemarkKind(StrEnum):
    """What stands beside a mark or a submission until a person has looked."""

    TROUBLE = "kendala"  # why a sheet was late or missing
    OBJECTION = "sanggahan"  # KOREKSI: the reading is wrong, a photo follows
    INSPECTION = "periksa"  # the desk took a sheet for none


@dataclass(frozen=True, slots=True)
class NewRemark:
    """UNIQUE(message, kind). ``session`` and ``submission_id`` None: about the unit's day."""

    kind: RemarkKind
    unit: str
    date: date
    session: str | None
    submission_id: int | None
    text: str
    opened_at: datetime
    opened_by: str
    message_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RemarkRow(NewRemark):
    """A stored remark; ``files`` are archived SHA-256; open while ``closed_at`` is None (a kendala is never open)."""

    id: int
    files: tuple[str, ...]
    closed_at: datetime | None
    closed_by: str
    outcome: str


@dataclass(frozen=True, slots=True)
class NewAsk:
    """A question with buttons, put to one address; ``token`` comes back in the button's payload."""

    token: str
    scheme: Scheme
    address: str
    kind: str
    asked_at: datetime
    submission_id: int | None = None
    question_id: int | None = None
    about: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskRow(NewAsk):
    """A stored ask; ``answered_at`` is set once, by the first tap."""

    id: int
    answered_at: datetime | None
    answer: str
