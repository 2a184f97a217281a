"""Our own check of DKIM signatures, for mailboxes whose server writes no results (facts: mail)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

import dkim

from intake.mail_headers import Headers, all_of, head_of

DnsText = Callable[[bytes], bytes | None]
"""Looks up the TXT record of a name; None when there is none. Injected: tests use a table."""

_MOST_SIGNATURES = 5  # a mail with hundreds of signatures must not cost hundreds of look-ups
_TAG = re.compile(r"(?:^|;)\s*([a-z]+)\s*=\s*([^;]*)")


@dataclass(frozen=True, slots=True)
class SignaturePass:
    """A signature that holds: the signing domain (``d=``, lower-case) and its ``t=``, if written."""

    domain: str
    signed_at: datetime | None


def check_signatures(raw: bytes, lookup: DnsText) -> tuple[SignaturePass, ...]:
    """The signatures of ``raw`` that hold and cover From. Blocking (DNS): call it outside the event loop."""
    count = len(re.findall(rb"(?im)^dkim-signature\s*:", head_of(raw)))
    passes = []
    for index in range(min(count, _MOST_SIGNATURES)):
        try:
            checker = dkim.DKIM(raw)
            holds = checker.verify(idx=index, dnsfunc=lambda name, timeout=5: lookup(name))
        except (dkim.DKIMException, ValueError, TypeError, KeyError, IndexError):
            # dkimpy raises its own errors for bad records and plain ones for nonsense in a field.
            continue
        tags = {name.decode("ascii"): tag.decode("ascii", "replace") for name, tag in checker.signature_fields.items()}
        # l= leaves the rest of the body unsigned (a sheet could be appended); SHA-1 can be forged.
        if holds and "l" not in tags and "sha1" not in tags["a"]:
            passes.append(SignaturePass(tags["d"].strip().lower(), _moment(tags.get("t", ""))))
    return tuple(passes)


def signed_at(headers: Headers, domain: str) -> datetime | None:
    """The ``t=`` of the first DKIM-Signature field of ``domain``; to be asked only when that signature passed."""
    for value in all_of(headers, "dkim-signature"):
        tags = dict(_TAG.findall(value))
        if tags.get("d", "").strip().lower() == domain:
            return _moment(tags.get("t", ""))
    return None


def _moment(text: str) -> datetime | None:
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > 10:
        return None
    return datetime.fromtimestamp(int(digits), UTC)
