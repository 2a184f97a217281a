"""The column map of an office's own form, said once at the desk, and the sheets that show it read again by it."""

from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from demo.paper.laboratory import take
from domain.account import Role
from domain.outcome import Flag
from domain.reading import Box, FileReading, Row, SheetKind, SheetReading, Verdict
from domain.reading_json import to_plain
from intake.form_layouts import note_layouts
from intake.letters import Outgoing
from storage.records import FactRow
from storage.records_layouts import NewLayout
from tests.fakes.desk_scene import photo
from tests.fakes.desk_web import Web
from tests.fakes.desk_world import BUDI, DAY, PEOPLE, SITI, at, cell
from tests.fakes.foreign_sheets import PLAIN, Someone, foreign_sheet
from tests.fakes.trip import mail

GUESS = ("NO", "NAMA", "NIP", "TTD DATANG", "TTD PULANG", "KETERANGAN")
NAME = "3f9a123f9a123f9a"


def fields(*words: str) -> dict[str, str]:
    return {f"k{place}": word for place, word in enumerate(words)}


def own_form(day: date = DAY) -> bytes:
    """An office's own daily list, photographed; two of its lines are people of Dinas Perhubungan."""
    known = [Someone(n, PEOPLE[key].name, key) for n, key in enumerate((SITI, BUDI), 1)]
    others = [Someone(n, f"Pegawai Lama {n}", f"19{70 + n}01011999031{n:03}") for n in range(3, 13)]
    people = [*known, *others]
    return take(foreign_sheet(PLAIN, "Dinas Perhubungan", day, people, 9.0), "valid", "photo1600", 1).data


async def seen(web: Web) -> None:
    """A layout that waits, with its example among the originals."""
    data = photo(SITI, BUDI)
    sha256 = await web.trip.blobs.put(data)
    async with web.house.db.begin() as uow:
        await uow.files.add(sha256, len(data), "image/jpeg")
        assert await uow.layouts.note(NewLayout(NAME, sha256, web.clock.now(), GUESS))


async def test_a_new_layout_is_shown_beside_its_example_and_confirmed_once(web: Web) -> None:
    await seen(web)
    async with web.visitor(Role.RECEIVER) as visitor:
        assert "1 menunggu konfirmasi" in (await visitor.get("/periksa")).text
        page = (await visitor.get("/periksa/susunan")).text
        picture = await visitor.get(f"/periksa/susunan/{NAME}/halaman")
        assert "<option selected>TTD DATANG</option>" in page
        assert picture.headers["content-type"] == "image/jpeg"
        for _ in range(2):
            assert (await visitor.post(f"/periksa/susunan/{NAME}", **fields(*GUESS))).status_code == 303
        assert "Dikonfirmasi rini" in (await visitor.get("/periksa/susunan")).text
    async with web.house.db.begin() as uow:
        layout = await uow.layouts.get(NAME)
        actions = [row.action for row in await uow.audit.of("desk:rini")]
    assert layout
    assert (layout.columns, layout.confirmed_by) == ((), "desk:rini")
    assert actions.count("layout_confirmed") == 1


async def test_the_pages_on_which_the_table_stands_are_shown_whichever_they_are(web: Web) -> None:
    packed = BytesIO()
    first, second = (Image.open(BytesIO(photo(*people))) for people in ((SITI,), (SITI, BUDI)))
    first.save(packed, "PDF", save_all=True, append_images=[second])
    sha256 = await web.trip.blobs.put(packed.getvalue())
    row = Row(1, "Siti", SITI, (cell(Verdict.SIGNED, box=Box(2, 700, 260, 950, 350)),))
    reading = FileReading("foreign_scan/1", (SheetReading(SheetKind.DAILY, rows=(row,)),), pages=2)
    async with web.house.db.begin() as uow:
        await uow.files.add(sha256, 3, "application/pdf")
        await uow.files.save_reading(sha256, "foreign_scan/1", to_plain(reading))
        assert await uow.layouts.note(NewLayout(NAME, sha256, web.clock.now(), GUESS))
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get("/periksa/susunan")).text
        assert 'alt="Halaman 2 lembar contoh' in page
        assert 'alt="Halaman 1 lembar contoh' not in page
        pictures = [await visitor.get(f"/periksa/susunan/{NAME}/halaman?hal={n}") for n in (1, 2)]
    assert {answer.status_code for answer in pictures} == {200}
    assert pictures[0].content != pictures[1].content


