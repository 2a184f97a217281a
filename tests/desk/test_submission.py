"""A submission beside its original: what is shown, downloaded, read again and keyed in."""

import hashlib

import psycopg

from desk.pictures import Pictures, Wanted, is_picture
from domain.account import Role
from domain.marks import FactSource
from domain.reading import SheetKind, Verdict
from domain.terms import StatusKey
from tests.fakes.desk_scene import box, photo, photo_sheet
from tests.fakes.desk_web import Web
from tests.fakes.desk_world import BUDI, SITI, at
from tests.fakes.trip import mail, workbook

NUMBER = "TLG-20261124-D-0001"


async def test_a_typed_sheet_stands_beside_its_reading(web: Web) -> None:
    await web.trip.read(mail(workbook(), when=at(7, 20)))
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"/kiriman/{NUMBER}")).text
    for shown in ("Dinas Perhubungan", "Siti Aminah", "07.05", "tertulis hadir", "pengirim terbukti", "07.20 WIB",
                  "presensi.xlsx", "menunggu dikirim"):  # fmt: skip
        assert shown in page, shown


async def test_a_photo_carries_boxes_with_words_for_each_verdict(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"/kiriman/{row.number}")).text
        other = await web.trip.blobs.put(photo(SITI))
        sha256 = page.split("/halaman/")[1].split("?")[0]
        picture = await visitor.get(f"/kiriman/{row.number}/halaman/{sha256}?hal=1")
        part = await visitor.get(f"/kiriman/{row.number}/halaman/{sha256}?hal=1&kotak=700,260,950,350")
        nowhere = await visitor.get(f"/kiriman/{row.number}/halaman/{sha256}?hal=9")
        foreign = await visitor.get(f"/kiriman/{row.number}/halaman/{other}")
        broken = await visitor.get(f"/kiriman/{row.number}/halaman/{sha256}?kotak=1,2,x,4")
    assert 'viewBox="0 0 1000.0 1400.0"' in page
    assert "Budi Santoso: ragu" in page
    assert picture.headers["content-type"] == "image/jpeg"
    assert len(part.content) < len(picture.content)
    assert (nowhere.status_code, foreign.status_code, broken.status_code) == (404, 404, 404)


async def test_the_original_comes_byte_for_byte_and_is_noted_in_the_audit_chain(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"/kiriman/{row.number}")).text
        address = page.split('href="/kiriman/' + row.number + "/asli/")[1].split('"')[0]
        got = await visitor.get(f"/kiriman/{row.number}/asli/{address}")
    assert hashlib.sha256(got.content).hexdigest() == address
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"].startswith("attachment")
    async with web.house.db.begin() as uow:
        actions = {row.action for row in await uow.audit.of("desk:rini")}
    assert {"submission_viewed", "original_downloaded"} <= actions


async def test_a_short_number_leads_to_its_submission(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.RECEIVER) as visitor:
        for asked in ("1", "0001", row.number, row.number.lower()):
            answer = await visitor.get(f"/kiriman?cari={asked}&tanggal=2026-11-24")
            assert answer.headers["location"] == f"/kiriman/{row.number}"
        assert "Tidak ada kiriman" in (await visitor.get("/kiriman?cari=xyz")).text
    async with web.visitor(Role.UNIT) as visitor:
        assert (await visitor.get("/kiriman/TLG-20261124-D-9999")).status_code == 404


