"""The desk: a board of 1,000 units, 200 open boards told of a commit, the next doubt of the review queue."""

import asyncio
import gzip
import os
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from time import perf_counter, process_time

import httpx

from benchmarks.report import Result, figure, spread
from domain.account import Role
from domain.outcome import CellDraft, Counts, QuestionKind
from domain.reading import Verdict
from domain.roster import Address, AddressRole, Person, Placement, Roster, Route, Unit
from domain.terms import Pattern, Scheme, Session, Timeliness
from storage.engine import Database, UnitOfWork
from storage.migrate import migrate
from storage.notify import BOARD, board_payload
from storage.postgres import OWNER_ROLE, SERVICE_ROLE, EmbeddedPostgres
from storage.records import NewQuestion
from tests.fakes.database import TestCluster
from tests.fakes.desk_web import NAMES, Visitor, Web, served, web_on
from tests.fakes.desk_world import DAY, at
from tests.fakes.rows import new_message, new_state, new_submission
from tests.fakes.trip import Trip, trip_on

UNITS, BOARDS, QUESTIONS = 1000, 200, 2000
_ROUNDS = 15
_BOARD = f"/papan?tanggal={DAY}&sesi=datang"


def roster() -> Roster:
    """A thousand units with a recap officer each, who has a telephone; every tenth is sent by another."""
    units, people, placements, addresses = {}, {}, [], []
    for n in range(UNITS):
        code, key = f"U{n:04d}", f"{19700101000000000 + n:018d}"
        led = f"U{n - n % 10:04d}" if n % 10 else None
        units[code] = Unit(
            code, f"Unit Pelaksana Teknis Daerah Nomor {n}", pattern=Pattern.SIX if n % 3 == 0 else Pattern.FIVE,
            route=Route.VIA_PARENT if led else Route.DIRECT, coordinator=led, mailbox=f"presensi{n % 5}@bkd.test",
        )  # fmt: skip
        people[key] = Person(key, f"Pegawai {n}, S.E.", f"Pegawai {n}", nip=key, phone=f"62812{n:07d}")
        placements.append(Placement(key, code, date(2020, 1, 1), head=True))
        addresses.append(
            Address(Scheme.MAIL, f"u{n}@presensi.test", unit=code, person=key, role=AddressRole.RECAP_OFFICER)
        )
    return Roster(0, units, people, tuple(placements), tuple(addresses))


