"""A lenient reader of ``Authentication-Results`` that believes only our own server (RFC 8601; facts: mail).

Anybody can write such a field into a mail. Ours are told apart by the configured name *and* by their place: a
server adds its fields above what it received.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from intake.mail_headers import Headers, strip_comments
from intake.mail_times import own_hop

_METHOD = re.compile(r"\s*(dmarc|spf|dkim)\s*(?:/\s*\d+)?\s*=\s*([a-z]+)", re.IGNORECASE)
_PROPERTY = re.compile(r"\b(smtp|header)\.(mailfrom|from|d|i)\s*=\s*(\"[^\"]*\"|[^\s;]+)", re.IGNORECASE)
# Names below which strangers register: a parent like this proves nothing about its children.
_REGISTRY = re.compile(r"[^.]+|(?:go|co|or|ac|sch|web|my|biz|desa|net|mil|ponpes|com|org|gov|edu)\.[a-z]{2}")


class AuthStyle(StrEnum):
    """How the configured server writes its results."""

    STANDARD = "standard"  # with its authserv-id, above its own Received
    MICROSOFT = "microsoft"  # without an authserv-id, above its own Received
    GOOGLE = "google"  # with its authserv-id, as the first such field below its own Received


@dataclass(frozen=True, slots=True)
class AuthPolicy:
    """Whose results are believed for one mailbox.

    ``authserv_id``: the server's name in its results; None (except for Microsoft): nobody is believed.
    ``trusted_received_by``: our servers' hosts as in their Received fields; none: no result is believed.
    ``own_addresses``: the desk's own, lower-case, for the loop guard.
    """

    authserv_id: str | None
    trusted_received_by: tuple[str, ...]
    style: AuthStyle = AuthStyle.STANDARD
    own_addresses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result; ``domain`` is what it authenticated (lower-case, empty when not said)."""

    method: str
    value: str
    domain: str


def results_of(headers: Headers, policy: AuthPolicy) -> tuple[Result, ...]:
    """All results that our server wrote, in order; empty when none can be told from a forgery."""
    hop = own_hop(headers, policy.trusted_received_by)
    if hop is None:
        return ()
    boundary = hop[0]
    if policy.style is AuthStyle.GOOGLE:
        return _first_below(headers[boundary + 1 :], policy)
    found = [_read(value, policy) for name, value in headers[:boundary] if name.lower() == "authentication-results"]
    return tuple(result for results in found for result in results or ())


def _first_below(headers: Headers, policy: AuthPolicy) -> tuple[Result, ...]:
    """Google writes one field right below its Received; a forged one can only come after it."""
    for name, value in headers:
        if name.lower() == "received":
            return ()
        if name.lower() == "authentication-results":
            return _read(value, policy) or ()
    return ()


def _read(value: str, policy: AuthPolicy) -> tuple[Result, ...] | None:
    """The results in one field; None when it is not our server's or cannot be read without doubt."""
    plain = strip_comments(value)
    if plain is None:
        return None
    clauses = plain.split(";")
    if policy.style is not AuthStyle.MICROSOFT:
        name = clauses.pop(0).split()
        if not policy.authserv_id or not name or name[0].strip('"').lower() != policy.authserv_id.lower():
            return None
    return tuple(result for clause in clauses if (result := _read_clause(clause)))


def _read_clause(clause: str) -> Result | None:
    method = _METHOD.match(clause)
    if not method:
        return None
    found = {f"{p.lower()}.{k.lower()}": v.strip('"').lower() for p, k, v in _PROPERTY.findall(clause[method.end() :])}
    keys = {"dmarc": ("header.from",), "spf": ("smtp.mailfrom",), "dkim": ("header.d", "header.i")}
    name = method.group(1).lower()
    said = next((found[key] for key in keys[name] if key in found), "")
    return Result(name, method.group(2).lower(), said.rpartition("@")[2].strip("<>").rstrip("."))


def aligned(proven: str, claimed: str) -> bool:
    """Relaxed alignment without a list of public suffixes: equal, or one lies below the other.

    A parent counts only when it cannot be a registry such as ``go.id``.
    """
    if not proven or not claimed:
        return False
    if proven == claimed or proven.endswith("." + claimed):
        return True
    return claimed.endswith("." + proven) and not _REGISTRY.fullmatch(proven)
