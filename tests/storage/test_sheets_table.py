"""Printed sheets: numbers that follow one another around the end, one open page an identity, copies that retire."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from domain.sheet import from_plain, to_plain
from domain.sheet_identity import NUMBERS
from storage.engine import Database
from storage.records import NewSheetPage
from storage.urls import engine_url
from tests.fakes.rows import NOW
from tests.fakes.sheets import KEY, WEEK, pages

LATER = NOW + timedelta(hours=1)


def printed(copy: int = 1, first: int = 0) -> list[NewSheetPage]:
    return [
        NewSheetPage(first, p.leaf, p.unit, p.week, p.page, copy, p.token, to_plain(p), NOW, "uji") for p in pages(48)
    ]


async def reserve(db: Database, count: int) -> int:
    async with db.begin() as uow:
        return await uow.sheets.reserve(count)


async def test_numbers_are_reserved_one_after_the_other_by_everybody(database: Database) -> None:
    firsts = await asyncio.gather(*(reserve(database, 3) for _ in range(6)))
    assert sorted(firsts) == [0, 3, 6, 9, 12, 15]


async def test_numbers_begin_again_after_the_last(database: Database, database_owner_url: str) -> None:
    engine = create_engine(engine_url(database_owner_url))
    with engine.begin() as connection:
        connection.execute(text(f"SELECT setval('sheet_number', {NUMBERS - 3})"))
    engine.dispose()
    assert await reserve(database, 4) == NUMBERS - 2
    assert await reserve(database, 1) == 2


async def test_a_page_comes_back_as_it_was_printed(database: Database) -> None:
    new = printed()
    async with database.begin() as uow:
        await uow.sheets.add_many(new)
        await uow.sheets.add_many([])
    async with database.begin() as uow:
        rows = await uow.sheets.open_for("U001", WEEK)
        found = await uow.sheets.by_number(0, 1)
        assert await uow.sheets.by_number(0, 9) is None
        assert await uow.sheets.open_for("U001", "2026-W49") == []
    assert len(rows) > 1
    assert [from_plain(row.snapshot) for row in rows] == list(pages(48))
    assert all(from_plain(row.snapshot).genuine(KEY) for row in rows)
    assert found == rows[1]
    assert (found.token, found.issued_at, found.issued_by, found.retired_at) == (new[1].token, NOW, "uji", None)


async def test_an_identity_is_open_only_once(database: Database) -> None:
    async with database.begin() as uow:
        await uow.sheets.add_many(printed())
    with pytest.raises(IntegrityError):
        async with database.begin() as uow:
            await uow.sheets.add_many(printed())


async def test_a_later_copy_retires_the_earlier_and_frees_its_number(database: Database) -> None:
    async with database.begin() as uow:
        await uow.sheets.add_many(printed())
        await uow.sheets.add_many(printed(copy=2, first=1))
        assert await uow.sheets.retire("U001", WEEK, 2, LATER) == len(printed())
        assert await uow.sheets.retire("U001", WEEK, 2, LATER) == 0
    async with database.begin() as uow:
        assert {row.copy for row in await uow.sheets.open_for("U001", WEEK)} == {2}
        old = await uow.sheets.by_number(0, 0)
        assert old is not None
        assert (old.copy, old.retired_at) == (1, LATER)
        again = replace(printed()[0], copy=3)
        await uow.sheets.add_many([again])
        now = await uow.sheets.by_number(0, 0)
        assert now is not None
        assert (now.copy, now.retired_at) == (3, None)
