"""Between the pure drafts of ``domain.recording`` and the rows of ``storage``: a mapping in both directions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from domain.marks import FactSource
from domain.outcome import FactDraft, Known, KnownSubmission, Recording, SubmissionDraft
from domain.reading import HeadMark
from domain.recording import is_own_form
from domain.resolution import Delivery, Resolution, World
from domain.sheet import from_plain
from domain.sheet_mailing import week_name
from intake.receipts import Recorded
from storage.engine import UnitOfWork
from storage.facts import sheet_key
from storage.notify import BOARD, board_payload
from storage.records import (
    ArrivalRow,
    MessageRow,
    NewArrival,
    NewFact,
    NewQuestion,
    NewSubmission,
    SubmissionRow,
    SubmissionState,
)

_LOOK_BACK = timedelta(weeks=4)  # how far back copied signatures are looked for


async def known_of(uow: UnitOfWork, resolution: Resolution, but: int | None = None) -> Known:
    """What was recorded before for the units and days that a message speaks of; call it under the units' locks.

    ``but``: without what the message of that id brought, which is being read again.
    """
    submissions = {}
    columns = {}
    looks = {}
    for unit in resolution.units:
        first, last = resolution.days(unit)
        for row in await uow.submissions.in_range(unit, first, last):
            arrivals = [a for a in await uow.submissions.arrivals(row.id) if a.message_id != but]
            submissions[(row.unit, row.date, row.session)] = _known(row, arrivals)
        columns[unit] = await uow.facts.columns(unit, first, last, but)
        looks[unit] = await uow.looks.of_unit(unit, week_name(first - _LOOK_BACK), week_name(last))
    return Known(submissions, columns, await _printed(uow, resolution), looks)


async def _printed(uow: UnitOfWork, resolution: Resolution) -> frozenset[tuple[str, date]]:
    """The units and days of the message for which a printed sheet is out."""
    found: set[tuple[str, date]] = set()
    if not any(is_own_form(s) for s in resolution.sheets):
        return frozenset()
    for unit in resolution.units:
        for week in {week_name(day) for day in (*resolution.days(unit), resolution.hints.day)}:
            for page in await uow.sheets.open_for(unit, week):
                found |= {(unit, day) for day in from_plain(page.snapshot).days}
    return frozenset(found)


def _known(row: SubmissionRow, arrivals: Sequence[ArrivalRow]) -> KnownSubmission:
    pages: dict[int, datetime] = {}
    for arrival in sorted(arrivals, key=lambda a: a.official_at):
        if arrival.readable:
            pages.setdefault(arrival.page, arrival.official_at)
    state = row.state
    if state.expected_pages == 1:
        pages = {1: state.at}
    return KnownSubmission(
        id=row.id,
        number=row.number,
        received=state.received,
        timeliness=state.timeliness,
        late_minutes=state.late_minutes,
        first_at=state.at if state.received else row.first_at,
        files=frozenset(a.sha256 for a in arrivals),
        pages=pages,
        flags=state.flags,
        retake_asked_at=state.retake_asked_at,
        kind=state.kind,
        counts=state.counts,
        head=state.head if arrivals else HeadMark.ABSENT,  # read anew: what this very message showed is told anew
        absentees=state.absentees,
        empty_rows=state.empty_rows,
        expected_pages=state.expected_pages,
        missing_pages=state.missing_pages,
    )


async def write_recording(
    uow: UnitOfWork,
    message: MessageRow,
    delivery: Delivery,
    recording: Recording,
    world: World,
    now: datetime,
    *,
    again: bool = False,
) -> list[Recorded]:
    """Write every draft; returns each with its number, in order. ``again``: read anew, beside the facts of before."""
    written = []
    for draft in recording.submissions:
        id_, number = await _submission(uow, message, draft, world, now)
        await _arrivals(uow, message, id_, draft, delivery, now)
        await uow.facts.add_many([_fact(f, draft, id_, message, delivery, world, now, again) for f in draft.facts])
        await uow.questions.add_many(_questions(draft, id_, message, now))
        await uow.audit.add("submission_recorded", "submission", str(id_), "posko", now, {"message": message.id})
        await uow.notify(BOARD, board_payload(draft.unit, draft.date, draft.session))
        written.append(Recorded(draft, number))
    for look in recording.looks:
        await uow.looks.keep(look)
    return written


async def _submission(
    uow: UnitOfWork, message: MessageRow, draft: SubmissionDraft, world: World, now: datetime
) -> tuple[int, str]:
    state = _state(draft, now)
    if draft.existing is not None:
        await uow.submissions.update_state(draft.existing.id, state)
        return draft.existing.id, draft.existing.number
    row = await uow.submissions.add(
        NewSubmission(
            unit=draft.unit,
            date=draft.date,
            session=draft.session,
            prefix=world.profile.number_prefix,
            message_id=message.id,
            first_at=message.official_at,
            recorded_at=now,
            state=state,
        )
    )
    return row.id, row.number


def _state(draft: SubmissionDraft, now: datetime) -> SubmissionState:
    asked_before = draft.existing.retake_asked_at if draft.existing else None
    return SubmissionState(
        kind=draft.kind,
        received=draft.received,
        at=draft.at,
        timeliness=draft.timeliness,
        late_minutes=draft.late_minutes,
        counts=draft.counts,
        head=draft.head,
        flags=draft.flags,
        problems=draft.problems,
        absentees=draft.absentees,
        empty_rows=draft.empty_rows,
        expected_pages=draft.expected_pages,
        missing_pages=draft.missing_pages,
        retake_asked_at=now if draft.ask_retake else asked_before,
    )


async def _arrivals(
    uow: UnitOfWork, message: MessageRow, submission_id: int, draft: SubmissionDraft, delivery: Delivery, now: datetime
) -> None:
    for arrival in draft.arrivals:
        await uow.submissions.add_arrival(
            NewArrival(
                submission_id=submission_id,
                message_id=message.id,
                sha256=arrival.file,
                page=arrival.page,
                name=arrival.name,
                kind=arrival.kind,
                readable=arrival.readable,
                official_at=delivery.official_at,
                recorded_at=now,
            )
        )


def _fact(
    fact: FactDraft,
    draft: SubmissionDraft,
    submission_id: int,
    message: MessageRow,
    delivery: Delivery,
    world: World,
    now: datetime,
    again: bool,
) -> NewFact:
    cell = fact.cell
    key = sheet_key(message.id, fact.file, fact.sheet, fact.row, cell.date, cell.session)
    key += ":again" if message.claims.get("again") else ""
    return NewFact(
        dedupe_key=f"{key}:{fact.reader}" if again else key,
        person=fact.person,
        unit=draft.unit,
        date=cell.date,
        session=cell.session,
        verdict=cell.verdict,
        source=FactSource.SHEET,
        verified=fact.verified,
        seen_at=delivery.official_at,
        recorded_at=now,
        by=delivery.address or "",
        profile_version=world.profile.version,
        roster_version=world.roster.version,
        reader=fact.reader,
        code=cell.code,
        key=cell.key,
        time=cell.time,
        text=cell.text,
        note=fact.note,
        confidence=cell.confidence,
        submission_id=submission_id,
        message_id=message.id,
        sha256=fact.file,
        sheet=fact.sheet,
        row=fact.row,
        paper_no=fact.paper_no,
        box=cell.box,
    )


def _questions(draft: SubmissionDraft, submission_id: int, message: MessageRow, now: datetime) -> list[NewQuestion]:
    return [
        NewQuestion(
            submission_id=submission_id,
            message_id=message.id,
            kind=q.kind,
            sha256=q.file,
            sheet=q.sheet,
            row=q.row,
            paper_no=q.paper_no,
            text=q.text,
            asked_at=now,
            candidates=q.candidates,
            cells=q.cells,
        )
        for q in draft.questions
    ]
