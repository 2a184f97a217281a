"""The admin's rooms: roster with its differences, calendar, addresses, devices, accounts and keys."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from resource import RUSAGE_SELF, getrusage

import httpx
import pyotp
import pytest

from desk.visitor import COOKIE
from domain.account import Role
from domain.device import DeviceKind
from domain.errors import RosterError
from domain.terms import Scheme
from intake.roster_child import read_roster_confined
from intake.roster_file import read_roster, write_roster
from storage.records_devices import NewDevice
from storage.records_talk import ClaimState, NewClaim
from tests.fakes import logs
from tests.fakes.desk_web import Visitor, Web, restarted
from tests.fakes.desk_world import BUDI, PEOPLE, ROSTER, SITI
from tests.fakes.rows import new_outbox
from tests.parsers import bombs


async def test_what_needs_an_admin_is_on_one_page_and_no_secret_is(web: Web) -> None:
    async with web.house.db.begin() as uow:
        letter = await uow.outbox.put(new_outbox("gagal"))
        assert letter
        await uow.outbox.mark_failed(letter, "550", "kotak tidak ada", web.clock.now())
    async with web.visitor(Role.ADMIN) as visitor:
        page = (await visitor.get("/admin")).text
    for shown in ("kotak tidak ada", "belum pernah dicadangkan", "smtp.contoh.test"):
        assert shown in page


async def test_a_roster_is_shown_as_differences_before_anything_changes(web: Web) -> None:
    people = {**PEOPLE, SITI: replace(PEOPLE[SITI], post="Kepala Dinas Baru")}
    data = write_roster(replace(ROSTER, people=people))
    async with web.visitor(Role.ADMIN) as visitor:
        files = {"berkas": ("pegawai.xlsx", data)}
        shown = await visitor.client.post("/admin/pegawai", data={"csrf": visitor.csrf}, files=files)
        assert "Kepala Dinas Baru" in shown.text
        async with web.house.db.begin() as uow:
            assert await uow.roster.version() == 1
        sha256 = shown.text.split('name="sha256" value="')[1].split('"')[0]
        done = await visitor.post("/admin/pegawai/terapkan", sha256=sha256, nama="pegawai.xlsx")
        assert done.status_code == 303
        broken = {"berkas": ("x.xlsx", b"bukan buku kerja")}
        assert (
            await visitor.client.post("/admin/pegawai", data={"csrf": visitor.csrf}, files=broken)
        ).status_code == 422
        assert (await visitor.post("/admin/pegawai/terapkan", sha256="0" * 64, nama="x.xlsx")).status_code == 404
        assert (await visitor.get("/admin/pegawai/unduh")).content[:2] == b"PK"
    async with web.house.db.begin() as uow:
        assert (await uow.roster.load()).people[SITI].post == "Kepala Dinas Baru"


@pytest.mark.parametrize("make", [bombs.ten_million_cells, bombs.laughing_workbook])
async def test_a_hostile_roster_is_refused_by_a_child_and_the_desk_lives(web: Web, make: Callable[[], bytes]) -> None:
    data = make()
    before = getrusage(RUSAGE_SELF).ru_maxrss
    async with web.visitor(Role.ADMIN) as visitor:
        files = {"berkas": ("pegawai.xlsx", data)}
        refused = await visitor.client.post("/admin/pegawai", data={"csrf": visitor.csrf}, files=files)
        assert refused.status_code == 422
        assert 'role="alert"' in refused.text
        sound = {"berkas": ("pegawai.xlsx", write_roster(ROSTER))}
        shown = await visitor.client.post("/admin/pegawai", data={"csrf": visitor.csrf}, files=sound)
        assert "Tidak ada yang berbeda" in shown.text
    assert getrusage(RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB: nothing of it was opened in this process
    async with web.house.db.begin() as uow:
        assert await uow.roster.version() == 1


async def test_a_roster_read_in_a_child_is_the_one_that_was_read_here(web: Web) -> None:
    data = write_roster(ROSTER)
    assert await read_roster_confined(web.house.sandbox, data, "a.xlsx") == read_roster(data, "a.xlsx")
    bad = b"NAMA;NIP\nSiti;123\n"
    with pytest.raises(RosterError) as here:
        read_roster(bad, "a.csv")
    with pytest.raises(RosterError) as there:
        await read_roster_confined(web.house.sandbox, bad, "a.csv")
    assert (str(there.value), there.value.problems) == (str(here.value), here.value.problems)


async def test_a_calendar_decision_needs_its_letter(web: Web) -> None:
    async with web.visitor(Role.ADMIN) as visitor:
        fields = {"mulai": "2026-11-25", "hari": "libur", "alasan": "Hari jadi kabupaten"}
        assert (await visitor.post("/admin/kalender", **fields)).status_code == 422
        assert (await visitor.post("/admin/kalender", **fields, surat="800/1")).status_code == 303
        assert "Hari jadi kabupaten" in (await visitor.get("/admin/kalender")).text
        assert "Hari jadi kabupaten" in (await visitor.get("/papan?tanggal=2026-11-25&sesi=datang")).text


async def test_an_address_is_approved_and_taken_back(web: Web) -> None:
    async with web.house.db.begin() as uow:
        number = await uow.addresses.ask(
            NewClaim(Scheme.WHATSAPP, "6281234567890", "U3", web.clock.now(), web.clock.now())
        )
    async with web.visitor(Role.RECEIVER) as visitor:
        assert "6281234567890" in (await visitor.get("/admin/alamat")).text
        assert (await visitor.post(f"/admin/alamat/{number}", putusan="setuju")).status_code == 303
        assert (await visitor.post(f"/admin/alamat/{number}", putusan="cabut")).status_code == 303
        assert (await visitor.post(f"/admin/alamat/{number}", putusan="lain")).status_code == 404
    async with web.house.db.begin() as uow:
        claim = await uow.addresses.get(number or 0)
    assert claim
    assert (claim.state, claim.decided_by) == (ClaimState.REVOKED, "desk:rini")


async def test_an_id_of_a_device_is_mapped_once(web: Web) -> None:
    async with web.house.db.begin() as uow:
        device = await uow.devices.add(
            NewDevice("lobi", next(iter(DeviceKind)), "Asia/Jakarta", "uji", web.clock.now())
        )
    async with web.visitor(Role.ADMIN) as visitor:
        assert "lobi" in (await visitor.get("/admin/mesin")).text
        fields = {"id": "7", "pegawai": SITI, "mulai": "2026-11-01"}
        assert (await visitor.post(f"/admin/mesin/{device}/id", **{**fields, "pegawai": "0"})).status_code == 422
        assert (await visitor.post(f"/admin/mesin/{device}/id", **fields)).status_code == 303
        assert (await visitor.post(f"/admin/mesin/{device}/id", **fields)).status_code == 422
    async with web.house.db.begin() as uow:
        [user] = await uow.devices.users(device)
    assert (user.person, user.first) == (SITI, date(2026, 11, 1))


async def test_an_id_of_a_device_is_ended_and_then_given_to_somebody_else(web: Web) -> None:
    async with web.house.db.begin() as uow:
        kind = next(iter(DeviceKind))
        device = await uow.devices.add(NewDevice("lobi", kind, "Asia/Jakarta", "uji", web.clock.now()))
    async with web.visitor(Role.ADMIN) as visitor:
        await visitor.post(f"/admin/mesin/{device}/id", id="7", pegawai=SITI, mulai="2026-11-01")
        ending = {"mesin": "lobi", "id": "7", "terakhir": "2026-11-20"}
        wrong = ({"id": "8"}, {"mesin": "gudang"}, {"terakhir": "kemarin"}, {"terakhir": "2026-10-31"}, {"id": ""})
        for fault in wrong:
            assert (await visitor.post("/admin/mesin/akhiri", **{**ending, **fault})).status_code == 422, fault
        assert "berakhir pada 20-11-2026" in (await visitor.post("/admin/mesin/akhiri", **ending)).text
        assert (await visitor.post("/admin/mesin/akhiri", **ending)).status_code == 422, "it has ended"
        late = {"id": "7", "pegawai": BUDI, "mulai": "2026-11-20"}
        assert (await visitor.post(f"/admin/mesin/{device}/id", **late)).status_code == 422, "the day is still hers"
        assert (await visitor.post(f"/admin/mesin/{device}/id", **{**late, "mulai": "2026-11-21"})).status_code == 303
    async with web.house.db.begin() as uow:
        users = await uow.devices.users(device)
        assert "device_user_ended" in [row.action for row in await uow.audit.of("desk:ani")]
    assert [(u.person, u.last) for u in users] == [(SITI, date(2026, 11, 20)), (BUDI, None)]


async def test_a_log_is_uploaded_and_counts_once_however_often_it_comes(web: Web) -> None:
    data = logs.usb(("7", "2026-11-24 07:05:00"), ("8", "2026-11-24 07:06:00"))
    async with web.house.db.begin() as uow:
        await uow.devices.add(NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "uji", web.clock.now()))

    async with web.visitor(Role.ADMIN) as visitor:

        async def upload(content: bytes, device: str) -> httpx.Response:
            form, files = {"csrf": visitor.csrf, "mesin": device}, {"berkas": ("1_attlog.dat", content)}
            return await visitor.client.post("/admin/mesin/berkas", data=form, files=files)

        first = (await upload(data, "lobi")).text
        assert "2 baris = 2 baru + 0 sudah ada + 0 disisihkan; 2 ID belum dipetakan" in first
        assert "2 baris = 0 baru + 2 sudah ada + 0 disisihkan" in (await upload(data, "lobi")).text
        assert "susunan berkas belum dikenal" in (await upload(b"tanpa arti\n", "lobi")).text.lower()
        assert "mesinnya tidak pasti" in (await upload(data, "")).text.lower()
        for content, device in ((b"", "lobi"), (data, "tidak ada")):
            assert (await upload(content, device)).status_code == 422
        assert (await visitor.post("/admin/mesin/berkas", mesin="lobi")).status_code == 422
    async with web.house.db.begin() as uow:
        assert await uow.punches.count() == 2
        assert "device_log_uploaded" in {row.action for row in await uow.audit.of("desk:ani")}


async def test_an_account_made_here_works_is_reset_and_locked(web: Web) -> None:
    async with web.visitor(Role.ADMIN) as admin:
        made = await admin.post("/admin/akun", nama="Baru", peran="penerima", lengkap="Orang Baru")
        password = made.text.split('class="sekali">')[1].split("<")[0]
        for wrong in (
            {"nama": "baru", "peran": "penerima"}, {"nama": "x y", "peran": "admin"}, {"nama": "u", "peran": "opd"},
            {"nama": "v", "peran": "opd", "unit": "U9"},
        ):  # fmt: skip
            assert (await admin.post("/admin/akun", **wrong)).status_code == 422
        async with web.client() as client:
            assert (await Visitor(client).log_in("baru", password)).headers["location"] == "/akun"
        async with web.house.db.begin() as uow:
            account = await uow.accounts.by_name("baru")
            assert account
            await uow.accounts.set_totp(account.id, pyotp.random_base32())
        again = await admin.post(f"/admin/akun/{account.id}", tindakan="reset")
        assert password not in again.text
        assert (await admin.post(f"/admin/akun/{account.id}", tindakan="kunci")).status_code == 303
        async with web.house.db.begin() as uow:
            me = await uow.accounts.by_name("ani")
        assert me
        assert (await admin.post(f"/admin/akun/{me.id}", tindakan="kunci")).status_code == 404  # nobody locks himself


async def test_texts_are_shown_with_invented_data(web: Web) -> None:
    async with web.visitor(Role.ADMIN) as visitor:
        assert "telah kami terima" in (await visitor.get("/admin/pratinjau")).text


async def test_a_restart_keeps_sessions(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        kept = visitor.client.cookies[COOKIE]
    async with restarted(web).client() as client:
        client.cookies.set(COOKIE, kept)
        assert (await client.get("/papan")).status_code == 200
