"""The web application: probes, metrics, the status API, the front page and the desk's rooms."""

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from starlette.middleware.gzip import GZipMiddleware

from desk import (
    accounts_page,
    admin_page,
    api,
    board_page,
    device_layout_page,
    device_page,
    excuse_page,
    layout_page,
    login,
    people_page,
    periods,
    recap_page,
    review_page,
    roster_page,
    stuck_page,
    submission_page,
)
from desk.access import has_token, is_local
from desk.board import Boards
from desk.faults import add_faults
from desk.house import House
from desk.looks import Looks
from desk.metrics import CONTENT_TYPE
from desk.pages import STATIC, static_version
from desk.pictures import Pictures
from desk.security import SecureHeaders
from desk.state import ServiceState
from desk.visitor import session_of
from desk.webhooks import Hooks, webhook_router
from domain.errors import PoskoError
from templates import render_page

_UNAUTHORIZED = {"WWW-Authenticate": "Bearer"}
_FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
ROOMS: tuple[APIRouter, ...] = (
    login.router,
    board_page.router,
    periods.router,
    submission_page.router,
    layout_page.router,  # before the doubts, whose addresses are one step shorter
    review_page.router,
    recap_page.router,
    people_page.router,
    excuse_page.router,
    admin_page.router,
    stuck_page.router,
    device_page.router,
    device_layout_page.router,
    roster_page.router,
    accounts_page.router,
    api.router,
)


def create_app(state: ServiceState, house: House | None = None, hooks: Hooks | None = None) -> FastAPI:
    """The application over ``state``; the desk's pages only with a ``house``, webhooks only with ``hooks``.

    No documentation is served.
    """
    app = FastAPI(title="Posko Presensi", openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(SecureHeaders, secure=house is not None and house.secure, demo_clock=state.demo_clock)
    if hooks is not None:
        app.include_router(webhook_router(hooks))  # the first: routes are tried in their order
    _add_probes(app, state)
    _add_private(app, state)
    _add_static(app)
    if house is not None:
        app.state.house = house
        app.state.boards = Boards(house)
        app.state.looks = Looks(house)
        app.state.pictures = Pictures(house.sandbox)
        for room in ROOMS:
            app.include_router(room)
    add_faults(app)

    @app.get("/", response_class=HTMLResponse)
    async def home(request: Request) -> Response:
        if house is not None and await session_of(request):
            return Response(status_code=303, headers={"Location": "/papan"})
        return HTMLResponse(
            render_page("home", demo_clock=state.demo_clock, desk=house is not None, static=static_version)
        )

    return app


def _add_static(app: FastAPI) -> None:
    files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in _TYPES}

    @app.get("/static/{name}")
    async def static(name: str) -> Response:
        if name not in files:
            return PlainTextResponse("Tidak ada.\n", 404)
        kind = _TYPES[name[name.rindex(".") :]]
        return Response(files[name], media_type=kind, headers={"Cache-Control": _FOR_EVER})


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
