"""Keterangan by caption and reply, their evidence, and decisions by reply (SETUJU K12, TOLAK K12 alasan)."""

from collections.abc import Sequence

from bot.talk_scene import Scene, say
from domain.answers import Answer
from domain.commands import Command, Spoken
from domain.errors import StorageError
from domain.excuse import Decider, decider_of, state_of
from domain.excuse_text import Request
from domain.identity import How
from intake.excuse_news import decided_text
from intake.excuses import closing_text, days_text, decide, file, prove
from intake.talk import Reply
from storage.records_talk import ExcuseRow, NewExcuse


async def request(scene: Scene, asked: Request, files: Sequence[str] = ()) -> Sequence[Reply] | None:
    """File what a caption or a reply asks; None when it names nobody of the speaker's units for certain."""
    for unit in scene.speaker.units:
        match = scene.world.matcher(unit, asked.first).match_text(asked.who)
        if match.person is not None and match.how not in (How.ASK, How.NONE):
            return await _file(scene, asked, unit, match.person, files)
    return None


async def _file(scene: Scene, asked: Request, unit: str, person: str, files: Sequence[str]) -> Sequence[Reply]:
    new = NewExcuse(
        person, unit, asked.key, asked.code, asked.first, asked.last, None, scene.text[:500], scene.at,
        scene.speaker.address, False, None, scene.row.id,
    )  # fmt: skip
    filed = await file(scene.uow, scene.world, new, scene.desk.outgoing)
    if filed.row is None:
        reason = filed.refusal.value if filed.refusal else ""
        return say("chat_excuse_refused", reason=reason, agency=scene.world.profile.agency)
    row = filed.row
    for sha256 in files:
        row = await prove(scene.uow, scene.world, row.id, sha256, scene.at, scene.speaker.address, scene.desk.outgoing)
    return _told(scene, row, closing_text(filed.closes, scene.world))


async def evidence(scene: Scene, spoken: Spoken, files: Sequence[str]) -> Sequence[Reply]:
    """BUKTI K12 with a file; without one, or without a number, what is still waited for."""
    row = await _known(scene, spoken.number) if spoken.number else None
    mine = [r for unit in scene.speaker.units for r in await scene.uow.excuses.undecided(unit=unit)]
    if row is None or not files:
        waiting = [
            f"{r.number}: {r.code} {scene.person_name(r.person)}, {days_text(r.plain)}"
            for r in mine
            if r.evidence_at is None
        ]
        return say("chat_evidence_how", waiting)
    for sha256 in files:
        row = await prove(scene.uow, scene.world, row.id, sha256, scene.at, scene.speaker.address, scene.desk.outgoing)
    return _told(scene, row, "")


async def prove_answer(scene: Scene, answer: Answer, files: Sequence[str]) -> None:
    """A file whose caption is ``0117: 7 DL`` is the evidence of what the caption filed."""
    if not files or not any(one.key for one in answer.rows):
        return
    for unit in scene.speaker.units:
        for row in await scene.uow.excuses.undecided(unit=unit):
            if row.message_id == scene.row.id:
                for sha256 in files:
                    await prove(
                        scene.uow, scene.world, row.id, sha256, scene.at, scene.speaker.address, scene.desk.outgoing
                    )


async def decision(scene: Scene, spoken: Spoken) -> Sequence[Reply]:
    """SETUJU and TOLAK: who may is the profile's; nobody on his own record."""
    agency = scene.world.profile.agency
    decider = _decider(scene)
    try:
        row = await scene.uow.excuses.get(int(spoken.number.lstrip("K")))
    except StorageError:
        return say("chat_excuse_refused", reason=f"tidak ada keterangan {spoken.number}", agency=agency)
    approve = spoken.command is Command.APPROVE
    done = await decide(scene.uow, scene.world, row.id, decider, approve, spoken.text, scene.now)
    if done.row is None:
        return say("chat_excuse_refused", reason=done.refusal.value if done.refusal else "", agency=agency)
    return [Reply(decided_text(scene.world, done.row, days_text(done.row.plain)))]


def _decider(scene: Scene) -> Decider:
    speaker = scene.speaker
    if speaker.receiver:
        return Decider(speaker.address, True, speaker.person)
    return decider_of(scene.world.roster, speaker.address, speaker.person, scene.today)


async def _known(scene: Scene, number: str) -> ExcuseRow | None:
    """The keterangan of one of the speaker's units; somebody else's number is nobody's."""
    try:
        row = await scene.uow.excuses.get(int(number.lstrip("K")))
    except StorageError:
        return None
    return row if scene.speaker.speaks_for(row.unit) else None


def _told(scene: Scene, row: ExcuseRow, until: str) -> Sequence[Reply]:
    return say(
        "chat_excuse",
        number=row.number,
        state=state_of(row.plain, scene.world.profile).value,
        code=row.code,
        name=scene.person_name(row.person),
        days=days_text(row.plain),
        until=until,
        late=row.late,
    )
