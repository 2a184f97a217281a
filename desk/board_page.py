"""``/papan``: the board, its live stream, and the log of contacts (TLG-D1, TLG-D3, TLG-17)."""

import json
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response
from sse_starlette.sse import EventSourceResponse

from desk.board import Boards, Filter
from desk.house import House
from desk.live import Listener, Told
from desk.visitor import Turn, Visit, missing
from desk.words import STATES
from domain.account import ContactOutcome, ContactWay
from domain.resolution import World
from domain.terms import Session
from storage.notify import BOARD, board_payload
from storage.records_desk import NewContact

router = APIRouter()
_PING_S = 15
Day = Annotated[date | None, Query(alias="tanggal")]
Which = Annotated[Session | None, Query(alias="sesi")]


def boards_of(request: Request) -> Boards:
    """The application's one maker of boards."""
    boards: Boards = request.app.state.boards
    return boards


async def show_rows(house: House, boards: Boards, day: date, session: str, units: Sequence[str]) -> list[Told]:
    """The events for changed units: rendered once, whoever looks."""
    if session not in tuple(Session):
        return []
    async with house.db.begin() as uow:
        rows = await boards.some(uow, day, Session(session), units)
    return [
        Told(
            "baris",
            json.dumps(
                {
                    "unit": row.unit,
                    "kelompok": row.group,
                    "html": boards.html(row, day, Session(session)),
                },
                ensure_ascii=False,
            ),
            row.unit,
        )
        for row in rows
    ]


_LOOKS: dict[str, object] = {"states": STATES}


def _wanted(turn: Turn, world: World, mine: bool, sender: str, words: str) -> Filter:
    units = turn.units(world)
    return Filter(units, turn.account.mailbox if mine and turn.account.mailbox else None, sender, words)


@router.get("/papan")
async def board_page(
    turn: Visit,
    day: Day = None,
    session: Which = None,
    mine: Annotated[bool, Query(alias="saya")] = False,
    sender: Annotated[str, Query(alias="koordinator", max_length=40)] = "",
    words: Annotated[str, Query(alias="cari", max_length=80)] = "",
) -> Response:
    """The board of one session; the present one unless another is asked for."""
    boards = boards_of(turn.request)
    now_day, now_session = boards.now_session()
    day, session = day or now_day, session or now_session
    version = turn.house.live.version  # before looking: what comes in between is looked at again
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        board = await boards.load(uow, day, session, _wanted(turn, world, mine, sender, words))
    await turn.looked("board_viewed", "board", f"{day}:{session}")
    return turn.page(
        "board",
        board=board,
        live=day == now_day,
        version=version,
        mine=mine,
        sender=sender,
        search=words,
        pace=_pace(turn.house),
        row_html=boards.html,
    )


def _pace(house: House) -> dict[str, float]:
    """How a browser's clock becomes the product's: a demonstration's runs faster."""
    now = house.now()
    hour = house.clock.to_real(now + timedelta(hours=1)) - house.clock.to_real(now)
    return {"now": now.timestamp(), "rate": 3600 / max(hour.total_seconds(), 0.001)}


@router.get("/papan/hidup")
async def board_stream(
    turn: Visit,
    day: Annotated[date, Query(alias="tanggal")],
    session: Annotated[Session, Query(alias="sesi")],
    seen: Annotated[str, Query(alias="versi", max_length=40)] = "",
) -> Response:
    """Changes of one board as server-sent events: ``baris`` (one unit's row) and ``segarkan`` (load again)."""
    async with turn.house.db.begin() as uow:
        units = turn.units(await turn.house.worlds.load(uow))
    await turn.looked("board_viewed", "board", f"{day}:{session}")
    listener = Listener(day, session.value, units)

    async def events() -> AsyncIterator[dict[str, str]]:
        async for told in turn.house.live.events(listener, seen):
            yield {"event": told.name, "data": told.data}

    return EventSourceResponse(events(), ping=_PING_S, headers={"X-Accel-Buffering": "no"})


@router.get("/papan/unit/{unit}")
async def unit_panel(turn: Visit, unit: str, day: Day = None, session: Which = None) -> Response:
    """One unit in one session: whom to call, what was said before, and the form to note it."""
    boards = boards_of(turn.request)
    now_day, now_session = boards.now_session()
    day, session = day or now_day, session or now_session
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        if unit not in world.roster.units:
            raise missing()
        turn.must_see(unit, world)
        [row] = await boards.some(uow, day, session, [unit])
        log = [contact for contact in await uow.contact_log.on(day, session.value) if contact.unit == unit]
        recent = await uow.submissions.in_range(unit, day - timedelta(days=14), day)
        await turn.audit(uow, "contact_viewed", "unit", unit)
    return turn.page(
        "unit",
        row=row,
        day=day,
        session=session,
        log=log,
        recent=recent[::-1],
        ways=list(ContactWay),
        outcomes=list(ContactOutcome),
        **_LOOKS,
    )


@router.post("/papan/unit/{unit}/kontak")
async def note_contact(turn: Visit, unit: str) -> Response:
    """Note one contact: the proof that the unit was called (TLG-D3)."""
    day, session = _session_of(turn)
    way, outcome = turn.field("cara") or ContactWay.PHONE, turn.field("hasil") or ContactOutcome.TOLD
    if way not in tuple(ContactWay) or outcome not in tuple(ContactOutcome):
        raise missing()
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        if unit not in world.roster.units:
            raise missing()
        number = await uow.contact_log.add(
            NewContact(
                unit=unit,
                date=day,
                session=session.value,
                way=ContactWay(way),
                outcome=ContactOutcome(outcome),
                note=turn.field("catatan", 300),
                by=turn.account.name,
                at=turn.house.now(),
            )
        )
        await turn.audit(uow, "contact_noted", "contact", str(number))
        await uow.notify(BOARD, board_payload(unit, day, session))
    return RedirectResponse(f"/papan/unit/{unit}?tanggal={day}&sesi={session}", 303)


def _session_of(turn: Turn) -> tuple[date, Session]:
    try:
        return date.fromisoformat(turn.field("tanggal")), Session(turn.field("sesi"))
    except ValueError:
        raise missing() from None
