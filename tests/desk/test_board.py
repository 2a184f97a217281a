"""The board: states, contacts, the log of calls, periods, and what changes by itself."""

import asyncio
import json
from collections.abc import AsyncIterator

import httpx
import pytest

from desk.live import Listener, Live, Told
from domain.account import Role
from domain.terms import Session
from tests.fakes.desk_web import PASSWORD, Web, served, token_in, web_on
from tests.fakes.desk_world import DAY, SITI, at
from tests.fakes.trip import DISHUB, Trip, mail, workbook

BOARD = f"/papan?tanggal={DAY}&sesi=datang"


@pytest.fixture
async def live(trip: Trip) -> AsyncIterator[Web]:
    async with web_on(trip, listen=True) as made:
        yield made


def group(page: str, name: str) -> str:
    return page.split(f'id="k-{name}"')[1].split("</section>")[0]


async def test_what_came_stands_apart_from_what_is_missing(web: Web) -> None:
    await web.trip.read(mail(workbook(), when=at(7, 20), by=DISHUB))
    web.clock.moment = at(7, 34)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(BOARD)).text
    assert "TLG-20261124-D-0001" in group(page, "sudah")
    assert "tepat waktu" in group(page, "sudah")
    assert "SMP Negeri 1" in group(page, "belum")
    assert "lewat Dinas Perhubungan" in group(page, "belum")
    assert page.index('id="k-belum"') < page.index('id="k-periksa"') < page.index('id="k-sudah"')
    assert "sudah tutup" in page


async def test_states_have_a_shape_and_a_word_beside_their_colour(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(BOARD)).text
    assert '<span aria-hidden="true">○</span> belum' in page


async def test_unit_saya_shows_the_units_of_ones_own_mailbox(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"{BOARD}&saya=1")).text
    assert "SMP Negeri 1" in page
    assert "Dinas Perhubungan" not in group(page, "belum")


async def test_search_and_coordinator_narrow_the_board(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        found = group((await visitor.get(f"{BOARD}&cari=smp")).text, "belum")
        led = group((await visitor.get(f"{BOARD}&koordinator=U1")).text, "belum")
        none = (await visitor.get(f"{BOARD}&cari=zzz")).text
    assert "SMP" in found
    assert "UPTD" not in found
    assert "UPTD" in led
    assert "SMP" not in led
    assert "Tidak ada unit yang cocok" in none


async def test_a_day_outside_every_period_owes_nothing_and_says_so(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/papan?tanggal=2026-10-20&sesi=datang")).text
    assert "Tidak ada masa presensi manual" in page
    assert "tidak wajib" in group(page, "libur")


async def test_a_contact_is_noted_with_who_when_and_what_came_of_it(web: Web) -> None:
    web.clock.moment = at(7, 21)
    async with web.visitor(Role.RECEIVER) as visitor:
        answer = await visitor.post(
            "/papan/unit/U3/kontak",
            tanggal=str(DAY), sesi="datang", cara="telepon", hasil="berjanji mengirim", catatan="listrik padam",
        )  # fmt: skip
        page = (await visitor.get(answer.headers["location"])).text
        board = group((await visitor.get(BOARD)).text, "belum")
    assert "07.21 WIB" in page
    assert "rini, telepon: berjanji mengirim" in page
    assert "listrik padam" in page
    assert "07.21 berjanji mengirim" in board


async def test_a_contact_about_nothing_real_is_refused(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        for unit, fields in (
            ("U9", {"tanggal": str(DAY), "sesi": "datang"}),
            ("U3", {"tanggal": "besok", "sesi": "datang"}),
            ("U3", {"tanggal": str(DAY), "sesi": "siang"}),
            ("U3", {"tanggal": str(DAY), "sesi": "datang", "cara": "merpati"}),
        ):
            assert (await visitor.post(f"/papan/unit/{unit}/kontak", **fields)).status_code == 404


async def test_a_period_is_declared_told_and_ended_here(web: Web) -> None:
    async with web.visitor(Role.RECEIVER) as visitor:
        bad = await visitor.post("/periode", mulai="2026-12-01", alasan="")
        assert bad.status_code == 422
        assert "Isi alasan" in bad.text
        await visitor.post("/periode", mulai="2026-12-01", sesi="pulang", alasan="server padam", unit="U3")
        assert "server padam" in (await visitor.get("/periode")).text
        early = await visitor.post("/periode/2/akhiri", sampai="2026-11-01")
        assert early.status_code == 422
        await visitor.post("/periode/2/akhiri", sampai="2026-12-02", sesi="datang")
        again = await visitor.post("/periode/2/akhiri", sampai="2026-12-03")
        assert again.status_code == 422
    async with web.house.db.begin() as uow:
        period = (await uow.periods.all())[1]
    assert (period.declared_by, str(period.last_day), period.last_session) == (
        "desk:rini",
        "2026-12-02",
        Session.DATANG,
    )
    assert web.announced == ["on:2", "off:2:2026-12-02:datang"]


async def test_an_open_board_hears_of_a_sheet_within_a_second_of_its_commit(live: Web) -> None:
    async with served(live) as address, httpx.AsyncClient(base_url=address, trust_env=False, timeout=30) as client:
        await client.post("/masuk", data={"nama": "rini", "sandi": PASSWORD})
        page = (await client.get(BOARD)).text
        stream = page.split('data-hidup="')[1].split('"')[0].replace("&amp;", "&")
        async with client.stream("GET", stream) as opened:
            lines = opened.aiter_lines()
            message = await live.trip.arrive(mail(workbook(), when=at(7, 20), by=DISHUB))
            await live.trip.pipeline().read_message(message)
            loop = asyncio.get_running_loop()
            committed = loop.time()
            async with asyncio.timeout(5):
                while not (line := await anext(lines)).startswith("data: {"):
                    pass
            assert loop.time() - committed < 1
        told = json.loads(line.removeprefix("data: "))
        assert (told["unit"], told["kelompok"]) == ("U1", "sudah")
        assert "TLG-20261124-D-0001" in told["html"]
        assert token_in(page)


async def test_a_unit_hears_nothing_of_others_and_a_stale_board_looks_again(live: Web) -> None:
    own = Listener(DAY, "datang", frozenset({"U1"}))
    events = live.house.live.events(own, "lama")
    assert (await anext(events)).name == "segarkan"
    own.tell(Told("baris", "{}", "U3"))
    own.tell(Told("baris", '{"unit": "U1"}', "U1"))
    assert (await anext(events)).unit == "U1"


async def test_a_browser_that_reads_no_more_is_told_to_look_for_itself() -> None:
    slow = Listener(DAY, "datang", None)
    for number in range(2001):
        slow.tell(Told("baris", str(number), "U1"))
    assert slow.queue.qsize() == 1
    assert (await anext(Live("").events(slow, ""))).name == "segarkan"


async def test_phones_of_the_missing_can_be_called_at_once(web: Web) -> None:
    async with web.house.db.begin() as uow:
        roster = await uow.roster.load()
        from dataclasses import replace

        people = {**roster.people, SITI: replace(roster.people[SITI], phone="6281234567890")}
        officers = tuple(replace(a, person=SITI) if a.unit == "U1" else a for a in roster.addresses)
        await uow.roster.replace(replace(roster, people=people, addresses=officers), "uji", web.clock.now())
    async with web.visitor(Role.RECEIVER) as visitor:
        page = group((await visitor.get(BOARD)).text, "belum")
    assert 'href="tel:+6281234567890"' in page
    assert 'href="https://wa.me/6281234567890"' in page
