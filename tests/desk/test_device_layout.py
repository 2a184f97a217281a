"""An unknown log at the desk: its first rows, what its columns seem to be, and the word that lets it be read."""

import pytest

from devices.dates import DateOrder
from devices.guess import guess
from devices.mapped import Table
from domain.account import Role
from domain.device import DeviceKind, UploadState
from domain.device_clock import wall
from storage.records_devices import NewDevice, PunchRow
from tests.fakes.desk_web import Visitor, Web

CSV = b"No;PIN;Nama;Tanggal;Jam\n1;7;SITI;05/06/2026;07:01\n2;8;BUDI;05/06/2026;07:02\n3;7;SITI;06/06/2026;16:03\n"
GLG = b"No\tTMNo\tEnNo\tName\tGMNo\tMode\tDateTime\n1\t1\t7\tSITI\t0\t1\t05/06/2025 07:01:02\n"
COLUMNS = {"k0": "", "k1": "id", "k2": "name", "k3": "date", "k4": "time"}


async def given(web: Web) -> None:
    async with web.house.db.begin() as uow:
        await uow.devices.add(NewDevice("lobi", DeviceKind.FILE, "Asia/Jakarta", "admin", web.clock.now(), number=1))


async def upload(visitor: Visitor, name: str, data: bytes) -> str:
    form, files = {"csrf": visitor.csrf, "mesin": "lobi"}, {"berkas": (name, data)}
    return (await visitor.client.post("/admin/mesin/berkas", data=form, files=files)).text


async def punches(web: Web) -> list[PunchRow]:
    async with web.house.db.begin() as uow:
        [lobi] = await uow.devices.all()
        return await uow.punches.of_users([(lobi.id, "7")], wall("2000-01-01 00:00:00"), wall("2100-01-01 00:00:00"))


async def states(web: Web) -> list[UploadState]:
    async with web.house.db.begin() as uow:
        return [one.state for one in await uow.punches.uploads()]


async def test_columns_are_proposed_beside_the_first_rows_and_confirmed_once(web: Web) -> None:
    await given(web)
    async with web.visitor(Role.ADMIN) as visitor:
        assert "/admin/mesin/susunan/1" in await upload(visitor, "mei.csv", CSV)
        await upload(visitor, "juni.csv", CSV.replace(b"06/2026", b"07/2026"))
        page = (await visitor.get("/admin/mesin/susunan/1")).text
        for proposed in ('name="k1"', '<option value="id" selected>', '<option value="date" selected>', "SITI"):
            assert proposed in page
        assert page.count("Tanggal</") == 1, "titles stand above their columns only"
        assert "dapat dibaca dua cara" in page
        assert "checked" not in page  # 05/06 is never guessed
        for fault in ({**COLUMNS}, {**COLUMNS, "k3": "", "urutan": "dmy"}, {**COLUMNS, "k0": "id", "urutan": "dmy"}):
            assert (await visitor.post("/admin/mesin/susunan/1", **fault)).status_code == 422
        assert await punches(web) == []
        said = (await visitor.post("/admin/mesin/susunan/1", **COLUMNS, urutan="dmy")).text
        assert "2 berkas yang menunggu sudah dibaca" in said
        assert "3 baris = 3 baru" in said
        assert (await visitor.get("/admin/mesin/susunan/1")).status_code == 404  # nothing waits any more
        assert "Berkas sudah dibaca" in await upload(visitor, "agustus.csv", CSV.replace(b"06/2026", b"08/2026"))
    assert await states(web) == [UploadState.DONE] * 3
    assert [(p.at.day, p.at.month) for p in await punches(web)] == [(5, 6), (6, 6), (5, 7), (6, 7), (5, 8), (6, 8)]
    async with web.house.db.begin() as uow:
        noted = [row.action for row in await uow.audit.of("desk:ani")]
    assert "device_layout" in noted
    assert "device_log_viewed" in noted


async def test_of_a_known_layout_only_the_order_of_dates_is_asked(web: Web) -> None:
    await given(web)
    async with web.visitor(Role.ADMIN) as visitor:
        await upload(visitor, "GLG_001.TXT", GLG)
        page = (await visitor.get("/admin/mesin/susunan/1")).text
        assert "<select" not in page.partition("Urutan tanggal")[0].partition("Awal berkas")[2]
        assert "1 baru" in (await visitor.post("/admin/mesin/susunan/1", urutan="mdy")).text
    [punch] = await punches(web)
    assert (punch.at.day, punch.at.month) == (6, 5)


@pytest.mark.parametrize(
    ("text", "places", "order"),
    [
        ("PIN,Waktu\n7,2026-06-05 07:01:02\n", {"id": 0, "at": 1}, DateOrder.YMD),
        ("1;0007;25/06/2026;07:01\n2;0008;25/06/2026;07:02\n", {"date": 2, "time": 3, "id": 1}, DateOrder.DMY),
        ("apa saja\n", {}, DateOrder.UNKNOWN),
    ],
)
def test_a_guess_goes_by_titles_and_by_what_stands_in_the_columns(
    text: str, places: dict[str, int], order: DateOrder
) -> None:
    assert guess(Table.of_text(text)) == (places, order)
