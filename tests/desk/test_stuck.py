"""The admin begins anew what failed for good; whoever looks at people and contacts is in the audit chain."""

from desk.rights import RIGHTS
from domain.account import Role
from domain.terms import Scheme
from storage.messages import STRANGER
from storage.records import MessageState, OutboxState
from tests.desk.test_layout_page import NAME, seen
from tests.desk.test_recap import excuse
from tests.fakes.desk_scene import photo_sheet
from tests.fakes.desk_web import Web, restarted
from tests.fakes.desk_world import BUDI, DAY, SITI
from tests.fakes.rows import new_message, new_outbox


async def failed_letter(web: Web, key: str, **other: object) -> int:
    async with web.house.db.begin() as uow:
        id_ = await uow.outbox.put(new_outbox(key, **other))
        assert id_
        await uow.outbox.mark_failed(id_, "550", "kotak tidak ada", web.clock.now())
    return id_


async def jobs(web: Web) -> list[tuple[str, str, int]]:
    async with web.house.db.begin() as uow:
        return await uow.desk_figures.jobs()


async def actions(web: Web, who: str) -> list[tuple[str, str]]:
    async with web.house.db.begin() as uow:
        return [(row.action, row.subject_id) for row in await uow.audit.of(f"desk:{who}")]


async def test_a_failed_letter_is_sent_again_after_confirmation_and_what_became_of_it_is_said(web: Web) -> None:
    sheet = await photo_sheet(web.trip)
    id_ = await failed_letter(web, "a", submission_id=sheet.id)
    async with web.visitor(Role.ADMIN) as visitor:
        page = (await visitor.get("/admin")).text
        assert "Ya, kirim lagi" in page
        assert f"/kiriman/{sheet.number}" in page
        done = await visitor.post(f"/admin/surat/{id_}")
        assert done.headers["location"] == f"/admin?surat={id_}"
        told = (await visitor.get(done.headers["location"])).text
        assert f"Surat nomor {id_} untuk dishub@presensi.test: menunggu dikirim." in told
        again = await visitor.post(f"/admin/surat/{id_}")
        assert again.status_code == 409
        assert "tidak lagi tertahan" in again.text
        assert (await visitor.get("/admin?surat=999")).status_code == 404
    async with web.house.db.begin() as uow:
        assert (await uow.outbox.get(id_)).state is OutboxState.PENDING
    assert ("send", "todo", 1) in await jobs(web)
    assert (await actions(web, "ani")).count(("letter_retried", str(id_))) == 1


async def test_a_letter_with_a_living_successor_has_no_button_and_is_refused(web: Web) -> None:
    id_ = await failed_letter(web, "a")
    async with web.house.db.begin() as uow:
        assert await uow.outbox.put(new_outbox("b", replaces=id_))
    async with web.visitor(Role.ADMIN) as visitor:
        page = (await visitor.get("/admin")).text
        assert "Ya, kirim lagi" not in page
        assert "surat pengganti" in page
        assert (await visitor.post(f"/admin/surat/{id_}")).status_code == 409


async def test_a_set_aside_message_is_begun_anew_and_its_original_is_at_hand(web: Web) -> None:
    sha256 = await web.trip.blobs.put(b"From: a\r\n\r\nisi\r\n")
    async with web.house.db.begin() as uow:
        mail = await uow.messages.add(new_message("1" * 64, sha256=sha256))
        stranger = await uow.messages.add(new_message("2" * 64, channel=Scheme.WHATSAPP))
        assert mail
        assert stranger
        await uow.messages.finish(mail, MessageState.QUARANTINE, "rusak")
        await uow.messages.finish(stranger, MessageState.QUARANTINE, STRANGER)
    async with web.visitor(Role.ADMIN) as visitor:
        page = (await visitor.get("/admin")).text
        assert page.count("Ya, proses lagi") == 1
        assert 'href="/admin/alamat">Lihat permohonan' in page
        assert (await visitor.get(f"/admin/pesan/{mail}/asli")).content.endswith(b"isi\r\n")
        assert (await visitor.post(f"/admin/pesan/{stranger}")).status_code == 409
        done = await visitor.post(f"/admin/pesan/{mail}")
        assert "menunggu dibaca" in (await visitor.get(done.headers["location"])).text
        assert (await visitor.get(f"/admin/pesan/{mail}/asli")).status_code == 404  # no longer set aside
    async with web.house.db.begin() as uow:
        assert (await uow.messages.get(mail)).state is MessageState.NEW
    assert ("read", "todo", 1) in await jobs(web)
    seen_actions = await actions(web, "ani")
    assert {("message_retried", str(mail)), ("original_downloaded", str(mail))} <= set(seen_actions)


