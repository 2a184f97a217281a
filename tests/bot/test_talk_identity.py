"""Who may speak for a unit: codes, approval, changed numbers, strangers (facts: chat, must hold 10 and 11)."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from domain.outcome import Flag
from domain.speaker import DESK_UNIT
from domain.terms import Scheme
from intake.identity import approve, revoke
from storage.engine import Database
from storage.records_talk import ClaimState, NewClaim
from tests.fakes.desk_world import DAY, SITI, at
from tests.fakes.rows import new_message
from tests.fakes.talk import OFFICER, Room, room_on
from tests.fakes.trip import DISHUB, mail, workbook

NEW_PHONE = "62855500001"
CODE = re.compile(r"DAFTAR (\d{4} \d{4})")


@pytest.fixture
async def room(database: Database, tmp_path: Path) -> AsyncIterator[Room]:
    async with room_on(database, tmp_path) as made:
        yield made


async def code_of(room: Room) -> str:
    letters = await room.posted("register_code")
    found = CODE.search(letters[-1].body)
    assert found
    assert {one.to_address for one in letters} == {DISHUB}
    return found[1]


async def test_must_hold_10_a_stranger_gets_one_generic_answer_and_the_receivers_hear_once(room: Room) -> None:
    (letter,) = await room.hears("STATUS", NEW_PHONE)
    assert "nomor ini belum terdaftar" in letter.body
    assert not re.search(r"Siti|Budi|Perhubungan", letter.body)
    for text in ("BELUM", "RIWAYAT", "0001: 1 DL", "halo"):
        assert await room.hears(text, NEW_PHONE) == []
    assert len(await room.alerts("Alamat belum terdaftar")) == 1
    assert "KENDALA" in await room.says("BANTUAN", NEW_PHONE)


async def test_a_code_mailed_to_the_office_makes_an_address_the_units(room: Room) -> None:
    told = await room.says("daftar dinas perhubungan", NEW_PHONE)
    assert "surel resmi unit (d•••b@presensi.test), berlaku 15 menit" in told
    assert len(await room.alerts("Permohonan pendaftaran")) == 1
    assert "BERHASIL" in await room.says(f"DAFTAR {await code_of(room)}", NEW_PHONE)
    room.trip.clock.move(61)
    assert "Dinas Perhubungan" in await room.says("STATUS", NEW_PHONE)
    async with room.trip.db.begin() as uow:
        (claim,) = await uow.addresses.open_for(Scheme.WHATSAPP, NEW_PHONE)
    assert (claim.state, claim.decided_by, claim.code_hash) == (ClaimState.APPROVED, "kode", "")


async def test_the_code_itself_is_nowhere_in_the_database_but_in_the_letter(room: Room) -> None:
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    code = (await code_of(room)).replace(" ", "")
    async with room.trip.db.begin() as uow:
        (claim,) = await uow.addresses.open_for(Scheme.WHATSAPP, NEW_PHONE)
    assert code not in claim.code_hash
    assert len(claim.code_hash) == 64


async def test_five_wrong_codes_end_it_and_so_do_fifteen_minutes(room: Room) -> None:
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    right = await code_of(room)
    wrong = f"{(int(right.replace(' ', '')) + 1) % 10**8:08d}"
    left = []
    for _ in range(6):
        room.trip.clock.move(61)
        left.append(await room.says(f"DAFTAR {wrong}", NEW_PHONE))
    assert [f"masih {n} kali" in told for n, told in zip((4, 3, 2, 1), left, strict=False)] == [True] * 4
    assert all("tidak berlaku lagi" in told for told in left[4:])
    assert "tidak berlaku lagi" in await room.says(f"DAFTAR {right}", NEW_PHONE)
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    again = await code_of(room)
    room.trip.clock.move(15 * 60 + 1)
    assert "tidak berlaku lagi" in await room.says(f"DAFTAR {again}", NEW_PHONE)


async def test_a_new_request_makes_the_old_code_worthless_and_three_a_day_are_enough(room: Room) -> None:
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    first = await code_of(room)
    room.trip.clock.move(61)
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    assert "Kode tidak cocok" in await room.says(f"DAFTAR {first}", NEW_PHONE)
    room.trip.clock.move(61)
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    assert "terlalu banyak" in await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)


async def test_a_code_serves_its_own_number_only(room: Room) -> None:
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    assert "tidak berlaku" in await room.says(f"DAFTAR {await code_of(room)}", "62855500002")


async def test_an_unknown_unit_is_said_and_a_unit_without_a_mailbox_waits_for_an_admin(room: Room) -> None:
    assert "tidak kami temukan" in await room.says("DAFTAR xyzzy", NEW_PHONE)
    async with room.trip.db.begin() as uow:
        roster = await uow.roster.load()
        kept = tuple(a for a in roster.addresses if a.unit != "U2")
        await uow.roster.replace(replace(roster, addresses=kept), "test", at(6))
    assert "petugas BKD yang akan memutuskan" in await room.says("DAFTAR UPTD Parkir", NEW_PHONE)
    async with room.trip.db.begin() as uow:
        (claim,) = await uow.addresses.all([ClaimState.ASKED])
        approved, _ = await approve(uow, claim.id, "admin", at(7, 30))
        assert approved is not None
    room.trip.clock.move(61)
    assert "UPTD Parkir" in await room.says("STATUS", NEW_PHONE)


async def test_a_receiver_at_bkd_is_approved_by_an_admin_alone(room: Room) -> None:
    assert "petugas BKD yang akan memutuskan" in await room.says("DAFTAR BKD", NEW_PHONE)
    async with room.trip.db.begin() as uow:
        (claim,) = await uow.addresses.all([ClaimState.ASKED])
        assert claim.unit == DESK_UNIT
        await approve(uow, claim.id, "admin", at(7, 30))
    assert "3 dari 3 unit BELUM diterima" in await room.says("BELUM", NEW_PHONE)


async def test_must_hold_11_a_business_scoped_id_alone_is_the_known_person(room: Room) -> None:
    assert "Dinas Perhubungan" in await room.says("STATUS", (OFFICER, "ID.111"))
    assert "Dinas Perhubungan" in await room.says("STATUS", "ID.111")
    assert await room.says("STATUS", "ID.999") != ""
    assert "belum terdaftar" in (await room.hears("halo", "ID.998"))[0].body


async def test_must_hold_11_a_changed_number_has_no_access_until_approved(room: Room) -> None:
    await room.says("STATUS", (OFFICER, "ID.111"))
    changed = (OFFICER, "ID.222")  # the old number in other hands
    assert "belum terdaftar" in await room.says("STATUS", changed)
    room.trip.clock.move(61)
    await room.says("DAFTAR Dinas Perhubungan", changed)
    assert "BERHASIL" in await room.says(f"DAFTAR {await code_of(room)}", changed)
    room.trip.clock.move(61)
    assert "Dinas Perhubungan" in await room.says("STATUS", changed)
    assert await room.says("STATUS", (OFFICER, "ID.111")) == ""  # told once today already, and nothing else


async def test_a_revoked_address_loses_access_at_once(room: Room) -> None:
    await room.says("DAFTAR Dinas Perhubungan", NEW_PHONE)
    await room.says(f"DAFTAR {await code_of(room)}", NEW_PHONE)
    room.trip.clock.move(61)
    async with room.trip.db.begin() as uow:
        (claim,) = await uow.addresses.open_for(Scheme.WHATSAPP, NEW_PHONE)
        assert await revoke(uow, claim.id, "admin", room.trip.clock.now()) is not None
        assert await revoke(uow, claim.id, "admin", room.trip.clock.now()) is None
    assert "belum terdaftar" in await room.says("STATUS", NEW_PHONE)


async def test_approval_applies_to_what_was_received_before_it_at_its_first_time(room: Room) -> None:
    """By mail, whose whole trip stands: an unregistered sender's sheet is recorded anew, as proven."""
    stranger = "baru@presensi.test"
    message_id = await room.trip.read(mail(workbook(), when=at(7, 18), by=stranger))
    async with room.trip.db.begin() as uow:
        (before,) = await uow.submissions.on_day(DAY)
        assert Flag.STRANGER in before.state.flags or Flag.UNVERIFIED in before.state.flags
    room.at(at(10, 0))
    async with room.trip.db.begin() as uow:
        id_ = await uow.addresses.ask(NewClaim(Scheme.MAIL, stranger, "U1", at(7, 18), at(10, 0)))
        assert id_ is not None
        claim, reread = await approve(uow, id_, "admin", at(10, 0))
        assert claim is not None
        assert reread == 1
    assert await room.trip.pipeline().read_message(message_id)
    async with room.trip.db.begin() as uow:
        (after,) = await uow.submissions.on_day(DAY)
        facts = await uow.facts.for_people([SITI], DAY, DAY)
    assert (after.id, after.first_at, after.state.at) == (before.id, at(7, 18), at(7, 18))
    assert not after.state.flags & {Flag.STRANGER, Flag.UNVERIFIED}
    assert any(f.verified for f in facts)


async def test_only_messages_of_strangers_are_read_again(room: Room) -> None:
    known = await room.trip.read(mail(workbook(), when=at(7, 18)))
    async with room.trip.db.begin() as uow:
        other = await uow.messages.add(new_message("c" * 64, from_address=DISHUB, official_at=at(7)))
        assert other is not None
        assert await uow.messages.reopen(Scheme.MAIL, DISHUB, at(7) - timedelta(days=1)) == []
    assert known
