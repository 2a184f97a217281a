"""What is written comes back as it was; numbers, locks and lists."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from domain.calendar import CalendarOverride
from domain.errors import StorageError
from domain.fallback import Period, Scope
from domain.outcome import CellDraft, Counts, Flag, QuestionKind
from domain.reading import Box, HeadMark, Problem, ProblemCode, SheetKind, Verdict
from domain.terms import Pattern, Scheme, Session, StatusKey
from storage.engine import Database
from storage.facts import sheet_key
from storage.records import FileRow, MessageFileRow, NewArrival, NewQuestion, SightingCounts
from tests.fakes.rows import NOW, TODAY, new_fact, new_message, new_state, new_submission


async def add_message(db: Database, event_id: str = "a" * 64) -> int:
    async with db.begin() as uow:
        id_ = await uow.messages.add(new_message(event_id))
        assert id_ is not None
        return id_


async def test_a_message_comes_back_as_it_was_written(database: Database) -> None:
    message = new_message(
        header_id="<1@x>",
        claims={"file": "a.xlsx"},
        sent_at=NOW - timedelta(minutes=1),
        from_address="a@b",
        subject="s",
    )
    async with database.begin() as uow:
        id_ = await uow.messages.add(message)
        assert await uow.messages.add(message) is None
    async with database.begin() as uow:
        row = await uow.messages.get(id_ or 0)
        assert row == await uow.messages.by_event(Scheme.MAIL, "utama", message.event_id)
        assert row == await uow.messages.by_header_id("<1@x>")
        assert await uow.messages.by_header_id("<2@x>") is None
    assert (row.claims, row.sent_at, row.official_at, row.attempts) == ({"file": "a.xlsx"}, message.sent_at, NOW, 0)
    assert row.official_at.tzinfo is UTC


async def test_naive_moments_are_refused(database: Database) -> None:
    with pytest.raises(Exception, match="naive datetime"):
        async with database.begin() as uow:
            await uow.messages.add(new_message(official_at=datetime(2026, 11, 24)))  # noqa: DTZ001 - on purpose


async def test_same_message_id_with_other_bytes_is_linked(database: Database) -> None:
    first, second = await add_message(database), await add_message(database, "b" * 64)
    async with database.begin() as uow:
        await uow.messages.link_duplicate(second, first)
    async with database.begin() as uow:
        assert (await uow.messages.get(second)).duplicate_of == first
        with pytest.raises(StorageError):
            await uow.messages.get(999)


async def test_sightings_tell_known_and_gone_uids(database: Database) -> None:
    id_ = await add_message(database)
    async with database.begin() as uow:
        for uid in (1, 2, 3):
            await uow.sightings.add("utama", "INBOX", 7, uid, id_, NOW)
            await uow.sightings.add("utama", "INBOX", 7, uid, id_, NOW)
        assert await uow.sightings.known("utama", "INBOX", 7, range(20_000)) == {1, 2, 3}
        assert await uow.sightings.known("utama", "INBOX", 8, [1]) == set()
        assert await uow.sightings.mark_gone("utama", "INBOX", 7, {2}, NOW) == [1, 3]
        assert await uow.sightings.mark_gone("utama", "INBOX", 7, set(), NOW) == [2]
        assert await uow.sightings.mark_gone("utama", "INBOX", 7, set(), NOW) == []
        assert await uow.sightings.counts("utama", "INBOX", 7) == SightingCounts(present=0, gone=3)


async def test_files_and_readings_are_kept_once(database: Database) -> None:
    id_ = await add_message(database)
    async with database.begin() as uow:
        for size in (3, 4):
            await uow.files.add("b" * 64, size, "text/csv")
            await uow.files.attach(id_, "b" * 64, "2", "a.csv")
            await uow.files.save_reading("b" * 64, "csv 1", {"size": size})
    async with database.begin() as uow:
        assert await uow.files.get("b" * 64) == FileRow("b" * 64, 3, "text/csv")
        assert await uow.files.for_message(id_) == [MessageFileRow(id_, "b" * 64, "2", "a.csv")]
        assert await uow.files.reading("b" * 64, "csv 1") == {"size": 3}
        assert await uow.files.reading("b" * 64, "csv 2") is None


async def test_a_submission_comes_back_as_it_was_written(database: Database) -> None:
    id_ = await add_message(database)
    state = new_state(
        counts=Counts(signed=3, empty=1),
        head=HeadMark.EMPTY,
        flags=frozenset({Flag.HEAD_MISSING, Flag.RESENT}),
        problems=(Problem(ProblemCode.ROW_UNREAD, "Baris 3 tidak terbaca."),),
        absentees=("1",),
        empty_rows=((7, "Siti"), (None, "Budi")),
        missing_pages=(2,),
        retake_asked_at=NOW,
    )
    async with database.begin() as uow:
        row = await uow.submissions.add(new_submission(id_, state=state))
    assert row.number == "TLG-20261124-D-0001"
    assert row.state == state
    async with database.begin() as uow:
        await uow.submissions.update_state(row.id, replace(state, flags=frozenset()))
        changed = await uow.submissions.find("U012", TODAY, "datang")
        assert changed == replace(row, state=replace(state, flags=frozenset()))
        assert await uow.submissions.get(row.id) == changed
        assert await uow.submissions.by_number(" tlg-20261124-d-0001") == changed
        assert await uow.submissions.by_sequence(1, TODAY) == changed
        assert await uow.submissions.by_sequence(1, date(2026, 12, 1)) is None
        assert await uow.submissions.on_day(TODAY) == [changed]
        assert await uow.submissions.in_range("U012", TODAY, TODAY) == [changed]
        assert await uow.submissions.for_message(id_) == [changed]
        assert await uow.submissions.find("U012", TODAY, "pulang") is None
        with pytest.raises(StorageError):
            await uow.submissions.get(999)


async def test_numbers_are_unique_under_concurrency(database: Database) -> None:
    id_ = await add_message(database)

    async def add(number: int) -> str:
        async with database.begin() as uow:
            await uow.submissions.lock(f"U{number:03d}")
            return (await uow.submissions.add(new_submission(id_, unit=f"U{number:03d}"))).number

    numbers = await asyncio.gather(*(add(n) for n in range(30)))
    assert sorted(numbers) == [f"TLG-20261124-D-{n:04d}" for n in range(1, 31)]


async def test_numbers_begin_again_each_month_and_recaps_have_their_letter(database: Database) -> None:
    id_ = await add_message(database)
    async with database.begin() as uow:
        first = await uow.submissions.add(new_submission(id_))
        second = await uow.submissions.add(new_submission(id_, date=date(2026, 12, 1), session="rekap"))
    assert (first.number, second.number) == ("TLG-20261124-D-0001", "TLG-20261201-R-0001")


async def test_a_second_submission_of_the_same_sheet_is_refused(database: Database) -> None:
    id_ = await add_message(database)
    async with database.begin() as uow:
        await uow.submissions.add(new_submission(id_))
    with pytest.raises(IntegrityError):
        async with database.begin() as uow:
            await uow.submissions.add(new_submission(id_))


async def test_recording_for_one_unit_waits_for_the_other_transaction(database: Database) -> None:
    order: list[str] = []
    locked = asyncio.Event()

    async def second() -> None:
        await locked.wait()
        async with database.begin() as uow:
            await uow.submissions.lock("U012")
            order.append("second")

    waiting = asyncio.create_task(second())
    async with database.begin() as uow:
        await uow.submissions.lock("U012")
        locked.set()
        async with database.begin() as other:  # another unit does not wait
            await other.submissions.lock("U013")
        order.append("first")
    await waiting
    assert order == ["first", "second"]


async def test_arrivals_join_once(database: Database) -> None:
    id_ = await add_message(database)
    async with database.begin() as uow:
        submission = await uow.submissions.add(new_submission(id_))
        arrival = NewArrival(submission.id, id_, "b" * 64, 1, "a.xlsx", SheetKind.DAILY, True, NOW, NOW)
        assert await uow.submissions.add_arrival(arrival)
        assert not await uow.submissions.add_arrival(arrival)
        assert await uow.submissions.add_arrival(replace(arrival, page=2))
        assert [a.page for a in await uow.submissions.arrivals(submission.id)] == [1, 2]


async def test_facts_come_back_in_order_and_are_written_once(database: Database) -> None:
    key = sheet_key(1, "b" * 64, 0, 7, TODAY, Session.DATANG)
    fact = new_fact(key, box=Box(1, 2.0, 3.0, 4.0, 5.0), confidence=0.5, sheet=0, row=7, paper_no=8)
    code = new_fact("k2", verdict=Verdict.CODE, code="DL", key=StatusKey.DINAS_LUAR, session=Session.PULANG)
    empty = new_fact("k3", verdict=Verdict.EMPTY, date=date(2026, 11, 25))
    async with database.begin() as uow:
        many = [new_fact(f"n{i}", person="x") for i in range(600)]
        assert await uow.facts.add_many([fact, code, empty, *many]) == 603
        assert await uow.facts.add_many([fact, code]) == 0
        assert await uow.facts.add_many([]) == 0
    async with database.begin() as uow:
        first, second, third = await uow.facts.for_people([fact.person], TODAY, date(2026, 11, 30))
        assert (first.box, first.paper_no, first.dedupe_key) == (fact.box, 8, key)
        assert (second.key, second.session, third.verdict) == (StatusKey.DINAS_LUAR, Session.PULANG, Verdict.EMPTY)
        columns = await uow.facts.columns("U012", TODAY, date(2026, 11, 30))
        assert columns == {(TODAY, Session.DATANG)}  # a code or an empty cell fills no column
        assert len(await uow.facts.for_unit_day("U012", TODAY)) == 602
        assert await uow.facts.for_submission(1) == []


async def test_questions_are_asked_once_and_answered_once(database: Database) -> None:
    id_ = await add_message(database)
    cell = CellDraft(TODAY, Session.DATANG, Verdict.UNSURE, box=Box(1, 0, 0, 1, 1))
    async with database.begin() as uow:
        submission = await uow.submissions.add(new_submission(id_))
        question = NewQuestion(
            submission.id, id_, QuestionKind.CELL, "b" * 64, 0, 7, 8, "Siti", NOW, ("1", "2"), (cell,)
        )
        assert await uow.questions.add_many([question]) == 1
        assert await uow.questions.add_many([question]) == 0
        assert await uow.questions.add_many([]) == 0
    async with database.begin() as uow:
        (asked,) = await uow.questions.open_for(submission.id)
        assert (asked.candidates, asked.cells, asked.answer) == (("1", "2"), (cell,), None)
        assert await uow.questions.open_counts([submission.id]) == {submission.id: 1}
        assert await uow.questions.answer(asked.id, "TTD", "petugas", NOW)
        assert not await uow.questions.answer(asked.id, "DL", "petugas", NOW)
        closed = await uow.questions.get(asked.id)
        assert closed is not None
        assert (closed.answer, closed.answered_at) == ("TTD", NOW)
        assert await uow.questions.open_for(submission.id) == []
        assert await uow.questions.open_counts([submission.id]) == {}


async def test_incidents_open_once_and_close(database: Database) -> None:
    later = NOW + timedelta(minutes=9)
    async with database.begin() as uow:
        assert await uow.incidents.open("mailbox", "all", "utama", NOW, "tidak tersambung") is not None
        assert await uow.incidents.open("mailbox", "all", "utama", later, "tidak tersambung") is None
        assert [i.started_at for i in await uow.incidents.open_for("utama")] == [NOW]
        assert len(await uow.incidents.all_open()) == 1
        assert await uow.incidents.close("mailbox", "utama", later)
        assert not await uow.incidents.close("mailbox", "utama", later)
        assert await uow.incidents.open("mailbox", "all", "utama", later, "lagi") is not None
        assert await uow.incidents.close("mailbox", "utama", later, "pulih")
        assert [i.note for i in await uow.incidents.between(NOW, NOW)] == ["tidak tersambung"]
        assert [i.note for i in await uow.incidents.between(NOW, later)] == ["tidak tersambung", "pulih"]


async def test_cursors_and_tokens_keep_the_newest(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.cursors.get("utama", "INBOX") is None
        assert await uow.tokens.get("utama") is None
        for number in (1, 2):
            await uow.cursors.set("utama", "INBOX", number, NOW)
            await uow.tokens.set("utama", f"token {number}", NOW)
    async with database.begin() as uow:
        cursor = await uow.cursors.get("utama", "INBOX")
        assert cursor is not None
        assert (cursor.uidvalidity, cursor.searched_at) == (2, NOW)
        assert await uow.cursors.all() == [cursor]
        assert await uow.tokens.get("utama") == "token 2"


async def test_periods_and_calendar_decisions_come_back(database: Database) -> None:
    period = Period(
        None, Scope.UNITS, frozenset({"U012"}), TODAY, Session.DATANG, None, None, "server mati", "", "BKD", NOW
    )
    decision = CalendarOverride(TODAY, TODAY, False, "Hari jadi", "100.3", "U012", Pattern.SIX)
    async with database.begin() as uow:
        id_ = await uow.periods.add(period)
        assert await uow.periods.all() == (replace(period, id=id_),)
        assert await uow.periods.end(id_, TODAY, Session.PULANG)
        assert not await uow.periods.end(id_, TODAY, Session.PULANG)
        assert (await uow.periods.all())[0].last_session is Session.PULANG
        await uow.calendar.add(decision, "BKD", NOW)
        assert await uow.calendar.all() == (decision,)
