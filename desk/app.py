"""The web application: probes, metrics, the status API and the front page."""

import base64
import hashlib
from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse

from desk.access import has_token, is_local
from desk.home import STYLE, home_page
from desk.metrics import CONTENT_TYPE
from desk.state import ServiceState
from domain.errors import PoskoError

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
_HEADERS = {
    "Content-Security-Policy": f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_UNAUTHORIZED = {"WWW-Authenticate": "Bearer"}


def create_app(state: ServiceState) -> FastAPI:
    """The application over ``state``. No interactive documentation is served: the API is not public."""
    app = FastAPI(title="Posko Presensi", openapi_url=None, docs_url=None, redoc_url=None)
    _add_headers(app, state)
    _add_probes(app, state)
    _add_private(app, state)

    @app.get("/", response_class=HTMLResponse)
    async def home() -> str:
        return home_page(state.demo_clock)

    return app


def _add_headers(app: FastAPI, state: ServiceState) -> None:
    headers = dict(_HEADERS)
    if state.demo_clock:
        headers["X-Posko-Demo-Clock"] = state.demo_clock

    @app.middleware("http")
    async def secure(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await go_on(request)
        response.headers.update(headers)
        return response


def _add_probes(app: FastAPI, state: ServiceState) -> None:
    @app.get("/healthz", response_class=PlainTextResponse)
    async def healthz() -> str:
        # Answered by the event loop itself: no database, so that a slow one does not get the process killed.
        return "hidup\n"

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        reasons = await state.ready()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, status_code=503 if reasons else 200)


def _add_private(app: FastAPI, state: ServiceState) -> None:
    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        if not (is_local(request) or has_token(request, state.status_token)):
            return JSONResponse({"detail": "perlu token"}, status_code=401, headers=_UNAUTHORIZED)
        try:
            await state.collect()
        except PoskoError as error:
            return PlainTextResponse(f"{error}\n", status_code=503)
        return Response(state.metrics.text(), media_type=CONTENT_TYPE)

    @app.get("/api/v1/status")
    async def status(request: Request) -> JSONResponse:
        if not has_token(request, state.status_token):
            return JSONResponse({"detail": "perlu token"}, status_code=401, headers=_UNAUTHORIZED)
        return JSONResponse(await state.status())
