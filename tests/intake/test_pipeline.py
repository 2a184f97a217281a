"""The trip of a message on a real database with a real sandbox: archive → read → record → answer."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import dict_row
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.errors import LostCommit
from domain.outcome import Recording
from domain.resolution import Delivery, World
from domain.terms import Authenticity
from intake import opening, persist
from intake import pipeline as pipeline_module
from intake.mail_message import message_id_for
from intake.observer import Unobserved
from intake.pipeline import Pipeline
from intake.upload import Upload, results_of, take_in
from storage.engine import Database, UnitOfWork
from storage.records import MessageRow, MessageState
from tests.fakes.desk_world import BUDI, PROFILE, SITI, at
from tests.fakes.trip import DESK, DISHUB, RECEIVER, Trip, endless_mail, mail, trip_on, workbook

KEYS = {
    "number", "message_sha256", "unit", "sender", "authentic", "date", "session", "timeliness", "late_minutes", "kind",
    "rows", "signed", "reported", "empty", "unsure", "questions", "problems",
}  # fmt: skip
EXTRA_KEYS = {"code", "flags"}


@pytest.fixture
async def trip(database: Database, tmp_path: Path) -> AsyncIterator[Trip]:
    async with trip_on(database, tmp_path) as made:
        yield made


def rows(url: str, query: str) -> list[dict[str, object]]:
    with psycopg.connect(url, row_factory=dict_row) as connection:
        return connection.execute(query.encode()).fetchall()


async def test_a_mailed_workbook_becomes_a_submission_facts_and_a_threaded_receipt(
    trip: Trip, database_url: str
) -> None:
    earlier = ("References", "<awal@presensi.test>")
    message_id = await trip.read(mail(workbook(), when=at(7, 18), headers=[earlier]))
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert found["number"] == "TLG-20261124-D-0001"
    assert (found["unit"], found["date"], found["session"]) == ("U1", "2026-11-24", "datang")
    assert (found["timeliness"], found["authentic"], found["rows"], found["reported"]) == ("on_time", True, 2, 2)
    facts = rows(database_url, "SELECT * FROM fact ORDER BY person")
    assert [f["person"] for f in facts if f["session"] == "datang"] == sorted([SITI, BUDI])
    assert {f["message_id"] for f in facts} == {message_id}
    assert all(f["sha256"] and f["roster_version"] and f["profile_version"] for f in facts)
    (receipt,) = await trip.letters(message_id)
    assert (receipt.to_address, receipt.kind, receipt.subject) == (DISHUB, "receipt", "Re: Presensi")
    assert "TEPAT WAKTU" in receipt.body
    assert "TLG-20261124-D-0001" in receipt.body
    assert receipt.headers["in_reply_to"] == "<satu@presensi.test>"
    assert receipt.headers["references"] == "<awal@presensi.test> <satu@presensi.test>"
    jobs = rows(database_url, "SELECT args FROM procrastinate_jobs WHERE task_name = 'deliver'")
    assert [j["args"] for j in jobs] == [{"outbox_id": receipt.id}]
    assert (await trip.message(message_id)).state is MessageState.DONE


async def test_a_name_that_fits_nobody_becomes_a_question_and_no_fact(trip: Trip, database_url: str) -> None:
    # Agus belongs to another unit.
    await trip.read(mail(workbook(SITI, "197610152001042903"), when=at(7, 18)))
    assert {f["person"] for f in rows(database_url, "SELECT person FROM fact")} == {SITI}
    (question,) = rows(database_url, "SELECT * FROM question")
    assert str(question["text"]).startswith("Drs. Agus Setiawan")
    assert question["answered_at"] is None


async def test_must_hold_5_other_bytes_under_one_message_id_are_linked_and_counted_and_answered_once(
    trip: Trip, database_url: str
) -> None:
    first = await trip.read(mail(workbook(), when=at(7, 18)))
    second = await trip.read(mail(workbook(mark="07.10"), when=at(7, 19)))
    row = await trip.message(second)
    assert (row.duplicate_of, row.state, row.note) == (first, MessageState.DONE, "salinan")
    assert {f["message_id"] for f in rows(database_url, "SELECT message_id FROM fact")} == {first}
    assert await trip.letters(second) == []
    (found,) = await results_of(trip.db, second, PROFILE.tz)
    assert (found["number"], found["kind"]) == (None, "duplicate")


async def test_the_same_bytes_twice_are_one_message_and_one_trip(trip: Trip, database_url: str) -> None:
    raw = mail(workbook(), when=at(7, 18))
    first = await trip.read(raw)
    again = await trip.arrive(raw)
    assert again == first
    assert not await trip.pipeline().read_message(again)
    assert rows(database_url, "SELECT count(*) AS n FROM submission") == [{"n": 1}]
    assert len(await trip.letters(first)) == 1


async def test_a_message_that_cannot_be_taken_apart_is_set_aside_with_one_alert(
    trip: Trip, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "_WALK_SECONDS", 0.3)
    message_id = await trip.read(endless_mail(100_000))
    assert (await trip.message(message_id)).state is MessageState.QUARANTINE
    (alert,) = await trip.letters()
    assert (alert.to_address, alert.kind) == (RECEIVER, "alert")
    assert not await trip.pipeline().read_message(message_id)
    await trip.pipeline().failed(message_id, OSError("once more"))
    assert len(await trip.letters()) == 1


class Breaking(Unobserved):
    """An observer that fails the trip after one step, so many times."""

    def __init__(self, step: str, times: int) -> None:
        self.step, self.left = step, times

    def reached(self, step: str, subject: int) -> None:
        if step == self.step and self.left:
            self.left -= 1
            raise OSError(f"broken after {step}")


async def attempt(pipeline: Pipeline, message_id: int) -> bool:
    """What the job does."""
    try:
        return await pipeline.read_message(message_id)
    except OSError as error:
        await pipeline.failed(message_id, error)
        return False


@pytest.mark.parametrize("step", ["claimed", "opened", "read"])
async def test_a_trip_broken_off_anywhere_is_made_again_and_recorded_once(
    trip: Trip, database_url: str, step: str
) -> None:
    message_id = await trip.arrive(mail(workbook(), when=at(7, 18)))
    pipeline = trip.pipeline(Breaking(step, 2))
    assert not await attempt(pipeline, message_id)
    assert not await attempt(pipeline, message_id), "too early for another try"
    trip.clock.move(60)
    assert not await attempt(pipeline, message_id)
    trip.clock.move(300)
    assert await attempt(pipeline, message_id)
    assert len(rows(database_url, "SELECT 1 FROM fact WHERE session = 'datang'")) == 2
    assert len(await trip.letters(message_id)) == 1


async def test_must_hold_9_the_fifth_failure_sets_a_message_aside_with_one_alert(trip: Trip) -> None:
    message_id = await trip.arrive(mail(workbook(), when=at(7, 18)))
    pipeline = trip.pipeline(Breaking("opened", 9))
    for _ in range(9):
        await attempt(pipeline, message_id)
        trip.clock.move(3600)
    row = await trip.message(message_id)
    assert (row.state, row.attempts) == (MessageState.QUARANTINE, 5)
    (alert,) = await trip.letters()
    assert "5 kali" in alert.body
    assert row.sha256 in alert.body


async def test_two_processes_at_the_same_message_record_and_answer_it_once(trip: Trip, database_url: str) -> None:
    message_id = await trip.arrive(mail(workbook(), when=at(7, 18)))
    done = await asyncio.gather(*(trip.pipeline().read_message(message_id) for _ in range(4)))
    assert sorted(done) == [False, False, False, True]
    assert len(rows(database_url, "SELECT 1 FROM fact WHERE session = 'datang'")) == 2
    assert len(await trip.letters(message_id)) == 1


async def test_a_claim_that_ran_out_while_the_first_still_works_records_and_answers_once(
    trip: Trip, database_url: str
) -> None:
    """Both read to the end; one transaction wins, the other finds everything written."""
    message_id = await trip.arrive(mail(workbook(), when=at(7, 18)))
    slow, waiting, go_on = trip.pipeline(), asyncio.Event(), asyncio.Event()
    record = slow._record

    async def held(*arguments: object) -> None:
        waiting.set()
        await go_on.wait()
        await record(*arguments)  # type: ignore[arg-type]

    slow._record = held  # type: ignore[assignment, method-assign]
    first = asyncio.create_task(slow.read_message(message_id))
    await waiting.wait()
    trip.clock.move(600)
    assert await trip.pipeline().read_message(message_id)
    go_on.set()
    await first
    assert len(rows(database_url, "SELECT 1 FROM fact WHERE session = 'datang'")) == 2
    assert rows(database_url, "SELECT count(*) AS n FROM submission") == [{"n": 1}]
    assert rows(database_url, "SELECT flags FROM submission")[0]["flags"] == ["tanpa_tanda_tangan"]
    assert len(await trip.letters(message_id)) == 1


async def test_the_receipt_of_a_spoofed_mail_goes_to_the_units_registered_address(trip: Trip) -> None:
    message_id = await trip.read(mail(workbook(), when=at(7, 18), proven=False, by="palsu@jahat.test"))
    (receipt,) = await trip.letters(message_id)
    assert receipt.to_address == DISHUB
    assert receipt.headers == {}, "a thread of the forger's would be shown to the unit"
    assert "BELUM TERVERIFIKASI" in receipt.body
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert (found["authentic"], found["unit"], found["timeliness"]) == (False, "U1", "on_time")
    assert (await trip.message(message_id)).authenticity is Authenticity.UNKNOWN_SENDER


async def test_must_hold_11_automatic_mail_is_recorded_and_never_answered(trip: Trip) -> None:
    robot = mail(workbook(), when=at(7, 18), headers=[("Auto-Submitted", "auto-generated")])
    message_id = await trip.read(robot)
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert found["number"]
    assert await trip.letters() == []


async def test_must_hold_11_an_unmarked_robot_that_answers_our_letter_gets_none(trip: Trip) -> None:
    first = await trip.read(mail(workbook(), when=at(7, 18)))
    (receipt,) = await trip.letters(first)
    ours = message_id_for(receipt.dedupe_key, DESK)
    answer = mail(
        when=at(7, 19),
        header_id="<dua@presensi.test>",
        text="Terima kasih, surel Anda sudah kami terima.",
        headers=[("In-Reply-To", ours)],
    )
    assert await trip.letters(await trip.read(answer)) == []
    with_sheet = mail(
        workbook(mark="07.06"), when=at(7, 19), header_id="<tiga@presensi.test>", headers=[("In-Reply-To", ours)]
    )
    assert len(await trip.letters(await trip.read(with_sheet))) == 1


async def test_must_hold_11_one_address_gets_so_many_letters_an_hour_and_the_rest_is_only_recorded(trip: Trip) -> None:
    trip.outgoing = replace(trip.outgoing, per_address_hour=2)
    for number in range(3):
        answered = await trip.read(
            mail(workbook(mark=f"07.0{number}"), when=at(7, 18), header_id=f"<{number}@presensi.test>")
        )
    assert await trip.letters(answered) == []
    assert (await trip.message(answered)).state is MessageState.DONE
    trip.clock.move(3601)
    later = await trip.read(mail(workbook(mark="07.09"), when=at(7, 18), header_id="<9@presensi.test>"))
    assert len(await trip.letters(later)) == 1


async def test_a_mail_without_a_sheet_is_kept_and_says_so(trip: Trip) -> None:
    message_id = await trip.read(mail(when=at(7, 18)))
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert (found["number"], found["kind"]) == (None, "not_sheet")
    assert set(found) == KEYS | EXTRA_KEYS
    (letter,) = await trip.letters(message_id)
    assert "tanpa lampiran lembar presensi" in letter.body


async def test_a_bare_file_counts_as_sent_by_the_address_that_the_operator_names(trip: Trip) -> None:
    upload = Upload("presensi.xlsx", workbook(), at(7, 34), "Dishub@Presensi.test")
    message_id = await take_in(trip.db, trip.blobs, upload, trip.clock, ())
    assert await take_in(trip.db, trip.blobs, upload, trip.clock, ()) == message_id
    await trip.pipeline().read_message(message_id)
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert (found["sender"], found["authentic"], found["unit"]) == (DISHUB, True, "U1")
    assert (found["timeliness"], found["late_minutes"]) == ("late", 4)
    assert set(found) == KEYS | EXTRA_KEYS
    assert found["problems"] == []
    (receipt,) = await trip.letters(message_id)
    assert receipt.to_address == DISHUB


async def test_a_saved_mail_keeps_the_time_and_the_proof_of_our_own_server(trip: Trip) -> None:
    upload = Upload("surel.eml", mail(workbook(), when=at(7, 18)))
    message_id = await take_in(trip.db, trip.blobs, upload, trip.clock, ("mx.bkd.test",))
    row = await trip.message(message_id)
    assert (row.official_at, row.official_basis) == (at(7, 18), "received")
    await trip.pipeline().read_message(message_id)
    (found,) = await results_of(trip.db, message_id, PROFILE.tz)
    assert found["authentic"] is True  # by the results of the mailbox whose server received it
    twin = Upload("lain.eml", mail(workbook(mark="07.09"), when=at(7, 18)))
    assert (await trip.message(await take_in(trip.db, trip.blobs, twin, trip.clock, ()))).duplicate_of == message_id


async def test_a_swallowed_database_error_while_recording_loses_nothing_and_is_tried_again(
    trip: Trip, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The commit guard raises: the message is not taken for done, and the next attempt records it."""
    write = persist.write_recording

    async def careless(
        uow: UnitOfWork, row: MessageRow, delivery: Delivery, recording: Recording, world: World, now: object
    ) -> object:
        written = await write(uow, row, delivery, recording, world, now)  # type: ignore[arg-type]
        if row.attempts == 1:
            try:
                await uow._session.execute(text("SELECT 1 / 0"))
            except DBAPIError:
                # What follows is refused, so that nothing but the commit itself can tell.
                uow.messages.finish = uow.outbox.put = _nothing  # type: ignore[method-assign]
                uow.outbox.count_since = _none_yet  # type: ignore[assignment, method-assign]
        return written

    monkeypatch.setattr(pipeline_module, "write_recording", careless)
    message_id = await trip.arrive(mail(workbook(), when=at(7, 18)))
    with pytest.raises(LostCommit):
        await trip.pipeline().read_message(message_id)
    assert rows(database_url, "SELECT 1 FROM fact") == []
    await trip.pipeline().failed(message_id, LostCommit("lost"))
    trip.clock.moment += timedelta(minutes=1)
    assert await trip.pipeline().read_message(message_id)
    assert len(rows(database_url, "SELECT 1 FROM fact WHERE session = 'datang'")) == 2


async def _nothing(*arguments: object, **named: object) -> None: ...


async def _none_yet(*arguments: object) -> int:
    return 0
