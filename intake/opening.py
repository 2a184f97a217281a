"""From archived bytes to files: who sent a message, what it says, which files it carries. Trusts nothing.

A message is a mail as fetched, or a bare file that an operator took in "as if that address had sent it"
(``posko ingest``). Bytes are taken apart in a sandboxed child only.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.terms import Scheme
from intake.mail_times import own_hop
from intake.mime import MailContents, MailPart
from intake.mime_bounce import BounceReport
from intake.sender import AuthPolicy, SenderVerdict, judge_sender
from intake.sender_signature import DnsText, SignaturePass, check_signatures
from parsers.sandbox import Sandbox
from storage.records import MessageRow

_WALK_SECONDS = 20.0
ORNAMENT_BYTES = 30_000  # inline pictures below this are logos and footers, never a photographed sheet
_NEVER_SHEETS = (
    "application/pkcs7-signature",
    "application/x-pkcs7-signature",
    "application/pgp-signature",
    "text/calendar",
    "text/vcard",
    "text/x-vcard",
    "message/delivery-status",
    "text/rfc822-headers",
)


@dataclass(frozen=True, slots=True)
class MailboxIdentity:
    """What the desk knows of one of its mailboxes: its address and whose authentication results it believes."""

    address: str
    policy: AuthPolicy


@dataclass(frozen=True, slots=True)
class Opened:
    """A message taken apart. ``proven`` says that the sender's domain is; ``answerable`` that no robot wrote it.

    ``addresses``: every address that a chat gives for its sender. ``bounce``: a letter of ours that came back.
    """

    address: str | None
    proven: bool
    answerable: bool
    subject: str
    text: str
    parts: tuple[MailPart, ...]
    reason: str
    message_id: str | None = None
    thread: tuple[str, ...] = ()
    sender: SenderVerdict | None = None
    problems: tuple[str, ...] = ()
    mailbox: str | None = None
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    addresses: tuple[str, ...] = ()
    bounce: BounceReport | None = None


class Opener:
    """Opens archived messages. ``mailboxes`` maps account names to what is known of them."""

    def __init__(
        self, sandbox: Sandbox, mailboxes: Mapping[str, MailboxIdentity], lookup: DnsText | None = None
    ) -> None:
        self._sandbox = sandbox
        self._mailboxes = mailboxes
        self._lookup = lookup

    async def open(self, row: MessageRow, raw: bytes) -> Opened:
        """Take ``raw`` apart; raises ``ReadingError`` when not even that is possible."""
        if row.channel == Scheme.UPLOAD:
            return self._bare_file(row, raw)
        contents = await self._sandbox.run("intake.mime.walk", raw, result=MailContents, seconds=_WALK_SECONDS)
        known = self._mailboxes.get(row.account) or self._received_it(contents.headers)
        policy = known.policy if known else AuthPolicy(authserv_id=None, trusted_received_by=())
        verdict = judge_sender(contents.headers, policy, await self._signatures(raw, policy))
        return Opened(
            address=verdict.address,
            proven=verdict.verified,
            answerable=not verdict.automatic,
            subject=contents.subject,
            text=contents.text,
            parts=tuple(p for p in contents.parts if not is_ornament(p)),
            reason=verdict.reason.text,
            message_id=verdict.message_id,
            thread=verdict.thread,
            sender=verdict,
            problems=contents.problems,
            mailbox=known.address if known else None,
            headers=contents.headers,
            bounce=contents.bounce,
        )

    async def _signatures(self, raw: bytes, policy: AuthPolicy) -> tuple[SignaturePass, ...]:
        if policy.authserv_id or self._lookup is None:
            return ()
        return await asyncio.to_thread(check_signatures, raw, self._lookup)

    def _received_it(self, headers: tuple[tuple[str, str], ...]) -> MailboxIdentity | None:
        """The mailbox whose server wrote its Received into a saved mail; None when none of ours did."""
        boxes = self._mailboxes.values()
        return next((box for box in boxes if own_hop(headers, box.policy.trusted_received_by)), None)

    @staticmethod
    def _bare_file(row: MessageRow, raw: bytes) -> Opened:
        """The operator vouches for the address; ``claims`` hold the file's name."""
        name = str(row.claims.get("file", ""))
        part = MailPart(path="1", name=name, media_type="", disposition="attachment", data=raw)
        return Opened(
            address=row.from_address or None,
            proven=bool(row.from_address),
            answerable=True,
            subject=row.subject,
            text="",
            parts=(part,),
            reason="Dimasukkan petugas BKD.",
        )


def is_ornament(part: MailPart) -> bool:
    """A signature file, a calendar entry or a small inline logo: kept in the original, never read as a sheet."""
    if part.media_type.lower() in _NEVER_SHEETS:
        return True
    inline_picture = part.media_type.lower().startswith("image/") and part.disposition != "attachment"
    return inline_picture and len(part.data) < ORNAMENT_BYTES
