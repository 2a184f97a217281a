"""``/admin``: state of the service, settings without secrets, addresses, calendar, texts."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse, Response

from desk import words
from desk.visitor import Turn, Visit, missing
from domain.calendar import CalendarOverride
from domain.errors import StorageError
from domain.terms import Pattern
from intake import identity
from storage.engine import UnitOfWork
from storage.notify import BOARD
from storage.records_talk import ClaimState
from templates.catalogue import shown

router = APIRouter()
LOOKS: dict[str, object] = {
    "schemes": words.SCHEMES,
    "outbox": words.OUTBOX,
    "messages": words.MESSAGES,
    "hindrances": words.HINDRANCES,
    "queues": words.QUEUES,
    "job_states": words.JOBS,
}


@router.get("/admin")
async def admin_page(
    turn: Visit,
    letter: Annotated[int | None, Query(alias="surat", ge=1)] = None,
    message: Annotated[int | None, Query(alias="pesan", ge=1)] = None,
) -> Response:
    """What needs an admin: failures, quarantine, incidents, backup; and the settings.

    ``letter`` or ``message`` was just begun anew: what has become of it is said.
    """
    return await state_page(turn, letter=letter, message=message)


async def state_page(
    turn: Turn, *, letter: int | None = None, message: int | None = None, fault: str = "", status: int = 200
) -> Response:
    """The page, with what became of a letter or message that was begun anew."""
    async with turn.house.db.begin() as uow:
        failed, quarantine = await uow.desk_figures.failed_letters(), await uow.desk_figures.quarantine()
        sheets = {row.submission_id for row in failed if row.submission_id}
        fields: dict[str, object] = {
            "failed": failed,
            "quarantine": quarantine,
            "held": await uow.retries.letter_hindrances(failed, turn.house.now()),
            "kept": await uow.retries.message_hindrances(quarantine),
            "numbers": {id_: (await uow.submissions.get(id_)).number for id_ in sheets},
            "done": await _became(uow, letter, message),
            "jobs": await uow.desk_figures.jobs(),
            "incidents": await uow.incidents.all_open(),
            "letters": await uow.outbox.counts(),
            "counts": await uow.messages.counts(),
            "unsealed": await uow.audit.unsealed(),
            "head": await uow.audit.head(),
        }
    await turn.looked("failures_viewed", "admin", "all")
    return turn.page(
        "admin", status, fault=fault, settings=turn.house.settings(), backup=turn.house.backup(),
        reading=len(turn.house.sandbox.pids), boards=turn.house.live.open_boards, **{**fields, **LOOKS},
    )  # fmt: skip


async def _became(uow: UnitOfWork, letter: int | None, message: int | None) -> str:
    try:
        if letter is not None:
            row = await uow.outbox.get(letter)
            return f"Surat nomor {row.id} untuk {row.to_address}: {words.OUTBOX[row.state][1]}."
        if message is not None:
            kept = await uow.messages.get(message)
            return (
                f"Kiriman nomor {kept.id} dari {kept.from_address or 'tanpa pengirim'}: {words.MESSAGES[kept.state]}."
            )
    except StorageError:
        raise missing() from None
    return ""


@router.get("/admin/alamat")
async def addresses_page(turn: Visit) -> Response:
    """Addresses that ask to speak for a unit, and those that may."""
    async with turn.house.db.begin() as uow:
        claims = await uow.addresses.all([ClaimState.ASKED, ClaimState.APPROVED])
        world = await turn.house.worlds.load(uow)
    waiting = [claim for claim in claims if claim.state is ClaimState.ASKED]
    await turn.looked("addresses_viewed", "address", "all")
    names = {code: unit.name for code, unit in world.roster.units.items()}
    registered = sorted(world.roster.addresses, key=lambda a: (a.unit or "", a.value))
    return turn.page(
        "addresses", 200, waiting=waiting, names=names, registered=registered, people=world.roster.people,
        approved=[claim for claim in claims if claim.state is ClaimState.APPROVED], **LOOKS,
    )  # fmt: skip


@router.post("/admin/alamat/{number}")
async def decide_address(turn: Visit, number: int) -> Response:
    """Approve or take back; what it sent before is then read again."""
    choice = turn.field("putusan")
    async with turn.house.db.begin() as uow:
        if choice == "setuju":
            done = (await identity.approve(uow, number, turn.by, turn.house.now()))[0]
        elif choice == "cabut":
            done = await identity.revoke(uow, number, turn.by, turn.house.now())
        else:
            done = None
        if done is None:
            raise missing()
    return RedirectResponse("/admin/alamat", 303)


@router.get("/admin/kalender")
async def calendar_page(turn: Visit) -> Response:
    """Decisions on working days, newest first."""
    return await _calendar(turn)


async def _calendar(turn: Turn, fault: str = "", status: int = 200) -> Response:
    async with turn.house.db.begin() as uow:
        decisions = await uow.calendar.all()
        world = await turn.house.worlds.load(uow)
    return turn.page("calendar", status, decisions=decisions[::-1], units=world.roster.units, fault=fault,
                     today=turn.house.today())  # fmt: skip


@router.post("/admin/kalender")
async def add_override(turn: Visit) -> Response:
    """Decide that days are worked or not, on the ground of a letter; a later decision beats an earlier one."""
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        decision = _override(turn, set(world.roster.units))
        if isinstance(decision, CalendarOverride):
            number = await uow.calendar.add(decision, turn.by, turn.house.now())
            await turn.audit(uow, "calendar_override", "calendar", str(number))
            await uow.notify(BOARD, "kalender")
    if isinstance(decision, str):
        return await _calendar(turn, decision, 422)
    return RedirectResponse("/admin/kalender", 303)


def _override(turn: Turn, units: set[str]) -> CalendarOverride | str:
    try:
        first = date.fromisoformat(turn.field("mulai"))
        last = date.fromisoformat(turn.field("sampai")) if turn.field("sampai") else first
    except ValueError:
        return "Isi tanggal."
    unit, pattern = turn.field("unit") or None, turn.field("pola")
    if last < first:
        return "Tanggal selesai tidak boleh sebelum tanggal mulai."
    if not turn.field("alasan") or not turn.field("surat"):
        return "Isi alasan dan nomor surat dasarnya."
    if (unit and unit not in units) or pattern not in ("", "5", "6"):
        return "Unit atau pola tidak dikenal."
    return CalendarOverride(
        first, last, turn.field("hari") == "kerja", turn.field("alasan", 200), turn.field("surat", 200), unit,
        Pattern(int(pattern)) if pattern else None,
    )  # fmt: skip


@router.get("/admin/pratinjau")
async def texts_page(turn: Visit) -> Response:
    """Every text that the desk sends, with invented data."""
    return turn.page("texts", examples=shown())
