"""What every answer carries, and how secrets of the desk are made and compared."""

import base64
import hashlib
import secrets

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # a stranger learns no number; our own forms still say whence they come
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_STEP_S = 30
_hasher = PasswordHasher()  # argon2id with the library's parameters (RFC 9106, low memory)
_NOBODY = _hasher.hash("tidak ada akun dengan sandi ini")


class SecureHeaders:
    """ASGI: ``HEADERS`` on every answer; nothing is kept by browsers unless the answer says so itself."""

    def __init__(self, app: ASGIApp, *, secure: bool, demo_clock: str | None) -> None:
        self._app = app
        self._headers = dict(HEADERS)
        if secure:
            self._headers["Strict-Transport-Security"] = "max-age=31536000"
        if demo_clock:
            self._headers["X-Posko-Demo-Clock"] = demo_clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with headers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(self._headers)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers)


def hash_password(password: str) -> str:
    """An argon2id string; takes tens of milliseconds on purpose: call it in a thread."""
    return _hasher.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Whether it fits; takes as long without a hash (no such account). Call it in a thread."""
    try:
        return _hasher.verify(password_hash or _NOBODY, password) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def new_secret() -> str:
    """A cookie or token that nobody guesses."""
    return secrets.token_urlsafe(32)


def first_password() -> str:
    """A password to hand over once: four groups that are easy to read out."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(4))


def digest(secret: str) -> str:
    """What is stored of a cookie or token: who reads the table cannot log in with it."""
    return hashlib.sha256(secret.encode()).hexdigest()


def masked(token: str) -> str:
    """``token`` under a fresh mask: a compressed page never holds the same bytes twice (BREACH)."""
    raw = token.encode()
    mask = secrets.token_bytes(len(raw))
    return base64.urlsafe_b64encode(mask + bytes(a ^ b for a, b in zip(mask, raw, strict=True))).decode()


def unmasked(value: str) -> str:
    """The token under a mask; empty when there is none."""
    try:
        raw = base64.urlsafe_b64decode(value.encode())
        half = len(raw) // 2
        return bytes(a ^ b for a, b in zip(raw[:half], raw[half:], strict=True)).decode()
    except ValueError:
        return ""


def is_same(one: str, other: str) -> bool:
    """Compared in constant time."""
    return secrets.compare_digest(one.encode(), other.encode())


def totp_step(secret: str, code: str, real_seconds: float) -> int | None:
    """The time step whose code this is, one before and one after allowed; None when it fits none."""
    given = code.replace(" ", "")
    totp = pyotp.TOTP(secret)
    now = int(real_seconds) // _STEP_S
    return next((step for step in (now, now - 1, now + 1) if is_same(totp.at(step * _STEP_S), given)), None)
