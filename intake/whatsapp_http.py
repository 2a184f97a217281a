"""The wire to Twilio: their client's requests over httpx, with a time-out that holds, and files without a leak."""

import asyncio
import logging
import re
import ssl
from collections.abc import Callable
from functools import cache
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

import httpx
from twilio.http import AsyncHttpClient
from twilio.http.response import Response

from domain.errors import Permanent, Refusal, Retryable, Unknown

API = "https://api.twilio.com"
_REDIRECTS = 3
_REDIRECTED = frozenset({301, 302, 303, 307, 308})
_QUIET = logging.getLogger("posko.twilio")
_MEDIA_404_WAITS = (1.0, 3.0)  # seconds; facts: a file can be missing for a moment


@cache
def _tls() -> ssl.SSLContext:
    """One for all: reading every known authority takes a tenth of a second."""
    return ssl.create_default_context()


class TwilioWire(AsyncHttpClient):  # type: ignore[misc]  # the library has no types
    """What ``twilio.rest.Client`` sends its requests through.

    ``origin`` takes the place of Twilio's own host (a fake on this machine); the library's own aiohttp client ignores
    its time-out, so this one is httpx. Raises ``Retryable`` when nothing was sent, ``Unknown`` when an answer was lost.
    """

    def __init__(self, origin: str, timeout_s: float) -> None:
        super().__init__(_QUIET, True, timeout_s)
        self._origin = origin
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(timeout_s, connect=5.0), verify=_tls())
        self.retry_after: float | None = None

    async def request(
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,
        allow_redirects: bool = False,
    ) -> Response:
        """One request of the library; redirects are never followed with credentials."""
        try:
            answer = await self._client.request(
                method,
                swap_origin(uri, self._origin),
                params=_plain(params),
                data=_plain(data),
                headers=headers,
                auth=auth,
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise Retryable(f"Twilio tidak dapat dihubungi: {type(error).__name__}", outage=True) from None
        except httpx.HTTPError as error:
            raise Unknown(f"jawaban Twilio tidak sampai: {type(error).__name__}") from None
        told = answer.headers.get("retry-after", "")
        self.retry_after = float(told) if told.isdigit() else None
        return Response(answer.status_code, answer.text, dict(answer.headers))

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


class MediaWire:
    """Files of messages. Credentials go to Twilio's API host alone, for exactly one message's file of our account."""

    def __init__(
        self, origin: str, account_sid: str, token: Callable[[], str], most_bytes: int, timeout_s: float = 30.0
    ) -> None:
        self._origin = origin
        self._account = account_sid
        self._token = token
        self._most = most_bytes
        self._path = re.compile(
            rf"/2010-04-01/Accounts/{re.escape(account_sid)}/Messages/[SM]M\w{{32}}/Media/ME\w{{32}}"
        )
        self._client = httpx.AsyncClient(timeout=httpx.Timeout(timeout_s, connect=5.0), verify=_tls())

    def is_ours(self, url: str) -> bool:
        """Whether ``url`` is a file of one of our account's messages at Twilio."""
        parts = urlsplit(url)
        return (
            f"{parts.scheme}://{parts.netloc}" == API
            and self._path.fullmatch(parts.path) is not None
            and not parts.query
            and not parts.fragment
        )

    async def get(self, url: str) -> tuple[bytes, str]:
        """Bytes and media type. Raises ``Permanent`` for a foreign address or too large a file, else ``Retryable``."""
        if not self.is_ours(url):
            raise Permanent("alamat berkas bukan milik akun Twilio ini", code="foreign_media", refusal=Refusal.MEDIA)
        for wait in (*_MEDIA_404_WAITS, None):
            try:
                return await self._follow(swap_origin(url, self._origin))
            except FileNotFoundError:
                if wait is None:
                    raise Retryable("berkas belum tersedia di Twilio", code="404") from None
                await asyncio.sleep(wait)
        raise AssertionError("the last wait is None")

    async def _follow(self, url: str) -> tuple[bytes, str]:
        auth: tuple[str, str] | None = (self._account, self._token())
        try:
            for _ in range(_REDIRECTS + 1):
                async with self._client.stream("GET", url, auth=auth) as answer:
                    if answer.status_code in _REDIRECTED:
                        url, auth = self._next(url, answer.headers.get("location", "")), None
                        continue
                    return await self._body(answer)
        except httpx.HTTPError as error:
            raise Retryable(f"berkas tidak sampai: {type(error).__name__}") from None
        raise Retryable("berkas dialihkan terus-menerus", code="redirects")

    def _next(self, url: str, location: str) -> str:
        """The place that a redirect names; only a fake on this machine may do without TLS."""
        target = urljoin(url, location)
        if urlsplit(target).scheme != "https" and urlsplit(self._origin).scheme == "https":
            raise Permanent("berkas dialihkan ke alamat tanpa TLS", code="foreign_media", refusal=Refusal.MEDIA)
        return target

    async def _body(self, answer: httpx.Response) -> tuple[bytes, str]:
        if answer.status_code == 404:
            raise FileNotFoundError
        if answer.status_code != 200:
            raise Retryable(f"Twilio menjawab {answer.status_code}", code=str(answer.status_code))
        kept = bytearray()
        async for piece in answer.aiter_bytes():
            kept += piece
            if len(kept) > self._most:
                raise Permanent("berkas terlalu besar", code="too_large", refusal=Refusal.MEDIA)
        return bytes(kept), answer.headers.get("content-type", "").partition(";")[0].strip()

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def swap_origin(url: str, origin: str) -> str:
    """``url`` with another scheme and host; only Twilio's API host is ever swapped."""
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" != API:
        return url
    other = urlsplit(origin)
    return urlunsplit((other.scheme, other.netloc, parts.path, parts.query, ""))


def _plain(values: dict[str, object] | None) -> dict[str, Any] | None:
    return None if values is None else {name: value for name, value in values.items() if value is not None}
