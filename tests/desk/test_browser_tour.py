"""Every page of the desk in a real browser, full and empty, on a desk and on a phone, by day and by night.

``POSKO_SHOTS=docs/desk`` keeps a picture of each page, ``POSKO_SHOTS_ALL=…`` those of both sizes by day and by night.
"""

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from io import BytesIO
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from desk.rights import RIGHTS
from desk.submission import mark_of
from domain.account import Role
from domain.marks import MarkState
from domain.terms import Session
from tests.desk.filled import REPORT, fill, sheets
from tests.desk.test_links import pattern
from tests.fakes.browser import DESKTOP, PHONE, chromium, is_wider_than_screen, log_in, page_of, violations
from tests.fakes.desk_web import NAMES, Web, restarted, served, web_on
from tests.fakes.desk_world import AGUS, BUDI, DAY, at
from tests.fakes.trip import Trip

pytestmark = pytest.mark.slow
BOARD = f"/papan?tanggal={DAY}&sesi=datang"
NUMBER, PHOTO = (f"TLG-20261124-D-{n:04d}" for n in (1, 5))
PAGES = {  # name of the picture: address, role
    "masuk": ("/masuk", None),
    "depan": ("/", None),
    "papan": (BOARD, Role.RECEIVER),
    "unit": (f"/papan/unit/U3?tanggal={DAY}&sesi=datang", Role.RECEIVER),
    "masa": ("/periode", Role.RECEIVER),
    "kiriman": (f"/kiriman?tanggal={DAY}", Role.RECEIVER),
    "kiriman-foto": (f"/kiriman/{PHOTO}", Role.RECEIVER),
    "kiriman-tabel": (f"/kiriman/{NUMBER}", Role.RECEIVER),
    "isi": (f"/kiriman/{PHOTO}/isi", Role.RECEIVER),
    "periksa": ("/periksa", Role.RECEIVER),
    "periksa-susunan": ("/periksa/susunan", Role.RECEIVER),
    "rekap": ("/rekap?dari=2026-11-23&sampai=2026-11-24", Role.DISCIPLINE),
    "laporan": ("/laporan?dipesan=TLG-RM-2026-48-5H", Role.DISCIPLINE),
    "laporan-satu": (f"/laporan/{REPORT}", Role.DISCIPLINE),
    "pegawai": ("/pegawai?cari=siti", Role.DISCIPLINE),
    "orang": (f"/pegawai/{BUDI}?sampai={DAY}", Role.DISCIPLINE),
    "keterangan": ("/keterangan", Role.DISCIPLINE),
    "admin": ("/admin", Role.ADMIN),
    "admin-pegawai": ("/admin/pegawai", Role.ADMIN),
    "admin-alamat": ("/admin/alamat", Role.ADMIN),
    "admin-kalender": ("/admin/kalender", Role.ADMIN),
    "admin-mesin": ("/admin/mesin", Role.ADMIN),
    "admin-mesin-susunan": ("/admin/mesin/susunan/2", Role.ADMIN),
    "admin-akun": ("/admin/akun", Role.ADMIN),
    "admin-teks": ("/admin/pratinjau", Role.ADMIN),
    "akun": ("/akun", Role.UNIT),
    "papan-unit": (BOARD, Role.UNIT),
}
FILES = {  # what is fetched or heard, and shown by other pages
    "/papan/hidup", "/kiriman/{submission}/asli/{sha256}", "/kiriman/{submission}/halaman/{sha256}",
    "/periksa/susunan/{layout}/halaman", "/rekap/unduh", "/laporan/{report}/{sha256}",
    "/keterangan/{number}/bukti/{sha256}", "/admin/pesan/{number}/asli", "/admin/pegawai/unduh",
}  # fmt: skip
LOOKS = [(size, scheme) for size in (DESKTOP, PHONE) for scheme in ("light", "dark")]


@asynccontextmanager
async def scene(trip: Trip) -> AsyncIterator[tuple[Web, str, Browser]]:
    """A morning with sheets and doubts, a served desk and a browser."""
    await sheets(trip)
    async with web_on(trip, listen=True) as web:
        web.clock.moment = at(7, 21)
        async with served(web) as address, chromium() as browser:
            yield web, address, browser


def test_every_page_of_the_table_of_rights_is_looked_at() -> None:
    looked_at = {pattern(path) for path, _ in PAGES.values()}
    assert {path for method, path in RIGHTS if method == "GET"} - looked_at == FILES


@pytest.mark.parametrize(("size", "scheme"), LOOKS)
async def test_no_full_page_overflows_or_has_a_serious_barrier_on_desk_or_phone_by_day_or_night(
    trip: Trip, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    async with web_on(trip, listen=True) as web:
        await fill(web)
        assert await _tour(web, size, scheme, "") == []


@pytest.mark.parametrize(("size", "scheme"), [(DESKTOP, "dark"), (PHONE, "light")])
async def test_no_empty_page_overflows_or_has_a_serious_barrier(
    trip: Trip, size: tuple[int, int], scheme: Literal["light", "dark"]
) -> None:
    async with web_on(trip, listen=True) as web:
        web.clock.moment = at(7, 21)
        things = ("TLG-2026", REPORT, "/admin/mesin/susunan/")  # an empty desk has none of these
        empty = {name: page for name, page in PAGES.items() if not any(thing in page[0] for thing in things)}
        assert await _tour(web, size, scheme, "-kosong", empty) == []


async def _tour(
    web: Web, size: tuple[int, int], scheme: Literal["light", "dark"], mark: str,
    pages: Mapping[str, tuple[str, Role | None]] = PAGES,
) -> list[str]:  # fmt: skip
    """Every page by whom it is for; what is wrong with them."""
    found: list[str] = []
    place = _place(size, scheme, mark)
    async with served(web) as address, chromium() as browser:
        for role in (None, *Role):
            async with page_of(browser, address, size, scheme=scheme) as page:
                if role is not None:
                    await log_in(page, NAMES[role])
                for name, (path, whose) in pages.items():
                    if whose is role:
                        found += [f"{name} {size} {scheme} {one}" for one in await _look(page, path)]
                        if place:
                            await _keep(page, Path(place.format(name)))
    return found


def _place(size: tuple[int, int], scheme: str, mark: str) -> str:
    """Where pictures go: of a full desk by day and of a phone by night, all others only on demand."""
    phone = "" if size == DESKTOP else "-hp"
    if every := os.environ.get("POSKO_SHOTS_ALL"):
        return f"{every}/{{}}{mark}{phone}-{scheme}.png"
    shots = os.environ.get("POSKO_SHOTS")
    kept = not mark and (size == DESKTOP) == (scheme == "light")
    return f"{shots}/{{}}{phone}.png" if shots and kept else ""


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


async def test_a_restarted_service_keeps_everybody_logged_in(trip: Trip) -> None:
    async with scene(trip) as (web, address, browser), page_of(browser, address) as page:
        await log_in(page, "rini")
        kept = await page.context.cookies()
        async with served(restarted(web)) as again, page_of(browser, again) as other:
            await other.context.add_cookies([{"name": c["name"], "value": c["value"], "url": again} for c in kept])
            await other.goto("/papan")
            assert "Rini" in await other.locator(".siapa").inner_text()