# What each page notes of a look; "" for pages without contacts, names or words of people.
LOOKS = {
    "/akun": "",
    "/papan": "board_viewed",
    "/papan/hidup": "",  # an endless stream: noted as the board that it belongs to (test_board)
    "/papan/unit/{unit}": "contact_viewed",
    "/periode": "",
    "/kiriman": "submissions_viewed",
    "/kiriman/{submission}": "submission_viewed",
    "/kiriman/{submission}/asli/{sha256}": "original_downloaded",
    "/kiriman/{submission}/halaman/{sha256}": "page_viewed",
    "/kiriman/{submission}/isi": "submission_viewed",
    "/periksa": "question_viewed",
    "/periksa/susunan": "",
    "/periksa/susunan/{layout}/halaman": "layout_viewed",
    "/rekap": "",
    "/rekap/unduh": "exported",
    "/laporan": "",
    "/laporan/{report}": "",  # no report here: test_recap
    "/laporan/{report}/{sha256}": "",
    "/pegawai": "people_searched",
    "/pegawai/{key}": "person_viewed",
    "/keterangan": "excuses_viewed",
    "/keterangan/{number}/bukti/{sha256}": "",  # no evidence here: test_recap
    "/admin": "failures_viewed",
    "/admin/pesan/{number}/asli": "original_downloaded",
    "/admin/pegawai": "",
    "/admin/pegawai/unduh": "exported",
    "/admin/alamat": "addresses_viewed",
    "/admin/kalender": "",
    "/admin/mesin": "devices_viewed",
    "/admin/mesin/susunan/{number}": "",  # no log waits here: test_device_layout
    "/admin/pratinjau": "",
    "/admin/akun": "accounts_viewed",
}
EVERY_DAY = ("board_viewed", "submissions_viewed", "page_viewed", "failures_viewed", "addresses_viewed",
             "devices_viewed", "accounts_viewed")  # fmt: skip


async def filled(web: Web) -> dict[str, str]:
    """The placeholders of addresses."""
    sheet = await photo_sheet(web.trip)
    await seen(web)
    await excuse(web, SITI)
    async with web.house.db.begin() as uow:
        sha256 = (await uow.submissions.arrivals(sheet.id))[0].sha256
        message = await uow.messages.add(new_message("9" * 64, sha256=sha256))
        assert message
        await uow.messages.finish(message, MessageState.QUARANTINE, "rusak")
    return {"{unit}": "U1", "{submission}": sheet.number, "{sha256}": sha256, "{layout}": NAME, "{key}": BUDI,
            "{number}": str(message)}  # fmt: skip


async def test_every_look_at_people_is_in_the_chain_and_a_page_looked_at_all_day_fills_it_once(web: Web) -> None:
    places = await filled(web)
    assert {path for method, path in RIGHTS if method == "GET"} == set(LOOKS)
    async with web.visitor(Role.ADMIN) as visitor:
        for path, action in LOOKS.items():
            if not action:
                continue
            address = path
            for name, value in places.items():
                address = address.replace(name, value)
            address += {"/papan": f"?tanggal={DAY}&sesi=datang", "/pegawai": "?cari=siti"}.get(path, "")
            before = len([a for a in await actions(web, "ani") if a[0] == action])
            assert (await visitor.get(address)).status_code == 200, address
            assert len([a for a in await actions(web, "ani") if a[0] == action]) == before + 1, path
            await visitor.get(address)
            expected = before + 1 if action in EVERY_DAY else before + 2
            assert len([a for a in await actions(web, "ani") if a[0] == action]) == expected, path


async def test_another_visitor_and_a_new_process_are_noted_anew(web: Web) -> None:
    address = f"/papan?tanggal={DAY}&sesi=datang"
    async with web.visitor(Role.ADMIN) as one, web.visitor(Role.RECEIVER) as other:
        for _ in range(3):
            await one.get(address)
            await other.get(address)
        for who in ("ani", "rini"):
            assert [a for a in await actions(web, who) if a[0] == "board_viewed"] == [("board_viewed", f"{DAY}:datang")]
        async with restarted(web).client() as client:
            client.cookies = one.client.cookies
            await client.get(address)
        assert len([a for a in await actions(web, "ani") if a[0] == "board_viewed"]) == 2
        web.clock.move(3600 * 1.5)
        await one.get(address)
        assert len([a for a in await actions(web, "ani") if a[0] == "board_viewed"]) == 2


async def test_a_new_day_begins_a_new_row(web: Web) -> None:
    address = f"/papan?tanggal={DAY}&sesi=datang"
    for _ in range(2):
        async with web.visitor(Role.ADMIN) as visitor:
            await visitor.get(address)
        web.clock.move(3600 * 24)
    assert len([a for a in await actions(web, "ani") if a[0] == "board_viewed"]) == 2
