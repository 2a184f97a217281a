"""What the receiving mail server writes above a mail: whence it came, when, and whether its sender is proven."""

from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import format_datetime, parseaddr


@dataclass(frozen=True, slots=True)
class Submission:
    """A mail as it was handed in: ``login`` is the proven account (None: nobody logged in)."""

    raw: bytes
    login: str | None
    mail_from: str
    helo: str


def stamped(submission: Submission, host: str, queue_id: str, at: datetime) -> bytes:
    """The mail with Return-Path, Authentication-Results and Received of ``host`` on top; the rest stays untouched.

    ``Date:`` and whatever results a sender wrote itself are left as they are: not to believe them is the reader's work.
    """
    results = "; ".join((host, *_results(submission)))
    top = (
        f"Return-Path: <{submission.mail_from}>",
        f"Authentication-Results: {results}",
        f"Received: from {submission.helo} ([127.0.0.1])\r\n\tby {host} with ESMTPA id {queue_id};"
        f"\r\n\t{format_datetime(at)}",
    )
    return "\r\n".join(top).encode() + b"\r\n" + submission.raw


def dmarc_passes(submission: Submission) -> bool:
    """Whether the account that logged in lives in the domain that ``From:`` claims."""
    return bool(submission.login) and _domain(submission.login or "") == from_domain(submission.raw)


def from_domain(raw: bytes) -> str:
    """The domain of the mail's ``From:``, lower case; empty when there is none."""
    return _domain(parseaddr(BytesHeaderParser().parsebytes(raw).get("From", ""))[1])


def _results(submission: Submission) -> tuple[str, ...]:
    """The three methods as the sending account's own provider would pass them."""
    dmarc = f"dmarc={'pass' if dmarc_passes(submission) else 'fail'} header.from={from_domain(submission.raw)}"
    if not submission.login:
        return ("spf=none", "dkim=none", dmarc)
    own = _domain(submission.login)
    # The account's provider signs with its own domain, whatever From says; that is why alignment matters.
    return (f"spf=pass smtp.mailfrom={submission.login}", f"dkim=pass header.d={own}", dmarc)


def _domain(address: str) -> str:
    return address.rpartition("@")[2].lower()
