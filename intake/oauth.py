"""Access tokens for mailboxes and SMTP by OAuth 2 (XOAUTH2), with refresh tokens that rotate.

Microsoft 365 takes nothing else and gives a new refresh token with each answer; losing it locks the desk out
(paperless-ngx #11341), so it is stored before the access token is used. Everything here blocks: it is called from
the mailbox threads, or by ``asyncio.to_thread``.
"""

import json
import ssl
import threading
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from pydantic import BaseModel, ValidationError

from domain.errors import Permanent, Retryable

_TIMEOUT_S = 20.0
_EARLY_S = 120.0  # an access token is renewed this long before it ends
_LARGEST_ANSWER = 64 * 1024


class RefreshTokens(Protocol):
    """Where the rotating refresh token of one account lies."""

    def load(self) -> str | None:
        """The newest stored token, or None before the first use."""
        ...

    def save(self, token: str) -> None:
        """Keep ``token`` durably before returning."""
        ...


@dataclass(frozen=True, slots=True)
class OAuthSettings:
    """One registered application. ``first_refresh_token`` is used until a rotated one is stored."""

    token_url: str
    client_id: str
    scope: str = ""
    client_secret: Callable[[], str | None] = field(default=lambda: None, repr=False)
    first_refresh_token: Callable[[], str] = field(default=lambda: "", repr=False)


class _Answer(BaseModel):
    access_token: str
    expires_in: float = 3600
    refresh_token: str | None = None


class _Refusal(BaseModel):
    error: str = "unknown"


class AccessTokens:
    """Hands out a valid access token of one account; threads may share it."""

    def __init__(self, settings: OAuthSettings, tokens: RefreshTokens, monotonic: Callable[[], float]) -> None:
        """``monotonic``: real seconds (``Clock.elapsed_real``)."""
        self._settings = settings
        self._tokens = tokens
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._access: str | None = None
        self._ends = 0.0

    def get(self) -> str:
        """A valid access token, renewed when it nears its end.

        Raises ``Retryable`` when the provider cannot be reached, ``Permanent`` when a person has to grant access
        anew (``code`` is the provider's, such as ``invalid_grant``).
        """
        with self._lock:
            if self._access is None or self._monotonic() >= self._ends:
                self._renew()
            assert self._access is not None
            return self._access

    def forget(self, refused: str) -> None:
        """The server refused ``refused``: the next ``get`` renews it, unless another thread has done so."""
        with self._lock:
            if self._access == refused:
                self._access = None

    def _renew(self) -> None:
        form = {
            "grant_type": "refresh_token",
            "client_id": self._settings.client_id,
            "refresh_token": self._tokens.load() or self._settings.first_refresh_token(),
        }
        if secret := self._settings.client_secret():
            form["client_secret"] = secret
        if self._settings.scope:
            form["scope"] = self._settings.scope
        answer = _ask(self._settings.token_url, form)
        if answer.refresh_token and answer.refresh_token != form["refresh_token"]:
            self._tokens.save(answer.refresh_token)
        self._access = answer.access_token
        self._ends = self._monotonic() + max(answer.expires_in - _EARLY_S, answer.expires_in / 2)


def _ask(url: str, form: dict[str, str]) -> _Answer:
    if not url.startswith(("https://", "http://")):
        raise Permanent("alamat token OAuth harus https", code="token_url")
    request = urllib.request.Request(url, data=urllib.parse.urlencode(form).encode(), method="POST")
    request.add_header("Accept", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=ssl.create_default_context()) as reply:
            return _Answer.model_validate_json(reply.read(_LARGEST_ANSWER))
    except urllib.error.HTTPError as error:
        with error:
            raise _refusal(error.code, error.read(_LARGEST_ANSWER)) from None
    except (OSError, ValidationError) as error:
        # The values of a ValidationError may be tokens: only its kind is told.
        raise Retryable(f"penyedia token OAuth tidak menjawab: {type(error).__name__}") from None


def _refusal(status: int, body: bytes) -> Retryable | Permanent:
    try:
        code = _Refusal.model_validate(json.loads(body)).error
    except ValueError:
        code = str(status)
    if status in (400, 401, 403) and code != "temporarily_unavailable":
        return Permanent(f"akses OAuth ditolak ({code}): beri izin ulang kepada aplikasi", code=code)
    return Retryable(f"penyedia token OAuth menjawab {status} ({code})", code=code)