@asynccontextmanager
async def desk() -> AsyncIterator[tuple[Web, Trip]]:
    """A desk on a PostgreSQL of its own: a third of the units has sent, and doubts wait."""
    with tempfile.TemporaryDirectory(prefix="posko-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "pg")
        server.start()
        try:
            cluster = TestCluster(server)
            cluster.run(f"CREATE DATABASE bench OWNER {OWNER_ROLE}")
            migrate(cluster.url(OWNER_ROLE, "bench"))
            db = await Database.open(cluster.url(SERVICE_ROLE, "bench"))
            async with trip_on(db, Path(folder)) as trip, web_on(trip, listen=True) as web:
                await _fill(trip)
                yield web, trip
            await db.close()
        finally:
            server.destroy()


async def _fill(trip: Trip) -> None:
    trip.clock.moment = at(7, 20)
    async with trip.db.begin() as uow:
        await uow.roster.replace(roster(), "bench", at(6))
        for n in range(0, UNITS, 3):
            await _sheet(uow, n)


async def _sheet(uow: UnitOfWork, n: int) -> None:
    message = await uow.messages.add(new_message(f"{n:064d}"))
    assert message
    late = Timeliness.LATE if n % 7 == 0 else Timeliness.ON_TIME
    state = replace(new_state(counts=Counts(signed=40, empty=2)), timeliness=late, late_minutes=4 if n % 7 == 0 else 0)
    row = await uow.submissions.add(new_submission(message, f"U{n:04d}", date=DAY, state=state))
    cell = CellDraft(DAY, Session.DATANG, Verdict.UNSURE)
    key = f"{19700101000000000 + n:018d}"
    await uow.questions.add_many(
        [NewQuestion(row.id, message, QuestionKind.CELL, "a" * 64, 0, place, place + 1, "?", at(7), (key,), (cell,))
         for place in range(QUESTIONS * 3 // UNITS)]
    )  # fmt: skip


async def _measure() -> list[Result]:
    async with desk() as (web, _), web.visitor(Role.RECEIVER) as visitor:
        await visitor.get(_BOARD)
        busy = process_time()
        board, size = await _board(visitor)
        cpu = (process_time() - busy) / _ROUNDS
        busy = process_time()
        nexts, serves = await _review(visitor)
        each = (process_time() - busy) / len(nexts + serves)
        told = await _boards(web)
    median, worst = spread(board)
    review, slow = spread(nexts)
    following, _ = spread(serves)
    heard = sorted(told)
    return [
        figure("board of 1,000 units, server, median", median * 1000, "ms", "≤150", met=median <= 0.15),
        figure("the same, slowest", worst * 1000, "ms"),
        figure("the same, processor time", cpu * 1000, "ms"),
        figure("the same, over the wire", size / 1000, "kB", "≤200", met=size <= 200_000),
        figure(f"{BOARDS} open boards told of a commit, last", heard[-1], "s", "≤1", met=heard[-1] <= 1),
        figure("the same, median", spread(heard)[0], "s"),
        figure("review queue: next doubt, median", following * 1000, "ms", "≤100", met=following <= 0.1),
        figure("review queue: answer and next doubt, median", review * 1000, "ms"),
        figure("the same, slowest", slow * 1000, "ms"),
        figure("review queue: processor time a request", each * 1000, "ms"),
        figure("machine: load a core", os.getloadavg()[0] / (os.cpu_count() or 1), ""),
    ]


async def _board(visitor: Visitor) -> tuple[list[float], int]:
    times, size = [], 0
    for _ in range(_ROUNDS):
        started = perf_counter()
        answer = await visitor.get(_BOARD)
        times.append(perf_counter() - started)
        assert answer.text.count("<tr id=") == UNITS
        size = int(answer.headers.get("content-length", 0)) or len(gzip.compress(answer.content, 5))
    return times, size


async def _review(visitor: Visitor) -> tuple[list[float], list[float]]:
    page, times, serves = (await visitor.get("/periksa")).text, [], []
    for _ in range(_ROUNDS * 2):
        number = page.split('data-pertanyaan="')[1].split('"')[0]
        started = perf_counter()
        answer = await visitor.client.post(
            f"/periksa/{number}", data={"csrf": visitor.csrf, "jawaban": "hadir"}, headers={"HX-Request": "true"}
        )
        times.append(perf_counter() - started)
        page = answer.text
        assert "data-pertanyaan" in page, page[:300]
        started = perf_counter()
        await visitor.client.get("/periksa", headers={"HX-Request": "true"})
        serves.append(perf_counter() - started)
    return times, serves


async def _boards(web: Web) -> list[float]:
    """Seconds from the commit until each board has the row, over real sockets."""
    limits = httpx.Limits(max_connections=BOARDS + 10)
    async with served(web) as address:
        async with httpx.AsyncClient(base_url=address, trust_env=False, timeout=60, limits=limits) as client:
            await Visitor(client).log_in(NAMES[Role.RECEIVER])
            page = (await client.get(_BOARD)).text
            stream = page.split('data-hidup="')[1].split('"')[0].replace("&amp;", "&")
            heard: list[float] = []
            listeners = [asyncio.create_task(_listen(client, stream, heard)) for _ in range(BOARDS)]
            while web.house.live.open_boards < BOARDS:  # noqa: ASYNC110 - the server's side of each connection
                await asyncio.sleep(0.05)
            async with web.house.db.begin() as uow:
                await uow.notify(BOARD, board_payload("U0001", DAY, Session.DATANG.value))
            committed = perf_counter()
            await asyncio.wait_for(asyncio.gather(*listeners), 60)
        return [moment - committed for moment in heard]


async def _listen(client: httpx.AsyncClient, stream: str, heard: list[float]) -> None:
    async with client.stream("GET", stream) as opened:
        async for line in opened.aiter_lines():
            if line.startswith("data: {"):
                heard.append(perf_counter())
                return


def main() -> Result:
    """All figures."""
    return {"title": "The desk", "figures": asyncio.run(_measure())}
