"""What the sweep asks each second, and letters written many at once."""

import asyncio
from datetime import timedelta

from domain.disturbance import MAILBOX_SILENT, Disturbance
from domain.terms import Scheme
from storage.engine import Database
from storage.records import MessageState, OutboxState
from storage.records_chat import DeliveryState, Leaving, NewProviderEvent
from tests.fakes.rows import NOW, TODAY, new_message, new_outbox, new_state, new_submission

MINUTE = timedelta(minutes=1)


async def test_of_many_letters_only_the_new_ones_get_an_id(database: Database) -> None:
    async with database.begin() as uow:
        assert await uow.outbox.put_many([]) == []
        assert len(await uow.outbox.put_many([new_outbox("b"), new_outbox("a")])) == 2
        (new,) = await uow.outbox.put_many([new_outbox(key) for key in ("a", "b", "c")])
        assert (await uow.outbox.get(new)).dedupe_key == "c"
        await uow.outbox.mark_sent(new, "<1>", NOW)
        assert await uow.outbox.states(["a", "c", "x"]) == {"a": OutboxState.PENDING, "c": OutboxState.SENT}
        assert await uow.outbox.states([]) == {}


async def test_whether_a_letter_left_is_told_with_the_copies_that_took_its_place(database: Database) -> None:
    async with database.begin() as uow:
        ids = {key: await uow.outbox.put(new_outbox(key)) or 0 for key in ("waits", "sent", "tried", "late", "refused")}
        await uow.outbox.mark_sent(ids["sent"], "<1>", NOW)
        await uow.outbox.mark_tried(ids["tried"], NOW)
        await uow.outbox.mark_expired(ids["late"], NOW)
        await uow.outbox.mark_failed(ids["refused"], "550", "", NOW)
        copy = await uow.outbox.put(new_outbox("refused|whatsapp:1", replaces=ids["refused"])) or 0
        stayed = {"waits": Leaving.STAYED, "sent": Leaving.LEFT, "tried": Leaving.UNSURE, "late": Leaving.STAYED}
        assert await uow.outbox.leavings([*ids, "x"]) == {**stayed, "refused": Leaving.STAYED}
        await uow.outbox.mark_failed(copy, "63003", "", NOW)
        second = await uow.outbox.put(new_outbox("refused|telegram:1", replaces=copy)) or 0
        await uow.outbox.mark_sent(second, "2", NOW)
        assert await uow.outbox.leavings([*ids]) == {**stayed, "refused": Leaving.LEFT}
        assert await uow.outbox.leavings([]) == {}


async def test_news_settle_a_letter_whose_time_was_over_before_we_knew(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.outbox.put(new_outbox("a")) or 0
        await uow.outbox.mark_expired(id_, NOW, error="tanpa jawaban", unsure=True)
        news = NewProviderEvent(Scheme.WHATSAPP, "SM1", "delivered", DeliveryState.DELIVERED, NOW, id_)
        assert not await uow.delivery.advance(id_, news)
        row = await uow.outbox.get(id_)
        assert (row.state, row.provider_id, row.unsure) == (OutboxState.SENT, "SM1", False)


async def test_two_that_write_the_same_letters_in_another_order_do_not_lock_each_other_out(database: Database) -> None:
    letters = [new_outbox(f"key {n}") for n in range(200)]

    async def write(order: int) -> int:
        async with database.begin() as uow:
            return len(await uow.outbox.put_many(letters[::order]))

    assert sorted(await asyncio.gather(*(write(1 if n % 2 else -1) for n in range(8)))) == [0] * 7 + [200]


async def test_unread_senders_are_those_of_messages_nobody_has_finished(database: Database) -> None:
    async with database.begin() as uow:
        await uow.messages.add(new_message("a" * 64, from_address="a@x"))
        await uow.messages.add(new_message("b" * 64, from_address="a@x"))
        await uow.messages.add(new_message("c" * 64))
        for event, state in (("d", MessageState.DONE), ("e", MessageState.QUARANTINE)):
            id_ = await uow.messages.add(new_message(event * 64, from_address=f"{event}@x"))
            assert id_ is not None
            await uow.messages.finish(id_, state)
        assert await uow.messages.unread_senders() == {(Scheme.MAIL, "a@x")}


async def test_received_are_the_accepted_sheets_of_the_day(database: Database) -> None:
    async with database.begin() as uow:
        message = await uow.messages.add(new_message())
        assert message is not None
        await uow.submissions.add(new_submission(message, "U1"))
        await uow.submissions.add(new_submission(message, "U2", session="pulang"))
        await uow.submissions.add(new_submission(message, "U3", state=new_state(received=False)))
        await uow.submissions.add(new_submission(message, "U4", date=TODAY - timedelta(days=1)))
        assert await uow.submissions.received_on(TODAY) == {("U1", "datang"), ("U2", "pulang")}


async def test_disturbances_are_the_silences_of_our_mailboxes(database: Database) -> None:
    async with database.begin() as uow:
        await uow.incidents.open(MAILBOX_SILENT, "all", "utama", NOW, "")
        await uow.incidents.close(MAILBOX_SILENT, "utama", NOW + MINUTE)
        await uow.incidents.open(MAILBOX_SILENT, "all", "utama", NOW + 5 * MINUTE, "")
        await uow.incidents.open("mailbox_unreadable", "all", "utama", NOW, "")
        first = Disturbance(NOW, NOW + MINUTE)
        assert await uow.incidents.disturbances(NOW, NOW) == [first]
        assert await uow.incidents.disturbances(NOW, NOW + 5 * MINUTE) == [first, Disturbance(NOW + 5 * MINUTE)]
        assert await uow.incidents.disturbances(NOW + 2 * MINUTE, NOW + 3 * MINUTE) == []
