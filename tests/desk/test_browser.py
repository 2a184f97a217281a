"""The desk in a real browser: quick smoke; the long tour is slow."""

from tests.fakes.browser import PHONE, chromium, is_wider_than_screen, log_in, page_of, violations
from tests.fakes.desk_web import served, web_on
from tests.fakes.desk_world import DAY, at
from tests.fakes.trip import DISHUB, Trip, mail, workbook


async def test_a_receiver_logs_in_and_sees_a_sheet_come_in_by_itself(trip: Trip) -> None:
    async with web_on(trip, listen=True) as web, served(web) as address, chromium() as browser:
        async with page_of(browser, address) as page:
            await log_in(page, "rini")
            await page.goto(f"/papan?tanggal={DAY}&sesi=datang")
            await page.get_by_text("Papan ini berubah sendiri.").wait_for()
            await trip.read(mail(workbook(), when=at(7, 20), by=DISHUB))
            await page.locator("#k-sudah tr#u-U1").wait_for(timeout=5000)
            assert await page.locator("dd[data-hitung=belum]").inner_text() == "2"
            assert await violations(page) == []
        async with page_of(browser, address, PHONE, scheme="dark") as page:
            await log_in(page, "rini")
            assert not await is_wider_than_screen(page)
            assert await violations(page) == []
