"""Who stands at the door: from a cookie to an account, a reach and a transaction; everything else is turned away."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, HTTPException, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from desk.house import House
from desk.looks import Looks
from desk.pages import Face, html
from desk.rights import Reach, reach_of
from desk.security import digest, is_same, masked, unmasked
from domain.account import Role
from domain.resolution import World
from storage.engine import UnitOfWork
from storage.records_desk import AccountRow, SessionRow

COOKIE = "posko_sesi"
_SAFE = ("GET", "HEAD")
_PASSWORD_ROUTES = ("/akun", "/akun/sandi", "/keluar")  # what an account with a first password may do


class GoTo(Exception):
    """Send the browser elsewhere: not logged in, a code or a new password is due."""

    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__(address)


@dataclass(frozen=True)
class Turn:
    """One request of somebody who may make it."""

    house: House
    request: Request
    account: AccountRow
    session: SessionRow
    reach: Reach
    form: FormData

    @property
    def by(self) -> str:
        """How facts and the audit trail name who did it."""
        return f"desk:{self.account.name}"

    @property
    def wants_part(self) -> bool:
        """Whether htmx asks for a part of a page."""
        return self.request.headers.get("hx-request") == "true"

    def units(self, world: World) -> frozenset[str] | None:
        """The units this turn may see; None: all."""
        if self.reach is Reach.ALL:
            return None
        own = self.account.unit or ""
        return frozenset({own, *(unit.code for unit in world.roster.coordinated_by(own))})

    def must_see(self, unit: str, world: World) -> None:
        """404 for another unit's things: not even their existence is told."""
        units = self.units(world)
        if units is not None and unit not in units:
            raise missing()

    def field(self, name: str, most: int = 500) -> str:
        """A form field as text, stripped; empty when absent."""
        value = self.form.get(name)
        return value.strip()[:most] if isinstance(value, str) else ""

    def file(self, name: str) -> UploadFile | None:
        """An uploaded file, None when none was chosen."""
        value = self.form.get(name)
        return value if isinstance(value, UploadFile) and value.filename else None

    def page(self, page: str, status: int = 200, /, **fields: object) -> HTMLResponse:
        """A whole page, or a part of one (names beginning with ``_``)."""
        return html(page, self.face, status, **fields)

    @property
    def face(self) -> Face:
        """What every page shows of the house and of who looks."""
        return Face.of(self.house, self.account, masked(self.session.csrf), self.request.url.path)

    async def audit(self, uow: UnitOfWork, action: str, kind: str, subject: str, **detail: object) -> None:
        """Note what was done or looked at: ids only, never a name."""
        await uow.audit.add(action, kind, subject, self.by, self.house.now(), detail)

    async def looked(self, action: str, kind: str, subject: str) -> None:
        """Note a look at a page with contacts or names: once a day for each visitor and subject (``desk.looks``)."""
        looks: Looks = self.request.app.state.looks
        await looks.note(self.by, action, kind, subject)


def missing() -> HTTPException:
    """What is not there, or not for this visitor."""
    return HTTPException(404, "Tidak ditemukan.")


def house_of(request: Request) -> House:
    """The house this application was made for."""
    house: House = request.app.state.house
    return house


async def session_of(request: Request) -> tuple[SessionRow, AccountRow] | None:
    """The living login that the cookie names, whatever it may do."""
    cookie = request.cookies.get(COOKIE)
    if not cookie:
        return None
    house = house_of(request)
    async with house.db.begin() as uow:
        return await uow.desk_sessions.find(digest(cookie), house.real())


async def turn(request: Request) -> AsyncIterator[Turn]:
    """The turn of this request; ``GoTo``, 403 or 404 for everybody the table of rights does not name."""
    found = await session_of(request)
    path = request.scope["route"].path
    if found is None:
        raise GoTo(_back_to_login(request))
    session, account = found
    if account.totp_secret and not session.second_factor:
        raise GoTo("/masuk/kode")
    if account.must_change and path not in _PASSWORD_ROUTES:
        raise GoTo("/akun")
    reach = reach_of(request.method if request.method != "HEAD" else "GET", path, account.role)
    if reach is None:
        raise HTTPException(403, "Akun ini tidak berhak membuka halaman itu.")
    form = FormData()
    if request.method not in _SAFE:
        form = await checked_form(request, session.csrf)
    try:
        yield Turn(house_of(request), request, account, session, reach, form)
    finally:
        await form.close()  # what was uploaded lies in temporary files


async def checked_form(request: Request, csrf: str) -> FormData:
    """The form of a POST; 403 when it does not carry the session's own token."""
    form = await request.form(max_files=3, max_fields=5000)
    given = request.headers.get("x-csrf") or form.get("csrf")
    if not isinstance(given, str) or not is_same(unmasked(given), csrf):
        await form.close()
        raise HTTPException(403, "Formulir ini sudah tidak berlaku. Muat ulang halamannya, lalu coba lagi.")
    return form


def _back_to_login(request: Request) -> str:
    if request.method != "GET" or request.headers.get("hx-request"):
        return "/masuk"
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/masuk?ke={quote(path)}" if path not in ("/", "/papan") else "/masuk"


def is_role(account: AccountRow, *roles: Role) -> bool:
    """Whether the account has one of these roles."""
    return account.role in roles


Visit = Annotated[Turn, Depends(turn)]
