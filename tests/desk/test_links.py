"""Every link of every page, followed by every role: none leads where its reader may not go, or to nothing."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urldefrag, urljoin

import pytest
from starlette.routing import Match

from desk.app import ROOMS
from desk.rights import RIGHTS, may
from domain.account import Role
from tests.desk.filled import fill
from tests.fakes.desk_web import Web
from tests.fakes.desk_world import DAY

_LINK = re.compile(r'(?:href|src)="([^"]+)"')
_MOST = 400
# No page links there: an endless stream, and what a page's picture of another page stands for.
ALONE = {"/papan/hidup"}
# Only a page with something of that kind links there, and the filled desk has none.
NOT_HERE = {"/keterangan/{number}/bukti/{sha256}"}


def links(page: str, address: str) -> Iterator[str]:
    for found in _LINK.findall(page):
        link = urldefrag(urljoin(address, unescape(found)))[0]
        if link.startswith("/") and not link.startswith(("/static/", "/api/")):
            yield link


def pattern(address: str, method: str = "GET") -> str:
    """The route that answers an address, as the table of rights names it."""
    scope = {"type": "http", "method": method, "path": address.partition("?")[0], "headers": []}
    for room in ROOMS:
        for route in room.routes:
            if route.matches(scope)[0] is Match.FULL:
                return str(getattr(route, "path", ""))
    return ""


@pytest.mark.parametrize("role", list(Role))
async def test_no_link_leads_to_a_closed_door_and_every_page_is_reached_by_one(web: Web, role: Role) -> None:
    await fill(web)
    start = f"/papan?tanggal={DAY}&sesi=datang"
    waiting, known, reached = [start], {start}, set()
    kinds: dict[str, int] = {}
    async with web.visitor(role) as visitor:
        while waiting:
            address = waiting.pop(0)
            route = pattern(address)
            kinds[route] = kinds.get(route, 0) + 1
            if kinds[route] > 12:
                continue  # the same page about yet another unit or day
            answer = await visitor.get(address)
            assert answer.status_code == 200 or address == "/", (role, address, answer.status_code)
            reached.add(route)
            if "text/html" in answer.headers.get("content-type", ""):
                new = [link for link in dict.fromkeys(links(answer.text, address)) if link not in known]
                known.update(new)
                waiting += new
            assert len(reached) < _MOST
    expected = {path for method, path in RIGHTS if method == "GET" and may(method, path, role)}
    assert expected - reached <= ALONE | NOT_HERE


async def test_from_a_unit_to_its_people_from_a_person_to_the_unit_from_a_letter_to_its_submission(web: Web) -> None:
    there = await fill(web)
    number = there.photo.number
    async with web.visitor(Role.ADMIN) as visitor:
        for page, *wanted in (
            (f"/papan/unit/U1?tanggal={DAY}&sesi=datang", "/rekap?unit=U1", "/pegawai?unit=U1"),
            ("/pegawai?unit=U1", "/papan/unit/U1"),
            (f"/kiriman?tanggal={DAY}", f"/papan/unit/U2?tanggal={DAY}&sesi=datang"),
            (f"/kiriman/{number}", f"/papan/unit/U2?tanggal={DAY}&sesi=datang", f"/periksa?kiriman={number}"),
            ("/periksa", f"/kiriman/{number}"),
            ("/admin", f"/kiriman/{number}", f"/admin/pesan/{there.message}/asli", "/admin/alamat"),
            ("/admin/pegawai", "/papan/unit/U3", "/pegawai?unit=U3"),
            ("/admin/mesin", "/papan/unit/U1"),
        ):
            found = set(links((await visitor.get(page)).text, page))
            assert set(wanted) <= found, (page, set(wanted) - found)
    async with web.visitor(Role.UNIT) as visitor:
        assert (await visitor.get("/pegawai?unit=U3")).status_code == 404
        assert (await visitor.get("/pegawai?unit=U9")).status_code == 404
        assert "Agus" in (await visitor.get("/pegawai?unit=U2")).text
