"""KENDALA, KOREKSI, PERIKSA: words and photos that stand beside a mark until a person has looked."""

from collections.abc import Sequence
from datetime import date, timedelta

from bot.talk_scene import Scene, say
from bot.talk_which import which
from domain.commands import Command, Spoken
from domain.masking import masked
from domain.windows import guess_session, windows_on
from domain.wording import long_date, moment_text
from intake.talk import Reply
from storage.records import SubmissionRow
from storage.records_talk import NewRemark, RemarkKind
from templates import DESK_NAME, render

PHOTO_WAIT = timedelta(hours=24)
_EXAMPLES = {
    Command.OBJECT: "KOREKSI 0117",
    Command.INSPECT: "PERIKSA 0117",
    Command.TROUBLE: "KENDALA 0117 listrik padam",
}


async def numbered(scene: Scene, spoken: Spoken) -> Sequence[Reply]:
    """KOREKSI or PERIKSA with its number: of one submission; of two the desk asks which."""
    found = await scene.meant(spoken.number) if spoken.number else []
    if not found:
        return say("chat_number_unknown", number=spoken.number, example=_EXAMPLES[spoken.command])
    if len(found) > 1:
        text = f"{spoken.command.value} {{number}} {spoken.text}".strip()
        return await which(scene, spoken.number, found, text)
    if spoken.command is Command.OBJECT:
        return await _object(scene, found[0], spoken.text)
    return await _inspect(scene, found[0], spoken.text)


async def trouble(scene: Scene, spoken: Spoken) -> Sequence[Reply]:
    """KENDALA: why a sheet is late or missing; kept, weighed by nobody here (TLG-15, TLG-18)."""
    if len(spoken.text) < 3:
        return say("chat_trouble_how")
    if not spoken.number:
        return await _trouble_today(scene, spoken.text)
    found = await scene.meant(spoken.number)
    if not found:
        return say("chat_number_unknown", number=spoken.number, example=_EXAMPLES[Command.TROUBLE])
    if len(found) > 1:
        return await which(scene, spoken.number, found, f"KENDALA {{number}} {spoken.text}")
    row = found[0]
    return await _keep_trouble(scene, row.unit, row.date, row.session, row, spoken.text)


async def _trouble_today(scene: Scene, text: str) -> Sequence[Reply]:
    if not scene.speaker.units:
        return say("chat_number_unknown", number="", example=_EXAMPLES[Command.TROUBLE])
    unit = scene.speaker.units[0]
    pattern = scene.world.roster.units[unit].pattern
    session = guess_session(windows_on(scene.world.profile, scene.today, pattern), scene.at).value
    row = await scene.uow.submissions.find(unit, scene.today, session)
    return await _keep_trouble(scene, unit, scene.today, session, row, text)


async def _keep_trouble(
    scene: Scene, unit: str, day: date, session: str, row: SubmissionRow | None, text: str
) -> Sequence[Reply]:
    new = NewRemark(
        RemarkKind.TROUBLE, unit, day, session, row.id if row else None, text[:500], scene.at, scene.speaker.address,
        scene.row.id,
    )  # fmt: skip
    await scene.uow.remarks.add(new)
    return say(
        "chat_trouble",
        unit=scene.unit_name(unit),
        about=f"{scene.session_name(session)} {long_date(day)}",
        at=scene.clock(scene.at),
        text=_brief(text),
        number=row.number if row else "",
    )


async def _object(scene: Scene, row: SubmissionRow, text: str, *, photo: bool = False) -> Sequence[Reply]:
    """KOREKSI: an objection that waits for the photo that follows, and for a person (TLG-18)."""
    await _open(scene, RemarkKind.OBJECTION, row, text)
    return say("chat_objection", number=row.number, at=scene.clock(scene.at), photo=photo)


async def _inspect(scene: Scene, row: SubmissionRow, text: str) -> Sequence[Reply]:
    """PERIKSA: the receivers look at what was taken for no sheet; its first time stays (TLG-05)."""
    await _open(scene, RemarkKind.INSPECTION, row, text)
    return say("chat_inspection", number=row.number, at=scene.clock(row.first_at))


async def _open(scene: Scene, kind: RemarkKind, row: SubmissionRow, text: str) -> None:
    new = NewRemark(
        kind, row.unit, row.date, row.session, row.id, text[:500], scene.at, scene.speaker.address, scene.row.id
    )
    id_ = await scene.uow.remarks.add(new)
    if id_ is not None:
        await scene.uow.audit.add(f"remark_{kind.value}", "submission", str(row.id), "petugas", scene.now)
        await tell_receivers(scene, kind, row, text, f"remark:{id_}")


async def tell_receivers(scene: Scene, kind: RemarkKind, row: SubmissionRow, text: str, key: str) -> None:
    """What a person has to look at, with the originals and the first time."""
    arrivals = await scene.uow.submissions.arrivals(row.id)
    body = render(
        "inspection_alert",
        objection=kind is RemarkKind.OBJECTION,
        number=row.number,
        unit=scene.unit_name(row.unit),
        day=long_date(row.date),
        session=scene.session_name(row.session),
        by=masked(scene.speaker.address),
        at=moment_text(scene.at, scene.world.profile),
        first_at=moment_text(row.first_at, scene.world.profile),
        text=_brief(text),
        items=[f"{a.name or 'berkas'} ({a.sha256})" for a in arrivals],
        sender_name=DESK_NAME,
    )
    subject = f"{'Sanggahan' if kind is RemarkKind.OBJECTION else 'PERIKSA'} {row.number}"
    await scene.desk.outgoing.alert(scene.uow, key, subject, body, scene.now)


async def photos(scene: Scene, files: Sequence[str], spoken: Spoken | None) -> Sequence[Reply]:
    """Files from a speaker: KOREKSI in their caption opens an objection with them; else they join an open one."""
    if spoken is not None:
        if not spoken.number:
            return await numbered(scene, spoken)
        found = await scene.meant(spoken.number)
        if len(found) != 1:
            return await numbered(scene, spoken)
        await _object(scene, found[0], spoken.text)
        await _attach(scene, files)
        return say("chat_objection", number=found[0].number, at=scene.clock(scene.at), photo=True)
    waiting = await scene.uow.remarks.waiting_for_photo(scene.speaker.address, scene.at - PHOTO_WAIT)
    if waiting is None or waiting.submission_id is None:
        return []
    row = await scene.uow.submissions.get(waiting.submission_id)
    for sha256 in files:
        await scene.uow.remarks.attach(waiting.id, sha256)
    return say("chat_objection", number=row.number, at=scene.clock(waiting.opened_at), photo=True)


async def _attach(scene: Scene, files: Sequence[str]) -> None:
    waiting = await scene.uow.remarks.waiting_for_photo(scene.speaker.address, scene.at - PHOTO_WAIT)
    for sha256 in files if waiting else ():
        assert waiting is not None
        await scene.uow.remarks.attach(waiting.id, sha256)


def _brief(text: str) -> str:
    return text if len(text) <= 160 else text[:159] + "…"
