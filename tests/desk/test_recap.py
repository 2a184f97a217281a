"""Recap, reports, people and keterangan, as pages and as files."""

from datetime import date, timedelta

from desk.charts import arrivals, heat, polyline, span_of, trend
from domain.account import Role
from domain.calendar import WorkCalendar
from domain.excuse import Decision
from domain.marks import FactSource
from domain.outcome import Counts
from domain.report_times import week_spans
from domain.terms import Session, StatusKey, Timeliness
from storage.desk_figures import SheetDay
from storage.records import LetterFile
from storage.records_desk import NewAccount
from storage.records_reports import NewReport
from storage.records_talk import NewExcuse
from tests.fakes.desk_scene import photo_sheet
from tests.fakes.desk_web import PASSWORD_HASH, Visitor, Web
from tests.fakes.desk_world import AGUS, BUDI, DAY, SITI, WIB, at
from tests.fakes.trip import mail, workbook

WEEK = f"dari={DAY - timedelta(days=1)}&sampai={DAY}"


def sheet(unit: str = "U1", minute: int = 18, **other: object) -> SheetDay:
    plain = SheetDay(unit, DAY, "datang", True, Timeliness.ON_TIME, 0, at(7, minute), Counts(signed=3), "N")
    return SheetDay(**{**{f: getattr(plain, f) for f in plain.__slots__}, **other})


async def test_the_recap_draws_and_tabulates_the_same_figures(web: Web) -> None:
    await web.trip.read(mail(workbook(), when=at(7, 34)))
    web.clock.moment = at(17)
    async with web.visitor(Role.DISCIPLINE) as visitor:
        page = (await visitor.get(f"/rekap?{WEEK}")).text
        got = await visitor.get(f"/rekap/unduh?{WEEK}")
    assert 'class="petak terlambat"' in page
    assert "terlambat 4 menit" in page
    assert "style=" not in page
    lines = got.text.splitlines()
    assert "U1,Dinas Perhubungan,2026-11-24,datang,terlambat 4 menit,TLG-20261124-D-0001" in lines
    assert "U3,SMP Negeri 1 Tulungagung,2026-11-24,datang,belum diterima," in lines


async def test_an_empty_span_has_an_empty_state(web: Web) -> None:
    async with web.visitor(Role.DISCIPLINE) as visitor:
        assert "Tidak ada yang wajib" in (await visitor.get("/rekap?dari=2026-10-01&sampai=2026-10-05")).text
        assert "Belum ada laporan" in (await visitor.get("/laporan")).text
        assert "Tidak ada keterangan" in (await visitor.get("/keterangan")).text


async def test_reports_are_listed_read_and_downloaded_and_a_unit_sees_its_own(web: Web) -> None:
    sha256 = await web.trip.blobs.put(b"%PDF-1.7 laporan")
    async with web.house.db.begin() as uow:
        for code, number in (("5H", "TLG-RM-1"), ("U1", "TLG-RU-1")):
            await uow.reports.add(
                NewReport("weekly", number, 1, code, DAY, DAY, "lima hari", "24 November", web.clock.now(), "f" * 64,
                          (("wajib", 3),), "e" * 64, 0, "", (LetterFile(f"{number}.pdf", "application/pdf", sha256),),
                          web.clock.now(), "posko")
            )  # fmt: skip
    async with web.visitor(Role.DISCIPLINE) as visitor:
        assert "TLG-RM-1" in (await visitor.get("/laporan")).text
        assert "wajib" in (await visitor.get("/laporan/TLG-RM-1")).text
        assert (await visitor.get(f"/laporan/TLG-RM-1/{sha256}")).content == b"%PDF-1.7 laporan"
        assert (await visitor.get(f"/laporan/TLG-RM-1/{'0' * 64}")).status_code == 404
    async with web.visitor(Role.UNIT) as visitor:
        assert "TLG-RM-1" not in (page := (await visitor.get("/laporan")).text)
        assert "TLG-RU-1" in page
        assert (await visitor.get("/laporan/TLG-RM-1")).status_code == 404


async def test_a_person_is_shown_with_what_each_mark_rests_on_and_the_look_is_noted(web: Web) -> None:
    row = await photo_sheet(web.trip)
    async with web.visitor(Role.DISCIPLINE) as visitor:
        assert "Budi Santoso" in (await visitor.get("/pegawai?cari=budi")).text
        page = (await visitor.get(f"/pegawai/{BUDI}?sampai={DAY}")).text
    assert "perlu periksa" in page
    assert row.number in page
    async with web.house.db.begin() as uow:
        assert ("person_viewed", BUDI) in {(a.action, a.subject_id) for a in await uow.audit.of("desk:dedi")}
    async with web.visitor(Role.UNIT) as visitor:
        assert (await visitor.get(f"/pegawai/{AGUS}")).status_code == 200  # of a unit it coordinates
        assert "Tidak ditemukan" in (await visitor.get("/pegawai?cari=zzz")).text


