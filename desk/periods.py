"""``/periode``: declared periods of manual attendance, declared and ended here (TLG-00)."""

from collections import defaultdict
from datetime import date

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from desk.visitor import Turn, Visit
from domain.fallback import Period, Scope, is_retroactive
from domain.roster import Roster
from domain.terms import Session
from storage.notify import BOARD

router = APIRouter()


@router.get("/periode")
async def periods_page(turn: Visit) -> Response:
    """All periods, newest first, and the form to declare one."""
    return await _page(turn)


async def _page(turn: Turn, fault: str = "", status: int = 200) -> Response:
    async with turn.house.db.begin() as uow:
        periods = await uow.periods.all()
        world = await turn.house.worlds.load(uow)
    return turn.page(
        "periods", status, periods=periods[::-1], units=world.roster.units, today=turn.house.today(), fault=fault,
        given=defaultdict(str, {key: value for key, value in turn.form.items() if isinstance(value, str)}),
        chosen=turn.form.getlist("unit"),
    )  # fmt: skip


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def period_of(turn: Turn, roster: Roster) -> Period | str:
    """The period that the form speaks of, or what is wrong with it."""
    first, last = _day(turn.field("mulai")), _day(turn.field("sampai"))
    session, reason = turn.field("sesi") or Session.DATANG.value, turn.field("alasan", 200)
    units = frozenset(u for u in turn.form.getlist("unit") if isinstance(u, str) and u)
    if first is None:
        return "Isi tanggal mulai."
    if turn.field("sampai") and (last is None or last < first):
        return "Tanggal selesai tidak boleh sebelum tanggal mulai."
    if session not in tuple(Session):
        return "Pilih sesi pertama."
    if not reason:
        return "Isi alasan, misalnya: server presensi daring padam."
    if unknown := sorted(units - set(roster.units)):
        return f"Unit tidak dikenal: {', '.join(unknown)}."
    now = turn.house.now()
    return Period(
        id=None,
        scope=Scope.UNITS if units else Scope.ALL,
        members=units,
        first_day=first,
        first_session=Session(session),
        last_day=last,
        last_session=Session.PULANG if last else None,
        reason=reason,
        letter=turn.field("surat", 200),
        declared_by=turn.by,
        declared_at=now,
        retroactive=is_retroactive(turn.house.profile, first, Session(session), now),
    )


@router.post("/periode")
async def declare(turn: Visit) -> Response:
    """Declare a period and tell every unit concerned."""
    async with turn.house.db.begin() as uow:
        roster = (await turn.house.worlds.load(uow)).roster
        period = period_of(turn, roster)
        if isinstance(period, Period):
            number = await uow.periods.add(period)
            if not turn.field("tanpa_pemberitahuan"):
                await turn.house.announce_start(uow, number, period, roster)
            await turn.audit(uow, "period_declared", "period", str(number))
            await uow.notify(BOARD, "periode")
    if isinstance(period, str):
        return await _page(turn, period, 422)
    return RedirectResponse("/periode", 303)


@router.post("/periode/{number}/akhiri")
async def end(turn: Visit, number: int) -> Response:
    """End a period after the given session, and tell the same units."""
    last, session = _day(turn.field("sampai")) or turn.house.today(), turn.field("sesi") or Session.PULANG.value
    async with turn.house.db.begin() as uow:
        period = next((p for p in await uow.periods.all() if p.id == number and p.last_day is None), None)
        if period is None or session not in tuple(Session):
            fault = "Masa itu sudah berakhir atau tidak ada."
        elif last < period.first_day:
            fault = "Tanggal selesai tidak boleh sebelum tanggal mulai."
        else:
            fault = ""
            await uow.periods.end(number, last, Session(session))
            roster = (await turn.house.worlds.load(uow)).roster
            await turn.house.announce_end(uow, number, period, last, Session(session), roster)
            await turn.audit(uow, "period_ended", "period", str(number))
            await uow.notify(BOARD, "periode")
    return await _page(turn, fault, 422) if fault else RedirectResponse("/periode", 303)
