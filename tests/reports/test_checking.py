"""CEK: an answer for whoever has nothing but a number; no names in it."""

from dataclasses import replace

import pytest

from bot.talking import report_check
from reports.checking import check_file, check_text, is_report_number, text_of
from reports.figures_kept import identity_of, unpack
from reports.numbering import qr_payload
from storage.engine import Database
from tests.fakes.desk_world import PROFILE
from tests.storage.test_reports_table import REPORT


@pytest.fixture
async def kept(database: Database) -> Database:
    async with database.begin() as uow:
        await uow.reports.add(REPORT)
        await uow.reports.add(replace(REPORT, version=2, sha256="12" * 32, changes=1))
    return database


@pytest.mark.parametrize("asked", ["TLG-RM-2026W48-5H", " tlg-rm-2026w48-5h ", "CEK tlg-rm-2026w48-5h terima kasih"])
async def test_a_number_is_answered_with_unit_period_totals_hash_and_state(kept: Database, asked: str) -> None:
    async with kept.begin() as uow:
        told = await check_text(uow, asked, PROFILE)
    for words in ("TLG-RM-2026W48-5H versi 2", "berlaku", REPORT.scope, REPORT.period, "tepat waktu: 9", "12" * 32):
        assert words in told


async def test_an_earlier_version_and_a_code_are_told_as_they_are(kept: Database) -> None:
    async with kept.begin() as uow:
        first = (await uow.reports.versions(REPORT.number))[0]
        code = qr_payload(identity_of(first, {}))
        for asked in (f"{REPORT.number} versi 1", code):
            assert "sudah digantikan versi 2" in await check_text(uow, asked, PROFILE)
        assert "sidiknya lain" in await check_text(uow, code[:-1] + "0", PROFILE)


@pytest.mark.parametrize("asked", ["TLG-RM-2020W01", "halo", "TLG-RM-2026W48-5H versi 7", ""])
async def test_what_is_unknown_is_said_politely(kept: Database, asked: str) -> None:
    async with kept.begin() as uow:
        assert "tidak tercatat pada kami" in await check_text(uow, asked, PROFILE)


async def test_an_answer_fits_into_a_chat_message(kept: Database) -> None:
    many = tuple((f"jumlah nomor {n}", n % 2) for n in range(40))
    async with kept.begin() as uow:
        await uow.reports.add(replace(REPORT, number="TLG-RB-202611", totals=many))
        told = await check_text(uow, "TLG-RB-202611", PROFILE)
    assert "jumlah nomor 1: 1" in told
    assert "jumlah nomor 2:" not in told
    assert told.endswith("Angka lainnya 0.")


async def test_the_conversation_asks_about_reports_only(kept: Database) -> None:
    check = report_check(PROFILE)
    async with kept.begin() as uow:
        assert "versi 2 tercatat pada kami" in (await check(uow, "tlg-rm-2026w48-5h") or "")
        assert await check(uow, "TLG-20261124-D-0117") is None


def test_a_submissions_number_is_no_reports() -> None:
    assert not is_report_number("TLG-20261124-D-0117")
    assert is_report_number("tlg-rb-202611")


async def test_a_strangers_file_names_nothing(kept: Database) -> None:
    assert text_of(b"%PDF-1.4 rusak") == text_of(b"PK\x03\x04") == text_of(b"") == ""
    async with kept.begin() as uow:
        assert (await check_file(uow, b"lain")).report is None


@pytest.mark.parametrize("data", [b"", b"lain", b"\x1f\x8b\x08rusak"])
def test_only_kept_figures_are_figures(data: bytes) -> None:
    with pytest.raises(ValueError, match="bukan catatan angka laporan"):
        unpack(data)
