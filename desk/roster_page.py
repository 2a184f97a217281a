"""``/admin/pegawai``: units and people; a new file is shown as differences before anything changes (BLG-14)."""

import asyncio

from fastapi import APIRouter
from fastapi.responses import RedirectResponse, Response

from desk.visitor import Turn, Visit, missing
from domain.errors import OriginalMissing, RosterError
from domain.roster import Roster
from domain.roster_diff import Change, diff, merge
from intake.roster_child import read_roster_confined
from intake.roster_file import write_roster
from storage.notify import BOARD

router = APIRouter()
_MOST = 20 * 1024 * 1024
_SHOWN = 500


@router.get("/admin/pegawai")
async def roster_page(turn: Visit) -> Response:
    """The roster as it stands, and the form for a new file."""
    return await _page(turn)


async def _page(
    turn: Turn, changes: tuple[Change, ...] | None = None, sha256: str = "", name: str = "",
    faults: tuple[str, ...] = (), warnings: tuple[str, ...] = (), status: int = 200,
) -> Response:  # fmt: skip
    async with turn.house.db.begin() as uow:
        roster = (await turn.house.worlds.load(uow)).roster
        version = await uow.roster.version()
    today = turn.house.today()
    members = {code: len(roster.members(code, today)) for code in roster.units}
    return turn.page(
        "roster", status, roster=roster, version=version, members=members, changes=changes and changes[:_SHOWN],
        total=len(changes) if changes is not None else None, sha256=sha256, name=name, faults=faults, warnings=warnings,
    )  # fmt: skip


@router.get("/admin/pegawai/unduh")
async def roster_file(turn: Visit) -> Response:
    """The roster as a workbook that can be uploaded again; an export, and noted as one."""
    async with turn.house.db.begin() as uow:
        roster = (await turn.house.worlds.load(uow)).roster
        await turn.audit(uow, "exported", "roster", str(roster.version))
    data = await asyncio.to_thread(write_roster, roster)
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(data, media_type=kind, headers={"Content-Disposition": "attachment; filename=pegawai.xlsx"})


async def _draft(turn: Turn, data: bytes, name: str) -> tuple[Roster, tuple[Change, ...], tuple[str, ...]]:
    """The roster that would result, what changes, and what a person should look at; raises ``RosterError``."""
    read = await read_roster_confined(turn.house.sandbox, data, name)
    async with turn.house.db.begin() as uow:
        old = await uow.roster.load(imported=True)
    new = merge(old, read.beside(old), turn.house.today())
    return new, diff(old, new), read.warnings


@router.post("/admin/pegawai")
async def preview(turn: Visit) -> Response:
    """Read the file, keep it, and show what it would change."""
    upload = turn.file("berkas")
    if upload is None:
        return await _page(turn, faults=("Pilih berkas daftar pegawai.",), status=422)
    data = await upload.read(_MOST + 1)
    if len(data) > _MOST:
        return await _page(turn, faults=("Berkas terlalu besar.",), status=413)
    name = upload.filename or "pegawai.xlsx"
    try:
        _, changes, warnings = await _draft(turn, data, name)
    except RosterError as error:
        return await _page(turn, faults=(str(error), *error.problems[:30]), status=422)
    sha256 = await turn.house.blobs.put(data)
    await turn.looked("roster_previewed", "file", sha256)
    return await _page(turn, changes, sha256, name, warnings=warnings)


@router.post("/admin/pegawai/terapkan")
async def apply(turn: Visit) -> Response:
    """Make the previewed file the roster; placements of the past stay."""
    sha256, name = turn.field("sha256", 64), turn.field("nama", 200)
    try:
        data = await turn.house.blobs.get(sha256)
        new, changes, _ = await _draft(turn, data, name)
    except (OriginalMissing, RosterError, ValueError):
        raise missing() from None
    async with turn.house.db.begin() as uow:
        version = await uow.roster.replace(new, turn.by, turn.house.now())
        await turn.audit(uow, "roster_changed", "roster", str(version), changes=len(changes), sha256=sha256)
        await uow.notify(BOARD, "daftar")
    return RedirectResponse("/admin/pegawai", 303)
