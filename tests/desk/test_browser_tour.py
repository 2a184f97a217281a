"""Every page of the desk in a real browser: its main task by keyboard and by mouse, on a desk and on a phone.

``POSKO_SHOTS=docs/desk`` keeps a picture of each page.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from desk.submission import mark_of
from domain.account import Role
from domain.marks import FactSource, MarkState
from domain.terms import Scheme, Session
from intake.roster_file import write_roster
from storage.records_talk import NewClaim
from tests.desk.test_recap import excuse
from tests.fakes.browser import DESKTOP, PHONE, chromium, is_wider_than_screen, log_in, page_of, violations
from tests.fakes.desk_scene import earlier_parafs, photo_sheet
from tests.fakes.desk_web import NAMES, Web, restarted, served, web_on
from tests.fakes.desk_world import AGUS, BUDI, DAY, PEOPLE, ROSTER, SITI, at
from tests.fakes.trip import DISHUB, Trip, mail, workbook

pytestmark = pytest.mark.slow
BOARD = f"/papan?tanggal={DAY}&sesi=datang"
NUMBER, PHOTO, UNREAD = (f"TLG-20261124-D-{n:04d}" for n in (1, 5, 6))
PAGES = {  # name of the picture: address, role
    "masuk": ("/masuk", None),
    "papan": (BOARD, Role.RECEIVER),
    "unit": (f"/papan/unit/U3?tanggal={DAY}&sesi=datang", Role.RECEIVER),
    "masa": ("/periode", Role.RECEIVER),
    "kiriman": (f"/kiriman?tanggal={DAY}", Role.RECEIVER),
    "kiriman-foto": (f"/kiriman/{PHOTO}", Role.RECEIVER),
    "kiriman-tabel": (f"/kiriman/{NUMBER}", Role.RECEIVER),
    "isi": (f"/kiriman/{PHOTO}/isi", Role.RECEIVER),
    "periksa": ("/periksa", Role.RECEIVER),
    "rekap": ("/rekap?dari=2026-11-23&sampai=2026-11-24", Role.DISCIPLINE),
    "laporan": ("/laporan", Role.DISCIPLINE),
    "pegawai": ("/pegawai?cari=siti", Role.DISCIPLINE),
    "orang": (f"/pegawai/{BUDI}?sampai={DAY}", Role.DISCIPLINE),
    "keterangan": ("/keterangan", Role.DISCIPLINE),
    "admin": ("/admin", Role.ADMIN),
    "admin-pegawai": ("/admin/pegawai", Role.ADMIN),
    "admin-alamat": ("/admin/alamat", Role.ADMIN),
    "admin-kalender": ("/admin/kalender", Role.ADMIN),
    "admin-mesin": ("/admin/mesin", Role.ADMIN),
    "admin-akun": ("/admin/akun", Role.ADMIN),
    "admin-teks": ("/admin/pratinjau", Role.ADMIN),
    "akun": ("/akun", Role.UNIT),
}


@asynccontextmanager
async def scene(trip: Trip) -> AsyncIterator[tuple[Web, str, Browser]]:
    """A morning with something on every page, a served desk and a browser."""
    await trip.read(mail(workbook(), when=at(7, 20), by=DISHUB))
    await earlier_parafs(trip)
    await photo_sheet(trip, "U2")
    async with web_on(trip, listen=True) as web:
        await excuse(web, SITI)
        async with trip.db.begin() as uow:
            await uow.addresses.ask(NewClaim(Scheme.WHATSAPP, "6281234567890", "U3", at(7), at(7)))
        web.clock.moment = at(7, 21)
        async with served(web) as address, chromium() as browser:
            yield web, address, browser


async def test_no_page_overflows_or_has_a_serious_barrier_on_desk_or_phone_by_day_or_night(trip: Trip) -> None:
    found: list[str] = []
    shots = os.environ.get("POSKO_SHOTS")
    async with scene(trip) as (_, address, browser):
        for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
            for role in (None, *Role):
                async with page_of(browser, address, size, scheme=scheme) as page:  # type: ignore[arg-type]
                    if role is not None:
                        await log_in(page, NAMES[role])
                    for name, (path, whose) in PAGES.items():
                        if whose is role:
                            found += [f"{name} {size} {one}" for one in await _look(page, path)]
                            if shots:
                                await _keep(page, Path(shots) / f"{name}{'' if size == DESKTOP else '-hp'}.png")
    assert found == []


async def _keep(page: Page, path: Path) -> None:
    """The picture in 200 colours: half the bytes, and nobody sees it."""
    with Image.open(BytesIO(await page.screenshot())) as shot:
        shot.convert("RGB").quantize(200, dither=Image.Dither.NONE).save(path, optimize=True)


async def _look(page: Page, path: str) -> list[str]:
    answer = await page.goto(path)
    assert answer
    assert answer.status == 200, path
    await page.wait_for_load_state("load")
    wide = ["wider than the screen"] if await is_wider_than_screen(page) else []
    return wide + await violations(page)


async def test_the_review_queue_by_keyboard_alone(trip: Trip) -> None:
    async with scene(trip) as (web, address, browser), page_of(browser, address) as page:
        await log_in(page, "rini")
        await page.goto("/periksa")
        await page.get_by_text("2 menunggu").wait_for()
        await page.keyboard.press("1")
        await page.get_by_text("1 menunggu").wait_for()
        assert await page.evaluate("document.activeElement.id") == "judul-tanya"  # heard by screen readers
        await page.keyboard.press("2")
        await page.get_by_text("Tidak ada yang perlu diperiksa").wait_for()
        await page.keyboard.press("z")
        await page.get_by_text("1 menunggu").wait_for()
        await page.keyboard.press("4")
        await page.get_by_text("Tidak ada yang perlu diperiksa").wait_for()
        marks = {person: await _mark(web, person) for person in (BUDI, AGUS)}
    assert marks == {BUDI: MarkState.SIGNED, AGUS: MarkState.CODE}


async def _mark(web: Web, person: str) -> MarkState:
    async with web.house.db.begin() as uow:
        facts = await uow.facts.for_people([person], DAY, DAY)
    return mark_of([f for f in facts if f.session is Session.DATANG]).state


async def test_a_browser_killed_after_a_key_loses_no_decision(trip: Trip) -> None:
    async with scene(trip) as (web, address, browser):
        async with page_of(browser, address) as page:
            await log_in(page, "rini")
            await page.goto("/periksa")
            async with page.expect_response("**/periksa/*"):
                await page.keyboard.press("1")
            # The answer was given; the browser dies before it has shown anything.
        async with page_of(browser, address, PHONE) as page:
            await log_in(page, "rini")
            await page.goto("/periksa")
            await page.get_by_text("1 menunggu").wait_for()
        assert await _mark(web, BUDI) is MarkState.SIGNED


async def test_a_contact_is_logged_by_mouse_on_a_phone_and_a_board_beside_it_hears(trip: Trip) -> None:
    async with scene(trip) as (_, address, browser), page_of(browser, address) as board:
        await log_in(board, "ani")
        await board.goto(BOARD)
        await board.get_by_text("Papan ini berubah sendiri.").wait_for()
        async with page_of(browser, address, PHONE) as page:
            await log_in(page, "rini")
            await page.goto(BOARD)
            await page.locator("#u-U3").get_by_role("link", name="Catat").click()
            await page.get_by_label("Janji atau alasan").fill("listrik padam")
            await page.get_by_role("button", name="Berjanji mengirim").click()
            await page.get_by_text("“listrik padam”").wait_for()
        await board.locator("#u-U3").get_by_text("berjanji mengirim").wait_for(timeout=3000)


async def test_search_filters_while_typing_and_works_without_scripts(trip: Trip) -> None:
    async with scene(trip) as (_, address, browser):
        async with page_of(browser, address) as page:
            await log_in(page, "rini")
            await page.goto(BOARD)
            await page.get_by_label("Cari unit").press_sequentially("smp")
            assert await page.locator("#k-sudah").is_hidden()
            assert await page.locator("#u-U3").is_visible()
        async with page_of(browser, address, scripts=False) as page:
            await log_in(page, "rini")
            await page.goto(BOARD)
            await page.get_by_label("Cari unit").fill("smp")
            await page.keyboard.press("Enter")
            await page.wait_for_url("**cari=smp**")
            assert await page.locator("#u-U3").is_visible()
            assert await page.locator("#u-U1").count() == 0
            await page.goto("/periksa")
            await page.get_by_role("button", name="Ada tanda tangan").click()
            await page.get_by_text("1 menunggu").wait_for()


async def test_a_period_a_keying_a_keterangan_and_a_roster_by_mouse(trip: Trip, tmp_path: Path) -> None:
    changed = replace(ROSTER, people={**PEOPLE, AGUS: replace(PEOPLE[AGUS], post="Kepala UPTD")})
    (tmp_path / "baru.xlsx").write_bytes(write_roster(changed))
    async with scene(trip) as (web, address, browser):
        async with page_of(browser, address) as page:
            await log_in(page, "rini")
            await page.goto("/periode")
            await page.get_by_label("Alasan").fill("jaringan kabupaten putus")
            await page.get_by_role("button", name="Nyatakan").click()
            await page.get_by_text("jaringan kabupaten putus").wait_for()
            await page.goto(f"/kiriman/{PHOTO}/isi")
            await page.get_by_label("Drs. Agus Setiawan").select_option("ttd")
            await page.get_by_role("button", name="Simpan isian").click()
            await page.get_by_text("diputus rini").wait_for()
        async with page_of(browser, address, PHONE) as page:
            await log_in(page, "dedi")
            await page.goto("/keterangan")
            await page.get_by_role("button", name="Setujui").click()
            await page.get_by_text("Tidak ada keterangan").wait_for()
        async with page_of(browser, address) as page:
            await log_in(page, "ani")
            await page.goto("/admin/pegawai")
            await page.get_by_label("Berkas baru").set_input_files(tmp_path / "baru.xlsx")
            await page.get_by_role("button", name="Periksa berkas").click()
            await page.get_by_role("button", name="Terapkan").click()
            await page.get_by_text("Versi 2").wait_for()
            await page.goto("/admin/alamat")
            await page.get_by_role("button", name="Setujui").click()
            await page.get_by_text("Tidak ada permohonan").wait_for()
        async with web.house.db.begin() as uow:
            sources = {f.source for f in await uow.facts.for_people([SITI, AGUS], DAY, DAY)}
    assert {FactSource.DESK, FactSource.EXCUSE} <= sources


async def test_a_restarted_service_keeps_everybody_logged_in(trip: Trip) -> None:
    async with scene(trip) as (web, address, browser), page_of(browser, address) as page:
        await log_in(page, "rini")
        kept = await page.context.cookies()
        async with served(restarted(web)) as again, page_of(browser, again) as other:
            await other.context.add_cookies([{"name": c["name"], "value": c["value"], "url": again} for c in kept])
            await other.goto("/papan")
            assert "Rini" in await other.locator(".siapa").inner_text()
