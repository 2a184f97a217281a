"""What failed for good begins anew: once, cleanly, and never beside something that lives in its stead."""

from datetime import timedelta

import pytest

from domain.terms import Scheme
from storage.engine import Database
from storage.jobs import CONVERSE, FETCH_MEDIA, READ_MESSAGE, Task
from storage.messages import STRANGER
from storage.records import MessageState, OutboxState
from storage.records_chat import DeliveryState, NewProviderEvent
from storage.retries import Hindrance
from tests.fakes.rows import NOW, new_message, new_outbox

LATER = NOW + timedelta(hours=1)


async def failed(database: Database, key: str, **other: object) -> int:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox(key, **other))
        assert id_
        await uow.outbox.mark_failed(id_, "550", "kotak tidak ada", NOW)
    return id_


async def retry(database: Database, id_: int) -> Hindrance | None:
    async with database.begin() as uow:
        return await uow.retries.letter(id_, LATER)


async def test_a_failed_letter_waits_again_as_if_nobody_had_tried_and_only_once(database: Database) -> None:
    id_ = await failed(database, "a", scheme=Scheme.WHATSAPP, to_address="62811")
    async with database.begin() as uow:
        await uow.outbox.mark_sent(id_, "SM1", NOW)  # no effect on a failed letter
        assert await uow.delivery.advance(
            id_, NewProviderEvent(Scheme.WHATSAPP, "SM1", "undelivered", DeliveryState.FAILED, NOW, id_, "63016")
        )
    assert await retry(database, id_) is None
    assert await retry(database, id_) is Hindrance.GONE
    async with database.begin() as uow:
        row = await uow.outbox.get(id_)
        assert await uow.outbox.unfinished(LATER, LATER) == [id_]
    assert row.state is OutboxState.PENDING
    kept = (row.attempts, row.error, row.error_code, row.provider_id, row.sent_at, row.closed_at, row.delivery)
    assert kept == (0, "", "", None, None, None, None)
    assert row.delivery_at is None


async def test_what_may_have_been_taken_stays_so_and_its_channel_is_asked_first(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("a"))
        assert id_
        for _ in range(5):
            assert await uow.outbox.claim(id_, LATER, timedelta(minutes=1))
            await uow.outbox.mark_tried(id_, NOW)
            await uow.outbox.mark_retry(id_, NOW, "putus", NOW, unsure=True)
    assert await retry(database, id_) is None
    async with database.begin() as uow:
        row = await uow.outbox.get(id_)
    assert (row.state, row.unsure, row.first_tried_at) == (OutboxState.PENDING, True, NOW)


async def test_a_letter_that_something_living_replaces_over_any_number_of_steps_stays(database: Database) -> None:
    first = await failed(database, "a")
    second = await failed(database, "b", replaces=first)
    async with database.begin() as uow:
        third = await uow.outbox.put(new_outbox("c", replaces=second))
        assert third
    assert await retry(database, first) is Hindrance.REPLACED
    async with database.begin() as uow:
        await uow.outbox.mark_failed(third, "x", "", NOW)
    assert await retry(database, first) is None
    # Now the first lives again: what was written in its stead stays where it is.
    assert await retry(database, second) is Hindrance.REPLACED
    assert await retry(database, third) is Hindrance.REPLACED


async def test_what_is_too_late_or_blocked_stays_and_says_so(database: Database) -> None:
    late = await failed(database, "a", expires_at=NOW)
    blocked = await failed(database, "b", scheme=Scheme.TELEGRAM, to_address="7")
    async with database.begin() as uow:
        await uow.contacts.block(Scheme.TELEGRAM, "7", "403", NOW)
    assert await retry(database, late) is Hindrance.TOO_LATE
    assert await retry(database, blocked) is Hindrance.BLOCKED
    async with database.begin() as uow:
        await uow.contacts.heard(Scheme.TELEGRAM, ["7"])
    assert await retry(database, blocked) is None
    assert await retry(database, 999) is Hindrance.GONE


_MEDIA = {"kind": "file", "addresses": ["62811"], "media": [{"ref": "a"}, {"ref": "b"}]}


@pytest.mark.parametrize(
    ("channel", "claims", "files", "note", "expected"),
    [
        (Scheme.MAIL, {}, 0, "rusak", READ_MESSAGE),
        (Scheme.WHATSAPP, _MEDIA, 1, "putus", FETCH_MEDIA),
        (Scheme.WHATSAPP, _MEDIA, 2, "rusak", READ_MESSAGE),
        (Scheme.WHATSAPP, {"kind": "text", "addresses": ["62811"], "text": "STATUS"}, 0, "rusak", CONVERSE),
        (Scheme.WHATSAPP, _MEDIA | {"forgotten": 1}, 1, "putus", Hindrance.FORGOTTEN),
        (Scheme.WHATSAPP, _MEDIA, 0, STRANGER, Hindrance.UNAPPROVED),
    ],
)
async def test_a_set_aside_message_goes_on_where_it_has_to(
    database: Database,
    channel: Scheme,
    claims: dict[str, object],
    files: int,
    note: str,
    expected: Task | Hindrance,
) -> None:
    async with database.begin() as uow:
        id_ = await uow.messages.add(new_message(channel=channel, claims=claims))
        assert id_
        for part in range(files):
            await uow.files.add(f"{part}" * 64, 3, "image/jpeg")
            await uow.files.attach(id_, f"{part}" * 64, str(part + 1), "a.jpg")
        assert await uow.retries.message(id_) is Hindrance.GONE  # it is not set aside yet
        await uow.messages.finish(id_, MessageState.QUARANTINE, note)
        row = await uow.messages.get(id_)
        told = await uow.retries.message_hindrances([row])
        assert await uow.retries.message(id_) == expected
        after = await uow.messages.get(id_)
    assert told == ({id_: expected} if isinstance(expected, Hindrance) else {})
    if isinstance(expected, Hindrance):
        assert after.state is MessageState.QUARANTINE
    else:
        assert (after.attempts, after.note) == (0, "")
        async with database.begin() as uow:
            assert await uow.messages.unfinished(LATER, state=after.state) == [id_]
