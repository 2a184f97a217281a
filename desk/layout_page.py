"""``/periksa/susunan``: what the columns of an office's own form mean, said once by a person."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from fastapi.responses import RedirectResponse, Response

from desk.pictures import Wanted
from desk.submission import reading_of
from desk.submission_page import pictures_of
from desk.visitor import Turn, Visit, missing
from domain.errors import OriginalMissing, ReadingError, UsageError
from domain.form_columns import WORDS, checked_columns
from domain.resolution import World
from storage.engine import UnitOfWork
from storage.records import SubmissionRow
from storage.records_layouts import LayoutRow

router = APIRouter()
_MOST_COLUMNS = 60
_AT_ONCE = 5
"""Messages that are read again in one request: a photo takes seconds, a browser waits a minute."""
_SHOWN = 12
_MOST_PAGES = 8


@dataclass(frozen=True, slots=True)
class Shown:
    """One layout with what helps to settle it. ``messages`` is how many brought a file that shows it, ``pages`` are
    those of its example on which its table stands.
    """

    layout: LayoutRow
    submissions: tuple[SubmissionRow, ...]
    messages: int
    pages: tuple[int, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """What the columns are taken for now."""
        return self.layout.columns or self.layout.guess

    def choices(self, word: str) -> tuple[str, ...]:
        """The words to choose from, with the one that the form itself uses."""
        return WORDS if word in WORDS or not word else (word, *WORDS)


@router.get("/periksa/susunan")
async def layouts_page(
    turn: Visit,
    read: Annotated[int | None, Query(alias="dibaca", ge=0)] = None,
    otherwise: Annotated[int, Query(alias="baru", ge=0)] = 0,
    unread: Annotated[int, Query(alias="gagal", ge=0)] = 0,
    name: Annotated[str, Query(alias="susunan", max_length=40)] = "",
    after: Annotated[int, Query(alias="sesudah", ge=0)] = 0,
) -> Response:
    """Layouts that wait for a person, and those that were confirmed."""
    told = ""
    if read is not None:
        told = f"{read} kiriman dibaca ulang, {otherwise} berkas terbaca lain dari sebelumnya."
        told += f" {unread} kiriman tidak dapat dibuka." if unread else ""
    return await _page(turn, told=told, name=name, after=after)


async def _page(
    turn: Turn, *, told: str = "", fault: str = "", name: str = "", after: int = 0, status: int = 200
) -> Response:
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        shown = [await _shown(uow, turn, layout, world) for layout in await uow.layouts.every()]
    names = {code: unit.name for code, unit in world.roster.units.items()}
    return turn.page(
        "layouts", status, waiting=[one for one in shown if one.layout.columns is None],
        confirmed=[one for one in shown if one.layout.columns is not None], names=names, told=told, fault=fault,
        name=name, after=after,
    )  # fmt: skip


async def _shown(uow: UnitOfWork, turn: Turn, layout: LayoutRow, world: World) -> Shown:
    messages = await uow.files.messages_with(await uow.layouts.files(layout.name))
    units = turn.units(world)
    found: dict[str, SubmissionRow] = {}
    for message in messages[:_SHOWN]:
        for row in await uow.submissions.for_message(message):
            if units is None or row.unit in units:
                found.setdefault(row.number, row)
    return Shown(layout, tuple(found.values())[:_SHOWN], len(messages), await _pages(uow, layout))


async def _pages(uow: UnitOfWork, layout: LayoutRow) -> tuple[int, ...]:
    """Where the example's lines were read; its first page when nothing was."""
    reading = await reading_of(uow, layout.sha256)
    sheets = reading.sheets if reading else ()
    found = {cell.box.page for sheet in sheets for row in sheet.rows for cell in row.cells if cell.box}
    return tuple(sorted(found))[:_MOST_PAGES] or (1,)


async def _layout(uow: UnitOfWork, name: str) -> LayoutRow:
    layout = await uow.layouts.get(name)
    if layout is None:
        raise missing()
    return layout


@router.get("/periksa/susunan/{layout}/halaman")
async def example_picture(
    turn: Visit, layout: str, page: Annotated[int, Query(alias="hal", ge=1, le=999)] = 1
) -> Response:
    """A page of the file that showed the layout first, as a picture that the sandbox made."""
    async with turn.house.db.begin() as uow:
        row = await _layout(uow, layout)
        await turn.audit(uow, "layout_viewed", "layout", row.name, sha256=row.sha256)
    try:
        data = await turn.house.blobs.get(row.sha256)
        made = await pictures_of(turn.request).get(data, Wanted(row.sha256, page))
    except OriginalMissing as error:
        raise HTTPException(503, f"Berkas contoh tidak dapat dibaca: {error}") from None
    except ReadingError as error:
        raise HTTPException(404, f"Halaman ini tidak dapat ditampilkan: {error}") from None
    headers = {"Cache-Control": "private, max-age=3600", "Vary": "Cookie"}
    return Response(made.jpeg, media_type="image/jpeg", headers=headers)


@router.post("/periksa/susunan/{layout}")
async def confirm(turn: Visit, layout: str) -> Response:
    """Keep what the columns mean; sheets of that layout are read by it from now on. Twice the same changes nothing."""
    fault = ""
    async with turn.house.db.begin() as uow:
        row = await _layout(uow, layout)
        said = [turn.field(f"k{place}", 80) for place in range(min(len(row.guess), _MOST_COLUMNS))]
        try:
            if not any(said):
                raise UsageError("belum ada kolom yang diberi arti")
            columns = checked_columns(said, row.guess)
        except UsageError as error:
            fault = f"Susunan {layout}: {error}."
        else:
            if columns != row.columns:
                await uow.layouts.confirm(row.name, columns, turn.by, turn.house.now())
                await turn.audit(uow, "layout_confirmed", "layout", row.name, columns=list(columns))
    if fault:
        return await _page(turn, fault=fault, status=422)
    return RedirectResponse(f"/periksa/susunan?susunan={row.name}#s-{row.name}", 303)


@router.post("/periksa/susunan/{layout}/baca-ulang")
async def read_again(turn: Visit, layout: str) -> Response:
    """Read the messages again whose files show it, some at a time, from the one after ``sesudah`` on."""
    given = turn.field("sesudah", 12)
    after = int(given) if given.isascii() and given.isdigit() else 0
    async with turn.house.db.begin() as uow:
        row = await _layout(uow, layout)
        messages = [id_ for id_ in await uow.files.messages_with(await uow.layouts.files(row.name)) if id_ > after]
        await turn.audit(uow, "layout_read_again", "layout", row.name, messages=messages[:_AT_ONCE])
    new, unread = 0, 0
    for message in messages[:_AT_ONCE]:
        try:
            new += await turn.house.read_again(message)
        except (OriginalMissing, ReadingError):
            unread += 1
    query = f"susunan={row.name}&dibaca={len(messages[:_AT_ONCE])}&baru={new}&gagal={unread}"
    if len(messages) > _AT_ONCE:
        query += f"&sesudah={messages[_AT_ONCE - 1]}"
    return RedirectResponse(f"/periksa/susunan?{query}#s-{row.name}", 303)
