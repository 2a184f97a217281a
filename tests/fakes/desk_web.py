"""The desk's pages over a real database, one account of each role; for tests by HTTP and by browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from re import search

import httpx
from argon2 import PasswordHasher
from fastapi import FastAPI

from desk.app import create_app
from desk.board_page import show_rows
from desk.house import House, SettingLine
from desk.live import Live
from desk.metrics import Metrics
from desk.server import WebServer
from desk.vault import Vault
from domain.account import Role
from domain.fallback import Period
from domain.roster import Roster
from domain.terms import Session
from intake.world import Worlds
from storage.engine import Database, UnitOfWork
from storage.records_desk import NewAccount
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import BUDI, PROFILE
from tests.fakes.trip import Trip

PASSWORD = "kuda-baterai-staples"
PASSWORD_HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)  # cheap: many log in
NAMES = {Role.ADMIN: "ani", Role.RECEIVER: "rini", Role.DISCIPLINE: "dedi", Role.UNIT: "umi"}


@dataclass
class ServiceFigures:
    """What probes see."""

    metrics: Metrics = field(default_factory=Metrics)
    status_token: str = "tanda"
    demo_clock: str | None = None

    async def ready(self) -> list[str]:
        return []

    async def status(self) -> dict[str, object]:
        return {}

    async def collect(self) -> None:
        return None


@dataclass
class Web:
    """The application, its house and the clock that both go by."""

    app: FastAPI
    house: House
    clock: StillClock
    trip: Trip
    announced: list[str] = field(default_factory=list)

    def client(self, peer: str = "192.0.2.7") -> httpx.AsyncClient:
        """A browser without scripts."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(self.app, client=(peer, 40000)), base_url="http://posko", timeout=30
        )

    @asynccontextmanager
    async def visitor(self, role: Role) -> AsyncIterator["Visitor"]:
        """A client that has logged in with the account of ``role``."""
        async with self.client() as client:
            visitor = Visitor(client)
            await visitor.log_in(NAMES[role])
            yield visitor


@dataclass
class Visitor:
    """A logged-in browser without scripts."""

    client: httpx.AsyncClient
    csrf: str = ""

    async def log_in(self, name: str, password: str = PASSWORD) -> httpx.Response:
        answer = await self.client.post("/masuk", data={"nama": name, "sandi": password})
        if answer.status_code == 303:
            self.csrf = token_in((await self.client.get("/akun")).text)
        return answer

    async def get(self, path: str) -> httpx.Response:
        return await self.client.get(path)

    async def post(self, path: str, **fields: object) -> httpx.Response:
        return await self.client.post(path, data={"csrf": self.csrf, **fields})


def token_in(page: str) -> str:
    """The CSRF token of a page."""
    found = search(r'name="csrf" value="([^"]+)"', page)
    assert found, "no token in the page"
    return found[1]


async def add_accounts(db: Database, clock: StillClock) -> None:
    """One account of each role; the one of role opd belongs to U1, which coordinates U2; it is Budi's."""
    async with db.begin() as uow:
        for role, name in NAMES.items():
            await uow.accounts.add(
                NewAccount(
                    name=name,
                    full_name=name.title(),
                    role=role,
                    password_hash=PASSWORD_HASH,
                    made_at=clock.now(),
                    made_by="uji",
                    unit="U1" if role is Role.UNIT else None,
                    mailbox="sekolah@bkd.test" if role is Role.RECEIVER else None,
                    person=BUDI if role is Role.UNIT else None,
                    must_change=False,
                )
            )


@asynccontextmanager
async def web_on(trip: Trip, *, listen: bool = False) -> AsyncIterator[Web]:
    """The desk over the database of ``trip``; ``listen`` makes its boards live."""
    told: list[str] = []

    async def start(uow: UnitOfWork, number: int, period: Period, roster: Roster) -> int:
        told.append(f"on:{number}")
        return len(roster.units)

    async def end(uow: UnitOfWork, number: int, period: Period, last: date, session: Session, roster: Roster) -> int:
        told.append(f"off:{number}:{last}:{session}")
        return len(roster.units)

    house = House(
        db=trip.db,
        blobs=trip.blobs,
        clock=trip.clock,
        profile=PROFILE,
        worlds=Worlds(PROFILE),
        sandbox=trip.sandbox,
        live=Live(trip.db.url),
        vault=Vault(bytes(32)),
        announce_start=start,
        announce_end=end,
        read_again=trip.pipeline().read_again,
        backup=lambda: "belum pernah dicadangkan",
        settings=lambda: (SettingLine("[smtp]", "host", "smtp.contoh.test"),),
        mailboxes=("presensi@bkd.test",),
    )
    await add_accounts(trip.db, trip.clock)
    app = create_app(ServiceFigures(), house)
    if listen:
        house.live.start(lambda *what: show_rows(house, app.state.boards, *what))
        await house.live.connected.wait()
    try:
        yield Web(app, house, trip.clock, trip, told)
    finally:
        await house.live.stop()


def restarted(web: Web) -> Web:
    """The desk as a new process has it: nothing in memory, the same database."""
    house = replace(web.house, worlds=Worlds(PROFILE), live=Live(web.trip.db.url))
    return Web(create_app(ServiceFigures(), house), house, web.clock, web.trip)


@asynccontextmanager
async def served(web: Web) -> AsyncIterator[str]:
    """The desk on a real port; its address."""
    server = WebServer(web.app, "127.0.0.1", 0)
    server.open()
    running = asyncio.create_task(server.serve())
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        await web.house.live.stop()
        await server.stop()
        await running