async def test_the_mail_about_a_new_layout_leads_to_the_page_that_settles_it(web: Web) -> None:
    reading = FileReading("foreign_scan/1", extra={"layout": NAME, "layout_columns": "|".join(GUESS)})
    outgoing = Outgoing(receivers=("penerima@bkd.test",), desk="https://presensi.contoh.go.id")
    async with web.house.db.begin() as uow:
        await note_layouts(uow, "a" * 64, reading, outgoing, web.clock.now())
        [letter] = await uow.outbox.unfinished(web.clock.now(), web.clock.now())
        body = (await uow.outbox.get(letter)).body
    assert f"https://presensi.contoh.go.id/periksa/susunan#s-{NAME}" in body


async def test_a_map_that_could_read_nothing_is_refused_and_told(web: Web) -> None:
    await seen(web)
    async with web.visitor(Role.ADMIN) as visitor:
        for words in (("",) * 6, ("NO", "", "", "TTD", "", ""), ("NO", "NAMA", "NIP", "", "", "PESAWAT")):
            refused = await visitor.post(f"/periksa/susunan/{NAME}", **fields(*words))
            assert refused.status_code == 422
            assert 'role="alert"' in refused.text
        assert (await visitor.post("/periksa/susunan/tidakada", **fields(*GUESS))).status_code == 404
        assert (await visitor.get("/periksa/susunan/tidakada/halaman")).status_code == 404
    async with web.house.db.begin() as uow:
        layout = await uow.layouts.get(NAME)
    assert layout
    assert layout.columns is None


async def facts_of(web: Web, message: int) -> list[FactRow]:
    """All facts that the message brought, of whichever session."""
    async with web.house.db.begin() as uow:
        rows = await uow.submissions.for_message(message)
        return [fact for row in rows for fact in await uow.facts.for_submission(row.id)]


@pytest.mark.slow
async def test_sheets_are_read_again_by_the_map_and_again_when_it_is_corrected(web: Web) -> None:
    message = await web.trip.read(mail(own_form(), when=at(7, 20), name="lembar.jpg"))
    async with web.house.db.begin() as uow:
        [layout] = await uow.layouts.every()
        [row] = await uow.submissions.for_message(message)
    assert Flag.NEW_LAYOUT in row.state.flags
    found = [await facts_of(web, message)]
    turned = ("NO", "NAMA", "NIP", "TTD PULANG", "TTD DATANG", "KETERANGAN")
    async with web.visitor(Role.RECEIVER) as visitor:
        for words in (layout.guess, turned):
            await visitor.post(f"/periksa/susunan/{layout.name}", **fields(*words))
            for _ in range(2):  # twice the same adds nothing
                done = await visitor.post(f"/periksa/susunan/{layout.name}/baca-ulang")
                assert "dibaca=1&baru=1&gagal=0" in done.headers["location"]
            found.append(await facts_of(web, message))
            if words == layout.guess:
                async with web.house.db.begin() as uow:
                    [only] = await uow.submissions.for_message(message)
                assert only.number == row.number
        told = (await visitor.get(done.headers["location"])).text
    assert "1 kiriman dibaca ulang" in told
    assert row.number in told
    first, guessed, corrected = ({fact.id: fact for fact in facts} for facts in found)
    assert set(first) < set(guessed) < set(corrected)  # old facts are kept beside the new
    assert not any(fact.verified for fact in first.values())
    assert all(fact.verified for id_, fact in corrected.items() if id_ not in first)
    readers = {id_: fact.reader for id_, fact in corrected.items()}
    assert len({readers[id_] for id_ in first} | {readers[max(guessed)], readers[max(corrected)]}) == 3
