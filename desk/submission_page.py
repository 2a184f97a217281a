"""``/kiriman``: a submission's original beside its reading; re-reading, and keying in what no reader understood."""

from collections import Counter
from datetime import date
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import RedirectResponse, Response

from desk import words
from desk.deciding import Refused, key_in
from desk.pictures import Pictures, Wanted
from desk.submission import Page, pages_of, reading_of, view_of
from desk.visitor import Turn, Visit, missing
from domain.decision import Choice, Ruling, codes_of
from domain.errors import OriginalMissing, ReadingError
from domain.outcome import RECAP
from domain.reading import Box
from domain.resolution import World
from domain.terms import Session, StatusKey
from parsers.preview import Preview
from storage.engine import UnitOfWork
from storage.records import SubmissionRow

router = APIRouter()
LOOKS: dict[str, object] = {
    "flags": words.FLAGS,
    "verdicts": words.VERDICTS,
    "marks": words.MARKS,
    "heads": words.HEADS,
    "kinds": words.KINDS,
    "timeliness": words.TIMELINESS,
    "authenticity": words.AUTHENTICITY,
    "schemes": words.SCHEMES,
    "outbox": words.OUTBOX,
    "deliveries": words.DELIVERIES,
    "status_keys": words.STATUS_KEYS,
    "asked": words.QUESTIONS,
}


def pictures_of(request: Request) -> Pictures:
    """The application's one maker of pictures."""
    pictures: Pictures = request.app.state.pictures
    return pictures


async def seen(turn: Turn, uow: UnitOfWork, number: str) -> tuple[SubmissionRow, World]:
    """The submission of that number, if this visitor may see it; else 404."""
    world = await turn.house.worlds.load(uow)
    row = await uow.submissions.by_number(number)
    if row is None:
        raise missing()
    turn.must_see(row.unit, world)
    return row, world


@router.get("/kiriman")
async def submissions_page(
    turn: Visit,
    day: Annotated[date | None, Query(alias="tanggal")] = None,
    search: Annotated[str, Query(alias="cari", max_length=60)] = "",
) -> Response:
    """What came for one day; or straight to a number that was asked for."""
    day = day or turn.house.today()
    async with turn.house.db.begin() as uow:
        world = await turn.house.worlds.load(uow)
        units = turn.units(world)
        found = await _by_number(uow, search, day) if search.strip() else None
        if found is not None and (units is None or found.unit in units):
            return RedirectResponse(f"/kiriman/{found.number}", 303)
        names = {code: unit.name for code, unit in world.roster.units.items()}
        rows = [row for row in await uow.submissions.on_day(day) if units is None or row.unit in units]
        questions = await uow.questions.open_counts(row.id for row in rows)
    await turn.looked("submissions_viewed", "day", str(day))
    asked = search.casefold().split()
    rows = [r for r in rows if all(w in f"{r.number} {r.unit} {names.get(r.unit, '')}".casefold() for w in asked)]
    return turn.page(
        "submissions", rows=rows, names=names, day=day, search=search, questions=questions,
        sessions=[*Session, RECAP], **LOOKS,
    )  # fmt: skip


async def _by_number(uow: UnitOfWork, search: str, day: date) -> SubmissionRow | None:
    """A full number, or its last part as people of that month say it."""
    text = search.strip()
    if text.isdigit() and len(text) <= 6:
        return await uow.submissions.by_sequence(int(text), day)
    return await uow.submissions.by_number(text)


@router.get("/kiriman/{submission}")
async def submission_page(
    turn: Visit,
    submission: str,
    file: Annotated[int, Query(alias="berkas", ge=0)] = 0,
    page: Annotated[int, Query(alias="hal", ge=1, le=999)] = 1,
    new: Annotated[int | None, Query(alias="baru", ge=0)] = None,
) -> Response:
    """The page: original and reading side by side; ``new`` files were just read otherwise than before."""
    async with turn.house.db.begin() as uow:
        row, world = await seen(turn, uow, submission)
        view = await view_of(uow, row, world)
        chosen = view.pages[min(file, len(view.pages) - 1)] if view.pages else None
        reading = await reading_of(uow, chosen.arrival.sha256) if chosen and not chosen.picture else None
        await turn.audit(uow, "submission_viewed", "submission", str(row.id))
    sheet, sized = None, await _sized(turn, chosen, page)
    if reading and reading.sheets:
        sheet = reading.sheets[min(page, len(reading.sheets)) - 1]
    boxed = [
        (fact, line)
        for line in view.lines
        for fact in (*line.facts, *line.others)
        if chosen and fact.sha256 == chosen.arrival.sha256 and fact.box and fact.box.page == page and fact.by
    ]
    counts = Counter(line.mark.state for line in view.lines)
    return turn.page(
        "submission", view=view, row=row, chosen=chosen, file=file, page=page, sized=sized, sheet=sheet,
        sheets=len(reading.sheets) if reading else 0, boxed=boxed, counts=counts, told=_read_told(new), **LOOKS,
    )  # fmt: skip


async def _sized(turn: Turn, chosen: Page | None, page: int) -> Preview | None:
    """The page as a picture; None when the file is none, or has no such page."""
    if chosen is None or not chosen.picture:
        return None
    try:
        data = await turn.house.blobs.get(chosen.arrival.sha256)
    except OriginalMissing:
        return None
    return await pictures_of(turn.request).size(data, chosen.arrival.sha256, page)


def _read_told(new: int | None) -> str:
    if new is None:
        return ""
    return f"Dibaca ulang: {new} berkas terbaca lain dari sebelumnya." if new else "Dibaca ulang: hasilnya tetap sama."


