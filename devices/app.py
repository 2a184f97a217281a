"""The web side of the device worker: its health, and every protocol of devices that call in."""

from collections.abc import Awaitable, Callable

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from devices.adms import Adms
from devices.fingerspot import Fingerspot
from devices.fkweb import FkWeb
from devices.listener import Gate

Health = Callable[[], Awaitable[dict[str, object]]]


def create_app(gate: Gate, hub_token: str | None, health: Health) -> FastAPI:
    """The application; no documentation is served. ``/healthz`` tells figures only, no person and no key."""
    app = FastAPI(title="Posko Presensi: mesin", openapi_url=None, docs_url=None, redoc_url=None)
    Adms(gate).add_to(app)
    FkWeb(gate).add_to(app)
    Fingerspot(gate, hub_token).add_to(app)

    async def healthz(_request: Request) -> Response:
        found = await health()
        return JSONResponse(found, 200 if found.get("ok") else 503)

    app.add_route("/healthz", healthz, methods=["GET"])
    return app
