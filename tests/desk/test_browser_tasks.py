"""Each page's main task in a real browser, by pointer and by keyboard alone, on a desk and on a phone."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pyotp
import pytest
from playwright.async_api import Browser, Locator

from desk.rights import RIGHTS
from domain.account import Role
from intake.roster_file import write_roster
from tests.desk.filled import REPORT, WAITS, Filled, fill
from tests.desk.test_links import pattern
from tests.fakes import logs
from tests.fakes.browser import DESKTOP, PHONE, Hand, chromium, is_wider_than_screen, page_of, violations
from tests.fakes.desk_web import NAMES, PASSWORD, Web, served, web_on
from tests.fakes.desk_world import AGUS, DAY, PEOPLE, ROSTER, SITI
from tests.fakes.trip import Trip

pytestmark = pytest.mark.slow
BOARD = f"/papan?tanggal={DAY}&sesi=datang"
Task = Callable[["Work"], Awaitable[None]]


class Work:
    """One visitor at a page, with the desk behind it."""

    def __init__(self, hand: Hand, web: Web, there: Filled, folder: Path) -> None:
        self.hand, self.page, self.web, self.there, self.folder = hand, hand.page, web, there, folder

    def button(self, name: str, within: str = "main") -> Locator:
        return self.page.locator(within).get_by_role("button", name=name).first

    async def go(self, path: str) -> None:
        answer = await self.page.goto(path)
        assert answer
        assert answer.ok, path

    async def press(self, name: str, within: str = "main") -> None:
        await self.hand.press(self.button(name, within))

    async def follow(self, name: str, within: str = "main") -> None:
        await self.hand.press(self.page.locator(within).get_by_role("link", name=name).first)

    async def unfold(self, name: str) -> None:
        await self.hand.press(self.page.locator("summary").filter(has_text=name).first)

    async def write(self, label: str, text: str) -> None:
        await self.hand.write(self.page.locator("main").get_by_label(label).first, text)

    async def choose(self, label: str, option: str) -> None:
        await self.hand.choose(self.page.locator("main").get_by_role("combobox", name=label).first, option)

    async def sees(self, text: str) -> None:
        await self.page.get_by_text(text).first.wait_for(timeout=15_000)

    async def enter(self, name: str, password: str = PASSWORD) -> None:
        await self.go("/masuk")
        await self.write("Nama akun", name)
        await self.write("Kata sandi", password)
        await self.press("Masuk")


async def contact(work: Work) -> None:
    await work.go(BOARD)
    await work.follow("SMP Negeri 1 Tulungagung", "#u-U3")
    await work.write("Janji atau alasan", "genset menyala 07.40")
    await work.press("Berjanji mengirim")
    await work.sees("“genset menyala 07.40”")


async def period(work: Work) -> None:
    await work.go("/periode")
    await work.write("Alasan", "jaringan kabupaten putus")
    await work.press("Nyatakan dan beri tahu unit")
    await work.sees("jaringan kabupaten putus")
    await work.press("Akhiri")
    await work.sees("sampai tanggal itu")


async def submission(work: Work) -> None:
    await work.go(f"/kiriman?tanggal={DAY}")
    await work.write("Cari", "0001")
    await work.press("Tampilkan")
    await work.page.wait_for_url("**/kiriman/TLG-20261124-D-0001")
    await work.press("Baca ulang")
    await work.sees("Dibaca ulang: hasilnya tetap sama.")


async def keying(work: Work) -> None:
    await work.go(f"/kiriman/{work.there.photo.number}")
    await work.follow("Isi atau betulkan")
    await work.choose("Drs. Agus Setiawan", "ada tanda tangan")
    await work.press("Simpan isian")
    await work.sees("diputus rini")


async def review(work: Work) -> None:
    await work.go("/periksa")
    await work.sees("2 menunggu")
    await work.press("Ada tanda tangan")
    await work.sees("1 menunggu")
    await work.press("Batalkan jawaban tadi")
    await work.sees("2 menunggu")


async def layout(work: Work) -> None:
    await work.go("/periksa")
    await work.follow("Susunan formulir")
    await work.press("Benarkan susunan")
    await work.sees("Tidak ada susunan yang menunggu")
    assert await work.page.get_by_text("Dikonfirmasi rini").count() == 2
    section = f"section[aria-labelledby='s-{WAITS}']"
    await work.press("Baca ulang 1 kiriman yang memakainya", section)
    await work.sees("1 kiriman dibaca ulang")


async def addresses(work: Work) -> None:
    await work.go("/papan")
    await work.follow("Alamat", ".menu")
    await work.press("Setujui")
    await work.sees("Tidak ada permohonan")


async def recap(work: Work) -> None:
    await work.go("/rekap?dari=2026-11-23&sampai=2026-11-24")
    await work.choose("Unit", "SMP Negeri 1 Tulungagung")
    await work.press("Tampilkan")
    await work.page.wait_for_url("**unit=U3**")
    await work.unfold("Peta sebagai tabel")
    await work.page.get_by_role("region", name="Peta sebagai tabel").wait_for()


async def reports(work: Work) -> None:
    await work.go("/laporan")
    await work.choose("Jenis", "bulanan")
    await work.press("Susun laporan")
    await work.sees("Dipesan:")
    await work.follow(REPORT)
    await work.sees("Versi 2, terbaru")


async def people(work: Work) -> None:
    await work.go("/pegawai")
    await work.write("Nama atau NIP", "siti")
    await work.press("Cari")
    await work.follow("Siti Aminah, S.E.")
    await work.page.get_by_role("heading", name="Siti Aminah, S.E.").wait_for()


async def excuse(work: Work) -> None:
    await work.go("/keterangan")
    await work.write("Alasan", "surat dokter lengkap")
    await work.press("Setujui")
    await work.sees("Tidak ada keterangan")


async def stuck(work: Work) -> None:
    await work.go("/admin")
    await work.unfold("Kirim lagi")
    await work.press("Ya, kirim lagi")
    await work.sees(f"Surat nomor {work.there.letter} untuk dishub@presensi.test: menunggu dikirim.")
    await work.unfold("Proses lagi")
    await work.press("Ya, proses lagi")
    await work.sees(f"Kiriman nomor {work.there.message} dari smp1@presensi.test: menunggu dibaca.")


async def roster(work: Work) -> None:
    file = work.folder / "baru.xlsx"
    changed = {**PEOPLE, AGUS: replace(PEOPLE[AGUS], post="Kepala UPTD")}
    file.write_bytes(write_roster(replace(ROSTER, people=changed)))
    await work.go("/admin/pegawai")
    await work.page.get_by_label("Berkas baru").set_input_files(file)
    await work.press("Periksa berkas")
    await work.press("Terapkan")
    await work.sees("Versi 2")


async def calendar(work: Work) -> None:
    await work.go("/admin/kalender")
    await work.hand.tick(work.page.get_by_label("tetap bekerja"))
    await work.write("Alasan", "Pelayanan pajak")
    await work.write("Nomor surat dasar", "800/7/2026")
    await work.press("Tetapkan")
    await work.sees("Pelayanan pajak")


async def devices(work: Work) -> None:
    file = work.folder / "1_attlog.dat"
    file.write_bytes(logs.usb(("7", f"{DAY} 16:05:00")))
    await work.go("/admin/mesin")
    await work.write("NIP", SITI)
    await work.press("Petakan")
    await work.page.get_by_role("heading", name="ID yang belum dipetakan 1").wait_for()
    await work.write("ID pada mesin", "tidak-ada")
    await work.press("Akhiri")
    await work.sees("tidak sedang dipetakan")
    await work.page.get_by_label("Berkas dari mesin").set_input_files(file)
    await work.choose("Mesin", "lobi")
    await work.press("Unggah")
    await work.sees("Berkas sudah dibaca")
    await work.go("/admin/mesin")
    await work.follow("mei.csv")
    await work.hand.tick(work.page.get_by_label("hari-bulan-tahun"))
    await work.press("Simpan dan baca berkasnya")
    await work.sees("Berkas sudah dibaca")


async def accounts(work: Work) -> None:
    await work.go("/admin/akun")
    await work.write("Nama akun", "sari")
    await work.choose("Peran", Role.RECEIVER.label)
    await work.press("Buat akun")
    await work.sees("Sandi pertama sari")
    await work.press("Sandi baru", "tr:has-text('sari')")
    await work.sees("Sandi baru sari")
    await work.write("Untuk sistem apa", "TPP")
    await work.hand.tick(work.page.get_by_label("units"))
    await work.press("Buat token")
    await work.sees("Token TPP:")
    await work.press("Cabut TPP")
    await work.page.locator("li:has-text('TPP')").get_by_text("dicabut").wait_for()


async def texts(work: Work) -> None:
    await work.go("/admin/pratinjau")
    await work.unfold("Tanda terima")
    await work.page.locator("details[open] pre").first.wait_for()


async def own_account(work: Work) -> None:
    await work.go("/akun")
    new = "gajah-kereta-pisang"
    for label, text in (("Kata sandi sekarang", PASSWORD), ("Kata sandi baru", new), ("Ulangi kata sandi baru", new)):
        await work.hand.write(work.page.get_by_label(label, exact=True), text)
    await work.press("Simpan")
    await work.sees("Kata sandi diganti.")
    await work.press("Siapkan kode kedua")
    secret = await work.page.locator("input[name=rahasia]").input_value()
    await work.write("Kode enam angka", pyotp.TOTP(secret).at(int(work.web.clock.now().timestamp())))
    await work.press("Aktifkan")
    await work.sees("Setiap masuk diminta kode")
    await work.press("Keluar", "header")
    await work.page.wait_for_url("**/masuk")
    await work.enter(NAMES[Role.UNIT], new)
    await work.page.wait_for_url("**/masuk/kode")
    work.web.clock.move(60)
    await work.write("Kode enam angka", pyotp.TOTP(secret).at(int(work.web.clock.now().timestamp())))
    await work.press("Lanjut")
    await work.page.wait_for_url("**/papan")
    await work.go("/akun")
    await work.write("Kata sandi, untuk melepas kode", new)
    await work.press("Lepas kode kedua")
    await work.sees("Siapkan kode kedua")


TASKS: tuple[tuple[Role, tuple[Task, ...]], ...] = (
    (Role.RECEIVER, (contact, period, submission, review, keying, layout, addresses)),
    (Role.DISCIPLINE, (recap, reports, people, excuse)),
    (Role.ADMIN, (stuck, roster, calendar, devices, accounts, texts)),
    (Role.UNIT, (own_account,)),
)


@asynccontextmanager
async def desk(trip: Trip) -> AsyncIterator[tuple[Web, Filled, str, Browser]]:
    async with web_on(trip, listen=True) as web:
        there = await fill(web)
        async with served(web) as address, chromium() as browser:
            yield web, there, address, browser


@pytest.mark.parametrize("pointer", [True, False], ids=["pointer", "keyboard"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
async def test_every_task_of_every_page_is_done(
    trip: Trip, tmp_path: Path, size: tuple[int, int], pointer: bool
) -> None:
    used: set[str] = set()
    wrong: list[str] = []
    async with desk(trip) as (web, there, address, browser):
        for role, tasks in TASKS:
            async with page_of(browser, address, size) as page:
                page.set_default_timeout(15_000)
                page.on("request", lambda r: used.add(posted(r.url)) if r.method == "POST" else None)
                work = Work(Hand(page, pointer), web, there, tmp_path)
                await work.enter(NAMES[role])
                await page.wait_for_url("**/papan")
                for task in tasks:
                    await task(work)
                    wrong += [f"{task.__name__}: wider"] if await is_wider_than_screen(page) else []
                    wrong += [f"{task.__name__}: {one}" for one in await violations(page)] if pointer else []
                await work.press("Keluar", "header")
                await page.wait_for_url("**/masuk")
    assert wrong == []
    expected = {path for method, path in RIGHTS if method == "POST"} | {"/masuk", "/masuk/kode"}
    assert used == expected


def posted(url: str) -> str:
    """The route of a POST, as the table of rights names it."""
    return pattern(urlsplit(url).path, "POST")
