"""The two hosts of the fake Twilio: its API behind a password, and the place of files, which must never see one."""

import asyncio
import base64
from datetime import datetime
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.chat.twilio_data import LIST_KEYS, Asked, Media, Message, Refused

if TYPE_CHECKING:
    from demo.chat.twilio import FakeTwilio

_BASE = "/2010-04-01/Accounts/{account}"


def api_app(twilio: "FakeTwilio") -> Starlette:
    """``https://api.twilio.com`` for one account."""
    host = _Api(twilio)
    return Starlette(
        routes=[
            Route(_BASE + "/Messages.json", host.create, methods=["POST"]),
            Route(_BASE + "/Messages.json", host.listed, methods=["GET"]),
            Route(_BASE + "/Messages/{sid}.json", host.one, methods=["GET"]),
            Route(_BASE + "/Messages/{sid}/Media.json", host.media_of, methods=["GET"]),
            Route(_BASE + "/Messages/{sid}/Media/{media}.json", host.forget, methods=["DELETE"]),
            Route(_BASE + "/Messages/{sid}/Media/{media}", host.file, methods=["GET"]),
        ],
        exception_handlers={Refused: _refused},
    )


def cdn_app(twilio: "FakeTwilio") -> Starlette:
    """The other host: files by an address that nobody can guess."""

    async def file(request: Request) -> Response:
        _note(twilio, "cdn", request)
        if request.headers.get("authorization"):
            return Response("credentials leaked", 400)
        for message in list(twilio.messages.values()):
            for media in message.media:
                if media.sid == request.path_params["media"] and not media.deleted:
                    return Response(media.data, media_type=media.media_type)
        return Response(status_code=404)

    return Starlette(routes=[Route("/{media}", file, methods=["GET"])])


class _Api:
    def __init__(self, twilio: "FakeTwilio") -> None:
        self._twilio = twilio

    async def create(self, request: Request) -> Response:
        self._check(request)
        form: dict[str, list[str]] = {}
        for name, value in (await request.form()).multi_items():
            form.setdefault(name, []).append(str(value))
        message, hang = await asyncio.to_thread(self._twilio.take, form)
        if hang:
            await asyncio.sleep(hang)
        return JSONResponse(message.as_json(), 201)

    async def listed(self, request: Request) -> Response:
        self._check(request)
        query = request.query_params
        if strange := set(query) - LIST_KEYS:
            raise Refused(400, 20001, f"unknown parameters: {', '.join(sorted(strange))}")
        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        with self._twilio.lock:
            found = [
                m for m in reversed(self._twilio.messages.values()) if _fits(m, query.get("To"), query.get("From"))
            ]
        if after := query.get("DateSent>"):
            found = [m for m in found if m.created >= datetime.fromisoformat(after)]
        part = found[page * size : (page + 1) * size]
        more = len(found) > (page + 1) * size
        told = "&".join(
            f"{name}={_quoted(value)}" for name, value in query.items() if name not in ("Page", "PageToken")
        )
        following = f"{request.url.path}?{told}&Page={page + 1}&PageToken=PA{page + 1}" if more else None
        return JSONResponse(
            {
                "messages": [m.as_json() for m in part],
                "page": page,
                "page_size": size,
                "uri": str(request.url.path),
                "first_page_uri": str(request.url.path),
                "next_page_uri": following,
                "previous_page_uri": None,
                "start": page * size,
                "end": page * size + len(part) - 1,
            }
        )

    async def one(self, request: Request) -> Response:
        self._check(request)
        return JSONResponse(self._message(request).as_json())

    async def media_of(self, request: Request) -> Response:
        self._check(request)
        message = self._message(request)
        listed = [
            {"sid": m.sid, "account_sid": message.account, "parent_sid": message.sid, "content_type": m.media_type}
            for m in message.media
            if not m.deleted
        ]
        base = str(request.url.path)
        return JSONResponse(
            {"media_list": listed, "page": 0, "page_size": 50, "uri": base, "first_page_uri": base,
             "next_page_uri": None, "previous_page_uri": None, "start": 0, "end": max(0, len(listed) - 1)}
        )  # fmt: skip

    async def file(self, request: Request) -> Response:
        self._check(request)
        if self._twilio.stall_media:
            await asyncio.sleep(self._twilio.stall_media)
        media = self._media(request)
        if media.missing > 0 or media.deleted:
            media.missing -= 1
            return Response(status_code=404)
        return RedirectResponse(f"{self._twilio.cdn}/{media.sid}", 307)

    async def forget(self, request: Request) -> Response:
        self._check(request)
        media = self._media(request)
        if media.deleted:
            raise Refused(404, 20404, "not found")
        media.deleted, media.data = True, b""
        return Response(status_code=204)

    def _check(self, request: Request) -> None:
        _note(self._twilio, "api", request)
        right = base64.b64encode(f"{self._twilio.account}:{self._twilio.token}".encode()).decode()
        if request.headers.get("authorization") != f"Basic {right}":
            raise Refused(401, 20003, "authenticate")
        if request.path_params["account"] != self._twilio.account:
            raise Refused(404, 20404, "not found")

    def _message(self, request: Request) -> Message:
        message = self._twilio.messages.get(request.path_params["sid"])
        if message is None:
            raise Refused(404, 20404, "not found")
        return message

    def _media(self, request: Request) -> Media:
        for media in self._message(request).media:
            if media.sid == request.path_params["media"]:
                return media
        raise Refused(404, 20404, "not found")


def _fits(message: Message, to: str | None, sender: str | None) -> bool:
    return (to is None or message.to == to) and (sender is None or message.sender == sender)


def _quoted(value: str) -> str:
    return value.replace("+", "%2B").replace(":", "%3A")


def _note(twilio: "FakeTwilio", host: str, request: Request) -> None:
    twilio.asked.append(Asked(host, request.method, request.url.path, request.headers.get("authorization")))


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    headers = {"Retry-After": error.message.rpartition(" ")[2]} if error.message.startswith("retry-after") else {}
    told = {"code": error.code, "message": error.message, "more_info": "", "status": error.status}
    return JSONResponse(told, error.status, headers=headers)
