"""Answers about rows (``0117: 7 DL, 19 S``, ``7 = 12``) and taps on cells: kept "menurut petugas", final in nothing.

A code becomes a keterangan that waits for its evidence. One row in ten, chosen by a hash that nobody can steer, is
shown to the receivers beside the original.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from bot.talk_people import name_row, rows_of
from bot.talk_scene import Scene, digits_of, officer_fact, say, session_of
from bot.talk_which import which
from domain.answers import Answer, RowAnswer, Word, written
from domain.reading import Verdict
from domain.wording import long_date, moment_text
from intake.excuses import file
from intake.talk import Reply
from storage.records import NewFact, SubmissionRow
from storage.records_talk import NewExcuse
from templates import DESK_NAME, render

SAMPLE = 10  # one answered row in so many is shown to the receivers
_RECENT = timedelta(days=2)
_VERDICTS = {Word.SIGNED: Verdict.SIGNED, Word.EMPTY: Verdict.EMPTY, Word.CODE: Verdict.CODE}


@dataclass
class _Kept:
    """What one answer came to: lines for its reply, keterangan that wait, lines for the receivers' sample."""

    lines: list[str] = field(default_factory=list)
    unclear: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)


async def answer_rows(scene: Scene, answer: Answer) -> Sequence[Reply]:
    """Keep an answer about one submission; of two that its digits could mean the desk asks which."""
    found = await scene.meant(answer.number) if answer.number else await _asked_lately(scene)
    if not found:
        return say("chat_number_unknown", number=answer.number, example="0117: 7 DL")
    if len(found) > 1:
        rows = written(Answer("", answer.rows))
        return await which(scene, answer.number, found, f"{{number}}: {rows}")
    return await keep(scene, found[0], answer)


async def _asked_lately(scene: Scene) -> list[SubmissionRow]:
    """Without a number: the submissions of the last two days with something to answer."""
    since = scene.today - _RECENT
    recent = [s for s in await scene.submissions() if s.date >= since]
    asked = await scene.uow.questions.open_counts([s.id for s in recent])
    return [s for s in recent if asked.get(s.id) or s.state.empty_rows]


async def keep(scene: Scene, row: SubmissionRow, answer: Answer) -> Sequence[Reply]:
    """Write each row's word and what follows from it."""
    kept = _Kept()
    await _keep_names(scene, row, answer, kept)
    rows = await rows_of(scene, row)
    for one in answer.rows:
        person = rows.people.get(one.no)
        if person is not None:
            await _keep_row(scene, row, one, person, kept)
        elif one.no in rows.asked:
            digits = digits_of(row.number)
            kept.unclear.append(f"Baris {one.no}: mohon sebut dahulu pegawainya, misalnya {digits}: {one.no} = NIP.")
        else:
            kept.unclear.append(f"Baris {one.no}: pegawainya belum dikenali pada lembar ini; belum dicatat.")
    await _show_sample(scene, row, kept.sample)
    return say(
        "chat_answer",
        kept.lines,
        number=row.number,
        unclear=kept.unclear[:4],
        waits=" atau ".join(f"BUKTI {number}" for number in kept.waits[:3]),
    )


async def _keep_names(scene: Scene, row: SubmissionRow, answer: Answer, kept: _Kept) -> None:
    """Words that are no status: they name the person of a row that is asked about, or mean nothing."""
    said = [no for no, _ in answer.unclear]
    for no, words in answer.unclear:
        rows = await rows_of(scene, row)  # anew: a row that was just named is somebody's
        question = rows.asked.get(no)
        if question is None or said.count(no) > 1:
            kept.unclear.append(f'Baris {no}: "{words[:30]}" tidak dikenal sebagai kode; belum dicatat.')
            continue
        line, done = await name_row(scene, row, no, words, question, rows)
        (kept.lines if done else kept.unclear).append(line)
        if done and in_sample(row.number, no):
            kept.sample.append(line)


async def _keep_row(scene: Scene, row: SubmissionRow, one: RowAnswer, person: str, kept: _Kept) -> None:
    name = scene.person_name(person)
    word = one.code if one.word is Word.CODE else one.word.value
    await scene.uow.facts.add_many([_fact(scene, row, one, person)])
    line = f"no. {one.no} {name}: {word}"
    if one.word is Word.CODE:
        line += await _excuse(scene, row, one, person, kept)
    kept.lines.append(line)
    if in_sample(row.number, one.no):
        kept.sample.append(f"baris {one.no} {name}: {word}")


async def _excuse(scene: Scene, row: SubmissionRow, one: RowAnswer, person: str, kept: _Kept) -> str:
    assert one.key is not None
    new = NewExcuse(
        person, row.unit, one.key, one.code, row.date, row.date, session_of(row), "", scene.at, scene.speaker.address,
        False, row.id, scene.row.id,
    )  # fmt: skip
    filed = await file(scene.uow, scene.world, new, scene.desk.outgoing)
    if filed.row is None:
        return f" (keterangan tidak dibuat: {filed.refusal.value if filed.refusal else ''})"
    if filed.row.evidence_at is None:
        kept.waits.append(filed.row.number)
        return f" ({filed.row.number}, menunggu bukti)"
    return f" ({filed.row.number})"


def _fact(scene: Scene, row: SubmissionRow, one: RowAnswer, person: str) -> NewFact:
    verdict, session = _VERDICTS[one.word], session_of(row)
    word = officer_fact(scene, f"{row.id}:{one.no}", person, row.unit, row.date, session, verdict)
    return replace(
        word, code=one.code or None, key=one.key, note="menurut petugas", submission_id=row.id, paper_no=one.no
    )


def in_sample(number: str, row: int) -> bool:
    """Whether an answer about this row is shown to the receivers: one in ten, the same however often it is said."""
    return hashlib.sha256(f"{number}:{row}".encode()).digest()[0] % SAMPLE == 0


async def _show_sample(scene: Scene, row: SubmissionRow, lines: Sequence[str]) -> None:
    if not lines:
        return
    body = render(
        "sample_alert",
        number=row.number,
        unit=scene.unit_name(row.unit),
        day=long_date(row.date),
        session=scene.session_name(row.session),
        at=moment_text(scene.at, scene.world.profile),
        items=lines,
        sender_name=DESK_NAME,
    )
    key = f"sample:{scene.row.id}:{row.id}"
    await scene.desk.outgoing.alert(scene.uow, key, f"Pemeriksaan acak {digits_of(row.number)}", body, scene.now)
