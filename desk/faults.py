"""What goes wrong, said to people as a page and to machines as JSON."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from desk.pages import static_version
from desk.visitor import GoTo
from domain.errors import DatabaseUnavailable
from templates import render_page

_TITLES = {
    400: "Permintaan tidak dapat dibaca",
    403: "Tidak berhak",
    404: "Tidak ditemukan",
    405: "Tidak dapat dilakukan",
    409: "Sudah didahului",
    413: "Berkas terlalu besar",
    422: "Isian belum benar",
    503: "Belum dapat melayani",
}


def add_faults(app: FastAPI) -> None:
    """Register the answers to errors."""

    @app.exception_handler(GoTo)
    async def go(request: Request, fault: GoTo) -> Response:
        if request.headers.get("hx-request"):
            return Response(status_code=204, headers={"HX-Redirect": fault.address})
        return RedirectResponse(fault.address, 303)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, fault: HTTPException) -> Response:
        said = str(fault.detail) if fault.detail and fault.detail != "Not Found" else "Halaman itu tidak ada."
        return _said(request, fault.status_code, said, fault.headers)

    @app.exception_handler(RequestValidationError)
    async def wrong(request: Request, fault: RequestValidationError) -> Response:
        where = ", ".join(str(error["loc"][-1]) for error in fault.errors())
        return _said(request, 422, f"Isian tidak dapat dipakai: {where}.")

    @app.exception_handler(DatabaseUnavailable)
    async def down(request: Request, _fault: DatabaseUnavailable) -> Response:
        told = "Basis data sedang tidak menjawab. Tidak ada yang hilang; coba lagi sebentar."
        return _said(request, 503, told, {"Retry-After": "5"})


def _said(request: Request, status: int, text: str, headers: object = None) -> Response:
    kept = dict(headers) if isinstance(headers, dict) else None
    if request.url.path.startswith("/api/"):
        return JSONResponse({"detail": text}, status, kept)
    title = _TITLES.get(status, "Terjadi kesalahan")
    return HTMLResponse(render_page("fault", title=title, text=text, static=static_version), status, kept)