async def excuse(web: Web, person: str, key: StatusKey = StatusKey.SAKIT, unit: str = "U1") -> int:
    async with web.house.db.begin() as uow:
        row = await uow.excuses.file(
            NewExcuse(person, unit, key, "S", DAY, DAY, None, "demam", web.clock.now(), "petugas", False)
        )
        sha256 = await web.trip.blobs.put(b"surat dokter")
        await uow.excuses.prove(row.id, sha256, web.clock.now(), late=False)
    return row.id


async def test_a_keterangan_is_decided_with_a_reason_and_becomes_a_mark(web: Web) -> None:
    number = await excuse(web, SITI)
    async with web.visitor(Role.DISCIPLINE) as visitor:
        page = (await visitor.get("/keterangan")).text
        assert "Siti Aminah" in page
        assert "demam" in page
        source = page.split('href="/keterangan/')[1].split('"')[0]
        assert (await visitor.get(f"/keterangan/{source}")).content == b"surat dokter"
        bare = await visitor.post(f"/keterangan/{number}", putusan="tolak")
        assert bare.status_code == 422
        assert (await visitor.post(f"/keterangan/{number}", putusan="setuju")).status_code == 303
        assert "disetujui" in (await visitor.get("/keterangan?semua=1")).text
    async with web.house.db.begin() as uow:
        assert (await uow.excuses.get(number)).decision is Decision.APPROVED
        facts = await uow.facts.for_people([SITI], DAY, DAY)
    assert {(f.source, f.key, f.by) for f in facts} == {(FactSource.EXCUSE, StatusKey.SAKIT, "desk:dedi")}


async def test_nobody_decides_his_own_keterangan_and_a_unit_sees_no_diagnosis(web: Web) -> None:
    number = await excuse(web, BUDI)
    async with web.house.db.begin() as uow:
        await uow.accounts.add(
            NewAccount("budi", "Budi", Role.DISCIPLINE, PASSWORD_HASH, web.clock.now(), "uji", person=BUDI,
                       must_change=False)
        )  # fmt: skip
    async with web.client() as client:
        budi = Visitor(client)
        await budi.log_in("budi")
        assert "diputus oleh rekan" in (await budi.get("/keterangan")).text
        assert (await budi.post(f"/keterangan/{number}", putusan="setuju")).status_code == 422
    async with web.visitor(Role.UNIT) as visitor:
        page = (await visitor.get("/keterangan")).text
        assert "demam" not in page
        assert "hanya untuk yang memutus" in page


def test_a_heat_map_puts_the_least_punctual_first() -> None:
    rows = heat({"U1": "Satu", "U2": "Dua"}, [DAY], {DAY: ()}, [sheet("U1"), sheet("U2", timeliness=Timeliness.LATE)])
    assert [row.unit for row in rows] == ["U2", "U1"]
    assert (rows[0].late, rows[1].on_time, rows[0].missing) == (1, 1, 0)


def test_arrivals_are_counted_by_five_minutes_without_gaps() -> None:
    bins = arrivals([sheet(minute=1), sheet(minute=18), sheet(minute=19)], WIB)
    assert [(b.label, b.count) for b in bins] == [("07.00", 1), ("07.05", 0), ("07.10", 0), ("07.15", 2)]
    assert {b.session for b in bins} == {Session.DATANG}


def test_the_trend_counts_presence_of_the_morning_only() -> None:
    [line] = trend([DAY], [sheet(), sheet(session="pulang")], {(DAY, StatusKey.SAKIT): 2})
    assert (line.present, line.codes) == (3, {StatusKey.SAKIT: 2})
    assert polyline([0, 5], 100, 10) == "0.0,10.0 100.0,0.0"


def test_a_span_is_never_longer_than_two_months_nor_upside_down() -> None:
    first, last = span_of(date(2026, 1, 1), date(2026, 11, 1), at(8), WIB)
    assert (last - first).days == 61
    assert span_of(date(2026, 11, 3), date(2026, 11, 1), at(8), WIB) == (date(2026, 11, 1), date(2026, 11, 3))
    assert span_of(None, None, at(8), WIB) == (date(2026, 11, 23), DAY)


async def test_a_report_is_ordered_once_and_never_for_days_to_come(web: Web) -> None:
    async with web.visitor(Role.DISCIPLINE) as visitor:
        for _ in range(2):
            done = await visitor.post("/laporan", jenis="RM", tanggal=str(DAY))
            assert done.status_code == 303
        assert "Dipesan: TLG-RM-" in (await visitor.get(done.headers["location"])).text
        assert (await visitor.post("/laporan", jenis="RB", tanggal=str(DAY))).status_code == 303
        for kind, day in (("RU", DAY), ("RM", DAY + timedelta(days=9)), ("", DAY), ("RM", "")):
            assert (await visitor.post("/laporan", jenis=kind, tanggal=str(day))).status_code == 422
    async with web.house.db.begin() as uow:
        actions = [row.action for row in await uow.audit.of("desk:dedi")]
        weeks = len(week_spans(WorkCalendar(web.house.profile), DAY))
    assert actions.count("report_ordered") == weeks + 1