async def original_of(turn: Turn, number: str, sha256: str, action: str) -> tuple[bytes, str]:
    """The bytes and the name of a file that joined a submission; 404 for any other file."""
    async with turn.house.db.begin() as uow:
        row, _ = await seen(turn, uow, number)
        page = next((p for p in await pages_of(uow, row) if p.arrival.sha256 == sha256), None)
        if page is None:
            raise missing()
        if action:
            await turn.audit(uow, action, "file", sha256, submission=row.id)
    try:
        return await turn.house.blobs.get(sha256), page.arrival.name
    except OriginalMissing as error:
        raise HTTPException(503, f"Berkas asli tidak dapat dibaca: {error}") from None


@router.get("/kiriman/{submission}/asli/{sha256}")
async def original(turn: Visit, submission: str, sha256: str) -> Response:
    """Download the original, byte for byte; never shown inside the page, whatever it claims to be."""
    data, name = await original_of(turn, submission, sha256, "original_downloaded")
    shown = f"attachment; filename*=UTF-8''{quote(name or sha256[:12])}"
    return Response(data, media_type="application/octet-stream", headers={"Content-Disposition": shown})


@router.get("/kiriman/{submission}/halaman/{sha256}")
async def page_picture(
    turn: Visit,
    submission: str,
    sha256: str,
    page: Annotated[int, Query(alias="hal", ge=1, le=999)] = 1,
    part: Annotated[str, Query(alias="kotak", max_length=80)] = "",
    mark: Annotated[str, Query(alias="tanda", max_length=80)] = "",
) -> Response:
    """A page, or a part of it, as a picture that the sandbox made."""
    data, _ = await original_of(turn, submission, sha256, "")
    await turn.looked("page_viewed", "file", sha256)
    try:
        made = await pictures_of(turn.request).get(data, Wanted(sha256, page, _box(page, part), _box(page, mark)))
    except ReadingError as error:
        raise HTTPException(404, f"Halaman ini tidak dapat ditampilkan: {error}") from None
    headers = {"Cache-Control": "private, max-age=3600", "Vary": "Cookie"}
    return Response(made.jpeg, media_type="image/jpeg", headers=headers)


def _box(page: int, part: str) -> Box | None:
    if not part:
        return None
    try:
        x0, y0, x1, y1 = (float(number) for number in part.split(","))
    except ValueError:
        raise missing() from None
    if not all(abs(number) < 1e6 for number in (x0, y0, x1, y1)):
        raise missing()
    return Box(page, round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


@router.post("/kiriman/{submission}/baca-ulang")
async def read_again(turn: Visit, submission: str) -> Response:
    """Read every file of the submission with the newest reader; what was known before stays known."""
    async with turn.house.db.begin() as uow:
        row, _ = await seen(turn, uow, submission)
        messages = sorted({arrival.message_id for arrival in await uow.submissions.arrivals(row.id)})
        await turn.audit(uow, "read_again", "submission", str(row.id))
    new = sum([await turn.house.read_again(message) for message in messages])
    return RedirectResponse(f"/kiriman/{row.number}?baru={new}", 303)


@router.get("/kiriman/{submission}/isi")
async def key_page(
    turn: Visit,
    submission: str,
    file: Annotated[int, Query(alias="berkas", ge=0)] = 0,
    page: Annotated[int, Query(alias="hal", ge=1, le=999)] = 1,
) -> Response:
    """A page that no reader understood, beside the list of the unit's people."""
    return await _key_page(turn, submission, file, page)


async def _key_page(turn: Turn, number: str, file: int, page: int, fault: str = "", status: int = 200) -> Response:
    async with turn.house.db.begin() as uow:
        row, world = await seen(turn, uow, number)
        view = await view_of(uow, row, world)
        await turn.audit(uow, "submission_viewed", "submission", str(row.id))
    chosen = view.pages[min(file, len(view.pages) - 1)] if view.pages else None
    return turn.page(
        "keying", status, sized=await _sized(turn, chosen, page),
        view=view, row=row, chosen=chosen, file=file, page=page, fault=fault,
        people=world.roster.members(row.unit, row.date), codes=codes_of(world.profile),
        known={line.person: line for line in view.lines}, own=turn.account.person, **LOOKS,
    )  # fmt: skip


@router.post("/kiriman/{submission}/isi")
async def key(turn: Visit, submission: str) -> Response:
    """Take what was keyed in; people without an answer stay as they are."""
    fault = ""
    async with turn.house.db.begin() as uow:
        row, world = await seen(turn, uow, submission)
        people = {person.key for person in world.roster.members(row.unit, row.date)}
        said = {
            name.removeprefix("p:"): ruling
            for name, value in turn.form.items()
            if name.startswith("p:") and isinstance(value, str) and (ruling := ruling_of(value))
        }
        if row.session == RECAP:
            fault = "Rekap bulanan tidak diisi di sini."
        elif not said or set(said) - people:
            fault = "Belum ada yang diisi."
        else:
            try:
                await key_in(uow, turn, row, said, world)
            except Refused as refused:
                fault = refused.reason
    if fault:
        return await _key_page(turn, submission, 0, 1, fault, 422)
    return RedirectResponse(f"/kiriman/{submission}", 303)


def ruling_of(value: str) -> Ruling | None:
    """An answer as forms write it: ``ttd``, ``hadir``, ``kosong``, ``kode:SAKIT``; None for none or nonsense."""
    choice, _, key = value.partition(":")
    if choice not in tuple(Choice):
        return None
    if choice == Choice.CODE:
        allowed = set(StatusKey) - {StatusKey.HADIR, StatusKey.ALPA}
        return Ruling(choice=Choice.CODE, key=StatusKey(key)) if key in tuple(allowed) else None
    return Ruling(choice=Choice(choice)) if not key else None
