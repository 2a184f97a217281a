"""Contradictions of paper and machine on a real database: asked once, withdrawn, asked again, settled for good."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.device_differences import BY, DeviceDifferences
from domain.device import DeviceKind
from domain.marks import FactSource
from domain.outcome import QuestionKind
from domain.reading import Verdict
from domain.terms import StatusKey
from storage.contradictions import WITHDRAWN
from storage.engine import Database
from storage.records import QuestionRow
from storage.records_devices import NewDevice, NewDeviceUser, NewOffset
from tests.fakes import logs
from tests.fakes.clock import StillClock
from tests.fakes.desk_world import BUDI, DAY, IN, OUT, PROFILE, ROSTER, SITI, at
from tests.fakes.rows import new_fact, new_message, new_submission

MORNING = [("1", f"{DAY} 07:11:00"), ("2", f"{DAY} 07:12:00")]


@pytest.fixture
async def differences(database: Database) -> DeviceDifferences:
    """Siti and Budi have ids; Budi's sheet says sick in the morning."""
    clock = StillClock(at(20))
    async with database.begin() as uow:
        await uow.roster.replace(ROSTER, "test", clock.now())
        await uow.devices.add(
            NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", clock.now(), number=1, unit="U1")
        )
        [lobi] = await uow.devices.all()
        for user, person in (("1", SITI), ("2", BUDI)):
            await uow.devices.map_user(NewDeviceUser(lobi.id, user, person, date(2020, 1, 1), "admin", clock.now()))
        message = await uow.messages.add(new_message())
        assert message
        row = await uow.submissions.add(new_submission(message, "U1", date=DAY))
        sick = new_fact(
            "a", person=BUDI, unit="U1", date=DAY, verdict=Verdict.CODE, code="S", key=StatusKey.SAKIT,
            submission_id=row.id, message_id=message, sha256="a" * 64, sheet=0, row=1, paper_no=2,
        )  # fmt: skip
        siti = new_fact("b", person=SITI, unit="U1", date=DAY, verdict=Verdict.SIGNED)
        await uow.facts.add_many([sick, siti])
    return DeviceDifferences(database, clock, PROFILE)


async def log(differences: DeviceDifferences, *punches: tuple[str, str]) -> None:
    await logs.intake(differences.db, StillClock(differences.clock.now())).file("1_attlog.dat", logs.usb(*punches))


async def asked(differences: DeviceDifferences) -> list[QuestionRow]:
    async with differences.db.begin() as uow:
        return await uow.contradictions.between(DAY, DAY)


async def waiting(differences: DeviceDifferences) -> int:
    async with differences.db.begin() as uow:
        return await uow.review.waiting()


async def test_a_contradiction_is_asked_once_with_its_evidence(differences: DeviceDifferences) -> None:
    assert await differences.turn() == 0  # no punch yet
    await log(differences, *MORNING)
    assert await differences.turn() == 1
    assert await differences.turn() == 0
    [question] = await asked(differences)
    assert (question.kind, question.candidates, question.text) == (QuestionKind.DEVICE, (BUDI,), "mesin datang 07.12")
    assert (question.sha256, question.paper_no, question.cells[0].code) == ("a" * 64, 2, "S")
    assert question.submission_id is not None
    assert await waiting(differences) == 1


async def test_a_keterangan_without_any_sheet_contradicts_too(differences: DeviceDifferences) -> None:
    async with differences.db.begin() as uow:
        leave = new_fact(
            "c", person=SITI, unit="U1", date=DAY, session=OUT, verdict=Verdict.CODE, source=FactSource.EXCUSE,
            key=StatusKey.CUTI,
        )  # fmt: skip
        await uow.facts.add_many([leave])
    await log(differences, ("1", f"{DAY} 16:02:00"))
    assert await differences.turn() == 1
    [question] = await asked(differences)
    assert (question.submission_id, question.message_id, question.candidates) == (None, None, (SITI,))
    assert await waiting(differences) == 1


async def test_it_is_withdrawn_when_a_clock_is_corrected_and_asked_again_when_that_is_revoked(
    differences: DeviceDifferences,
) -> None:
    await log(differences, *MORNING)
    await differences.turn()
    first, last = (datetime.fromisoformat(f"{DAY} {time}") for time in ("07:00:00", "08:00:00"))
    async with differences.db.begin() as uow:
        [lobi] = await uow.devices.all()
        moved = NewOffset(lobi.id, first, last, 86400, "jam mundur sehari", "admin", differences.clock.now())
        number = await uow.devices.add_offset(moved)
    assert await differences.turn() == 1
    [question] = await asked(differences)
    assert (question.answer, question.answered_by) == (WITHDRAWN, BY)
    assert await waiting(differences) == 0
    async with differences.db.begin() as uow:
        assert [row.action for row in await uow.audit.of(BY)] == ["question_withdrawn"]
        await uow.devices.revoke_offset(number, "admin", differences.clock.now())
    assert await differences.turn() == 1
    assert [q.answer for q in await asked(differences)] == [None]


async def test_a_late_punch_is_seen_without_looking_at_everybody(differences: DeviceDifferences) -> None:
    await log(differences, MORNING[0])
    await differences.turn()
    differences.looked = differences.clock.now()
    await log(differences, *MORNING)
    assert await differences.turn() == 1


async def test_what_a_person_settled_stays_settled(differences: DeviceDifferences) -> None:
    await log(differences, *MORNING)
    await differences.turn()
    [question] = await asked(differences)
    async with differences.db.begin() as uow:
        assert await uow.questions.answer(question.id, "lembar", "desk:rini", datetime(2026, 11, 25, tzinfo=UTC))
    assert await differences.look() == 0
    await log(differences, *MORNING, ("2", f"{DAY} 07:10:00"))
    assert await differences.turn() == 0
    assert [(q.answer, q.answered_by) for q in await asked(differences)] == [("lembar", "desk:rini")]


async def test_a_signature_without_a_punch_is_asked_once_the_machine_told_its_log(
    differences: DeviceDifferences,
) -> None:
    await log(differences, ("2", f"{DAY - timedelta(days=1)} 07:12:00"))
    assert await differences.turn() == 0  # the machine has not told its log past that day
    differences.clock = StillClock(at(9, day=DAY + timedelta(days=1)))
    await log(differences, ("2", f"{DAY + timedelta(days=1)} 07:12:00"))
    assert await differences.turn() == 1
    [question] = await asked(differences)
    assert (question.candidates, question.cells[0].verdict, question.cells[0].session) == ((SITI,), Verdict.SIGNED, IN)
