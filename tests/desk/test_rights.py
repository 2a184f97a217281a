"""Every route of the desk, tried by everybody, against the table of rights."""

from collections.abc import Iterator

import httpx
import pytest
from fastapi.routing import APIRoute

from desk.app import ROOMS, create_app
from desk.rights import PUBLIC, RIGHTS, Reach, reach_of
from domain.account import Role
from domain.terms import Session
from storage.records import NewSubmission
from tests.fakes.desk_web import ServiceFigures, Web
from tests.fakes.desk_world import DAY
from tests.fakes.rows import new_message, new_submission

OWN, FOREIGN = "U1", "U3"  # the unit of the role opd, and one it has no business with


def routes(web: Web) -> set[tuple[str, str]]:
    return set(_routes_of(web))


def _routes_of(web: Web) -> Iterator[tuple[str, str]]:
    for route in (*web.app.routes, *(route for room in ROOMS for route in room.routes)):
        if isinstance(route, APIRoute):
            yield from ((method, route.path) for method in route.methods or ())


async def submissions(web: Web) -> dict[str, str]:
    """One submission of each unit; their numbers."""
    made = {}
    async with web.house.db.begin() as uow:
        for number, unit in enumerate((OWN, FOREIGN)):
            sha256 = f"{number}" * 64
            message = await uow.messages.add(new_message(sha256))
            assert message
            new: NewSubmission = new_submission(message, unit, date=DAY, session=Session.DATANG.value)
            made[unit] = (await uow.submissions.add(new)).number
    return made


def address(path: str, unit: str, numbers: dict[str, str]) -> str:
    """The route with a unit's own ids in it."""
    filled = {
        "{unit}": unit,
        "{submission}": numbers[unit],
        "{number}": "999",
        "{key}": "000",
        "{report}": "TLG-RM-1",
        "{sha256}": "a" * 64,
        "{question}": "999",
        "{layout}": "f" * 16,
    }
    for name, value in filled.items():
        path = path.replace(name, value)
    query = f"?tanggal={DAY}&sesi=datang" if path.startswith("/papan") else ""
    return path + query


async def ask(client: httpx.AsyncClient, method: str, path: str, csrf: str) -> int:
    if path.startswith("/papan/hidup"):
        return 200  # an endless stream: its own test
    data = {"csrf": csrf, "tanggal": str(DAY), "sesi": "datang"} if method == "POST" else None
    return (await client.request(method, path, data=data)).status_code


def test_every_route_is_in_the_table_or_public_and_none_twice(web: Web) -> None:
    assert routes(web) == PUBLIC | set(RIGHTS)
    assert not PUBLIC & set(RIGHTS)


async def test_nobody_passes_without_a_login(web: Web) -> None:
    numbers = await submissions(web)
    async with web.client() as client:
        for method, path in RIGHTS:
            answer = await client.request(method, address(path, OWN, numbers))
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("/masuk"), (method, path)


@pytest.mark.parametrize("role", Role)
async def test_each_role_gets_only_what_the_table_allows(web: Web, role: Role) -> None:
    numbers = await submissions(web)
    async with web.visitor(role) as visitor:
        # What ends the login comes last.
        for method, path in sorted(RIGHTS, key=lambda route: route[1] == "/keluar"):
            status = await ask(visitor.client, method, address(path, OWN, numbers), visitor.csrf)
            if reach_of(method, path, role) is None:
                assert status == 403, (method, path, status)
            else:
                assert status in (200, 204, 303, 404, 409, 422), (method, path, status)


async def test_another_units_things_do_not_exist_for_a_unit(web: Web) -> None:
    numbers = await submissions(web)
    tried = 0
    async with web.visitor(Role.UNIT) as visitor:
        for (method, path), right in RIGHTS.items():
            names_unit = "{unit}" in path or "{submission}" in path
            if right.reach.get(Role.UNIT) is not Reach.OWN or not names_unit:
                continue
            tried += 1
            assert await ask(visitor.client, method, address(path, FOREIGN, numbers), visitor.csrf) == 404, path
            if "{submission}" not in path or path.endswith("{submission}"):
                assert await ask(visitor.client, method, address(path, OWN, numbers), visitor.csrf) == 200, path
    assert tried


async def test_a_unit_sees_itself_and_those_it_coordinates_on_the_board(web: Web) -> None:
    async with web.visitor(Role.UNIT) as visitor:
        page = (await visitor.get(f"/papan?tanggal={DAY}&sesi=datang")).text
        assert (await visitor.get("/papan/unit/U2")).status_code == 200
    assert "Dinas Perhubungan" in page
    assert "UPTD Parkir" in page
    assert "SMP Negeri 1" not in page


def test_pages_without_a_house_have_no_rooms() -> None:
    app = create_app(ServiceFigures())
    assert "/papan" not in {getattr(route, "path", "") for route in app.routes}
