"""The desk over this test's own database."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from storage.engine import Database
from tests.fakes.desk_web import Web, web_on
from tests.fakes.trip import Trip, trip_on


@pytest.fixture
async def trip(database: Database, tmp_path: Path) -> AsyncIterator[Trip]:
    async with trip_on(database, tmp_path) as made:
        yield made


@pytest.fixture
async def web(trip: Trip) -> AsyncIterator[Web]:
    async with web_on(trip) as made:
        yield made