async def test_an_unreadable_page_is_keyed_in_beside_its_picture(web: Web) -> None:
    row = await photo_sheet(web.trip, readable=False)
    async with web.visitor(Role.RECEIVER) as visitor:
        page = (await visitor.get(f"/kiriman/{row.number}/isi")).text
        assert "Siti Aminah" in page
        assert "/halaman/" in page
        assert (await visitor.post(f"/kiriman/{row.number}/isi")).status_code == 422
        fields = {f"p:{SITI}": "ttd", f"p:{BUDI}": "kode:SAKIT", "p:000": ""}
        done = await visitor.client.post(f"/kiriman/{row.number}/isi", data={"csrf": visitor.csrf, **fields})
        assert done.status_code == 303
        after = (await visitor.get(f"/kiriman/{row.number}")).text
    async with web.house.db.begin() as uow:
        facts = {f.person: f for f in await uow.facts.for_submission(row.id)}
        state = (await uow.submissions.get(row.id)).state
    assert (facts[SITI].verdict, facts[SITI].source, facts[SITI].by) == (Verdict.SIGNED, FactSource.DESK, "desk:rini")
    assert facts[BUDI].key is StatusKey.SAKIT
    assert (state.received, state.kind, state.counts.signed, state.counts.code) == (True, SheetKind.DAILY, 1, 1)
    assert state.at == row.state.at  # the first recorded time stays
    assert "diputus rini" in after


async def test_nobody_can_be_made_absent_or_put_into_a_foreign_unit_by_keying(web: Web) -> None:
    row = await photo_sheet(web.trip, "U2", readable=False)
    async with web.visitor(Role.RECEIVER) as visitor:
        for fields in ({f"p:{SITI}": "ttd"}, {f"p:{BUDI}": "kode:ALPA"}):
            answer = await visitor.client.post(f"/kiriman/{row.number}/isi", data={"csrf": visitor.csrf, **fields})
            assert answer.status_code == 422
    async with web.house.db.begin() as uow:
        assert await uow.facts.for_submission(row.id) == []


async def test_reading_again_with_the_same_reader_changes_nothing(web: Web) -> None:
    message = await web.trip.read(mail(workbook(), when=at(7, 20)))
    async with web.house.db.begin() as uow:
        [row] = await uow.submissions.for_message(message)
        before = await uow.facts.for_submission(row.id)
    async with web.visitor(Role.RECEIVER) as visitor:
        assert (await visitor.post(f"/kiriman/{NUMBER}/baca-ulang")).headers["location"].endswith("?baru=0")
    async with web.house.db.begin() as uow:
        assert await uow.facts.for_submission(row.id) == before


async def test_a_newer_reader_adds_facts_beside_the_old_ones(web: Web, database_superuser_url: str) -> None:
    message = await web.trip.read(mail(workbook(), when=at(7, 20)))
    async with web.house.db.begin() as uow:
        [row] = await uow.submissions.for_message(message)
        before = await uow.facts.for_submission(row.id)
        [file] = await uow.files.for_message(message)
    with psycopg.connect(database_superuser_url, autocommit=True) as connection:
        # As a reader of an earlier release left it.
        connection.execute(
            "UPDATE file_reading SET reading = jsonb_set(reading, '{reader}', '\"workbook/0\"') WHERE sha256 = %s",
            (file.sha256,),
        )
    assert await web.house.read_again(message) == 1
    async with web.house.db.begin() as uow:
        after = await uow.facts.for_submission(row.id)
        again = await uow.submissions.get(row.id)
        letters = await uow.outbox.for_submission(row.id)
    assert after[: len(before)] == before
    assert len(after) == 2 * len(before)
    assert again.number == row.number
    assert again.state.counts == row.state.counts
    assert len(letters) <= 1  # nobody hears of it


async def test_pictures_are_made_once_and_kept(web: Web) -> None:
    data = photo(SITI)
    pictures = Pictures(web.trip.sandbox)
    first = await pictures.get(data, Wanted("a", 1, box(0)))
    assert await pictures.get(b"", Wanted("a", 1, box(0))) is first
    assert await pictures.size(b"kein Bild", "b", 1) is None


def test_what_can_be_looked_at_is_told_by_type_or_by_name() -> None:
    assert is_picture("image/heic", "x")
    assert is_picture("application/octet-stream", "LEMBAR.JPG")
    assert not is_picture("application/vnd.ms-excel", "a.xls")
