"""Claims on a unit, other names of an address, keterangan, remarks and asks."""

from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.errors import StorageError
from domain.excuse import Decision, joined
from domain.terms import Scheme, Session, StatusKey
from storage.engine import Database
from storage.records_talk import ClaimState, NewAsk, NewClaim, NewExcuse, NewRemark, RemarkKind
from tests.fakes.rows import NOW, TODAY, new_message, new_submission

WIB = ZoneInfo("Asia/Jakarta")
PHONE, NAME, OTHER_NAME = "6281234567", "ID.111", "ID.222"
CLAIM = NewClaim(Scheme.WHATSAPP, PHONE, "U1", NOW, NOW, "hash", NOW + timedelta(minutes=15))
SICK = NewExcuse(
    "P1", "U1", StatusKey.SAKIT, "S", TODAY, TODAY, Session.DATANG, "demam", NOW, PHONE, False
)  # fmt: skip


async def test_an_approved_claim_is_an_address_of_the_roster_from_its_first_message_on(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.addresses.ask(CLAIM)
        assert id_ is not None
        assert await uow.addresses.ask(CLAIM) is None
        before = await uow.addresses.stamp()
        assert await uow.addresses.registered(WIB) == ()
        assert await uow.addresses.decide(id_, ClaimState.APPROVED, "admin", NOW) is not None
        assert await uow.addresses.decide(id_, ClaimState.APPROVED, "admin", NOW) is None
        (address,) = await uow.addresses.registered(WIB)
        assert (address.value, address.unit, address.first) == (PHONE, "U1", TODAY)
        assert await uow.addresses.stamp() != before
        assert await uow.addresses.decide(id_, ClaimState.REVOKED, "admin", NOW + timedelta(1)) is not None
        assert await uow.addresses.registered(WIB) == ()
        assert await uow.addresses.ask(CLAIM) is not None  # may ask again


async def test_a_number_whose_other_name_changed_is_nobodys(database: Database) -> None:
    async with database.begin() as uow:
        known = uow.addresses.known_as
        assert await known(Scheme.WHATSAPP, (PHONE,)) == PHONE
        await uow.addresses.learn(Scheme.WHATSAPP, (PHONE, NAME), NOW)
        assert await known(Scheme.WHATSAPP, (NAME,)) == PHONE
        assert await known(Scheme.WHATSAPP, (PHONE, NAME)) == PHONE
        assert await known(Scheme.WHATSAPP, (PHONE, OTHER_NAME)) is None
        await uow.addresses.forget_names(Scheme.WHATSAPP, PHONE)
        assert await known(Scheme.WHATSAPP, (PHONE, OTHER_NAME)) == PHONE


async def test_wrong_codes_are_counted(database: Database) -> None:
    async with database.begin() as uow:
        id_ = await uow.addresses.ask(CLAIM)
        assert id_ is not None
        assert [await uow.addresses.wrong_try(id_) for _ in range(2)] == [1, 2]
        assert await uow.addresses.asked_since(Scheme.WHATSAPP, PHONE, NOW) == 1


async def test_a_keterangan_is_widened_proven_once_and_decided(database: Database) -> None:
    async with database.begin() as uow:
        filed = await uow.excuses.file(SICK)
        assert filed.number == f"K{filed.id}"
        both = joined(filed.plain, replace(filed.plain, session=Session.PULANG))
        assert both is not None
        assert (await uow.excuses.widen(filed.id, both)).session is None
        proven = await uow.excuses.prove(filed.id, "a" * 64, NOW, late=False)
        assert await uow.excuses.prove(filed.id, "a" * 64, NOW + timedelta(1), late=True) == proven
        assert [e.id for e in await uow.excuses.undecided("P1")] == [filed.id]
        assert await uow.excuses.undecided("P2") == []
        decided = await uow.excuses.decide(filed.id, Decision.APPROVED, "kasubbag", NOW, "")
        assert decided is not None
        assert decided.decision is Decision.APPROVED
        assert await uow.excuses.decide(filed.id, Decision.APPROVED, "kasubbag", NOW, "") is None
        assert await uow.excuses.undecided(unit="U1") == []
        assert [e.id for e in await uow.excuses.in_range(["P1"], TODAY, TODAY)] == [filed.id]
        with pytest.raises(StorageError, match="K99"):
            await uow.excuses.get(99)


async def test_an_objection_waits_for_its_photo_and_for_a_person(database: Database) -> None:
    async with database.begin() as uow:
        message_id = await uow.messages.add(new_message())
        assert message_id is not None
        submission = await uow.submissions.add(new_submission(message_id, unit="U1"))
        new = NewRemark(
            RemarkKind.OBJECTION, "U1", TODAY, "datang", submission.id, "baris 7", NOW, PHONE, message_id
        )  # fmt: skip
        id_ = await uow.remarks.add(new)
        assert id_ is not None
        assert await uow.remarks.add(new) is None
        waiting = await uow.remarks.waiting_for_photo(PHONE, NOW)
        assert waiting is not None
        await uow.remarks.attach(id_, "b" * 64)
        await uow.remarks.attach(id_, "b" * 64)
        assert await uow.remarks.waiting_for_photo(PHONE, NOW) is None
        assert [r.files for r in await uow.remarks.open()] == [("b" * 64,)]
        assert await uow.remarks.close(id_, "petugas", NOW, "dibaca ulang")
        assert not await uow.remarks.close(id_, "petugas", NOW, "dibaca ulang")
        await uow.remarks.add(replace(new, kind=RemarkKind.TROUBLE))
        assert await uow.remarks.open() == []  # a kendala asks for nothing
        assert len(await uow.remarks.for_unit("U1", TODAY, TODAY)) == 2


async def test_an_ask_is_answered_once(database: Database) -> None:
    async with database.begin() as uow:
        new = NewAsk("token", Scheme.TELEGRAM, "77", "cell", NOW)
        assert await uow.asks.add(new)
        assert not await uow.asks.add(new)
        (ask,) = await uow.asks.open_for(Scheme.TELEGRAM, "77", NOW)
        assert await uow.asks.answer(ask.id, "1", NOW)
        assert not await uow.asks.answer(ask.id, "2", NOW)
        found = await uow.asks.get("token")
        assert found is not None
        assert found.answer == "1"
        assert await uow.asks.open_for(Scheme.TELEGRAM, "77", NOW) == []
