"""Who really sent a mail, and whether it may be answered (facts: mail, "Who sent it").

A mail that fails here is still archived, timed and read; it is only marked "belum terverifikasi".
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from intake.mail_headers import Headers, all_of, first_of, message_ids, strip_comments
from intake.sender_auto import automatic_reason
from intake.sender_results import AuthPolicy, AuthStyle, Result, aligned, results_of
from intake.sender_signature import SignaturePass, signed_at

__all__ = ["AuthPolicy", "AuthStyle", "SenderReason", "SenderVerdict", "judge_sender", "strict_address"]

_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{0,61}[A-Za-z0-9]"
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


class SenderReason(StrEnum):
    """Why a sender is proven, or is not."""

    DMARC = "dmarc"
    SPF = "spf"
    DKIM = "dkim"
    OWN_DKIM_CHECK = "dkim_sendiri"
    NO_FROM = "tanpa_from"
    MANY_FROM = "banyak_from"
    BAD_FROM = "from_rusak"
    DMARC_FAILED = "dmarc_gagal"
    NO_RESULTS = "tanpa_hasil"
    NOT_ALIGNED = "tidak_selaras"

    @property
    def text(self) -> str:
        """The reason for people, in Indonesian."""
        return _TEXTS[self]


_TEXTS = {
    SenderReason.DMARC: "Pengirim terbukti: DMARC lulus.",
    SenderReason.SPF: "Pengirim terbukti: SPF lulus dan selaras.",
    SenderReason.DKIM: "Pengirim terbukti: DKIM lulus dan selaras.",
    SenderReason.OWN_DKIM_CHECK: "Pengirim terbukti: tanda tangan DKIM diperiksa sendiri dan selaras.",
    SenderReason.NO_FROM: "Surel tidak menyebut pengirim.",
    SenderReason.MANY_FROM: "Surel menyebut lebih dari satu pengirim.",
    SenderReason.BAD_FROM: "Alamat pengirim tidak tertulis dengan benar.",
    SenderReason.DMARC_FAILED: "Server kita menyatakan DMARC gagal.",
    SenderReason.NO_RESULTS: "Tidak ada hasil pemeriksaan dari server kita.",
    SenderReason.NOT_ALIGNED: "Tidak ada SPF atau DKIM yang lulus dan selaras dengan alamat pengirim.",
}


@dataclass(frozen=True, slots=True)
class SenderVerdict:
    """``address`` is the one strictly parsed From address (lower-case), None when there is none to believe in.

    ``verified`` says that the From domain is proven; whether the address is registered is the roster's matter.
    ``automatic`` says never to answer (``automatic_reason`` says why). ``dkim_signed_at`` is the ``t=`` of an
    aligned signature that passed (TLG-04). ``thread`` holds the ids it replies to, the nearest first.
    """

    address: str | None
    verified: bool
    reason: SenderReason
    automatic: bool
    automatic_reason: str
    message_id: str | None
    thread: tuple[str, ...]
    dkim_signed_at: datetime | None = None


def judge_sender(headers: Headers, policy: AuthPolicy, signatures: Sequence[SignaturePass] = ()) -> SenderVerdict:
    """Judge by the raw header fields; ``signatures`` are our own DKIM checks (``sender_signature``), if any were made.

    Only the configured server's results count, and only where that server writes them (``results_of``).
    """
    address, problem = _from_address(headers)
    verified, reason, signed = False, problem or SenderReason.NO_FROM, None
    if address and problem is None:
        verified, reason, signed = _prove(address.rpartition("@")[2], headers, policy, signatures)
    why = automatic_reason(headers, policy.own_addresses)
    own_id = message_ids(first_of(headers, "message-id"), 1)
    return SenderVerdict(
        address=address,
        verified=verified,
        reason=reason,
        automatic=bool(why),
        automatic_reason=why,
        message_id=own_id[0] if own_id else None,
        thread=_thread(headers),
        dkim_signed_at=signed,
    )


def strict_address(value: str) -> str | None:
    """The one address of a From value, lower-case; None unless it is written beyond doubt.

    Stricter than ``email.utils.parseaddr``, which took ``a@dinasa.go.id, evil@x.com`` for its first address
    (CVE-2023-27043): no list, no group, no route, no quoted local part, no non-ASCII domain.
    """
    plain = strip_comments(value)
    if plain is None or any(ord(char) < 32 and char != "\t" for char in value):
        return None
    bare = _QUOTED.sub("", plain).strip()
    if found := re.fullmatch(r"[^<>@,;:\\\"]*<\s*(\S+?)\s*>", bare):
        bare = found.group(1)
    return bare.lower() if len(bare) <= 254 and _ADDRESS.fullmatch(bare) else None


def _from_address(headers: Headers) -> tuple[str | None, SenderReason | None]:
    values = all_of(headers, "from")
    if not values:
        return None, SenderReason.NO_FROM
    if len(values) > 1:
        return None, SenderReason.MANY_FROM
    if address := strict_address(values[0]):
        return address, None
    many = values[0].count("@") > 1 and ("," in values[0] or ";" in values[0])
    return None, SenderReason.MANY_FROM if many else SenderReason.BAD_FROM


def _prove(
    domain: str, headers: Headers, policy: AuthPolicy, signatures: Sequence[SignaturePass]
) -> tuple[bool, SenderReason, datetime | None]:
    results = results_of(headers, policy)
    dmarc = [r for r in results if r.method == "dmarc"]
    if any(r.value in ("fail", "permerror") for r in dmarc):
        return False, SenderReason.DMARC_FAILED, None
    passed = [r for r in results if r.value == "pass"]
    dkim = [r for r in passed if r.method == "dkim" and aligned(r.domain, domain)]
    signed = next((moment for r in dkim if (moment := signed_at(headers, r.domain))), None)
    if any(r.method == "dmarc" and _names(r, domain) for r in passed):
        return True, SenderReason.DMARC, signed
    if dkim:
        return True, SenderReason.DKIM, signed
    if any(r.method == "spf" and aligned(r.domain, domain) for r in passed):
        return True, SenderReason.SPF, signed
    own = [s for s in signatures if aligned(s.domain, domain)]
    if own:
        return True, SenderReason.OWN_DKIM_CHECK, next((s.signed_at for s in own if s.signed_at), None)
    return False, SenderReason.NOT_ALIGNED if results or signatures else SenderReason.NO_RESULTS, None


def _names(result: Result, domain: str) -> bool:
    """A DMARC pass proves the domain it names; one that names none can only mean the single From."""
    return result.domain in ("", domain)


def _thread(headers: Headers) -> tuple[str, ...]:
    parents = message_ids(first_of(headers, "in-reply-to"))
    ancestors = message_ids(first_of(headers, "references"))
    return tuple(dict.fromkeys((*parents, *reversed(ancestors))))
