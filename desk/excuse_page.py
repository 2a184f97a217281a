"""``/keterangan``: evidence comes in here and is decided with a reason; nobody decides on his own record."""

from datetime import timedelta
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response

from desk.rights import may
from desk.submission_page import LOOKS
from desk.visitor import Turn, Visit, missing
from domain.errors import OriginalMissing, StorageError
from domain.excuse import Decider, Decision, may_see_evidence, shown, state_of
from domain.resolution import World
from intake import excuses
from storage.engine import UnitOfWork
from storage.records_talk import ExcuseRow

router = APIRouter()


def _decides(turn: Turn) -> bool:
    return may("POST", "/keterangan/{number}", turn.account.role)


@router.get("/keterangan")
async def excuses_page(turn: Visit, all_: Annotated[bool, Query(alias="semua")] = False) -> Response:
    """What waits for a decision; or everything of the last ninety days."""
    return await _page(turn, all_)


async def _page(turn: Turn, all_: bool, fault: str = "", status: int = 200) -> Response:
    since = turn.house.today() - timedelta(days=90)
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        units = turn.units(world)
        rows = await uow.excuses.all(since) if all_ else await uow.excuses.undecided()
        rows = [row for row in rows if units is None or row.unit in units]
        await turn.audit(uow, "excuses_viewed", "excuse", "all" if all_ else "open", count=len(rows))
    decides = _decides(turn)
    lines = [
        (row, state_of(row.plain, world.profile), shown(row.plain, world.profile, decides=decides, text=row.text),
         may_see_evidence(row.key, decides=decides), row.person == turn.account.person)
        for row in rows
    ]  # fmt: skip
    names = {key: person.name for key, person in world.roster.people.items()}
    units_named = {code: unit.name for code, unit in world.roster.units.items()}
    return turn.page(
        "excuses", status, lines=lines, names=names, units=units_named, all_=all_, fault=fault, open=Decision.OPEN,
        **LOOKS,
    )  # fmt: skip


async def _row(turn: Turn, uow: UnitOfWork, number: int) -> tuple[ExcuseRow, World]:
    world = await turn.house.worlds.load(uow)
    try:
        row = await uow.excuses.get(number)
    except StorageError:
        raise missing() from None
    turn.must_see(row.unit, world)
    return row, world


@router.get("/keterangan/{number}/bukti/{sha256}")
async def evidence(turn: Visit, number: int, sha256: str) -> Response:
    """Download one file of evidence; a sick note only for those who decide (CONVENTIONS.md 4)."""
    async with turn.house.db.begin() as uow:
        row, _ = await _row(turn, uow, number)
        if sha256 not in row.evidence or not may_see_evidence(row.key, decides=_decides(turn)):
            raise missing()
        await turn.audit(uow, "evidence_downloaded", "excuse", str(number), sha256=sha256)
    try:
        data = await turn.house.blobs.get(sha256)
    except OriginalMissing as error:
        raise HTTPException(503, f"Bukti tidak dapat dibaca: {error}") from None
    name = f"attachment; filename*=UTF-8''{quote(f'{row.number}_{sha256[:8]}')}"
    return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": name})


@router.post("/keterangan/{number}")
async def decide(turn: Visit, number: int) -> Response:
    """Approve or reject, with a reason where one is needed; facts follow at once."""
    fault = ""
    async with turn.house.db.begin() as uow:
        _, world = await _row(turn, uow, number)
        choice = turn.field("putusan")
        if choice not in ("setuju", "tolak"):
            fault = "Pilih setuju atau tolak."
        else:
            decider = Decider(turn.by, desk=True, person=turn.account.person)
            decided = await excuses.decide(
                uow, world, number, decider, choice == "setuju", turn.field("alasan", 300), turn.house.now()
            )
            fault = f"K{number}: {decided.refusal.value}." if decided.refusal else ""
    if fault:
        return await _page(turn, False, fault[0].upper() + fault[1:], 422)
    return RedirectResponse("/keterangan", 303)
