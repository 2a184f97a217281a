"""Where providers knock: webhooks of chat channels, and short-lived addresses of files that they fetch themselves."""

from collections.abc import Mapping
from typing import Protocol

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import PlainTextResponse

from domain.errors import DatabaseUnavailable
from intake.receiver import Answer

MOST_BYTES = 1_000_000  # a request names files, it does not carry them


class Hooks(Protocol):
    """The service as providers see it; ``bot`` implements it."""

    public_url: str

    async def take(self, name: str, url: str, headers: Mapping[str, str], raw: bytes) -> Answer:
        """One request to the webhook of a channel; ``url`` is the public address that the provider used."""
        ...

    async def file(self, token: str, name: str) -> tuple[bytes, str] | None:
        """Bytes and media type of a linked file; None when the link is forged or over."""
        ...


def webhook_router(hooks: Hooks) -> APIRouter:
    """The routes; part of the desk's application, or alone on ``POSKO_WEBHOOK_PORT``."""
    router = APIRouter()

    @router.post("/webhooks/{name}")
    @router.post("/webhooks/{name}/status")
    async def webhook(name: str, request: Request) -> Response:
        raw = await _body(request)
        if raw is None:
            return Response(status_code=413)
        # Never from forwarded headers: whoever may set those could choose what is signed.
        query = f"?{request.url.query}" if request.url.query else ""
        url = f"{hooks.public_url}{request.url.path}{query}"
        try:
            answer = await hooks.take(name, url, dict(request.headers), raw)
        except DatabaseUnavailable:
            return Response(status_code=503)
        return Response(answer.body, answer.status, media_type=answer.media_type)

    @router.api_route("/berkas/{token}/{name}", methods=["GET", "HEAD"])
    async def file(token: str, name: str) -> Response:
        found = await hooks.file(token, name)
        if found is None:
            return PlainTextResponse("Tautan ini tidak berlaku lagi.\n", status_code=404)
        data, media_type = found
        return Response(data, media_type=media_type, headers={"Content-Disposition": "inline"})

    return router


def create_webhook_app(hooks: Hooks) -> FastAPI:
    """Webhooks alone, so that the desk itself need not be reachable from outside."""
    app = FastAPI(title="Posko Presensi", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(webhook_router(hooks))

    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        return "hidup\n"

    return app


async def _body(request: Request) -> bytes | None:
    kept = bytearray()
    async for piece in request.stream():
        kept += piece
        if len(kept) > MOST_BYTES:
            return None
    return bytes(kept)
