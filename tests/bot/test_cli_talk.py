"""``posko address``, ``posko keterangan`` and ``posko retention`` on an installation."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.announcements import reached_by
from bot.bootstrap import Installation, open_installation
from domain.terms import Scheme, StatusKey
from intake.world import Worlds
from storage.engine import UnitOfWork
from storage.records_talk import NewClaim, NewExcuse
from tests.bot.test_cli import Command, posko
from tests.fakes.desk_world import DAY, SITI
from tests.fakes.talk import OFFICER, STAFF

__all__ = ["posko"]
PHONE = "6281234567890"


def fill(command: Command, work: Callable[[UnitOfWork, Installation], Awaitable[object]]) -> None:
    async def run() -> None:
        async with open_installation(command.data) as place, place.db.begin() as uow:
            await work(uow, place)

    asyncio.run(run())


async def claim(uow: UnitOfWork, place: Installation) -> None:
    now = place.clock.now()
    await uow.addresses.ask(NewClaim(Scheme.WHATSAPP, PHONE, "U1", now - timedelta(hours=1), now))


async def excuse(uow: UnitOfWork, place: Installation) -> None:
    now = place.clock.now()
    row = await uow.excuses.file(
        NewExcuse(SITI, "U1", StatusKey.SAKIT, "S", DAY, DAY, None, "demam berdarah", now, PHONE, False)
    )
    await uow.excuses.prove(row.id, "f" * 64, now, late=False)


def test_an_address_is_listed_approved_and_revoked(posko: Command) -> None:
    assert "Belum ada permohonan" in posko("address", "list").err
    fill(posko, claim)
    (waiting,) = posko("address", "list", "--json").lines
    assert (waiting["id"], waiting["address"], waiting["unit"], waiting["state"]) == (1, PHONE, "U1", "asked")
    said = posko("address", "approve", 1, "--by", "kominfo")
    assert (said.code, said.out) == (0, f"WhatsApp {PHONE} mewakili U1.\n")
    assert "kominfo" in posko("address", "list").out
    assert posko("address", "approve", 1).code == 2
    assert "dicabut" in posko("address", "revoke", 1).out
    assert posko("address", "revoke", 1).code == 2
    assert posko("address", "list", "--json").lines == []
    assert len(posko("address", "list", "--all", "--json").lines) == 1


async def offices(uow: UnitOfWork, place: Installation) -> None:
    await uow.roster.replace(STAFF, "impor", place.clock.now())


def known(command: Command, *, imported: bool = False) -> set[str]:
    found: set[str] = set()

    async def look(uow: UnitOfWork, place: Installation) -> None:
        roster = await uow.roster.load(imported=True) if imported else (await Worlds(place.profile).load(uow)).roster
        found.update(address.value for address in roster.addresses)

    fill(command, look)
    return found


def test_an_address_of_the_roster_is_revoked_over_the_next_import_and_restored(posko: Command) -> None:
    fill(posko, offices)
    said = posko("address", "revoke", "--address", "0811000001", "--by", "kominfo")
    assert (said.code, said.out) == (0, f"WhatsApp {OFFICER}: dicabut, juga untuk impor daftar pegawai berikutnya.\n")
    assert posko("address", "revoke", "--address", OFFICER).code == 2
    fill(posko, offices)
    assert OFFICER not in known(posko)
    assert OFFICER in known(posko, imported=True)  # the file is exported as it was
    assert f"dicabut\tWhatsApp {OFFICER}" in posko("address", "list", "--all").out
    assert "berlaku kembali" in posko("address", "restore", OFFICER).out
    assert posko("address", "restore", OFFICER).code == 2
    assert OFFICER in known(posko)


@pytest.mark.parametrize("arguments", [(), (1, "--address", "x"), ("--address", "tidak@ada.test")])
def test_a_revocation_that_names_nothing_or_two_things_is_refused(
    posko: Command, arguments: tuple[object, ...]
) -> None:
    assert posko("address", "revoke", *arguments).code == 2


async def test_each_unit_hears_of_manual_attendance_by_the_first_channel_that_reaches_it() -> None:
    chats = tuple(a for a in STAFF.addresses if a.scheme is not Scheme.MAIL)
    every = (Scheme.MAIL, Scheme.WHATSAPP, Scheme.TELEGRAM)
    assert reached_by(STAFF, "U1", DAY, every) == (Scheme.MAIL, ("dishub@presensi.test",))
    assert reached_by(replace(STAFF, addresses=chats), "U1", DAY, every) == (Scheme.WHATSAPP, (OFFICER,))
    assert reached_by(replace(STAFF, addresses=chats), "U1", DAY, (Scheme.MAIL,)) == (Scheme.MAIL, ())


def test_a_keterangan_is_listed_without_the_diagnosis_and_decided_once(posko: Command) -> None:
    assert "Tidak ada keterangan" in posko("keterangan", "list").err
    fill(posko, excuse)
    plain = posko("keterangan", "list")
    assert "S, bukti lengkap" in plain.out
    assert "demam" not in plain.out
    (line,) = posko("keterangan", "list", "--json").lines
    assert (line["number"], line["state"], line["decision"]) == ("K1", "lengkap", "belum diputus")
    assert "text" not in line
    assert "evidence" not in line
    assert "demam berdarah" in posko("keterangan", "list", "--detail", "--by", "kasubbag").out
    own = posko("keterangan", "decide", "K1", "--nip", SITI)
    assert (own.code, "atas nama sendiri" in own.err) == (2, True)
    assert posko("keterangan", "decide", "K1", "--reject").code == 2  # a no needs its reason
    said = posko("keterangan", "decide", "k1", "--by", "petugas")
    assert (said.code, said.out) == (0, "K1: disetujui (S, Selasa, 24 November 2026).\n")
    assert posko("keterangan", "decide", "K1").code == 2
    assert posko("keterangan", "list", "--json").lines == []
    assert len(posko("keterangan", "list", "--all", "--unit", "U1", "--from", "2026-11-24", "--json").lines) == 1


@pytest.mark.parametrize("arguments", [("keterangan", "decide", "abc"), ("keterangan", "decide", "K99")])
def test_a_number_that_is_none_is_said_so(posko: Command, arguments: tuple[str, ...]) -> None:
    said = posko(*arguments)
    assert said.code in (1, 2)
    assert "Traceback" not in said.err
    assert said.err


def test_retention_without_a_schedule_keeps_originals_and_says_where_to_set_it(posko: Command) -> None:
    run = ("retention", "run", "--by", "arsiparis")
    for said in (posko("retention", "list"), posko(*run, "--dry-run"), posko(*run)):
        assert (said.code, "isi [retention] originals pada profil" in said.err) == (0, True)
    assert "0 berkas asli dan 0 gambar dimusnahkan" in said.err
