"""``/admin/surat`` and ``/admin/pesan``: what failed for good is begun anew, or looked at as it came."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from desk.admin_page import state_page
from desk.visitor import Visit, missing
from desk.words import HINDRANCES
from domain.errors import OriginalMissing, StorageError
from storage.jobs import DELIVER
from storage.records import MessageState
from storage.retries import Hindrance

router = APIRouter()


@router.post("/admin/surat/{number}")
async def send_again(turn: Visit, number: int) -> Response:
    """A letter that no channel took goes out once more; its reader may have it twice only if a channel said so."""
    async with turn.house.db.begin() as uow:
        why = await uow.retries.letter(number, turn.house.now())
        if why is None:
            await uow.defer(DELIVER.name, DELIVER.queue, **{DELIVER.argument: number})
            await turn.audit(uow, "letter_retried", "outbox", str(number))
    if why is not None:
        return await state_page(turn, fault=f"Surat nomor {number} tidak dikirim lagi: {HINDRANCES[why]}.", status=409)
    return RedirectResponse(f"/admin?surat={number}", 303)


@router.post("/admin/pesan/{number}")
async def begin_again(turn: Visit, number: int) -> Response:
    """A message that was set aside is read, fetched or answered once more, at the time at which it came."""
    async with turn.house.db.begin() as uow:
        task = await uow.retries.message(number)
        if not isinstance(task, Hindrance):
            await uow.defer(task.name, task.queue, **{task.argument: number})
            await turn.audit(uow, "message_retried", "message", str(number))
    if isinstance(task, Hindrance):
        fault = f"Kiriman nomor {number} tidak diproses lagi: {HINDRANCES[task]}."
        return await state_page(turn, fault=fault, status=409)
    return RedirectResponse(f"/admin?pesan={number}", 303)


@router.get("/admin/pesan/{number}/asli")
async def set_aside(turn: Visit, number: int) -> Response:
    """Download what was set aside, byte for byte as it came."""
    async with turn.house.db.begin() as uow:
        try:
            row = await uow.messages.get(number)
        except StorageError:
            raise missing() from None
        if row.state is not MessageState.QUARANTINE:
            raise missing()
        await turn.audit(uow, "original_downloaded", "message", str(number))
    try:
        data = await turn.house.blobs.get(row.sha256)
    except OriginalMissing as error:
        raise HTTPException(503, f"Berkas asli tidak dapat dibaca: {error}") from None
    name = f"attachment; filename=kiriman-{number}.{'eml' if row.channel == 'mail' else 'json'}"
    return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": name})
